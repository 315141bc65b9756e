/** A report with pseudonyms: what is replaced in all of its texts, and what every finished file of it is held against. */
import type { RedactionChoice, RedactionPreview } from '../../core/report.ts';
import type { CaseDocument } from '../document.ts';
import { FormSearch } from './forms.ts';
import { leakChecks } from './leak-check.ts';
import { type Correction, mapNumber, type RedactionMap, redactionMap, sha256 } from './map.ts';
import type { RedactionEntry } from './pseudonyms.ts';
import { changeTexts } from './redact-document.ts';
import { createRedactor, type RedactionPlan, type Redactor } from './redactor.ts';
import { kindTitle, profileOf, redactionStatement } from './statement.ts';

/** What a case knows of its values. */
export interface CaseKnowledge {
  /** The case, for its map. */
  readonly caseId: string;
  readonly key: Uint8Array;
  /** Entries of earlier exports. */
  readonly known: readonly RedactionEntry[];
  readonly hosts: readonly string[];
  readonly networks: readonly string[];
  /** Networks that stay: they are the same for every customer. */
  readonly serviceNetworks: readonly string[];
}

export interface RedactedReport {
  readonly document: CaseDocument;
  /** What was replaced in it. */
  readonly entries: readonly RedactionEntry[];
  /** Those that no finished file may hold in any form. */
  readonly sought: readonly RedactionEntry[];
  /** Entries of earlier exports and of this one: what the case keeps. */
  readonly all: readonly RedactionEntry[];
}

/** Where in a finished file a value is left. The value itself is nowhere said. */
export interface FileLeak {
  readonly file: string;
  /** 0: in the name of the file. */
  readonly line: number;
  readonly column: number;
  /** E.g. `IP address`. */
  readonly title: string;
  readonly encoding: string;
}

/** Shorter values stand in every text by chance: they are replaced where their name gives them away, and nowhere else. */
const SOUGHT_CHARS_MIN = 4;

/** The words of pseudonyms stand in every redacted text. */
const PSEUDONYM_WORDS = 'host-1 user-1 name-1 word-1 address-1 user1@domain1.example [secret 1: ] secret-1 ip';

/**
 * @param filesOf every file that is made of the document, in all formats: what stands in those of a document without texts are words
 * of our own, and a value that is such a word cannot be told from them.
 */
export function redactReport(
  document: CaseDocument,
  choice: RedactionChoice,
  knowledge: CaseKnowledge,
  filesOf: (document: CaseDocument) => readonly string[],
): RedactedReport {
  const plan: RedactionPlan = {
    key: knowledge.key,
    profiles: choice.profiles,
    words: choice.words,
    keep: [...choice.keep, ...knowledge.serviceNetworks],
    networks: knowledge.networks,
    known: knowledge.known,
    hosts: knowledge.hosts,
  };
  const first = createRedactor(plan);
  changeTexts(document, changeOf(first));
  const met = first.entries();
  const more = [
    `The map that undoes this has the number ${mapNumber(sha256(knowledge.key))}; it is kept apart from the report.`,
  ];
  const told = redactionStatement(met, choice.profiles, plan.keep, [tooShort(1), tooShort(2), ...more]);
  const own = ownWords([...filesOf({ ...changeTexts(document, NOTHING), redaction: told }), PSEUDONYM_WORDS], met);
  const everywhere = met.filter((entry) => isSought(entry, own));
  const known = merged(knowledge.known, met);
  const second = createRedactor({ ...plan, known, everywhere });
  const redacted = changeTexts(document, changeOf(second));
  const entries = second.entries();
  const sought = entries.filter((entry) => isSought(entry, own));
  const left = entries.length - sought.length;
  const statement = redactionStatement(
    entries,
    choice.profiles,
    plan.keep,
    left === 0 ? more : [tooShort(left), ...more],
  );
  return { document: { ...redacted, redaction: statement }, entries, sought, all: merged(known, entries) };
}

