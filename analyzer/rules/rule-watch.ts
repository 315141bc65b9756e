/** One rule reading one file: what it counts, keeps and names. */
import type { BundleReader } from '../core/case-reader.ts';
import type { TimeBasis } from '../core/file-clock.ts';
import { EXPRESSION_BYTES_MAX } from '../core/limits.ts';
import type { Entity, LineRef, SourceFile } from '../core/vocabulary.ts';
import { readStamp, startsKlog, unwrapLine } from '../time/stamp.ts';
import type { LinesOfBlock } from './block-lines.ts';
import { ownWords, type QuotedLines } from './quoted-output.ts';
import { alsoInLine, holdsAny, lineMatch, namedEntities, writtenByAny } from './rule-lines.ts';
import type { Rule } from './schema.ts';

/** Places kept of one rule in one file while reading; beyond it every second one is dropped, spread evenly. */
const PLACES_MAX = 64;

/** Distinct entities named by one rule; a finding that names thousands helps nobody, and it says so. */
export const ENTITIES_MAX = 50;

/** Entities counted apart in one file; a file that names more pods than a large node ever runs is not about pods. */
const COUNTED_APART_MAX = 2000;

/** Matches that name one entity. */
interface Apart {
  count: number;
  readonly times: number[];
}

/** Says that the services it looks after were started. */
const SYSTEMD = ['systemd[', 'systemd: '];

/** Characters of which names are made. */
const NAME = /[\w.-]/;

const NOTHING_APART: readonly Apart[] = [];

export interface RuleReason {
  readonly says: string;
  readonly count: number;
  /** The first place where the message gives this reason. */
  readonly place: LineRef;
}

/** What one rule found in one file. */
export interface FileMatches {
  readonly file: SourceFile;
  /** Exact number of matching lines. */
  readonly count: number;
  /** Milliseconds since 1970 UTC; null when no matching line tells its time. */
  readonly first: number | null;
  readonly last: number | null;
  readonly bases: ReadonlySet<TimeBasis>;
  /** First and last match and places spread evenly between them, in file order. */
  readonly places: readonly LineRef[];
  readonly entities: readonly Entity[];
  /** More than ENTITIES_MAX were named: the others are left out. */
  readonly moreEntities: boolean;
  /** In the rule's order. */
  readonly reasons: readonly RuleReason[];
  /** Number of the last line that says the condition ended, 0 when there is none. */
  readonly recoveredAt: number;
  readonly lastLine: number;
  /** Largest number of matches within the rule's time window; null when the rule has none or no line has a time. */
  readonly densest: number | null;
  /** The same for each entity of the kind that the rule's threshold counts by; empty when it counts all together. */
  readonly byEntity: ReadonlyMap<string, EntityCount>;
}

export interface EntityCount {
  readonly count: number;
  /** See FileMatches.densest. */
  readonly densest: number | null;
}

/** A file that is read, whatever rule reads it. */
export interface WatchedFile {
  readonly file: SourceFile;
  readonly reader: BundleReader;
  readonly quoted: QuotedLines;
}

/** One rule reading one file. */
export class RuleWatch {
  readonly rule: Rule;
  readonly #entries: Rule['match'];
  readonly #file: SourceFile;
  readonly #reader: BundleReader;
  readonly #quoted: QuotedLines;
  /** See alsoInLine. */
  readonly #alsoInLine: readonly string[] | null;
  #count = 0;
  #places: LineRef[] = [];
  #stride = 1;
  #lastPlace: LineRef | null = null;
  #first: number | null = null;
  #last: number | null = null;
  #lastSeen = 0;
  #recoveredAt = 0;
  readonly #times: number[] = [];
  readonly #bases = new Set<TimeBasis>();
  readonly #entities: Entity[] = [];
  readonly #known = new Map<Entity['kind'], Set<string>>();
  #moreEntities = false;
  readonly #apart = new Map<string, Apart>();
  /** Named by matches, of the kind of which a recovery tells, and not yet well again; null when there are too many. */
  #unwell: Set<string> | null = new Set();
  readonly #reasons = new Map<number, { count: number; place: LineRef }>();

