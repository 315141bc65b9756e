/**
 * Applies rules to the logs of one bundle. A rule's literals are searched in raw blocks, and only a line that
 * holds one is decoded and shown to an expression: logs are gigabytes, matches are few. Counts are exact, and
 * nothing here knows names of bundles, nodes or files: roles decide what is read, content decides the order.
 */
import type { BundleReader, TextBlock, WantedText } from '../core/case-reader.ts';
import type { FileClock, TimeBasis } from '../core/file-clock.ts';
import type { FileId } from '../core/ids.ts';
import type { Entity, LineRef, SourceFile } from '../core/vocabulary.ts';
import { readStamp, startsKlog, unwrapLine } from '../time/stamp.ts';
import { BlockLines, EXPRESSION_BYTES_MAX } from './block-lines.ts';
import type { Rule } from './schema.ts';

/** Places kept of one rule in one file while reading; beyond it every second one is dropped, spread evenly. */
const PLACES_MAX = 64;

/** Distinct entities named by one rule; a finding that names thousands helps nobody, and it says so. */
export const ENTITIES_MAX = 50;

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
  readonly entitiesNotListed: number;
  /** In the rule's order. */
  readonly reasons: readonly RuleReason[];
  /** Number of the last line that says the condition ended, 0 when there is none. */
  readonly recoveredAt: number;
  readonly lastLine: number;
  /** Largest number of matches within the rule's time window; null when the rule has none or no line has a time. */
  readonly densest: number | null;
}

export interface RuleMatches {
  readonly rule: Rule;
  /** Files of the rule's roles that were read, folded copies left out. */
  readonly filesRead: number;
  readonly linesRead: number;
  readonly files: readonly FileMatches[];
}

export interface MatchOptions {
  readonly onProgress?: (filesDone: number, filesTotal: number) => void;
  readonly isCancelled?: () => boolean;
}

/** @returns one entry a rule, in the order given; blocks are read once for all rules of their file's role. */
export function matchRules(
  reader: BundleReader,
  rules: readonly Rule[],
  options: MatchOptions = {},
): readonly RuleMatches[] {
  const watched = new Set(rules.flatMap((rule) => rule.where.flatMap((entry) => entry.roles)));
  const files = reader.files().filter((file) => file.aliasOf === null && file.lines > 0 && watched.has(file.role));
  const found = new Map<Rule, FileMatches[]>(rules.map((rule) => [rule, []]));
  let done = 0;
  for (const [role, ofRole] of Map.groupBy(files, (file) => file.role)) {
    const applying = rules.filter((rule) => appliesTo(rule, role));
    const before = done;
    const watches = readFiles(reader, applying, ofRole, {
      isCancelled: () => options.isCancelled?.() === true,
      onFile: (index) => options.onProgress?.(before + index, files.length),
    });
    for (const ofFile of watches) {
      for (const rule of applying) {
        const matches = ofFile.filter((watch) => watch.rule === rule).map((watch) => watch.result());
        const first = matches.find((one) => one.count > 0);
        if (first !== undefined) found.get(rule)?.push(first);
      }
    }
    done += ofRole.length;
  }
  options.onProgress?.(files.length, files.length);
  return rules.map((rule) => {
    const read = files.filter((file) => appliesTo(rule, file.role));
    const linesRead = read.reduce((sum, file) => sum + file.lines, 0);
    return { rule, filesRead: read.length, linesRead, files: inTimeOrder(found.get(rule) ?? []) };
  });
}

interface ReadOptions {
  readonly isCancelled: () => boolean;
  /** Gets the index of a file in which something may match, before it is read. */
  readonly onFile: (index: number) => void;
}

/** @param files of one role. @returns what watched each file in which something may match. */
function readFiles(
  reader: BundleReader,
  rules: readonly Rule[],
  files: readonly SourceFile[],
  { isCancelled, onFile }: ReadOptions,
): Iterable<readonly RuleWatch[]> {
  const places = new Map(files.map((file, index) => [file.id, { file, index }]));
  const watches = new Map<FileId, readonly RuleWatch[]>();
  const wanted = rules.flatMap((rule) => wantedBy(rule, files[0]?.role ?? ''));
  const texts = wanted.map((one) => one.text);
  for (const { block, mayHold } of reader.blocksWithAny(texts, new Set(places.keys()))) {
    if (isCancelled()) break;
    const place = places.get(block.fileId);
    if (place === undefined) continue;
    const { file, index } = place;
    let ofFile = watches.get(file.id);
    if (ofFile === undefined) {
      onFile(index);
      ofFile = rules.flatMap((rule) => watchesOf(rule, file, reader));
      watches.set(file.id, ofFile);
    }
    const lines = new BlockLines(block, new Set(mayHold.map((nth) => (wanted[nth] as Wanted).literal)));
    for (const watch of ofFile) watch.read(lines, file.clock);
  }
  return watches.values();
}

