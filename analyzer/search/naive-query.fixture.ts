/** What a query means, written down as plainly as can be: every term asked of every decoded line. For tests only. */
import type { BlockPlace, CarriedTime, TextBlock, WantedText } from '../core/case-reader.ts';
import type { FileClock } from '../core/file-clock.ts';
import { FileId } from '../core/ids.ts';
import { LINE_LEVELS, type LineLevel } from '../core/line-level.ts';
import { entitiesOf } from '../formats/entities.ts';
import { lineSeverity } from '../formats/severity.ts';
import type { QueryNode, TextTerm } from '../query/query.ts';
import { readStamp } from '../time/stamp.ts';
import type { FilePlace, LineKnowledge } from './file-query.ts';

export interface NaiveLine {
  readonly number: number;
  /** In the file. */
  readonly start: number;
  readonly bytes: Buffer;
  readonly text: string;
  readonly time: number | null;
  readonly level: LineLevel;
}

const CARRIED_LINES_MAX = 200;

/** Lines of a whole file. @param levels from outside its text. */
export function naiveLines(
  content: Buffer,
  clock: FileClock,
  levels: ReadonlyMap<number, LineLevel> | null,
): readonly NaiveLine[] {
  const lines: NaiveLine[] = [];
  const stamped: { readonly number: number; readonly time: number }[] = [];
  for (let start = 0; start < content.length; ) {
    const feed = content.indexOf(10, start);
    const stop = feed < 0 ? content.length : feed;
    const end = content[stop - 1] === 13 && stop > start ? stop - 1 : stop;
    const bytes = Buffer.from(content.subarray(start, end));
    const number = lines.length + 1;
    const own = readStamp(bytes.toString(), clock);
    if (own !== null) stamped.push({ number, time: own.time });
    const last = stamped.at(-1);
    const time = last !== undefined && number - last.number <= CARRIED_LINES_MAX ? last.time : null;
    const level = levels?.get(number) ?? (LINE_LEVELS[lineSeverity(bytes, 0, bytes.length)] as LineLevel);
    lines.push({ number, start, bytes, text: bytes.toString(), time, level });
    start = stop + 1;
  }
  return lines;
}

export interface NaiveFile {
  readonly place: FilePlace;
  readonly cited: LineKnowledge['cited'];
}

export function naiveMatch(query: QueryNode, line: NaiveLine, file: NaiveFile): boolean {
  switch (query.kind) {
    case 'all':
      return query.parts.every((part) => naiveMatch(part, line, file));
    case 'any':
      return query.parts.some((part) => naiveMatch(part, line, file));
    case 'not':
      return !naiveMatch(query.part, line, file);
    case 'text':
      return naiveText(query, line.bytes);
    case 'pattern':
      return new RegExp(query.source, query.letters === 'any case' ? 'i' : '').test(line.text);
    case 'place': {
      const { node, paths, role, format } = file.place;
      const names = query.field === 'node' ? [node] : query.field === 'file' ? paths : [role, format];
      return names.some((name) => name !== null && naiveName(fold(name), fold(query.name)));
    }
    case 'severity': {
      const level = LINE_LEVELS.indexOf(line.level);
      return level >= LINE_LEVELS.indexOf(query.from) && level <= LINE_LEVELS.indexOf(query.to);
    }
    case 'time':
      if (line.time === null) return false;
      return (query.from === null || line.time >= query.from) && (query.to === null || line.time < query.to);
    case 'finding':
      return file.cited(line.number);
    case 'entity': {
      const wanted = fold(query.name);
      return entitiesOf(line.text).some(({ name }) => fold(name) === wanted || fold(name).split('/').at(-1) === wanted);
    }
  }
}

function fold(text: string): string {
  return [...text].map((one) => (one >= 'A' && one <= 'Z' ? one.toLowerCase() : one)).join('');
}

/** Bytes as characters of the same number. */
function folded(bytes: Uint8Array): string {
  return fold(Buffer.from(bytes).toString('latin1'));
}

function naiveText({ text, bounds }: TextTerm, line: Uint8Array): boolean {
  const inside = folded(line);
  const wanted = folded(Buffer.from(text));
  const isWord = (at: number) => /[A-Za-z0-9_\u0080-\u00ff]/.test(inside[at] ?? ' ');
  for (let at = 0; at + wanted.length <= inside.length; at++) {
    if (!inside.startsWith(wanted, at)) continue;
    if (bounds === 'anywhere' || (!isWord(at - 1) && !isWord(at + wanted.length))) return true;
  }
  return false;
}

function naiveName(name: string, wanted: string): boolean {
  if (!/[*?]/.test(wanted)) return name.includes(wanted);
  return naiveGlob([...name], [...wanted]);
}

function naiveGlob(name: readonly string[], wanted: readonly string[]): boolean {
  const [first, ...others] = wanted;
  if (first === undefined) return name.length === 0;
  if (first === '*') return naiveGlob(name, others) || (name.length > 0 && naiveGlob(name.slice(1), wanted));
  return name.length > 0 && (first === '?' || first === name[0]) && naiveGlob(name.slice(1), others);
}

export function naiveHolds(bytes: Uint8Array, wanted: WantedText): boolean {
  if (wanted instanceof Uint8Array) return folded(bytes).includes(folded(wanted));
  return 'all' in wanted
    ? wanted.all.every((part) => naiveHolds(bytes, part))
    : wanted.any.some((part) => naiveHolds(bytes, part));
}

export interface NaiveBlock {
  readonly block: TextBlock;
  readonly place: BlockPlace;
  readonly carried: CarriedTime | null;
  readonly lines: readonly NaiveLine[];
}

/** A file cut into blocks. @param cuts numbers of lines behind which a block ends. */
export function naiveBlocks(
  content: Buffer,
  lines: readonly NaiveLine[],
  clock: FileClock,
  cuts: readonly number[],
): readonly NaiveBlock[] {
  const ends = [...new Set(cuts.filter((cut) => cut > 0 && cut < lines.length)), lines.length].sort((a, b) => a - b);
  let from = 0;
  return ends.map((end, index) => {
    const within = lines.slice(from, end);
    const first = lines[from];
    const start = first?.start ?? 0;
    const bytes = new Uint8Array(content.subarray(start, lines[end]?.start ?? content.length));
    const fileId = FileId.parse(1);
    const times = within.flatMap(({ time }) => (time === null ? [] : [time]));
    const own = within.flatMap(({ text }) => readStamp(text, clock)?.time ?? []);
    const position = { fileId, firstLine: from + 1, lines: within.length };
    const place = {
      ...position,
      id: index + 1,
      byteStart: start,
      bytes: bytes.length,
      timeMin: times.length === 0 ? null : Math.min(...times),
      timeMax: times.length === 0 ? null : Math.max(...times),
      ownTimeMin: own.length === 0 ? null : Math.min(...own),
      ownTimeMax: own.length === 0 ? null : Math.max(...own),
      warnings: within.filter(({ level }) => level === 'warning').length,
      errors: within.filter(({ level }) => level === 'error').length,
    };
    const stamped = lines
      .slice(Math.max(0, from - CARRIED_LINES_MAX), from)
      .findLast(({ text }) => readStamp(text, clock) !== null);
    const carried =
      stamped === undefined || stamped.time === null ? null : { time: stamped.time, line: stamped.number };
    from = end;
    return { block: { ...position, byteStart: start, bytes }, place, carried, lines: within };
  });
}
