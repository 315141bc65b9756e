/**
 * Pressure stall information, /proc/pressure/{cpu,io,memory} (Documentation/accounting/psi.rst):
 *
 *   some avg10=0.00 avg60=0.42 avg300=0.31 total=81234411
 *   full avg10=0.00 avg60=0.00 avg300=0.00 total=0
 */
import type { PressureLine } from '../core/host-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

const LINE = /^(some|full) avg10=(\d{1,3}\.\d{1,2}) avg60=(\d{1,3}\.\d{1,2}) avg300=(\d{1,3}\.\d{1,2}) total=\d{1,20}$/;
const LINES_MAX = 10;

/** @returns the lines of one resource, in order. Never throws. */
export function parsePressure(text: CapturedText): readonly PressureLine[] {
  const found: PressureLine[] = [];
  eachLine(text, (line, number) => {
    const match = number > LINES_MAX ? null : LINE.exec(line.slice(0, 200).trim());
    if (match === null) return;
    found.push({
      line: number,
      kind: match[1] as PressureLine['kind'],
      avg10: Number(match[2]),
      avg60: Number(match[3]),
      avg300: Number(match[4]),
    });
  });
  return found;
}