  constructor(rule: Rule, entries: Rule['match'], { file, reader, quoted }: WatchedFile) {
    this.rule = rule;
    this.#entries = entries;
    this.#quoted = quoted;
    this.#file = file;
    this.#reader = reader;
    this.#alsoInLine = alsoInLine(rule, file.role);
  }

  /** @param at a line in which one of the rule's literals stands; lines are told in order, one as often as it holds one. */
  see(lines: LinesOfBlock, at: number): void {
    const line = lines.firstLine + at;
    if (line === this.#lastSeen) return;
    this.#lastSeen = line;
    const text = lines.text(at) ?? '';
    if (this.#alsoInLine !== null && !writtenByAny(text, this.#alsoInLine)) return;
    const match = lineMatch(this.rule, this.#entries, text);
    if (match === null) return;
    const quotedArea = this.#quoted.areaAt(lines, at);
    if (quotedArea !== null && quotedArea !== this.rule.area) return;
    const message = this.#message(lines, at, text);
    const place: LineRef = { fileId: this.#file.id, line, endLine: line + message.length - 1 };
    this.#keep(place);
    const named = namedEntities(match);
    this.#addEntities(named);
    this.#addUnwell(named);
    this.#addReason(message, place);
    const apart = this.#countApart(named);
    const stamp = readStamp(text, this.#file.clock);
    if (stamp === null) return;
    this.#first = Math.min(this.#first ?? stamp.time, stamp.time);
    this.#last = Math.max(this.#last ?? stamp.time, stamp.time);
    this.#bases.add(stamp.basis);
    if (this.rule.threshold?.within === undefined) return;
    this.#times.push(stamp.time);
    for (const one of apart) one.times.push(stamp.time);
  }

  /** @param at a line that holds what says that it works again; there is nothing to recover from before the first match. */
  seeRecovery(lines: LinesOfBlock, at: number): void {
    if (this.#count === 0) return;
    const text = lines.text(at) ?? '';
    if (!this.#saysRecovery(text)) return;
    const quotedArea = this.#quoted.areaAt(lines, at);
    if (quotedArea !== null && quotedArea !== this.rule.area) return;
    if (this.rule.over?.of === undefined || this.#allWellWith(text)) this.#recoveredAt = lines.firstLine + at;
  }

  /** @returns false for what a program quotes, and for what a program wrote that the rule is not about. */
  #saysRecovery(text: string): boolean {
    if (!holdsAny(ownWords(text, this.rule.area), this.rule.over?.recovery ?? [])) return false;
    return this.#alsoInLine === null || writtenByAny(text, this.#alsoInLine) || writtenByAny(text, SYSTEMD);
  }

  #addUnwell(named: readonly Entity[]): void {
    const of = this.rule.over?.of;
    if (of === undefined || this.#unwell === null) return;
    const names = named.filter(({ kind }) => kind === of);
    for (const { name } of names) this.#unwell.add(name);
    if (names.length === 0 || this.#unwell.size > COUNTED_APART_MAX) this.#unwell = null;
  }

  /** @returns true when all that matches named is well, what this line names included. */
  #allWellWith(text: string): boolean {
    for (const name of this.#unwell ?? []) if (holdsName(text, name)) this.#unwell?.delete(name);
    return this.#unwell?.size === 0;
  }

  /** The matched line and the lines after it that the same program wrote without starting a new message. */
  #message(lines: LinesOfBlock, at: number, text: string): readonly string[] {
    const { continues } = this.rule;
    if (continues === undefined) return [text];
    const first = unwrapLine(text);
    const message = [text];
    while (message.length <= continues) {
      const next = lines.text(at + message.length) ?? this.#lineAfter(lines.firstLine + at + message.length);
      if (next === null) break;
      const { source, body } = unwrapLine(next);
      if (source !== first.source || startsKlog(body)) break;
      message.push(next);
    }
    while (message.length > 1 && unwrapLine(message.at(-1) ?? '').body.trim() === '') message.pop();
    return message;
  }

  /** Blocks end at line ends, messages do not: what follows the block is read through the line index. */
  #lineAfter(number: number): string | null {
    if (number > this.#file.lines) return null;
    return this.#reader.lines(this.#file.id, number, 1)[0]?.text.slice(0, EXPRESSION_BYTES_MAX) ?? null;
  }

  #keep(place: LineRef): void {
    if (this.#count % this.#stride === 0) this.#places.push(place);
    if (this.#places.length > PLACES_MAX) {
      this.#places = this.#places.filter((_, index) => index % 2 === 0);
      this.#stride *= 2;
    }
    this.#lastPlace = place;
    this.#count++;
  }

  /** @returns the counts of the entities that the line names, of the kind that the threshold counts by. */
  #countApart(named: readonly Entity[]): readonly Apart[] {
    const by = this.rule.threshold?.by;
    if (by === undefined) return NOTHING_APART;
    const counted: Apart[] = [];
    for (const { kind, name } of named) {
      const one = kind === by ? this.#apartOf(name) : null;
      // A line that names one twice is one line.
      if (one === null || counted.includes(one)) continue;
      one.count++;
      counted.push(one);
    }
    return counted;
  }

  /** @returns null when too many are counted already. */
  #apartOf(name: string): Apart | null {
    const known = this.#apart.get(name);
    if (known !== undefined) return known;
    if (this.#apart.size >= COUNTED_APART_MAX) return null;
    const made: Apart = { count: 0, times: [] };
    this.#apart.set(name, made);
    return made;
  }

  #addEntities(named: readonly Entity[]): void {
    if (this.#moreEntities) return;
    for (const entity of named) {
      const known = this.#known.get(entity.kind) ?? new Set();
      if (known.has(entity.name)) continue;
      if (this.#entities.length === ENTITIES_MAX) {
        this.#moreEntities = true;
        return;
      }
      this.#known.set(entity.kind, known.add(entity.name));
      this.#entities.push(entity);
    }
  }

  #addReason(message: readonly string[], place: LineRef): void {
    const { reasons } = this.rule;
    if (reasons === undefined) return;
    const [first = '', ...more] = message;
    const own = ownWords(first, this.rule.area);
    const text = more.length === 0 ? own : [own, ...more].join('\n').slice(0, EXPRESSION_BYTES_MAX);
    for (const [index, reason] of reasons.entries()) {
      if (!holdsAny(text, reason.literals)) continue;
      const match = reason.regex?.exec(text);
      if (match === null) continue;
      if (match !== undefined) this.#addEntities(namedEntities({ regex: reason.regex ?? null, groups: match.groups }));
      const known = this.#reasons.get(index);
      if (known === undefined) this.#reasons.set(index, { count: 1, place });
      else known.count++;
      return;
    }
  }

  get count(): number {
    return this.#count;
  }

  result(): FileMatches {
    const places = [...this.#places];
    if (this.#lastPlace !== null && places.at(-1)?.line !== this.#lastPlace.line) places.push(this.#lastPlace);
    return {
      file: this.#file,
      count: this.#count,
      first: this.#first,
      last: this.#last,
      bases: this.#bases,
      places,
      entities: this.#entities,
      moreEntities: this.#moreEntities,
      reasons: [...this.#reasons]
        .sort(([one], [two]) => one - two)
        .map(([index, reason]) => ({ says: this.rule.reasons?.[index]?.says ?? '', ...reason })),
      recoveredAt: this.#recoveredAt,
      lastLine: this.#lastPlace?.line ?? 0,
      densest: densest(this.#times, this.rule.threshold?.within),
      byEntity: new Map(
        [...this.#apart].map(([name, { count, times }]) => [
          name,
          { count, densest: densest(times, this.rule.threshold?.within) },
        ]),
      ),
    };
  }
}

/** @returns true when the text holds the name, and not as a part of a longer one. */
function holdsName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!NAME.test(text[at - 1] ?? '') && !/^[.:]?[\w-]/.test(text.slice(at + name.length, at + name.length + 2)))
      return true;
  }
  return false;
}

/** @returns the largest number of instants within one window of `within` milliseconds. */
function densest(times: readonly number[], within: number | undefined): number | null {
  if (within === undefined || times.length === 0) return null;
  const sorted = Float64Array.from(times).sort();
  let best = 0;
  let from = 0;
  for (const [to, time] of sorted.entries()) {
    while (time - (sorted[from] as number) > within) from++;
    best = Math.max(best, to - from + 1);
  }
  return best;
}
