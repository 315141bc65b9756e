/**
 * The fields of one line by its format: by the groups of an expression, by the keys of JSON or logfmt, by code for
 * RFC 5424. Each reader's time grows with the line only, and none throws: a line that is cut gives what it still has.
 *
 *   E0501 12:00:00.123456       1 proxier.go:1433] "Sync failed"                              groups
 *   {"level":"info","ts":"2026-06-08T02:50:18.473Z","caller":"ipamd/ipamd.go:1316","msg":"x"}  json
 *   time="2024-05-01T12:00:00Z" level=error msg="RunPodSandbox failed" error="a \"b\""          logfmt
 *   <165>1 2003-10-11T22:14:15.003Z host app 812 ID47 [exampleSDID@32473 iut="3"] message       RFC 5424
 */
import { FIELDS, type Field, firstLine, type LogFormat } from './definitions.ts';

/** What one format says of a line; null where it says nothing. */
export interface EventPart {
  /** Id of the format. */
  readonly format: string;
  /** The time as it stands in the text. */
  readonly stampText: string | null;
  /** The level as it stands in the text: `E`, `warn`, `ERROR`. */
  readonly level: string | null;
  readonly component: string | null;
  readonly host: string | null;
  readonly pid: string | null;
  readonly stream: string | null;
  /** Source file and line: `proxier.go:1433`. */
  readonly source: string | null;
  readonly message: string;
}

export interface ReadLine {
  readonly part: EventPart;
  /** `P`: the message goes on in the next line of the same stream (CRI's flag; Docker leaves out the line feed). */
  readonly flag: string | null;
}

/** Longer lines are not parsed as JSON, whose values would take several times their memory; keys are looked for. */
const JSON_CHARS_MAX = 1024 * 1024;
/** A field other than the message that is longer is none. */
const FIELD_CHARS_MAX = 512;

type Found = Partial<Record<Field, string>>;

/** @returns the fields of the first line of an event, or null when the line does not begin as the format says. */
export function readLine(format: LogFormat, line: string): ReadLine | null {
  const first = firstLine(format, line);
  if (first === null) return null;
  const found = byReader(format, line, first);
  if (found === null) return null;
  const flag = format.lines === 'docker-partials' ? dockerFlag(line, first.length) : (first.groups.flag ?? null);
  return { part: partOf(format, found, line), flag };
}

