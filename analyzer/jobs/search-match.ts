/** A matching line as it is shown: its text, when and how severe it is, and the lines around it. */
import type { SearchMatch } from '../contract/search.ts';
import type { TextBlock } from '../core/case-reader.ts';
import type { QueryNode } from '../query/query.ts';
import { matchRanges } from '../query/ranges.ts';
import type { LineHit } from '../search/file-query.ts';
import { readStamp } from '../time/stamp.ts';
import { isoOf, SEVERITY_OF_LEVEL } from './search-facets.ts';
import type { PlannedBlock } from './search-plan.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** What is known of a line beside its text. */
export interface KnownLine {
  /** Instant in ms, NaN: none. */
  readonly time: number;
  /** Place in LINE_LEVELS. */
  readonly level: number;
}

/** @param context lines to show before and after it. */
export function shownMatch(
  { open, source }: Pick<PlannedBlock, 'open' | 'source'>,
  block: TextBlock,
  hit: LineHit,
  { time, level }: KnownLine,
  { query, context }: { readonly query: QueryNode; readonly context: number },
): SearchMatch {
  const { reader } = open;
  const text = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length).toString(
    'utf8',
    hit.start,
    hit.end,
  );
  const iso = isoOf(time);
  const first = Math.max(1, hit.line - context);
  return {
    bundle: reader.bundle.id,
    node: reader.bundle.node,
    file: source.path,
    aliases: open.aliasesOf(source),
    line: hit.line,
    time: iso,
    timeBasis: iso === null ? null : (readStamp(text, source.clock)?.basis ?? 'inherited'),
    severity: SEVERITY_OF_LEVEL[level] ?? null,
    text,
    ranges: matchRanges(text, query),
    before: context === 0 ? [] : linesUpTo({ open, source }, block, first, hit.line),
    after: context === 0 ? [] : linesFrom({ open, source }, block, hit.line + 1, context),
  };
}

/** @returns lines of the file from this number on, out of the block where it has them all; fewer when they are very long. */
function linesFrom(
  { open, source }: Pick<PlannedBlock, 'open' | 'source'>,
  block: TextBlock,
  from: number,
  count: number,
): readonly string[] {
  const inBlock = from >= block.firstLine && from + count <= block.firstLine + block.lines;
  if (!inBlock) return open.reader.lines(source.id, from, count).map(({ text }) => text);
  return blockLines(block, from, count);
}

/** @returns the lines `from .. to - 1`, without the first of them when they are very long: what is left ends before `to`. */
function linesUpTo(
  of: Pick<PlannedBlock, 'open' | 'source'>,
  block: TextBlock,
  from: number,
  to: number,
): readonly string[] {
  let texts: readonly string[] = [];
  for (let next = from; next < to; next += texts.length) {
    texts = linesFrom(of, block, next, to - next);
    if (texts.length === 0) break;
  }
  return texts;
}

/** @returns lines of a block by number, without their endings. */
function blockLines({ bytes, firstLine }: TextBlock, from: number, count: number): readonly string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts: string[] = [];
  let start = 0;
  for (let line = firstLine; line < from + count && start < buffer.length; line++) {
    const newline = buffer.indexOf(NEWLINE, start);
    const stop = newline < 0 ? buffer.length : newline;
    const end = stop > start && buffer[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
    if (line >= from) texts.push(buffer.toString('utf8', start, end));
    start = stop + 1;
  }
  return texts;
}
