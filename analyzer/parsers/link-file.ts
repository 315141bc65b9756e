/**
 * A .link file of systemd-udevd (systemd.link(5)), as a file or as `systemd-analyze cat-config` prints it with what
 * overrides it:
 *
 *   # /usr/lib/systemd/network/99-default.link
 *   [Match]
 *   OriginalName=*
 *   [Link]
 *   MACAddressPolicy=persistent
 */
import type { LinkFile } from '../core/host-state.ts';
import type { AtLine } from '../core/node-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

const LINES_MAX = 2_000;

/** @returns what the file says, or null when it sets no policy. The last line of a setting counts. Never throws. */
export function parseLinkFile(text: CapturedText): LinkFile | null {
  let section = '';
  let names = '*';
  let other = 0;
  let policy: AtLine<string> | null = null;
  eachLine(text, (whole, line) => {
    if (line > LINES_MAX) return;
    const raw = whole.slice(0, 300).trim();
    if (/^\[\w{1,40}\]$/.test(raw)) section = raw;
    const setting = /^(\w{1,60})=(.{0,200})$/.exec(raw);
    if (setting === null) return;
    const [, key, value] = setting as unknown as [string, string, string];
    if (section === '[Match]' && key === 'OriginalName') names = value;
    else if (section === '[Match]') other += 1;
    else if (section === '[Link]' && key === 'MACAddressPolicy') policy = { value, line };
  });
  return policy === null ? null : { matches: names === '*' && other === 0 ? 'all' : 'some', macAddressPolicy: policy };
}
