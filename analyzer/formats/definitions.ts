/**
 * Log formats are YAML beside this file: how the first line of an event looks, where its fields are, which lines
 * continue it, and samples that are tests. They are read and validated once, when first needed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { parsedAtBuild } from '../core/parsed-yaml.ts';
import { dataFolder } from '../core/resources.ts';

/** The fields a format may tell of an event, by the name of a group or of keys. */
export const FIELDS = ['stamp', 'level', 'component', 'host', 'pid', 'stream', 'source', 'message'] as const;
export type Field = (typeof FIELDS)[number];

/** Groups that only code reads: the P or F of CRI, the priority of syslog. */
const CODE_GROUPS = ['flag', 'priority'];

/** Every repetition has a bound, and none repeats another: the time grows with the line only. */
function repeatsSafely(source: string): boolean {
  const bare = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  if (/[*+]|\{\d+,\}/.test(bare)) return false;
  return !/\{\d+,\d+\}[^()]*\)(?:\{|\*|\+)/.test(bare);
}

const Expression = z
  .string()
  .startsWith('^')
  .refine(repeatsSafely, 'bounds on every repetition, and no repetition of a repetition')
  .transform((source, context) => {
    try {
      const known: readonly string[] = [...FIELDS, ...CODE_GROUPS];
      const unknown = [...source.matchAll(/\(\?<([^=!>]+)>/g)].find(([, name = '']) => !known.includes(name));
      if (unknown !== undefined) context.addIssue({ code: 'custom', message: `group <${unknown[1]}> is no field` });
      return new RegExp(source, 'u');
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

const Keys = z.partialRecord(z.enum(FIELDS), z.array(z.string().min(1)).min(1).readonly());

const Sample = z
  .strictObject({
    /** One event: its line, or its lines. */
    text: z.string().min(1),
    /** What parseEvent says; a field that is not named must be null, `message` must always be there. */
    fields: z.partialRecord(z.enum(FIELDS), z.string()),
    /** Id of the format inside this one, with its fields. */
    inner: z.strictObject({ format: z.string(), fields: z.partialRecord(z.enum(FIELDS), z.string()) }).optional(),
  })
  .readonly();

/**
 * Which lines belong to an event besides its first: `one`: none; `indented`: those that begin with a blank;
 * `until-next`: all up to the next first line; `cri-partials`, `docker-partials`: see event-lines.ts; `audit-serial`:
 * records with the same serial number.
 */
const LineRule = z.enum(['one', 'indented', 'until-next', 'cri-partials', 'docker-partials', 'audit-serial']);
export type LineRule = z.infer<typeof LineRule>;

const FormatSource = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by -'),
    title: z.string().min(1),
    /** Smaller is asked first, and wins when two formats fit equally many lines: the special before the general. */
    order: z.number().int(),
    /** Document, RFC or source file that the expressions follow. */
    source: z.string().min(1),
    /** First lines of events; the first that fits gives the fields. The message is what follows, when no group has it. */
    first: z.array(Expression).readonly(),
    /** How the fields are read: by the groups of `first`, by keys, or by code. */
    read: z.enum(['groups', 'json', 'logfmt', 'syslog-5424']),
    keys: Keys.optional(),
    /** The component of every event that does not name one itself. */
    component: z.string().optional(),
    /** `yes`: the message is the line of another program, in a format of its own. */
    wraps: z.enum(['yes', 'no']),
    lines: LineRule,
    /** First lines that a file's head must show; one JSON object is a document. */
    linesMin: z.number().int().positive().default(1),
    /** Formats whose samples fit this one as well, and what decides. */
    ambiguous: z
      .array(z.strictObject({ format: z.string(), because: z.string() }).readonly())
      .readonly()
      .default([]),
    samples: z.array(Sample).min(1).readonly(),
    /** Lines that look alike and are of another format, or of none. */
    not: z.array(z.string().min(1)).min(1).readonly(),
  })
  .refine((format) => (format.read === 'json' || format.read === 'logfmt') === (format.keys !== undefined), {
    message: 'keys belong to json and logfmt, and only to them',
  })
  .readonly();
export type LogFormat = z.infer<typeof FormatSource>;

let cached: ReadonlyMap<string, LogFormat> | null = null;

/** @returns every format by id, in the order in which they are asked. A YAML file that does not validate throws. */
export function logFormats(): ReadonlyMap<string, LogFormat> {
  if (cached !== null) return cached;
  const folder = dataFolder('formats');
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFormat(path.join(folder, name)))
    .sort((one, two) => one.order - two.order || (one.id < two.id ? -1 : 1));
  const byId = new Map(found.map((format) => [format.id, format]));
  if (byId.size !== found.length) throw new Error('a format id is used twice');
  cached = byId;
  return byId;
}

/** Formats of files that are stored as the text of another one: a binary journal is printed as journalctl does. */
const STORED_AS: Readonly<Record<string, string>> = { journal: 'journal-short-iso' };

/** @returns the format of a source file's lines, or undefined when its id is not known. */
export function logFormat(id: string): LogFormat | undefined {
  return logFormats().get(STORED_AS[id] ?? id);
}

function readFormat(file: string): LogFormat {
  try {
    return parseFormat(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${path.basename(file)} is no format`, { cause: error });
  }
}

/** @returns the format in a YAML text; throws what is wrong with it. */
export function parseFormat(yaml: string): LogFormat {
  return FormatSource.parse(parsedAtBuild(yaml) ?? parse(yaml, { schema: 'core', maxAliasCount: 0 }));
}

/** @returns true when the line begins as an event of this format does. */
export function fits(format: LogFormat, line: string): boolean {
  return format.first.some((expression) => expression.test(line));
}

/** @returns true when the line begins as an event of any format does. */
export function beginsEvent(line: string): boolean {
  for (const format of logFormats().values()) if (fits(format, line)) return true;
  return false;
}

/** @returns the groups of the first expression that fits the line and the length of what it covers, or null. */
export function firstLine(
  format: LogFormat,
  line: string,
): { readonly groups: Readonly<Record<string, string | undefined>>; readonly length: number } | null {
  for (const expression of format.first) {
    const found = expression.exec(line);
    if (found !== null) return { groups: found.groups ?? {}, length: found[0].length };
  }
  return null;
}
