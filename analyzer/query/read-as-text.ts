/** What a query searches for as text although another language would mean something else by it: nobody should take a zero for an answer then. */
import { type FieldName, lex } from './lex.ts';

/** Names that other tools give to the fields. Of anything else with a colon text is what was meant: `error:`, `10.0.3.7:443`. */
const OTHER_NAMES: ReadonlyMap<string, FieldName> = new Map([
  ['severity', 'sev'],
  ['level', 'sev'],
  ['lvl', 'sev'],
  ['path', 'file'],
  ['filename', 'file'],
  ['host', 'node'],
  ['hostname', 'node'],
  ['unit', 'source'],
  ['component', 'source'],
  ['since', 'after'],
  ['until', 'before'],
  ['pod', 'entity'],
  ['ip', 'entity'],
]);

/** Words for times, of which each field takes one that is written out. */
const TIME_NAMES = new Set(['time', 'timestamp', 'ts', 'date', 'datetime', 'from', 'to', 'at', 'when']);

/** @returns a sentence for each word that was perhaps meant otherwise, in the order of the query; each once. */
export function readAsText(query: string): readonly string[] {
  const words = lex(query).flatMap((one) =>
    one.kind === 'text' && one.form === 'word' && one.bounds === 'anywhere' ? [one.text] : [],
  );
  return [...new Set(words.flatMap((word) => sentenceOf(word) ?? []))];
}

function sentenceOf(word: string): string | null {
  if (word === 'NOT') return 'NOT is searched for as a word; -word leaves lines out.';
  const [, name = '', value = ''] = /^([a-z]+):([^:].*)$/i.exec(word) ?? [];
  const field = OTHER_NAMES.get(name.toLowerCase());
  if (TIME_NAMES.has(name.toLowerCase()))
    return `${name}: is no field and is searched for as text; times are told as in after:2024-05-01T12:00, before:2024-05-02 or near:5m@2024-05-01T12:03.`;
  if (field !== undefined)
    return `${name}: is no field and is searched for as text; the field is ${field}:, as in ${field}:${value}.`;
  if (/^[\w.-]{2,}\*$/.test(word)) {
    return `${word} is searched for with its *; ${word.slice(0, -1)} alone finds what begins with it as well.`;
  }
  return null;
}
