/** What could be typed next in the search box: fields, their values, names of the case. */
import { FIELDS, type FieldLexeme, type FieldName, type Lexeme, lex } from './lex.ts';
import { printedField } from './print.ts';
import { LINE_LEVELS, QUERY_CHARS_MAX } from './query.ts';

/** Replaces `from..to` (UTF-16 units) of what was typed by `insert`; the caret goes behind it. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly label: string;
  /** What it is, in a few words. */
  readonly hint: string;
}

/** Names of the case, in the order in which they are offered. */
export interface CompletionNames {
  readonly nodes: readonly string[];
  readonly files: readonly string[];
  /** Roles and formats of files. */
  readonly sources: readonly string[];
  readonly entities?: readonly string[];
}

/** More than anyone reads; a case has thousands of files. */
const COMPLETIONS_MAX = 50;

/** A word may mean a name of the case, once so much of it is typed. */
const NAME_CHARS_MIN = 2;

const HINTS: Readonly<Record<FieldName, string>> = {
  node: 'lines of a node',
  file: 'lines of a file, by its path or a part of it',
  source: 'lines of a kind of file',
  sev: 'lines of a severity, such as sev:>=warning',
  after: 'lines from a time on, such as after:2024-05-01T12:00',
  before: 'lines before a time',
  near: 'lines around a time, such as near:5m@2024-05-01T12:00',
  has: 'lines that are evidence of a finding',
  entity: 'lines that name a pod, an address, an interface, ...',
};

const LEVEL_HINTS = { none: 'lines that tell no severity', info: '', warning: '', error: '' } as const;

/** @param caret place in `text` behind which one types. @returns best first; none where nothing can be known. */
export function complete(text: string, caret: number, names: CompletionNames): readonly Completion[] {
  if (text.length > QUERY_CHARS_MAX) return [];
  const lexemes = lex(text);
  const at = lexemes.findIndex(({ start, end }) => start < caret && caret <= end);
  const lexeme = lexemes[at];
  if (lexeme === undefined || lexeme.kind === 'open' || lexeme.kind === 'minus')
    return touchesNext(lexemes, caret) ? [] : fieldsFor('', caret, caret);
  if (lexeme.kind === 'field' && caret >= lexeme.valueStart) return valuesFor(lexeme, text, caret, names);
  if (lexeme.kind === 'field') return fieldsFor(text.slice(lexeme.start, caret), lexeme.start, lexeme.valueStart);
  if (!isPlainWord(lexeme)) return [];
  const typed = text.slice(lexeme.start, caret);
  const { start: from, end: to } = lexeme;
  return [
    ...fieldsFor(typed, from, to),
    ...(at > 0 && 'OR'.startsWith(typed.toUpperCase()) ? [orAt(from, to)] : []),
    ...(typed.length < NAME_CHARS_MIN ? [] : namesFor(typed, from, to, names)),
  ].slice(0, COMPLETIONS_MAX);
}

/** What is typed directly before a term would join it. */
function touchesNext(lexemes: readonly Lexeme[], caret: number): boolean {
  return lexemes.some(({ start, kind }) => start === caret && kind !== 'close');
}

function isPlainWord(lexeme: Lexeme): boolean {
  return lexeme.kind === 'or' || (lexeme.kind === 'text' && lexeme.form === 'word' && lexeme.bounds === 'anywhere');
}

function orAt(from: number, to: number): Completion {
  return { from, to, insert: 'OR', label: 'OR', hint: 'what stands before it or what stands behind it' };
}

function fieldsFor(typed: string, from: number, to: number): readonly Completion[] {
  return FIELDS.filter((name) => name.startsWith(typed.toLowerCase())).map((name) => {
    const insert = `${name}:`;
    return { from, to, insert, label: insert, hint: HINTS[name] };
  });
}

function namesFor(typed: string, from: number, to: number, names: CompletionNames): readonly Completion[] {
  return (['node', 'source', 'entity', 'file'] as const).flatMap((field) =>
    ranked(knownOf(field, names), typed).map((name) => {
      const insert = printedField(field, name);
      return { from, to, insert, label: name, hint: field };
    }),
  );
}

function knownOf(field: 'node' | 'source' | 'entity' | 'file', names: CompletionNames): readonly string[] {
  switch (field) {
    case 'node':
      return names.nodes;
    case 'source':
      return names.sources;
    case 'entity':
      return names.entities ?? [];
    case 'file':
      return names.files;
  }
}

function valuesFor(lexeme: FieldLexeme, text: string, caret: number, names: CompletionNames): readonly Completion[] {
  const { name, valueStart, end, error } = lexeme;
  const typed = text
    .slice(valueStart, caret)
    .replace(/^"|"$/g, '')
    .replace(/\\(["\\])/g, '$1');
  // A quote that is not closed yet took all that stands behind it.
  const place = { from: valueStart, to: error === null ? end : caret };
  switch (name) {
    case 'node':
    case 'file':
    case 'source':
    case 'entity':
      return ranked(knownOf(name, names), typed).map((value) => ({
        ...place,
        insert: printedField(name, value).slice(name.length + 1),
        label: value,
        hint: name,
      }));
    case 'sev':
      return severities(typed).map(([insert, hint]) => ({ ...place, insert, label: insert, hint }));
    case 'has':
      return ranked(['finding'], typed).map((insert) => ({ ...place, insert, label: insert, hint: HINTS.has }));
    case 'near':
      return typed.includes('@')
        ? []
        : ['30s@', '5m@', '1h@', '1d@']
            .filter((one) => one.startsWith(typed))
            .map((insert) => ({ ...place, insert, label: insert, hint: 'so much before and after a time' }));
    case 'after':
    case 'before':
      return [];
  }
}

function severities(typed: string): readonly (readonly [string, string])[] {
  const all: readonly (readonly [string, string])[] = [
    ['>=warning', 'warnings and errors'],
    ...LINE_LEVELS.map((level) => [level, LEVEL_HINTS[level]] as const),
    ['>=info', 'lines that tell a severity'],
    ['<=info', 'neither warnings nor errors'],
  ];
  return all.filter(([value]) => value.startsWith(typed.toLowerCase()));
}

/** Names that hold what was typed, those first that begin with it, or whose part behind a slash does. */
function ranked(list: readonly string[], typed: string): readonly string[] {
  const wanted = typed.toLowerCase();
  const ranks: string[][] = [[], [], []];
  for (const name of list) {
    const at = name.toLowerCase().indexOf(wanted);
    if (at < 0) continue;
    const rank = at === 0 ? 0 : name.toLowerCase().includes(`/${wanted}`) ? 1 : 2;
    (ranks[rank] as string[]).push(name);
  }
  return ranks.flat().slice(0, COMPLETIONS_MAX);
}
