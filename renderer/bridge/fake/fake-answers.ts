/** What every screen asks about the open case, and a window as it is before anything was done in it: for tests. */
import { ok } from '../../../analyzer/core/failure.ts';
import { ANALYSIS, CASE, FILES } from './fake-case.ts';

export const CASE_ANSWERS = {
  'case.open': () => ok(CASE),
  'case.analysis': () => ok(ANALYSIS),
  'case.recent': () => ok([]),
  'file.list': () => ok(FILES),
  'job.list': () => ok([]),
  'search.cancel': () => ok({ ended: 1 }),
} as const;

/** Puts the window on this route, with nothing stored. */
export function freshWindow(route: string): void {
  window.history.replaceState(null, '', route);
  window.sessionStorage.clear();
  window.localStorage.clear();
}
