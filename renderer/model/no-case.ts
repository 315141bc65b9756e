import type { Failure } from './types.ts';

/** Said of what only a case can keep, when none is open any more. */
export const NO_CASE: Failure = { code: 'not-found', message: 'No case is open', where: null, advice: null };
