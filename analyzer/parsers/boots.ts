/**
 * Boots of the node, newest first, by `last reboot` (with -F it prints the year):
 *
 *   reboot   system boot  5.10.228-219.884 Thu Nov 21 10:03   still running
 *   reboot   system boot  5.10.228-219.884 Thu Nov 21 08:00 - 10:02  (02:02)
 *   reboot   system boot  6.1.102          Wed Nov 20 08:00:11 2024 - crash                    (1+00:00)
 */
import type { BootSeen } from '../core/host-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

const BOOTS_MAX = 5_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const BOOT =
  /^reboot\s{1,20}system boot\s{1,20}\S{1,80}\s{1,20}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d)(?::(\d\d) (\d{4}))?(.{0,60})$/;
const DAY_MS = 24 * 3600 * 1000;

/**
 * @param before ms since 1970 before which all of it happened; years that are not printed are counted back from it.
 * @returns boots in the order of the text. Never throws.
 */
export function parseBoots(text: CapturedText, before: number): readonly BootSeen[] {
  const found: BootSeen[] = [];
  let latest = before + DAY_MS;
  eachLine(text, (whole, line) => {
    const match = found.length >= BOOTS_MAX ? null : BOOT.exec(whole.slice(0, 300).trimEnd());
    if (match === null) return;
    const month = MONTHS.indexOf(match[1] as string);
    if (month < 0) return;
    const [day, hour, minute, second] = [match[2], match[3], match[4], match[5] ?? 0].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    let year = match[6] === undefined ? new Date(latest).getUTCFullYear() : Number(match[6]);
    if (match[6] === undefined && Date.UTC(year, month, day, hour, minute) > latest) year -= 1;
    const time = Date.UTC(year, month, day, hour, minute, second);
    if (match[6] === undefined) latest = Math.min(latest, time + DAY_MS);
    found.push({ line, time, crashed: /-\s*crash/.test(match[7] as string) });
  });
  return found;
}
