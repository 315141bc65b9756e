/** Exit codes of the command line: a stable contract with scripts. */
import type { Failure } from '../../core/failure.ts';

export const EXIT = {
  done: 0,
  /** A bug in Coldcase. */
  internal: 1,
  /** Also: no such target, unreadable, empty. */
  usage: 2,
  /** Findings at or above --fail-on. */
  findings: 3,
  /** Done, with gaps that matter: truncated archive, unreadable members, a search that its time limit stopped. */
  gaps: 4,
  /** A verified report does not stand as it was: lines changed, or are not in the case. */
  changed: 5,
  cancelled: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** @returns the exit code of a command that ended with this failure. */
export function exitOf(failure: Failure): ExitCode {
  if (failure.code === 'internal') return EXIT.internal;
  if (failure.code === 'cancelled') return EXIT.cancelled;
  if (failure.code === 'time-limit') return EXIT.gaps;
  return EXIT.usage;
}
