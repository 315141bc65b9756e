/**
 * Values of fields: severities, instants and durations, read and written.
 *
 *   sev:error  sev:>=warning  sev:info..warning  after:2024-05-01  before:2024-05-01T12:03:05.123+02:00
 *   near:5m@2024-05-01T12:03
 */
import type { FieldName } from './lex.ts';
import { LINE_LEVELS, type LineLevel, type QueryError, type QueryTerm, type TimeTerm } from './query.ts';
import { shown, wrong } from './wrong.ts';

/** `error`: its places count from the start of the value. */
export type ValueRead =
  | { readonly ok: true; readonly term: QueryTerm }
  | { readonly ok: false; readonly error: QueryError };

const A_TIME = ['a time such as 2024-05-01T12:00'];
const A_SEVERITY = ['none, info, warning or error'];

/** Other names of severities, as logs and findings use them. */
const LEVEL_NAMES: Readonly<Record<string, LineLevel>> = {
  none: 'none',
  info: 'info',
  low: 'info',
  debug: 'info',
  notice: 'info',
  trace: 'info',
  warning: 'warning',
  warn: 'warning',
  medium: 'warning',
  error: 'error',
  err: 'error',
  high: 'error',
  fatal: 'error',
  critical: 'error',
};

export const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

/** Longest time on each side of an instant: ten years, which is longer than what any archive holds. */
const NEAR_MS_MAX = 3_653 * UNITS.d;

/** What ISO 8601 writes with four digits of a year. */
const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** @returns the term of a field and its value; an empty value is an error. */
export function readValue(name: FieldName, value: string): ValueRead {
  if (value === '') return failed(wrong(0, 0, `${name}: has no value`, EXPECTED[name]));
  switch (name) {
    case 'node':
    case 'file':
    case 'source':
      return { ok: true, term: { kind: 'place', field: name, name: value } };
    case 'entity':
      return { ok: true, term: { kind: 'entity', name: value } };
    case 'has':
      return value.toLowerCase() === 'finding'
        ? { ok: true, term: { kind: 'finding' } }
        : failed(wrong(0, value.length, `has: does not know ${shown(value)}`, EXPECTED.has));
    case 'sev':
      return readSeverity(value);
    case 'after':
    case 'before':
      return readBound(name, value);
    case 'near':
      return readNear(value);
  }
}

const EXPECTED: Readonly<Record<FieldName, readonly string[]>> = {
  node: ['the name of a node'],
  file: ['a path or a part of one'],
  source: ['a role or a format'],
  entity: ['the name of a pod, an address, an interface, ...'],
  has: ['has:finding'],
  sev: A_SEVERITY,
  after: A_TIME,
  before: A_TIME,
  near: ['a value such as 5m@2024-05-01T12:00'],
};

function failed(error: QueryError): ValueRead {
  return { ok: false, error };
}

function severity(from: LineLevel, to: LineLevel): ValueRead {
  return { ok: true, term: { kind: 'severity', from, to } };
}

function readSeverity(value: string): ValueRead {
  const range = /^([^.]*)\.\.([^.]*)$/.exec(value);
  if (range !== null) return readSeverityRange(value, range[1] as string, range[2] as string);
  const sign = /^[<>]=?/.exec(value)?.[0] ?? '';
  const level = levelOf(value.slice(sign.length));
  if (level === null) return failed(noSeverity(value, sign.length, value.length));
  const at = LINE_LEVELS.indexOf(level);
  if (sign === '') return severity(level, level);
  const from = sign === '>=' ? level : sign === '>' ? LINE_LEVELS[at + 1] : 'none';
  const to = sign === '<=' ? level : sign === '<' ? LINE_LEVELS[at - 1] : 'error';
  if (from !== undefined && to !== undefined) return severity(from, to);
  const instead = sign === '>' ? 'sev:error' : 'sev:none';
  return failed(wrong(0, value.length, `nothing is ${sign === '>' ? 'above error' : 'below none'}`, [instead]));
}

function readSeverityRange(value: string, first: string, second: string): ValueRead {
  const [from, to] = [levelOf(first), levelOf(second)];
  if (from === null) return failed(noSeverity(value, 0, first.length));
  if (to === null) return failed(noSeverity(value, first.length + 2, value.length));
  if (LINE_LEVELS.indexOf(from) <= LINE_LEVELS.indexOf(to)) return severity(from, to);
  return failed(wrong(0, value.length, `${from} is above ${to}`, [`sev:${to}..${from}`]));
}

function noSeverity(value: string, start: number, end: number): QueryError {
  const name = value.slice(start, end);
  return wrong(start, end, name === '' ? 'the severity is missing' : `${shown(name)} is no severity`, A_SEVERITY);
}

