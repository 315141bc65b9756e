/**
 * Applies rules to the logs of one bundle. The literals of all rules are looked for in one pass over a raw block, and
 * only a line that holds one is decoded and shown to an expression: logs are gigabytes, matches are few. Counts are exact, and
 * nothing here knows names of bundles, nodes or files: roles decide what is read, content decides the order.
 */
import type { BundleReader, LiteralLines, TextBlock } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import { hitAt, hitLiteral, LiteralTable } from '../core/literal-table.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { BlockLines, KeptLines, type LinesOfBlock } from './block-lines.ts';
import { QuotedLines } from './quoted-output.ts';
import { appliesTo, rolesOf } from './rule-lines.ts';
import { type FileMatches, RuleWatch, type WatchedFile } from './rule-watch.ts';
import type { Rule } from './schema.ts';
import {
  type Asked,
  rulesByLiterals,
  type Slot,
  type WantedOfRole,
  type WantedTexts,
  wantedTexts,
} from './wanted-texts.ts';

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

/** What rules found in some files, by the id of the rule. Plain data: it can go from thread to thread. */
export type FoundByRule = ReadonlyMap<string, readonly FileMatches[]>;

/** @returns one entry a rule, in the order given; every block is read once for all rules. */
export function matchRules(
  reader: BundleReader,
  rules: readonly Rule[],
  options: MatchOptions = {},
): readonly RuleMatches[] {
  return ruleMatches(reader, rules, [matchFiles(reader, rules, watchedFiles(reader, rules), options)]);
}

/** @returns the files that rules look at, folded copies and empty ones left out. */
export function watchedFiles(reader: BundleReader, rules: readonly Rule[]): readonly SourceFile[] {
  const watched = new Set(rules.flatMap((rule) => rolesOf(rule)));
  return reader.files().filter((file) => file.aliasOf === null && file.lines > 0 && watched.has(file.role));
}

/** @param files of those that rules look at. */
export function matchFiles(
  reader: BundleReader,
  rules: readonly Rule[],
  files: readonly SourceFile[],
  options: MatchOptions = {},
): FoundByRule {
  const found = new Map<string, FileMatches[]>();
  for (const watches of readFiles(reader, rules, files, options)) {
    for (const [{ id }, matches] of watches.results()) {
      const known = found.get(id);
      if (known === undefined) found.set(id, [matches]);
      else known.push(matches);
    }
  }
  options.onProgress?.(files.length, files.length);
  return found;
}

/** @param parts what was found in all files that rules look at, each file in one of them. */
export function ruleMatches(
  reader: BundleReader,
  rules: readonly Rule[],
  parts: readonly FoundByRule[],
): readonly RuleMatches[] {
  const files = watchedFiles(reader, rules);
  return rules.map((rule) => {
    const read = files.filter((file) => appliesTo(rule, file.role));
    const linesRead = read.reduce((sum, file) => sum + file.lines, 0);
    const found = parts.flatMap((part) => part.get(rule.id) ?? []);
    return { rule, filesRead: read.length, linesRead, files: inTimeOrder(found) };
  });
}

/** @returns what watched each file in which something may match. */
function readFiles(
  reader: BundleReader,
  rules: readonly Rule[],
  files: readonly SourceFile[],
  options: MatchOptions,
): Iterable<Watches> {
  const known = reader.literalLines();
  if (known === null) return readBlocks(new Reading(reader, rules, files, options));
  const { within, others } = rulesByLiterals(rules, known.literals);
  const some = within.length === 0 ? [] : readKeptLines(new Reading(reader, within, files, options), known);
  return [...some, ...(others.length === 0 ? [] : readBlocks(new Reading(reader, others, files, options)))];
}

/** Reads the blocks in which one of the literals may stand. */
function readBlocks(reading: Reading): Iterable<Watches> {
  const { wanted, reader } = reading;
  for (const candidate of reader.blocksWithAny(wanted.texts, reading.fileIds)) {
    if (reading.isCancelled()) break;
    const place = reading.placeOf(candidate.fileId);
    if (place === null) continue;
    const among = new Set(candidate.mayHold.flatMap((nth) => place.asked.literalOf.get(nth) ?? []));
    if (among.size > 0) reading.block(place, candidate.block, [...among]);
  }
  return reading.watches();
}

/** Reads the lines that were kept apart when the bundle was made: all in which one of the literals stands. */
function readKeptLines(reading: Reading, known: LiteralLines): Iterable<Watches> {
  const ours = new Map(reading.wanted.literals.map((literal, nth) => [literal.toString(), nth]));
  const nthOf = known.literals.map((literal) => ours.get(literal) ?? -1);
  for (const found of known.blocks(reading.fileIds)) {
    if (reading.isCancelled()) break;
    const place = reading.placeOf(found.fileId);
    if (place === null) continue;
    if (found.kept === null) {
      reading.block(place, found.block, [...place.asked.askedBy.keys()]);
      continue;
    }
    seeKeptLines(reading, place, new KeptLines(found, found.kept), nthOf);
  }
  return reading.watches();
}

