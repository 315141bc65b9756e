/**
 * Applies rules to the logs of one bundle. A rule's literals are searched in raw blocks, and only a line that
 * holds one is decoded and shown to an expression: logs are gigabytes, matches are few. Counts are exact, and
 * nothing here knows names of bundles, nodes or files: roles decide what is read, content decides the order.
 */
import type { BundleReader, WantedText } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { BlockLines } from './block-lines.ts';
import { alsoInLine, appliesTo, entriesIn, literalBytes } from './rule-lines.ts';
import { type FileMatches, RuleWatch } from './rule-watch.ts';
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

/** Names and archive order must not matter: time decides, then content. */
function inTimeOrder(files: readonly FileMatches[]): readonly FileMatches[] {
  return [...files].sort(
    (one, two) =>
      (one.first ?? Number.POSITIVE_INFINITY) - (two.first ?? Number.POSITIVE_INFINITY) ||
      (one.file.sha256 < two.file.sha256 ? -1 : 1),
  );
}
