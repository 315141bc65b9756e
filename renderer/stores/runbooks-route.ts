/** What a route of Runbooks says: the list, or one runbook run on a node. Pure. */
import type { BundleId } from '../model/types.ts';
import type { Route } from './navigation.ts';
import type { RunQuestion } from './runbooks.ts';

export const LIST_ROUTE: Route = { screen: 'runbooks', params: {} };

/** @returns the route that runs a runbook and shows its result. */
export function runRoute({ runbook, bundle }: RunQuestion): Route {
  return { screen: 'runbooks', params: { run: runbook, ...(bundle === null ? {} : { bundle }) } };
}

/** @returns what a route asks to run; null: the list is shown. */
export function runOf(params: Route['params']): RunQuestion | null {
  if (params.run === undefined || params.run === '') return null;
  return { runbook: params.run, bundle: (params.bundle as BundleId | undefined) ?? null };
}