function levelOf(name: string): LineLevel | null {
  const small = name.toLowerCase();
  return Object.hasOwn(LEVEL_NAMES, small) ? (LEVEL_NAMES[small] as LineLevel) : null;
}

function readBound(name: 'after' | 'before', value: string): ValueRead {
  const time = readInstant(value);
  if (typeof time === 'string') return failed(wrong(0, value.length, time, A_TIME));
  return { ok: true, term: { kind: 'time', from: name === 'after' ? time : null, to: name === 'after' ? null : time } };
}

function readNear(value: string): ValueRead {
  const at = value.indexOf('@');
  if (at < 0) return failed(wrong(0, value.length, 'an @ between a duration and a time is missing', EXPECTED.near));
  const duration = value.slice(0, at);
  const within = readDuration(duration);
  if (typeof within === 'string') return failed(wrong(0, at, within, ['a duration such as 30s, 5m or 2h']));
  const time = readInstant(value.slice(at + 1));
  if (typeof time === 'string') return failed(wrong(at + 1, value.length, time, A_TIME));
  return { ok: true, term: { kind: 'time', from: time - within, to: time + within + 1 } };
}

/** @returns ms, or what is wrong with it. */
function readDuration(text: string): number | string {
  const parts = /^(\d{1,15}(?:\.\d{1,3})?)(ms|s|m|h|d)$/i.exec(text);
  if (parts === null) return text === '' ? 'the duration is missing' : `${shown(text)} is no duration`;
  const ms = Math.round(Number(parts[1]) * UNITS[(parts[2] as string).toLowerCase() as Unit]);
  return ms <= NEAR_MS_MAX ? ms : `${shown(text)} is longer than ten years`;
}

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(?:[Zz]|([+-])(\d\d):?(\d\d))?$/;

/** @returns ms since 1970 (what is finer than a millisecond is cut off), or what is wrong with it. No zone means UTC. */
export function readInstant(text: string): number | string {
  const parts = INSTANT.exec(text);
  if (parts === null) return text === '' ? 'the time is missing' : `${shown(text)} is no time`;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  const [zoneHour, zoneMinute] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59)
    return `${shown(text)} is no time: hours end at 23, minutes and seconds at 59`;
  if (zoneHour > 23 || zoneMinute > 59) return `${shown(text)} is no time: its zone does not exist`;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return `${shown(text)} is no day of the calendar`;
  const ms = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  const shift = (zoneHour * UNITS.h + zoneMinute * UNITS.m) * (parts[8] === '-' ? -1 : 1);
  return date.getTime() + hour * UNITS.h + minute * UNITS.m + second * UNITS.s + ms - shift;
}

type Six = [number, number, number, number, number, number];

/** @returns the value of sev: for a term. */
export function writeSeverity(from: LineLevel, to: LineLevel): string {
  if (from === to) return from;
  if (to === 'error') return `>=${from}`;
  return from === 'none' ? `<=${to}` : `${from}..${to}`;
}

/**
 * @returns fields and values of a term: one, or two when both its bounds are known and no `near:` says them. Years that
 * ISO 8601 has no four digits for are brought to the nearest that it has.
 */
export function writeTime(term: TimeTerm): readonly string[] {
  const near = term.from !== null && term.to !== null ? writeNear(term.from, term.to) : null;
  if (near !== null) return [`near:${near}`];
  return [
    ...(term.from === null ? [] : [`after:${writeInstant(term.from)}`]),
    ...(term.to === null ? [] : [`before:${writeInstant(term.to)}`]),
  ];
}

function writeNear(from: number, to: number): string | null {
  const within = (to - 1 - from) / 2;
  const time = from + within;
  if (!Number.isInteger(within) || within < 0 || within > NEAR_MS_MAX) return null;
  if (!Number.isInteger(time) || time < FIRST_INSTANT || time > LAST_INSTANT) return null;
  return `${writeDuration(within)}@${writeInstant(time)}`;
}

function writeDuration(ms: number): string {
  if (ms === 0) return '0s';
  const unit = (['d', 'h', 'm', 's', 'ms'] as const).find((one) => ms % UNITS[one] === 0) ?? 'ms';
  return `${ms / UNITS[unit]}${unit}`;
}

/** @returns an instant in UTC as short as it can be said: 2024-05-01, 2024-05-01T12:03Z, 2024-05-01T12:03:05.123Z. */
export function writeInstant(ms: number): string {
  const kept = Number.isNaN(ms) ? 0 : Math.min(Math.max(Math.floor(ms), FIRST_INSTANT), LAST_INSTANT);
  return new Date(kept)
    .toISOString()
    .replace('.000Z', 'Z')
    .replace(/(T\d\d:\d\d):00Z$/, '$1Z')
    .replace('T00:00Z', '');
}
