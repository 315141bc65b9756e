/**
 * Processes with more than 1,000 environment variables, as the EKS log collector lists them:
 *
 *   PID	Count
 *   4021	1534
 */
import type { LargeEnvironment } from '../core/host-state.ts';
import { eachLine } from './text-lines.ts';

const ROWS_MAX = 10_000;

/** @returns the rows, or null when the text is no such list. Never throws. */
export function parseLargeEnvironments(text: string): readonly LargeEnvironment[] | null {
  if (!/^PID\tCount\r?$/m.test(text.slice(0, 100))) return null;
  const found: LargeEnvironment[] = [];
  eachLine(text, (whole, line) => {
    const row = /^(\d{1,9})\t(\d{1,9})$/.exec(whole.slice(0, 40).trimEnd());
    if (row !== null && found.length < ROWS_MAX) found.push({ line, pid: Number(row[1]), variables: Number(row[2]) });
  });
  return found;
}
