/**
 * Processes with more than 1,000 environment variables, as the EKS log collector lists them:
 *
 *   PID	Count
 *   4021	1534
 */
import type { LargeEnvironment } from '../core/host-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** The first line. */
export const ENVIRONMENTS_TITLE = 'PID\tCount';

const ROWS_MAX = 10_000;

/** @returns the rows, or null when the text is no such list. Never throws. */
export function parseLargeEnvironments(text: CapturedText): readonly LargeEnvironment[] | null {
  let titled = 0;
  const found: LargeEnvironment[] = [];
  eachLine(text, (whole, line) => {
    if (line === 1 && whole === ENVIRONMENTS_TITLE) titled = line;
    const row = /^(\d{1,9})\t(\d{1,9})$/.exec(whole.slice(0, 40).trimEnd());
    if (row !== null && found.length < ROWS_MAX) found.push({ line, pid: Number(row[1]), variables: Number(row[2]) });
  });
  return titled === 1 ? found : null;
}