/** The entries that always count, then those that count only when the others found nothing. */
function watchesOf(rule: Rule, file: SourceFile, reader: BundleReader): readonly RuleWatch[] {
  const entries = entriesIn(rule, file.role);
  const always = entries.filter((entry) => entry.when === undefined);
  const otherwise = entries.filter((entry) => entry.when !== undefined);
  return [always, otherwise]
    .filter((entries) => entries.length > 0)
    .map((entries) => new RuleWatch(rule, entries, file, reader));
}

function appliesTo(rule: Rule, role: string): boolean {
  return rule.where.some((entry) => entry.roles.includes(role));
}

function entriesIn(rule: Rule, role: string): Rule['match'] {
  return rule.match.filter((entry) => entry.roles?.includes(role) !== false);
}

/** A literal of a rule, and what a block must hold to be worth looking for it there. */
interface Wanted {
  readonly literal: Buffer;
  readonly text: WantedText;
}

/** For lines that may match, and for those that say it is over. */
function wantedBy(rule: Rule, role: string): readonly Wanted[] {
  const also = alsoInLine(rule, role)?.map(literalBytes);
  const matching = entriesIn(rule, role)
    .flatMap((entry) => entry.literals)
    .map(literalBytes);
  const recovery = (rule.over?.recovery ?? []).map(literalBytes);
  return [
    ...matching.map((literal) => ({
      literal,
      text: also === undefined ? literal : { all: [literal, { any: also }] },
    })),
    ...recovery.map((literal) => ({ literal, text: literal })),
  ];
}

/** @returns literals of which a line must hold one, when logs of this role are shared by programs; null if it need not. */
function alsoInLine(rule: Rule, role: string): readonly string[] | null {
  const places = rule.where.filter((entry) => entry.roles.includes(role));
  const lines = places.flatMap((entry) => (entry.line === undefined ? [] : [entry.line]));
  return lines.length < places.length ? null : lines;
}

/** Names and archive order must not matter: time decides, then content. */
function inTimeOrder(files: readonly FileMatches[]): readonly FileMatches[] {
  return [...files].sort(
    (one, two) =>
      (one.first ?? Number.POSITIVE_INFINITY) - (two.first ?? Number.POSITIVE_INFINITY) ||
      (one.file.sha256 < two.file.sha256 ? -1 : 1),
  );
}

/** @returns true when the rule matches the first line of a message; for samples, and for tests of user rules. */
export function ruleMatchesText(rule: Rule, role: string, message: string): boolean {
  const line = message.split('\n', 1)[0] ?? '';
  return (
    rule.where.some((entry) => entry.roles.includes(role) && (entry.line === undefined || line.includes(entry.line))) &&
    lineMatch(rule, entriesIn(rule, role), line) !== null
  );
}

/** @returns the groups of the first entry that matches the line, or null when none does. */
function lineMatch(
  rule: Rule,
  entries: Rule['match'],
  line: string,
): Readonly<Record<string, string | undefined>> | null {
  if (rule.unless?.some((text) => line.includes(text)) === true) return null;
  for (const entry of entries) {
    if (!entry.literals.some((text) => line.includes(text))) continue;
    if (entry.regex === undefined) return {};
    const match = entry.regex.exec(line);
    if (match !== null) return match.groups ?? {};
  }
  return null;
}

const LITERAL_BYTES = new Map<string, Buffer>();

/** One Buffer a text, so that what was found of it in a block can be looked up by it. */
function literalBytes(text: string): Buffer {
  const known = LITERAL_BYTES.get(text) ?? Buffer.from(text);
  LITERAL_BYTES.set(text, known);
  return known;
}

/** One rule reading one file. */
class RuleWatch {
  readonly rule: Rule;
  readonly #entries: Rule['match'];
  readonly #file: SourceFile;
  readonly #reader: BundleReader;
  readonly #literals: readonly Buffer[];
  readonly #recovery: readonly Buffer[];
  /** See alsoInLine. */
  readonly #alsoInLine: readonly string[] | null;
  #count = 0;
  #places: LineRef[] = [];
  #stride = 1;
  #lastPlace: LineRef | null = null;
  #first: number | null = null;
  #last: number | null = null;
  #recoveredAt = 0;
  #entitiesNotListed = 0;
  readonly #times: number[] = [];
  readonly #bases = new Set<TimeBasis>();
  readonly #entities = new Map<string, Entity>();
  readonly #reasons = new Map<number, { count: number; place: LineRef }>();

