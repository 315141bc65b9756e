import { SCREENS, type Screen } from '../stores/navigation.ts';

export const SCREEN_NAMES: Readonly<Record<Screen, string>> = {
  start: 'Start',
  overview: 'Overview',
  findings: 'Findings',
  network: 'Network',
  search: 'Search',
  timeline: 'Timeline',
  files: 'Files',
  compare: 'Compare',
  runbooks: 'Runbooks',
  report: 'Report',
  settings: 'Settings',
};

/** @returns the keys of the screen at this place of the rail: Alt 1 to 9, then 0; empty behind those. */
export function screenKeys(index: number): string {
  return index > 9 ? '' : `Alt ${(index + 1) % 10}`;
}

/** As the rail shows them, each with its keys. */
export const SCREEN_ORDER = SCREENS.map((screen, index) => ({
  screen,
  name: SCREEN_NAMES[screen],
  keys: screenKeys(index),
}));
