/** Captured texts of several bundles: which of them differ in meaning, and two of them line by line. */
import { createHash } from 'node:crypto';
import type { NotCompared } from '../compare/draft.ts';
import type { OwnNames } from '../compare/own-names.ts';
import { compareTexts, TEXT_LINES_MAX, type TextToCompare } from '../compare/text-diff.ts';
import { isOwnLine, lineMeaning, TEXT_ROLES } from '../compare/text-meaning.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { DifferingText, TextComparison } from '../core/comparison.ts';
import { FailureError, fail } from '../core/failure.ts';
import { grouped } from '../core/grouped.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { filesOf } from '../facts/files.ts';

/** A text that is larger is not compared as a whole: iptables-save of 5,000 Services is about 12 MB. */
const TEXT_BYTES_MAX = 32 * 1024 * 1024;
/** Texts that are told. */
const TEXTS_LISTED_MAX = 60;
/** Texts of one bundle that are looked at: a folder of a hostile archive may hold a hundred thousand. */
const TEXTS_READ_MAX = 500;

/** One captured text of one side. */
export interface TextSeen {
  readonly role: string;
  /** The path without what names the node: the same in every bundle of its layout. */
  readonly place: string;
  readonly file: SourceFile;
  /** Of what its lines mean; null: it is too large. */
  readonly digest: string | null;
}

export interface TextsRead {
  readonly seen: readonly TextSeen[];
  /** Texts that were not looked at: they are too many. */
  readonly left: number;
}

/** @param checkCancelled called between files; may throw. @returns the texts of a bundle that say what a node is. */
export function readTexts(reader: BundleReader, own: OwnNames, checkCancelled: () => void): TextsRead {
  const files = filesOf(reader, ...Object.keys(TEXT_ROLES)).filter(
    ({ format, lines }) => format !== 'binary' && lines > 0,
  );
  const seen = files.slice(0, TEXTS_READ_MAX).map((file) => {
    checkCancelled();
    const digest = file.bytes > TEXT_BYTES_MAX ? null : digestOf(reader, file, own);
    return { role: file.role, place: own.mask(file.path), file, digest };
  });
  return { seen, left: files.length - seen.length };
}

function digestOf(reader: BundleReader, file: SourceFile, own: OwnNames): string {
  const hash = createHash('sha256');
  for (const { bytes } of reader.blocks(file.id)) {
    const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    for (const line of own.mask(raw).split('\n')) {
      const meaning = lineMeaning(file.role, line);
      if (meaning !== null && !isOwnLine(file.role, meaning)) hash.update(`${meaning}\n`);
    }
  }
  return hash.digest('hex');
}

export interface TextsCompared {
  readonly texts: readonly DifferingText[];
  readonly notCompared: readonly NotCompared[];
}

/** @param sides texts of each side. @returns those that at least two sides have, and not alike. */
export function differingTexts(sides: readonly TextsRead[]): TextsCompared {
  const byPlace = new Map<string, TextSeen[]>();
  for (const side of sides) {
    for (const seen of side.seen) {
      const key = `${seen.role} ${seen.place}`;
      byPlace.set(key, [...(byPlace.get(key) ?? []), seen]);
    }
  }
  const paired = [...byPlace.values()].filter((group) => group.length > 1);
  const single = [...byPlace.values()].filter((group) => group.length === 1).flat();
  const groups = [...paired, ...byRole(single, sides.length)];
  const large = groups.filter((group) => group.some(({ digest }) => digest === null));
  const differing = groups.filter(
    (group) => !large.includes(group) && new Set(group.map(({ digest }) => digest)).size > 1,
  );
  return {
    texts: differing
      .map(textOf)
      .sort((one, two) => rank(one) - rank(two) || (one.title < two.title ? -1 : 1))
      .slice(0, TEXTS_LISTED_MAX),
    notCompared: [
      ...left(sides, differing.length),
      ...large.map(([first]) => ({
        what: `the text ${first?.file.path}`,
        because: `it is larger than ${TEXT_BYTES_MAX / 1024 / 1024} MB`,
      })),
    ],
  };
}

function left(sides: readonly TextsRead[], differing: number): readonly NotCompared[] {
  const notRead = sides.reduce((sum, side) => sum + side.left, 0);
  const notListed = differing - TEXTS_LISTED_MAX;
  return [
    ...(notRead === 0 ? [] : [{ what: texts(notRead), because: `${TEXTS_READ_MAX} of each bundle are compared` }]),
    ...(notListed <= 0
      ? []
      : [{ what: texts(notListed), because: 'they differ in meaning, and are too many to list' }]),
  ];
}

function texts(count: number): string {
  return count === 1 ? '1 more captured text' : `${grouped(count)} more captured texts`;
}

/** Bundles of two layouts have one file of a role under two names. */
function byRole(single: readonly TextSeen[], sides: number): readonly (readonly TextSeen[])[] {
  const groups = new Map<string, TextSeen[]>();
  for (const seen of single) groups.set(seen.role, [...(groups.get(seen.role) ?? []), seen]);
  return [...groups.values()].filter((group) => {
    const bundles = new Set(group.map(({ file }) => file.bundle));
    return bundles.size > 1 && bundles.size === group.length && group.length <= sides;
  });
}

function textOf(group: readonly TextSeen[]): DifferingText {
  const [first] = group;
  const role = first?.role ?? '';
  const name = first?.file.path.split('/').at(-1) ?? '';
  return {
    role,
    title: `${TEXT_ROLES[role] ?? role}: ${name}`,
    files: group.map(({ file }) => ({ bundle: file.bundle, file: file.path, lines: file.lines })),
  };
}

function rank({ role }: DifferingText): number {
  return Object.keys(TEXT_ROLES).indexOf(role);
}

/** @returns two texts line by line; throws the failure of a file that is not there or no text. */
export function comparedTexts(
  left: { readonly reader: BundleReader; readonly file: string },
  right: { readonly reader: BundleReader; readonly file: string },
): TextComparison {
  return compareTexts(textToCompare(left.reader, left.file), textToCompare(right.reader, right.file));
}

function textToCompare(reader: BundleReader, path: string): TextToCompare {
  const file = reader.fileByPath(path);
  if (file === null) throw new FailureError(fail('not-found', `no file ${path} in this bundle`, path).failure);
  if (file.format === 'binary') {
    throw new FailureError(fail('not-found', `${path} is binary: it has no lines`, path).failure);
  }
  const { text, truncated } = reader.text(file.id, TEXT_BYTES_MAX);
  const all = text.split('\n');
  const lines = all.slice(0, TEXT_LINES_MAX);
  const whole = !truncated && lines.length === all.length;
  return {
    lines,
    meanings: lines.map((line) => lineMeaning(file.role, line)),
    cut: whole ? null : `only its first ${grouped(lines.length)} lines were compared`,
  };
}
