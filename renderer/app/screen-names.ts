import { SCREENS, type Screen } from '../stores/navigation.ts';

export const SCREEN_NAMES: Readonly<Record<Screen, string>> = {
  start: 'Start',
  overview: 'Overview',
  findings: 'Findings',
  network: 'Network',
  search: 'Search',
  files: 'Files',
  runbooks: 'Runbooks',
  report: 'Report',
  settings: 'Settings',
};

/** As the rail shows them, each with its keys. */
export const SCREEN_ORDER = SCREENS.map((screen, index) => ({
  screen,
  name: SCREEN_NAMES[screen],
  keys: `Alt ${index + 1}`,
}));
