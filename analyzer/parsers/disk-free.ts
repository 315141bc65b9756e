/**
 * `df`, with sizes in any unit, and `df --inodes`; other lines (mount, errors of df) are passed over:
 *
 *   Filesystem      Size  Used Avail Use% Mounted on
 *   /dev/nvme0n1p1   80G   11G   70G  14% /
 *   /dev/mapper/vg_lxcrhel6sat56-lv_root
 *                    6275072 124955   6150117    2% /var/lib/My Disk
 *   Filesystem       Inodes  IUsed    IFree IUse% Mounted on
 *   /dev/nvme0n1p1 41942464 142311 41800153    1% /
 */
import type { FileSystemUse } from '../core/host-state.ts';
import { lineWords } from './line-words.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** A node with 1,000 pods mounts some thousand file systems. */
const FILE_SYSTEMS_MAX = 20_000;

/** @returns file systems with a percentage, in order; those without one (proc, sysfs) are left out. Never throws. */
export function parseDiskFree(text: CapturedText): readonly FileSystemUse[] {
  const found: FileSystemUse[] = [];
  let what: FileSystemUse['what'] | null = null;
  let alone: string | null = null;
  eachLine(text, (line, number) => {
    if (what === null && !line.includes('Filesystem')) return;
    const words = lineWords(line);
    if (words[0] === 'Filesystem' && words.includes('Mounted')) {
      what = words.includes('Inodes') || words.includes('IUse%') ? 'inodes' : 'space';
      return;
    }
    if (what === null || found.length >= FILE_SYSTEMS_MAX) return;
    if (words.length === 1) alone = words[0] as string;
    const at = words.findIndex((word, index) => index >= 3 && isPercent(word) && words[index + 1]?.startsWith('/'));
    if (at < 0) return;
    const own = words.slice(0, at - 3).join(' ');
    const source = own === '' ? alone : own;
    alone = null;
    if (source === null || words[at] === '-') return;
    found.push({
      line: number,
      what,
      source,
      mountPoint: words.slice(at + 1).join(' '),
      size: words[at - 3] as string,
      available: words[at - 1] as string,
      usedPercent: Number.parseInt(words[at] as string, 10),
    });
  });
  return found;
}

function isPercent(word: string): boolean {
  return /^(?:\d{1,3}%|-)$/.test(word);
}
