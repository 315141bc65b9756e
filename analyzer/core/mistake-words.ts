/** What a schema found wrong with a written file, in words for the person who wrote it. */
import type * as z from 'zod';

export type Path = readonly (string | number)[];

/** How zod words what nobody worded for it: in terms of its types. */
const ZOD_WORDING = /^(?:Invalid|Too small|Too big|Unrecognized|Number must)/;

/** What stands in a file may be a page: enough of it to be found again. */
const SHOWN_CHARS_MAX = 40;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

/** @returns the keys that lead to what is wrong; of several unknown keys to the first. */
export function mistakePath(issue: z.core.$ZodIssue): Path {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  return unknown === undefined ? path : [...path, unknown];
}

/**
 * @param whole the value that the schema was given.
 * @param name what it is called when all of it is wrong, `rule`.
 * @returns `severity is missing: one of critical, high`, `match.0.literals must be a list, this is a text`.
 */
export function mistakeWords(issue: z.core.$ZodIssue, whole: unknown, name: string): string {
  const at = issue.path.map(String).join('.') || name;
  if (!ZOD_WORDING.test(issue.message)) return `${at}: ${issue.message}`;
  const given = valueAt(whole, issue.path);
  const missing = given === undefined && issue.path.length > 0;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${at}: there is no key ${issue.keys.join(', ')}`;
    case 'invalid_type': {
      const kind = KINDS[issue.expected] ?? issue.expected;
      return missing ? `${at} is missing: ${kind}` : `${at} must be ${kind}, this is ${described(given)}`;
    }
    case 'invalid_value': {
      const options = issue.values.map(String).join(', ');
      const one = issue.values.length === 1 ? options : `one of ${options}`;
      return missing ? `${at} is missing: ${one}` : `${at} must be ${one}, this is ${described(given)}`;
    }
    case 'too_small':
      return `${at} ${tooSmall(issue)}`;
    case 'too_big':
      return `${at} ${tooBig(issue)}`;
    case 'invalid_format':
      return `${at} must look like ${issue.pattern ?? issue.format}, this is ${described(given)}`;
    default:
      return missing ? `${at} is missing` : `${at} has a form that is not known, this is ${described(given)}`;
  }
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return minimum === 1 ? 'is empty' : `must have at least ${minimum} characters`;
  if (origin === 'array') return minimum === 1 ? 'needs at least one entry' : `needs at least ${minimum} entries`;
  return `must be ${inclusive === false ? 'more than' : 'at least'} ${minimum}`;
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  if (origin === 'array') return `may have at most ${maximum} ${maximum === 1 ? 'entry' : 'entries'}`;
  return `must be ${inclusive === false ? 'less than' : 'at most'} ${maximum}`;
}

function valueAt(whole: unknown, path: readonly PropertyKey[]): unknown {
  let value = whole;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return value;
}

/** Short texts and numbers as they are written, else what kind of thing it is. */
function described(value: unknown): string {
  if (value === undefined || value === null) return 'empty';
  if (typeof value === 'string') return value.length <= SHOWN_CHARS_MAX ? JSON.stringify(value) : 'a longer text';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a group of keys' : String(value);
}
