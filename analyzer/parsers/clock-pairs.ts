/**
 * The node's clock beside that of the API server: the EKS log collector prints its own time before each curl, and the
 * answer has the server's (RFC 9110, Date):
 *
 *   curling https://ABC.gr7.eu-west-1.eks.amazonaws.com (1 of 5) 2024-05-01T12:00:00.123UTC
 *   < HTTP/2 200
 *   < date: Wed, 01 May 2024 12:00:00 GMT
 */
import type { ClockPair } from '../core/host-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

const LINES_MAX = 20_000;
const PAIRS_MAX = 100;
const STAMP = /(?:^|\s)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:Z|UTC)\s*$/;
const SERVER = /^< date: ((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)\s*$/i;

/** @returns each stamp with the first answer behind it. Never throws. */
export function parseClockPairs(text: CapturedText): readonly ClockPair[] {
  const found: ClockPair[] = [];
  let open: { readonly line: number; readonly time: number } | null = null;
  eachLine(text, (whole, line) => {
    if (line > LINES_MAX || found.length >= PAIRS_MAX) return;
    const raw = whole.slice(0, 1_000);
    const server = SERVER.exec(raw)?.[1];
    if (server !== undefined && open !== null) {
      const time = Date.parse(server);
      if (!Number.isNaN(time)) found.push({ line: open.line, node: open.time, server: time, serverLine: line });
      open = null;
      return;
    }
    const stamp = raw.startsWith('<') || raw.startsWith('*') ? undefined : STAMP.exec(raw)?.[1];
    const time = stamp === undefined ? Number.NaN : Date.parse(`${stamp}Z`);
    if (!Number.isNaN(time)) open = { line, time };
  });
  return found;
}