  constructor(rule: Rule, entries: Rule['match'], file: SourceFile, reader: BundleReader) {
    this.rule = rule;
    this.#entries = entries;
    this.#file = file;
    this.#reader = reader;
    this.#literals = entries.flatMap((entry) => entry.literals).map(literalBytes);
    this.#recovery = (rule.over?.recovery ?? []).map(literalBytes);
    this.#alsoInLine = alsoInLine(rule, file.role);
  }

  read(lines: BlockLines, clock: FileClock): void {
    for (const at of lines.linesWith(this.#literals)) this.#readLine(lines, at, clock);
    // There is nothing to recover from before the first match.
    if (this.#count === 0) return;
    const recovered = lines.linesWith(this.#recovery).at(-1);
    if (recovered !== undefined) this.#recoveredAt = lines.block.firstLine + recovered;
  }

  #readLine(lines: BlockLines, at: number, clock: FileClock): void {
    const text = lines.text(at) ?? '';
    if (this.#alsoInLine?.some((part) => text.includes(part)) === false) return;
    const groups = lineMatch(this.rule, this.#entries, text);
    if (groups === null) return;
    const line = lines.block.firstLine + at;
    const message = this.#message(lines, at, text);
    const place: LineRef = { fileId: this.#file.id, line, endLine: line + message.length - 1 };
    this.#keep(place);
    this.#addEntities(groups);
    this.#addReason(message, place);
    const stamp = readStamp(text, clock);
    if (stamp === null) return;
    this.#first = Math.min(this.#first ?? stamp.time, stamp.time);
    this.#last = Math.max(this.#last ?? stamp.time, stamp.time);
    this.#bases.add(stamp.basis);
    if (this.rule.threshold?.within !== undefined) this.#times.push(stamp.time);
  }

  /** The matched line and the lines after it that the same program wrote without starting a new message. */
  #message(lines: BlockLines, at: number, text: string): readonly string[] {
    const first = unwrapLine(text);
    const message = [text];
    while (message.length <= (this.rule.continues ?? 0)) {
      const next = lines.text(at + message.length) ?? this.#lineAfter(lines.block, at + message.length);
      if (next === null) break;
      const { source, body } = unwrapLine(next);
      if (source !== first.source || startsKlog(body)) break;
      message.push(next);
    }
    while (message.length > 1 && unwrapLine(message.at(-1) ?? '').body.trim() === '') message.pop();
    return message;
  }

  /** Blocks end at line ends, messages do not: what follows the block is read through the line index. */
  #lineAfter(block: TextBlock, offset: number): string | null {
    const number = block.firstLine + offset;
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

  #addEntities(groups: Readonly<Record<string, string | undefined>>): void {
    for (const [group, name] of Object.entries(groups)) {
      if (name === undefined || name === '') continue;
      const kind = group.replace(/\d$/, '') as Entity['kind'];
      const key = `${kind} ${name}`;
      if (this.#entities.has(key)) continue;
      if (this.#entities.size < ENTITIES_MAX) this.#entities.set(key, { kind, name });
      else this.#entitiesNotListed++;
    }
  }

  #addReason(message: readonly string[], place: LineRef): void {
    const text = message.join('\n').slice(0, EXPRESSION_BYTES_MAX);
    for (const [index, reason] of (this.rule.reasons ?? []).entries()) {
      if (!reason.literals.some((part) => text.includes(part))) continue;
      const match = reason.regex?.exec(text);
      if (match === null) continue;
      this.#addEntities(match?.groups ?? {});
      const known = this.#reasons.get(index);
      if (known === undefined) this.#reasons.set(index, { count: 1, place });
      else known.count++;
      return;
    }
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
      entities: [...this.#entities.values()],
      entitiesNotListed: this.#entitiesNotListed,
      reasons: [...this.#reasons]
        .sort(([one], [two]) => one - two)
        .map(([index, reason]) => ({ says: this.rule.reasons?.[index]?.says ?? '', ...reason })),
      recoveredAt: this.#recoveredAt,
      lastLine: this.#lastPlace?.line ?? 0,
      densest: densest(this.#times, this.rule.threshold?.within),
    };
  }
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
