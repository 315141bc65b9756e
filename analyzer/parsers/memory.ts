/**
 * How much memory a node has left, by /proc/meminfo, free or the head of top:
 *
 *   MemTotal:        8009912 kB
 *   MemAvailable:    6820236 kB
 *
 *                 total        used        free      shared  buff/cache   available
 *   Mem:        8009912     1032144      538760       12880     6439008     6820236
 *
 *   MiB Mem :   7822.2 total,    526.1 free,   1007.9 used,   6288.1 buff/cache
 *   MiB Swap:      0.0 total,      0.0 free,      0.0 used.   6660.4 avail Mem
 */
import type { MemoryUse } from '../core/host-state.ts';
import type { AtLine } from '../core/node-state.ts';
import { lineWords } from './line-words.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** What is looked for stands at the beginning; a listing of processes follows in top. */
const LINES_MAX = 400;
const MEMINFO = /^(\w{1,40}):\s+(\d{1,15}) kB$/;
const TOP = /^(KiB|MiB|GiB) (Mem|Swap) ?:\s/;
const KIB: Readonly<Record<string, number>> = { KiB: 1, MiB: 1024, GiB: 1024 * 1024 };

/** @returns what the text says, or null when it says nothing of memory. Never throws. */
export function parseMemory(text: CapturedText): MemoryUse | null {
  const values = new Map<string, AtLine<number>>();
  let free: MemoryUse | null = null;
  let top: MemoryUse | null = null;
  let title: readonly string[] | null = null;
  eachLine(text, (whole, line) => {
    if (line > LINES_MAX) return;
    const raw = whole.slice(0, 300).trim();
    const meminfo = MEMINFO.exec(raw);
    if (meminfo !== null) {
      values.set(meminfo[1] as string, { value: Number(meminfo[2]), line });
      return;
    }
    const words = lineWords(raw);
    if (words[0] === 'total' && words[1] === 'used') title = words;
    else if (words[0] === 'Mem:' && title !== null) free = freeOf(title, words.slice(1), line);
    else if (words[0] === 'Swap:' && free !== null) {
      const swap = amount(words[1]);
      free = { ...free, swapTotal: swap === null ? null : { value: swap.value, line } };
    } else if (TOP.test(raw)) top = topOf(top, raw, line);
  });
  const total = values.get('MemTotal');
  if (total === undefined || total.value === 0) return free ?? (top as MemoryUse | null);
  return {
    source: 'meminfo',
    unit: 'KiB',
    total,
    available: values.get('MemAvailable') ?? null,
    committed: values.get('Committed_AS') ?? null,
    commitLimit: values.get('CommitLimit') ?? null,
    swapTotal: values.get('SwapTotal') ?? null,
  };
}

function freeOf(title: readonly string[], words: readonly string[], line: number): MemoryUse | null {
  const total = amount(words[0]);
  const at = title.indexOf('available');
  const available = at < 0 ? null : amount(words[at]);
  if (total === null || total.value === 0) return null;
  return {
    source: 'free',
    unit: total.unit,
    total: { value: total.value, line },
    available: available === null ? null : { value: available.value, line },
    committed: null,
    commitLimit: null,
    swapTotal: null,
  };
}

/** `8009912`, `7.6Gi`, `3.8G`: free -h rounds. */
function amount(word: string | undefined): { readonly value: number; readonly unit: 'KiB' | null } | null {
  const found = /^(\d{1,15}(?:\.\d{1,3})?)([KMGT]?)(?:i|iB|B)?$/.exec(word ?? '');
  if (found === null) return null;
  const unit = found[2] as string;
  const factor = unit === '' ? 1 : 1024 ** 'KMGT'.indexOf(unit);
  return { value: Number(found[1]) * factor, unit: unit === '' ? null : 'KiB' };
}

function topOf(known: MemoryUse | null, raw: string, line: number): MemoryUse | null {
  const factor = KIB[raw.slice(0, 3)] as number;
  const read = (name: string): AtLine<number> | null => {
    const found = new RegExp(`(\\d{1,15}(?:\\.\\d{1,3})?) ${name}\\b`, 'i').exec(raw);
    return found === null ? null : { value: Number(found[1]) * factor, line };
  };
  if (raw.slice(4, 7) === 'Mem') {
    const total = read('total');
    if (total === null || total.value === 0) return known;
    return { source: 'top', unit: 'KiB', total, available: null, committed: null, commitLimit: null, swapTotal: null };
  }
  return known === null ? null : { ...known, available: read('avail Mem'), swapTotal: read('total') };
}