/** A function of its own: V8 compiled the loop over blocks anew, with all that is called in it, until the bundle was read. */
function seeKeptLines(reading: Reading, place: FilePlace, lines: KeptLines, nthOf: readonly number[]): void {
  for (const { line, literals } of lines.kept) {
    for (const literal of literals) reading.see(place, nthOf[literal] as number, lines, line);
  }
}

/** A file, and what is looked for in it. */
interface FilePlace {
  readonly file: SourceFile;
  readonly index: number;
  readonly asked: WantedOfRole;
}

/** One pass of some rules over some files. */
class Reading {
  readonly reader: BundleReader;
  readonly wanted: WantedTexts;
  readonly fileIds: ReadonlySet<FileId>;
  readonly #options: MatchOptions;
  readonly #places: ReadonlyMap<FileId, FilePlace>;
  readonly #watches = new Map<FileId, Watches>();
  readonly #files: number;
  #table: LiteralTable | null = null;

  constructor(reader: BundleReader, rules: readonly Rule[], files: readonly SourceFile[], options: MatchOptions) {
    this.reader = reader;
    this.wanted = wantedTexts(rules);
    this.#options = options;
    this.#files = files.length;
    const places = files.flatMap((file, index): readonly FilePlace[] => {
      const asked = this.wanted.byRole.get(file.role);
      return asked === undefined ? [] : [{ file, index, asked }];
    });
    this.#places = new Map(places.map((place) => [place.file.id, place]));
    this.fileIds = new Set(this.#places.keys());
  }

  isCancelled(): boolean {
    return this.#options.isCancelled?.() === true;
  }

  /** @returns null when nothing is looked for there. */
  placeOf(file: FileId): FilePlace | null {
    return this.#places.get(file) ?? null;
  }

  watches(): Iterable<Watches> {
    return this.#watches.values();
  }

  /** Looks for literals in a block whose text nobody needs afterwards. @param among places of the literals. */
  block(place: FilePlace, block: TextBlock, among: readonly number[]): void {
    this.#table ??= new LiteralTable(this.wanted.literals);
    const lines = new BlockLines(block);
    for (const hit of this.#table.find(
      lines.bytes,
      among.toSorted((one, two) => one - two),
    )) {
      this.see(place, hitLiteral(hit), lines, lines.lineAt(hitAt(hit)));
    }
    giveBack(lines.bytes);
  }

  /** @param literal its place. @param line from 0, in its block. */
  see(place: FilePlace, literal: number, lines: LinesOfBlock, line: number): void {
    const asking = place.asked.askedBy.get(literal);
    if (asking === undefined) return;
    const watches = this.#watchesOf(place);
    for (const asked of asking) watches.see(asked, lines, line);
  }

  #watchesOf({ file, index }: FilePlace): Watches {
    const known = this.#watches.get(file.id);
    if (known !== undefined) return known;
    this.#options.onProgress?.(index, this.#files);
    const watches = new Watches(file, this.reader);
    this.#watches.set(file.id, watches);
    return watches;
  }
}

/** What reads one file: a watch for each slot of which a literal was found there. Most files concern few rules. */
class Watches {
  readonly #watched: WatchedFile;
  readonly #watches = new Map<Slot, RuleWatch>();

  constructor(file: SourceFile, reader: BundleReader) {
    this.#watched = { file, reader, quoted: new QuotedLines(file, reader) };
  }

  see({ slot, says }: Asked, lines: LinesOfBlock, line: number): void {
    const known = this.#watches.get(slot);
    if (says === 'recovery') {
      known?.seeRecovery(lines, line);
      return;
    }
    const watch = known ?? new RuleWatch(slot.rule, slot.entries, this.#watched);
    if (known === undefined) this.#watches.set(slot, watch);
    watch.see(lines, line);
  }

  /** @returns what was found for each rule: by the entries that always count, else by the others. */
  results(): ReadonlyMap<Rule, FileMatches> {
    const found = new Map<Rule, FileMatches>();
    for (const [slot, watch] of this.#watches) {
      if (watch.count === 0) continue;
      const always = slot.entries.some((entry) => entry.when === undefined);
      if (always || !found.has(slot.rule)) found.set(slot.rule, watch.result());
    }
    return found;
  }
}

/** Names and archive order must not matter: time decides, then content. */
function inTimeOrder(files: readonly FileMatches[]): readonly FileMatches[] {
  return [...files].sort(
    (one, two) =>
      (one.first ?? Number.POSITIVE_INFINITY) - (two.first ?? Number.POSITIVE_INFINITY) ||
      (one.file.sha256 < two.file.sha256 ? -1 : 1),
  );
}