function tooShort(values: number): string {
  const are = values === 1 ? 'value is' : 'values are';
  return `${values} ${are} very short or a word of the report itself: replaced where the text tells what it is.`;
}

const NOTHING = { text: () => '', lines: (lines: readonly string[]) => lines.map(() => ''), path: () => '' };

function changeOf(redactor: Redactor) {
  return {
    text: (text: string) => redactor.lines([text])[0] ?? '',
    lines: (lines: readonly string[]) => redactor.lines(lines),
    path: (path: string) => redactor.fileName(path),
  };
}

/** @returns values that stand in our own texts, in lower case. */
function ownWords(texts: readonly string[], entries: readonly RedactionEntry[]): ReadonlySet<string> {
  const search = new FormSearch(entries);
  const bytes = Buffer.from(texts.join('\n'), 'utf8');
  return new Set([...search.find(bytes)].map(({ entry }) => entry.original.toLowerCase()));
}

/** Words of the customer are sought however short they are. */
function isSought({ kind, original }: RedactionEntry, own: ReadonlySet<string>): boolean {
  return (kind === 'word' || original.length >= SOUGHT_CHARS_MIN) && !own.has(original.toLowerCase());
}

function merged(known: readonly RedactionEntry[], met: readonly RedactionEntry[]): readonly RedactionEntry[] {
  const keyOf = ({ kind, original }: RedactionEntry): string => `${kind} ${original}`;
  const byValue = new Map(known.map((entry) => [keyOf(entry), entry]));
  for (const entry of met) byValue.set(keyOf(entry), entry);
  return [...byValue.values()];
}

/** @returns the values that finished files, or their names, still hold, in the order of the files. */
export function leaksOf(
  files: readonly { readonly name: string; readonly text: string }[],
  { entries, sought }: RedactedReport,
): readonly FileLeak[] {
  const leaks = leakChecks(
    files.flatMap(({ name, text }) => [name, text]),
    entries,
    sought,
  );
  return leaks.flatMap((found, at) =>
    found.map(({ kind, encoding, where }) => ({
      file: files[at >> 1]?.name ?? '',
      // Names come before texts.
      ...(at % 2 === 0 ? { line: 0, column: 0 } : { line: where.line, column: where.column }),
      title: kindTitle(kind),
      encoding,
    })),
  );
}

/**
 * A map holds what was ever replaced in the case, so that it undoes earlier exports as well.
 * @param corrections of each export that it is to undo byte for byte.
 */
export function mapOf(
  { all }: RedactedReport,
  { caseId, key }: CaseKnowledge,
  choice: RedactionChoice,
  madeAt: string,
  corrections: readonly Correction[],
): RedactionMap {
  return redactionMap({ caseId, key, madeAt, profiles: choice.profiles, entries: all, corrections });
}

/** Entries of the preview; a case of more has them in its map. */
const PREVIEW_MAX = 10_000;

export function redactionPreview({ entries, document }: RedactedReport, choice: RedactionChoice): RedactionPreview {
  const titled = entries.map(({ kind, original, pseudonym, count }) => ({
    kind: kindTitle(kind),
    profile: profileOf(kind),
    original,
    pseudonym,
    count,
  }));
  // A stable sort: within a kind by the first place.
  const sorted = titled.sort((one, two) => (one.kind < two.kind ? -1 : one.kind > two.kind ? 1 : 0));
  const { replaced = [], kept = [] } = document.redaction ?? {};
  const counts = replaced.map(({ title, values, places }) => `${title}: ${values} in ${places}`).join(', ');
  return {
    entries: sorted.slice(0, PREVIEW_MAX),
    notListed: Math.max(0, sorted.length - PREVIEW_MAX),
    kept: choice.keep.length,
    statement: [counts === '' ? 'Nothing was found to replace.' : `Replaced: ${counts}.`, ...kept].join('\n'),
  };
}
