/**
 * Mounted file systems by `mount`, /proc/mounts or /proc/PID/mountinfo:
 *
 *   /dev/nvme0n1p1 on / type xfs (rw,noatime,attr2,inode64,logbufs=8,logbsize=32k,noquota)
 *   /dev/mapper/rootvg-rootlv / ext4 rw,relatime,barrier=1,data=ordered 0 0
 *   21 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vgsys-root rw,barrier=1,stripe=64
 */
import type { Mount } from '../core/host-state.ts';
import { lineWords } from './line-words.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** A node with 1,000 pods mounts some thousand file systems. */
const MOUNTS_MAX = 20_000;
const LINE_CHARS_MAX = 8_000;

/** @returns mounts in order: of two at one place the later one is seen by programs. Never throws. */
export function parseMounts(text: CapturedText): readonly Mount[] {
  const found: Mount[] = [];
  eachLine(text, (whole, number) => {
    if (found.length >= MOUNTS_MAX) return;
    const line = whole.slice(0, LINE_CHARS_MAX);
    const mount = asCommand(line, number) ?? asTable(line, number);
    if (mount !== null) found.push(mount);
  });
  return found;
}

/** A mount point may hold ` type ` and brackets: the last ` type ` before the first ` (` behind it counts. */
function asCommand(line: string, number: number): Mount | null {
  const on = line.indexOf(' on /');
  if (on < 0) return null;
  const open = line.indexOf(' (', on);
  const type = open < 0 ? -1 : line.lastIndexOf(' type ', open);
  const close = line.indexOf(')', open);
  if (type <= on || close < 0) return null;
  return {
    line: number,
    source: line.slice(0, on),
    mountPoint: line.slice(on + 4, type),
    type: line.slice(type + 6, open),
    options: line.slice(open + 2, close).split(','),
  };
}

function asTable(line: string, number: number): Mount | null {
  const words = lineWords(line);
  const dash = words.indexOf('-', 6);
  if (dash > 0 && /^\d+$/.test(words[0] ?? '') && /^\d+:\d+$/.test(words[2] ?? '')) {
    const [type, source] = words.slice(dash + 1);
    if (type === undefined || source === undefined) return null;
    return { line: number, source, mountPoint: plain(words[4] ?? ''), type, options: (words[5] ?? '').split(',') };
  }
  const [source = '', mountPoint = '', type = '', options = ''] = words;
  const table = mountPoint.startsWith('/') && /^\w[\w.+-]*$/.test(type) && /^(?:ro|rw)(?:,|$)/.test(options);
  return table ? { line: number, source, mountPoint: plain(mountPoint), type, options: options.split(',') } : null;
}

/** The kernel prints a blank of a path as \040. */
function plain(path: string): string {
  return path.replaceAll('\\040', ' ');
}