/** A whole line ends with `\\n` inside the value; behind an even number of backslashes the n is a letter. */
function dockerFlag(line: string, valueStart: number): 'P' | 'F' {
  const end = endOfString(line, valueStart);
  if (end === line.length || line[end - 1] !== 'n') return end === line.length || end === valueStart ? 'F' : 'P';
  let backslashes = 0;
  while (line[end - 2 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1 ? 'F' : 'P';
}

/** @returns what can be said of a line that begins as no format says. */
export function plainPart(line: string): EventPart {
  const none = { stampText: null, level: null, component: null, host: null, pid: null, stream: null, source: null };
  return { format: 'text', ...none, message: line };
}

type First = NonNullable<ReturnType<typeof firstLine>>;

function byReader(format: LogFormat, line: string, first: First): Found | null {
  switch (format.read) {
    case 'groups':
      return byGroups(line, first);
    case 'json':
      return byKeys(format, jsonValues(line, format));
    case 'logfmt':
      return byKeys(format, logfmtValues(line));
    case 'syslog-5424':
      return bySyslog(line, first);
  }
}

function byGroups(line: string, { groups, length }: First): Found {
  const found: Found = { message: line.slice(length) };
  for (const field of FIELDS) {
    const value = groups[field];
    if (value !== undefined) found[field] = value;
  }
  return found;
}

function byKeys(format: LogFormat, values: ReadonlyMap<string, string>): Found {
  const found: Found = {};
  for (const field of FIELDS) {
    const key = format.keys?.[field]?.find((name) => values.has(name));
    const value = key === undefined ? undefined : values.get(key);
    if (value !== undefined) found[field] = value;
  }
  return found;
}

function partOf(format: LogFormat, found: Found, line: string): EventPart {
  const short = (field: Field) => {
    const value = found[field];
    return value === undefined || value === '' || value.length > FIELD_CHARS_MAX ? null : value;
  };
  const source = short('source');
  return {
    format: format.id,
    stampText: short('stamp'),
    level: short('level'),
    component: short('component') ?? format.component ?? (source === null ? null : packageOf(source)),
    host: short('host'),
    pid: short('pid'),
    stream: short('stream'),
    source,
    message: found.message ?? line,
  };
}

/** `ipamd/ipamd.go:1316` is of package ipamd; of `proxier.go:1433` only the file is known. */
function packageOf(source: string): string {
  const slash = source.lastIndexOf('/');
  if (slash < 0) return source.replace(/:\d{1,9}$/, '');
  return source.slice(source.lastIndexOf('/', slash - 1) + 1, slash);
}

function jsonValues(line: string, format: LogFormat): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (line.length <= JSON_CHARS_MAX) {
    try {
      for (const [key, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
        if (typeof value === 'string') values.set(key, value);
        else if (typeof value === 'number' || typeof value === 'boolean') values.set(key, String(value));
      }
      // Docker keeps the end of the line in the value.
      const log = values.get('log');
      if (log !== undefined) values.set('log', log.replace(/\r?\n$/, ''));
      return values;
    } catch {
      // Cut, or behind a blank: what stands in it is looked for below.
    }
  }
  for (const key of Object.values(format.keys ?? {}).flat()) {
    const value = valueInText(line, key);
    if (value !== null) values.set(key, value);
  }
  return values;
}

/** @returns the string behind `"key":` in text that need not be whole. */
function valueInText(line: string, key: string): string | null {
  const marker = `"${key}":`;
  const at = line.indexOf(marker);
  if (at < 0) return null;
  let start = at + marker.length;
  if (line[start] === ' ') start += 1;
  if (line[start] !== '"') return /^-?\d{1,20}(?:\.\d{1,12})?/.exec(line.slice(start, start + 40))?.[0] ?? null;
  return unescaped(line.slice(start + 1, endOfString(line, start + 1)));
}

/** @returns the index of the closing quote, or the length of a text that is cut before it. */
function endOfString(line: string, from: number): number {
  for (let at = from; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at;
  }
  return line.length;
}

function unescaped(inner: string): string {
  if (!inner.includes('\\')) return inner;
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    return inner;
  }
}

const BLANK = 0x20;
const EQUALS = 0x3d;

function logfmtValues(line: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let at = 0; at < line.length; ) {
    while (line.charCodeAt(at) === BLANK) at += 1;
    const keyStart = at;
    while (at < line.length && line.charCodeAt(at) !== EQUALS && line.charCodeAt(at) !== BLANK) at += 1;
    const key = line.slice(keyStart, at);
    if (line.charCodeAt(at) !== EQUALS) continue;
    at += 1;
    const quoted = line[at] === '"';
    const start = quoted ? at + 1 : at;
    const end = quoted ? endOfString(line, start) : endOfWord(line, start);
    if (key.length <= FIELD_CHARS_MAX && !values.has(key)) {
      values.set(key, quoted ? unescaped(line.slice(start, end)) : line.slice(start, end));
    }
    at = quoted ? end + 1 : end;
  }
  return values;
}

function endOfWord(line: string, from: number): number {
  const end = line.indexOf(' ', from);
  return end < 0 ? line.length : end;
}

/** RFC 5424 section 6.2.1, as journalctl and rsyslog spell them. */
const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

function bySyslog(line: string, first: First): Found {
  const found = byGroups(line, first);
  for (const field of ['stamp', 'host', 'component', 'pid'] as const) if (found[field] === '-') delete found[field];
  const level = PRIORITIES[Number(first.groups.priority) & 7];
  if (level !== undefined) found.level = level;
  const rest = line.slice(endOfStructure(line, first.length)).replace(/^ /, '');
  found.message = rest.startsWith('\ufeff') ? rest.slice(1) : rest;
  return found;
}

/** Structured data is `-`, or elements in brackets whose values may hold escaped brackets and quotes. */
function endOfStructure(line: string, from: number): number {
  if (line[from] === '-') return from + 1;
  let at = from;
  while (line[at] === '[') {
    at += 1;
    while (at < line.length && line[at] !== ']') at = line[at] === '"' ? endOfString(line, at + 1) + 1 : at + 1;
    at += 1;
  }
  return Math.min(at, line.length);
}
