/** Which lines are evidence of a finding, asked line by line while a search reads. */
import type { BlockPlace } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import type { OpenBundle } from './search-bundles.ts';
import type { CitedLines } from './search-protocol.ts';

type Range = Pick<CitedLines, 'from' | 'to'>;

const NEVER = (): boolean => false;

export class CitedFiles {
  readonly #ranges = new Map<string, Range[]>();

  /** @param bundles in the order that `cited` counts them; evidence in a folded copy stands in its original too. */
  constructor(cited: readonly CitedLines[], bundles: readonly Pick<OpenBundle, 'originalOf'>[]) {
    for (const { bundle, file, from, to } of cited) {
      const original = bundles[bundle]?.originalOf(file) ?? null;
      if (original === null) continue;
      const key = `${bundle} ${original.id}`;
      const known = this.#ranges.get(key);
      if (known === undefined) this.#ranges.set(key, [{ from, to }]);
      else known.push({ from, to });
    }
    for (const [key, ranges] of this.#ranges) this.#ranges.set(key, joined(ranges));
  }

  /** @returns whether a line of the file is evidence. */
  linesOf(bundle: number, file: FileId): (line: number) => boolean {
    const ranges = this.#ranges.get(`${bundle} ${file}`);
    return ranges === undefined ? NEVER : (line) => reaches(ranges, line, line);
  }

  /** @returns whether any line of the block is evidence. */
  holds(bundle: number, { fileId, firstLine, lines }: BlockPlace): boolean {
    const ranges = this.#ranges.get(`${bundle} ${fileId}`);
    return ranges !== undefined && reaches(ranges, firstLine, firstLine + lines - 1);
  }
}

/** @returns ranges that do not overlap, ascending. */
function joined(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const range of [...ranges].sort((one, other) => one.from - other.from)) {
    const last = found.at(-1);
    if (last === undefined || range.from > last.to) found.push(range);
    else found[found.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return found;
}

/** @returns whether one of the ranges holds any of the lines `from` to `to`, by halves. */
function reaches(ranges: readonly Range[], from: number, to: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as Range).to < from) low = middle + 1;
    else high = middle;
  }
  const found = ranges[low];
  return found !== undefined && found.from <= to;
}
