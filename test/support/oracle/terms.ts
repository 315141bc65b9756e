/**
 * What a query means, once more and by itself: each term is the text one would type and a plain test of one line.
 * Nothing here comes from the product's search or its query language, so that both can be held against it. Stamps,
 * severities and entities of a line are what formats/ and time/ read in it.
 */
import type { BundleId } from '../../../analyzer/core/ids.ts';
import { entitiesOf } from '../../../analyzer/formats/entities.ts';

export interface OracleFile {
  readonly bundle: BundleId;
  readonly node: string | null;
  /** Its own path, then those of copies that were folded into it. */
  readonly paths: readonly [string, ...string[]];
  readonly role: string;
  readonly format: string;
}

export interface OracleLine {
  readonly file: OracleFile;
  readonly number: number;
  /** Without its ending; bytes that are no UTF-8 as U+FFFD. */
  readonly text: string;
  /** Its bytes as so many characters, ASCII letters small. */
  readonly folded: string;
  /** Place in LEVELS. */
  readonly level: number;
  /** Instant in ms: its own, or that of the nearest stamped line at most 200 lines before it. */
  readonly time: number | null;
  /** It is evidence of a finding. */
  readonly cited: boolean;
  /** Where it begins, and the next one, in the text of its bundle put together in one piece; and in its file. */
  readonly inBundle: readonly [number, number];
  readonly inFile: readonly [number, number];
}

export const LEVELS = ['none', 'info', 'warning', 'error'] as const;
/** Names that mean each level, most common first. */
export const LEVEL_NAMES = [
  ['none'],
  ['info', 'low', 'debug', 'notice', 'trace'],
  ['warning', 'warn', 'medium'],
  ['error', 'err', 'high', 'fatal', 'critical'],
] as const;

export interface OracleQuery {
  /** As it is typed. */
  readonly written: string;
  /** How strongly its parts hold together: parentheses are needed around the weaker ones. */
  readonly binds: 'or' | 'and' | 'one';
  readonly holds: (line: OracleLine) => boolean;
}

const one = (written: string, holds: OracleQuery['holds']): OracleQuery => ({ written, binds: 'one', holds });

export function small(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** @returns bytes as so many characters, ASCII letters small. */
export function folded(bytes: Uint8Array): string {
  return small(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
}

export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Can be typed without quotes. */
export function isPlainWord(text: string): boolean {
  if (/^(AND|OR)$/.test(text) || /[\s()":]/.test(text)) return false;
  return /^--./.test(text) || (text !== '' && !/^[-=/]/.test(text));
}

export function literal(text: string, form: 'word' | 'phrase' = isPlainWord(text) ? 'word' : 'phrase'): OracleQuery {
  const wanted = folded(Buffer.from(text));
  return one(form === 'word' ? text : quoted(text), ({ folded: line }) => line.includes(wanted));
}

const WORD_BYTE = /[a-z0-9_\x80-\xff]/;

export function wholeWord(text: string): OracleQuery {
  const wanted = folded(Buffer.from(text));
  const written = isPlainWord(text) ? `=${text}` : `=${quoted(text)}`;
  return one(written, ({ folded: line }) => {
    for (let at = line.indexOf(wanted); at >= 0; at = line.indexOf(wanted, at + 1)) {
      const before = line[at - 1] ?? ' ';
      const behind = line[at + wanted.length] ?? ' ';
      if (!WORD_BYTE.test(before) && !WORD_BYTE.test(behind)) return true;
    }
    return false;
  });
}

/** @param source of a JavaScript regular expression, slashes escaped. */
export function pattern(source: string, flags: '' | 'i'): OracleQuery {
  const expression = new RegExp(source, flags);
  return one(`/${source}/${flags}`, ({ text }) => expression.test(text));
}

/** @returns `name:value`, in quotes where it must be, and now and then where it need not be. */
function field(name: string, value: string, form: 'bare' | 'quoted'): string {
  return form === 'quoted' || /[\s()"]/.test(value) ? `${name}:${quoted(value)}` : `${name}:${value}`;
}

export type FieldForm = 'bare' | 'quoted';

export function place(name: 'node' | 'file' | 'source', wanted: string, form: FieldForm = 'bare'): OracleQuery {
  const test = nameTest(small(wanted));
  return one(field(name, wanted, form), ({ file }) => {
    const names = name === 'node' ? [file.node] : name === 'file' ? file.paths : [file.role, file.format];
    return names.some((given) => given !== null && test(small(given)));
  });
}

function nameTest(wanted: string): (name: string) => boolean {
  if (!/[*?]/.test(wanted)) return (name) => name.includes(wanted);
  const parts = [...wanted].map((sign) => {
    if (sign === '*') return '.*';
    return sign === '?' ? '.' : sign.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  const whole = new RegExp(`^${parts.join('')}$`, 'su');
  return (name) => whole.test(name);
}

/** @param sign before the name of the level. */
export function severity(sign: '' | '>=' | '<=' | '>' | '<', level: number, name: string): OracleQuery {
  const holds: Record<typeof sign, (line: OracleLine) => boolean> = {
    '': (line) => line.level === level,
    '>=': (line) => line.level >= level,
    '<=': (line) => line.level <= level,
    '>': (line) => line.level > level,
    '<': (line) => line.level < level,
  };
  return one(`sev:${sign}${name}`, holds[sign]);
}

/** @param written an instant as it is typed. @param time what it means, in ms. */
export function bound(name: 'after' | 'before', written: string, time: number, form: FieldForm = 'bare'): OracleQuery {
  return one(field(name, written, form), (line) => {
    if (line.time === null) return false;
    return name === 'after' ? line.time >= time : line.time < time;
  });
}

/** @param span as it is typed. @param within the same in ms. */
export function near(span: string, within: number, written: string, time: number): OracleQuery {
  return one(`near:${span}@${written}`, (line) => line.time !== null && Math.abs(line.time - time) <= within);
}

const named = new WeakMap<OracleLine, readonly string[]>();

/** @returns names of what the line names, ASCII letters small. */
export function namesIn(line: OracleLine): readonly string[] {
  const known = named.get(line);
  if (known !== undefined) return known;
  const names = entitiesOf(line.text).map(({ name }) => small(name));
  named.set(line, names);
  return names;
}

export function entity(name: string, form: FieldForm = 'bare'): OracleQuery {
  const wanted = small(name);
  return one(field('entity', name, form), (line) =>
    namesIn(line).some((given) => given === wanted || given.slice(given.lastIndexOf('/') + 1) === wanted),
  );
}

export const FINDING: OracleQuery = one('has:finding', ({ cited }) => cited);

/** @param between what stands between the parts: blanks, or AND, which says nothing. */
export function all(parts: readonly OracleQuery[], between: ' ' | ' AND ' | '  ' = ' '): OracleQuery {
  const written = parts.map((part) => (part.binds === 'or' ? `(${part.written})` : part.written)).join(between);
  return { written, binds: 'and', holds: (line) => parts.every((part) => part.holds(line)) };
}

export function any(parts: readonly OracleQuery[]): OracleQuery {
  const written = parts.map((part) => part.written).join(' OR ');
  return { written, binds: 'or', holds: (line) => parts.some((part) => part.holds(line)) };
}

export function not(part: OracleQuery): OracleQuery {
  // Two dashes begin a word, such as --proxy-mode.
  const written = part.binds === 'one' && !part.written.startsWith('-') ? `-${part.written}` : `-(${part.written})`;
  return { written, binds: 'one', holds: (line) => !part.holds(line) };
}
