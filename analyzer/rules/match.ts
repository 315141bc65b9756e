/**
 * Applies rules to the logs of one bundle. The literals of all rules are looked for in one pass over a raw block, and
 * only a line that holds one is decoded and shown to an expression: logs are gigabytes, matches are few. Counts are exact, and
 * nothing here knows names of bundles, nodes or files: roles decide what is read, content decides the order.
 */
import type { BundleReader, WantedText } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { BlockLines } from './block-lines.ts';
import { hitAt, hitLiteral, LiteralTable } from './literal-table.ts';
import { QuotedLines } from './quoted-output.ts';
import { alsoInLine, appliesTo, entriesIn, rolesOf } from './rule-lines.ts';
import { type FileMatches, RuleWatch, type WatchedFile } from './rule-watch.ts';
import type { Rule } from './schema.ts';

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
  { isCancelled, onProgress }: MatchOptions,
): Iterable<Watches> {
  const places = new Map(files.map((file, index) => [file.id, { file, index }]));
  const found = new Map<FileId, Watches>();
  const wanted = wantedTexts(rules);
  const table = new LiteralTable(wanted.literals);
  for (const candidate of reader.blocksWithAny(wanted.texts, new Set(places.keys()))) {
    if (isCancelled?.() === true) break;
    const { fileId, mayHold } = candidate;
    const place = places.get(fileId);
    const ofRole = wanted.byRole.get(place?.file.role ?? '');
    if (place === undefined || ofRole === undefined) continue;
    const among = new Set(mayHold.flatMap((nth) => ofRole.literalOf.get(nth) ?? []));
    if (among.size === 0) continue;
    let watches = found.get(fileId);
    if (watches === undefined) {
      onProgress?.(place.index, files.length);
      watches = new Watches(place.file, reader);
      found.set(fileId, watches);
    }
    const lines = new BlockLines(candidate.block);
    for (const hit of table.find(lines.bytes, [...among])) {
      const line = lines.lineAt(hitAt(hit));
      for (const asked of ofRole.askedBy.get(hitLiteral(hit)) ?? []) watches.see(asked, lines, line);
    }
    giveBack(lines.bytes);
  }
  return found.values();
}

/** The entries of a rule that are counted together in a file: those that always count, or those that only do otherwise. */
interface Slot {
  readonly rule: Rule;
  readonly entries: Rule['match'];
}

/** What a literal is looked for. */
interface Asked {
  readonly slot: Slot;
  readonly says: 'match' | 'recovery';
}

interface WantedOfRole {
  /** By the place of a literal. */
  readonly askedBy: Map<number, Asked[]>;
  /** By the place of a text: the literal to look for in blocks that may hold it. */
  readonly literalOf: Map<number, number>;
}

/** All literals that rules look for: each is looked for once, whoever wants it. */
interface WantedTexts {
  readonly literals: readonly Buffer[];
  /** What a block must hold to be worth reading. */
  readonly texts: readonly WantedText[];
  readonly byRole: ReadonlyMap<string, WantedOfRole>;
}

function wantedTexts(rules: readonly Rule[]): WantedTexts {
  const literals = new Numbered<Buffer>();
  const texts = new Numbered<WantedText>();
  const parts = new Numbered<Buffer>();
  const byRole = new Map<string, WantedOfRole>();
  const part = (text: string): Buffer => parts.of(text, () => Buffer.from(text)).value;
  const want = (role: string, text: string, also: readonly string[] | null, asked: Asked): void => {
    const ofRole = byRole.get(role) ?? { askedBy: new Map(), literalOf: new Map() };
    byRole.set(role, ofRole);
    const literal = literals.of(text, () => part(text));
    ofRole.askedBy.set(literal.nth, [...(ofRole.askedBy.get(literal.nth) ?? []), asked]);
    const whole = texts.of(JSON.stringify([text, also]), () =>
      also === null ? literal.value : { all: [literal.value, { any: also.map(part) }] },
    );
    ofRole.literalOf.set(whole.nth, literal.nth);
  };
  for (const rule of rules) {
    for (const role of new Set(rolesOf(rule))) {
      const also = alsoInLine(rule, role);
      for (const slot of slotsOf(rule, role)) {
        const matching = new Set(slot.entries.flatMap((entry) => entry.literals));
        for (const literal of matching) want(role, literal, also, { slot, says: 'match' });
        for (const literal of rule.over?.recovery ?? []) want(role, literal, null, { slot, says: 'recovery' });
      }
    }
  }
  return { literals: literals.values(), texts: texts.values(), byRole };
}

/** Values by their text, each once, with its place in the order in which they came. */
class Numbered<T> {
  readonly #known = new Map<string, { readonly nth: number; readonly value: T }>();

  of(text: string, make: () => T): { readonly nth: number; readonly value: T } {
    const known = this.#known.get(text) ?? { nth: this.#known.size, value: make() };
    this.#known.set(text, known);
    return known;
  }

  values(): readonly T[] {
    return [...this.#known.values()].map(({ value }) => value);
  }
}

/** The entries that always count, then those that count only when the others found nothing. */
function slotsOf(rule: Rule, role: string): readonly Slot[] {
  const entries = entriesIn(rule, role);
  return [entries.filter((entry) => entry.when === undefined), entries.filter((entry) => entry.when !== undefined)]
    .filter((some) => some.length > 0)
    .map((some) => ({ rule, entries: some }));
}

/** What reads one file: a watch for each slot of which a literal was found there. Most files concern few rules. */
class Watches {
  readonly #watched: WatchedFile;
  readonly #watches = new Map<Slot, RuleWatch>();

  constructor(file: SourceFile, reader: BundleReader) {
    this.#watched = { file, reader, quoted: new QuotedLines(file, reader) };
  }

  see({ slot, says }: Asked, lines: BlockLines, line: number): void {
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
