/**
 * Whether the node's clock follows a time source, by timedatectl (two generations) or `chronyc tracking`:
 *
 *   System clock synchronized: no                  Leap status     : Not synchronised
 *                 NTP service: inactive            System time     : 0.000012345 seconds slow of NTP time
 *         NTP synchronized: yes                    506 Cannot talk to daemon
 */
import type { ClockState } from '../core/host-state.ts';
import type { AtLine } from '../core/node-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

const LINES_MAX = 200;
const SYNCHRONIZED = /^(?:System clock|NTP) synchronized: (yes|no)$/;
const LEAP = /^Leap status\s{1,20}: (.{1,40})$/;
const OFFSET = /^System time\s{1,20}: (\d{1,12}\.\d{1,12}) seconds (?:slow|fast) of NTP time$/;
const SILENT = /^(?:506 Cannot talk to daemon.*|NTP service: inactive|NTP enabled: no)$/;

/** @returns what the text says, or null when it says nothing of it. Never throws. */
export function parseClockState(text: CapturedText): ClockState | null {
  let synchronized: AtLine<boolean> | null = null;
  let offsetSeconds: AtLine<number> | null = null;
  let silent: AtLine<string> | null = null;
  eachLine(text, (whole, line) => {
    if (line > LINES_MAX) return;
    const raw = whole.slice(0, 200).trim();
    const said = SYNCHRONIZED.exec(raw)?.[1];
    const leap = LEAP.exec(raw)?.[1];
    if (said !== undefined) synchronized = { value: said === 'yes', line };
    else if (leap !== undefined) synchronized = { value: !/not synchroni[sz]ed/i.test(leap), line };
    const offset = OFFSET.exec(raw)?.[1];
    if (offset !== undefined) offsetSeconds = { value: Number(offset), line };
    if (SILENT.test(raw)) silent = { value: raw, line };
  });
  return synchronized === null && offsetSeconds === null && silent === null
    ? null
    : { synchronized, offsetSeconds, silent };
}
