/** What is redacted: profiles are YAML in `profiles/`, one a file; the samples in them are tests. Read and checked once. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { parsedAtBuild } from '../../core/parsed-yaml.ts';
import { dataFolder } from '../../core/resources.ts';

const Sample = z.strictObject({ text: z.string().min(1), value: z.string().min(1) }).readonly();

/**
 * How a pseudonym looks: `secret` is `[secret 3: title]`, `name` counts with that word, `hex` and `digits` have the length of the
 * value, the others are valid in their kind.
 */
const Pseudonym = z.union([
  z.enum(['secret', 'hex', 'digits', 'mac', 'address', 'email', 'domain']),
  z.strictObject({ name: z.enum(['host', 'user', 'name']) }).readonly(),
]);
export type PseudonymShape = z.infer<typeof Pseudonym>;

/** @returns how many groups of a pattern are told with a match. */
function groupsOf(pattern: string): number {
  return (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
}

/** The group `value`, the only one, ends where the pattern's match ends: what follows stands in a lookahead. */
const PatternText = z
  .string()
  .includes('(?<value>')
  .refine((one) => groupsOf(one) === 1, 'the value is the only group');

/** Patterns that are tried in the same lines. */
export interface PatternGroup {
  readonly literals: readonly string[];
  readonly patterns: readonly RegExp[];
}

const KindSource = z
  .strictObject({
    id: z.string().regex(/^[a-z]+(-[a-z]+)*$/, 'lower-case words joined by -'),
    title: z.string().min(1),
    /** Document or source file that says how such a value looks. */
    source: z.string().min(1),
    /** One of them stands in every text that a pattern fits; none: every text is tried. Case counts. */
    literals: z.array(z.string().min(1)).readonly(),
    /** A match lies in one line: with literals, only lines that hold one are looked at. */
    patterns: z.array(PatternText).readonly().default([]),
    /** More patterns, each list with literals of its own: where a kind has many, a line is tried with few of them. */
    more: z
      .array(
        z.strictObject({
          literals: z.array(z.string().min(1)).min(1).readonly(),
          patterns: z.array(PatternText).min(1).readonly(),
        }),
      )
      .readonly()
      .default([]),
    flags: z.enum(['i', 'm', 'im']).optional(),
    /** `next line`: a match may go on in the line behind the one with the literal. */
    reach: z.enum(['line', 'next line']).default('line'),
    /** Values that code finds. */
    finder: z.enum(['addresses', 'macs', 'ids', 'domains', 'service-hosts']).optional(),
    /** What a finder goes by: words in front of an id, last labels of domains. */
    labels: z.array(z.string()).readonly().default([]),
    /** Values that stay, whatever their case. */
    keep: z.array(z.string()).readonly().default([]),
    /** Names, with all names below them, that stay. */
    public: z.array(z.string()).readonly().default([]),
    /** `yes`: once met, the value is replaced as a word wherever it stands. */
    learns: z.enum(['yes', 'no']).default('no'),
    pseudonym: Pseudonym,
    samples: z
      .strictObject({ match: z.array(Sample).min(1).readonly(), miss: z.array(z.string()).min(1).readonly() })
      .readonly(),
  })
  .refine((kind) => kind.patterns.length > 0 !== (kind.finder !== undefined), 'either patterns or a finder')
  .refine(
    ({ literals, more }) => more.length === 0 || literals.length > 0,
    'with `more`, the first patterns have literals',
  )
  .transform(({ patterns, more, ...kind }) => ({
    ...kind,
    literals: [...kind.literals, ...more.flatMap(({ literals }) => literals)],
    groups: [{ literals: kind.literals, patterns }, ...more].map(
      (group): PatternGroup => ({
        literals: group.literals,
        patterns: group.patterns.map((pattern) => compiled(pattern, kind.flags ?? '')),
      }),
    ),
    keep: new Set(kind.keep.map((value) => value.toLowerCase())),
    public: new Set(kind.public),
    labels: new Set(kind.labels),
  }))
  .readonly();
export type RedactionKind = z.infer<typeof KindSource>;

/**
 * Those that begin a line are tried at the start of each line alone. The value is the only group, and has no name then: a match with
 * names takes twice as long to be told.
 */
function compiled(pattern: string, flags: string): RegExp {
  return new RegExp(pattern.replace('(?<value>', '('), `${pattern.startsWith('^') ? 'y' : 'g'}${flags}`);
}

const ProfileSource = z
  .strictObject({
    id: z.string().regex(/^[a-z]+$/),
    title: z.string().min(1),
    about: z.string().min(1),
    kinds: z.array(KindSource).min(1).readonly(),
  })
  .readonly();
export type RedactionProfile = z.infer<typeof ProfileSource>;

let cached: ReadonlyMap<string, RedactionProfile> | null = null;

/** @returns every profile by id, secrets first: what lies in two kinds goes to the first. A file that does not validate throws. */
export function redactionProfiles(): ReadonlyMap<string, RedactionProfile> {
  if (cached !== null) return cached;
  const folder = dataFolder('report/redaction/profiles');
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readProfile(path.join(folder, name)))
    .sort((one, two) => orderOf(one) - orderOf(two) || (one.id < two.id ? -1 : 1));
  const byId = new Map(found.map((profile) => [profile.id, profile]));
  if (byId.size !== found.length) throw new Error('a redaction profile id is used twice');
  cached = byId;
  return byId;
}

function orderOf({ id }: RedactionProfile): number {
  return id === 'secrets' ? 0 : 1;
}

function readProfile(file: string): RedactionProfile {
  try {
    const text = readFileSync(file, 'utf8');
    return ProfileSource.parse(parsedAtBuild(text) ?? parse(text, { schema: 'core', maxAliasCount: 0 }));
  } catch (error) {
    throw new Error(`${path.basename(file)} is no redaction profile`, { cause: error });
  }
}
