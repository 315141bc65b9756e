/** The private file that undoes the pseudonyms of a case. It is never part of an export. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { RedactionEntry } from './pseudonyms.ts';

/** Changes when a key is removed or changes its meaning. */
export const REDACTION_MAP_SCHEMA = 'coldcase-redaction-map/1';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const Entry = z.strictObject({
  kind: z.string().min(1),
  original: z.string().min(1),
  pseudonym: z.string().min(1),
  count: z.number().int().nonnegative(),
});

/** What an export holds that its pseudonyms alone do not give back: see `correctionsFor`. */
const Correction = z
  .strictObject({
    /** SHA-256 of the redacted export. */
    sha256: Sha256,
    /** Lines, from 1, of what `unredact` makes of it by values alone, and how they read in truth. */
    lines: z
      .array(
        z
          .strictObject({ from: z.number().int().positive(), until: z.number().int().nonnegative(), text: z.string() })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type Correction = z.infer<typeof Correction>;

export const RedactionMap = z
  .strictObject({
    schema: z.literal(REDACTION_MAP_SCHEMA),
    /** SHA-256 of the case's id: tells the map of another case without naming the case. */
    case: Sha256,
    madeAt: z.iso.datetime(),
    profiles: z.array(z.string()).readonly(),
    /** SHA-256 of the key. */
    key: Sha256,
    entries: z.array(Entry.readonly()).readonly(),
    corrections: z.array(Correction).readonly(),
  })
  .readonly();
export type RedactionMap = z.infer<typeof RedactionMap>;

export interface MapSource {
  readonly caseId: string;
  readonly key: Uint8Array;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly profiles: readonly string[];
  readonly entries: readonly RedactionEntry[];
  readonly corrections?: readonly Correction[];
}

export function redactionMap(source: MapSource): RedactionMap {
  return {
    schema: REDACTION_MAP_SCHEMA,
    case: sha256(source.caseId),
    madeAt: source.madeAt,
    profiles: source.profiles,
    key: sha256(source.key),
    entries: source.entries,
    corrections: source.corrections ?? [],
  };
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export type ReadMap =
  | { readonly ok: true; readonly map: RedactionMap }
  | { readonly ok: false; readonly because: string };

/** @param text of a map file. @param caseId the case it should be of; null: any. @returns the map, or in plain words why not. */
export function readRedactionMap(text: string, caseId: string | null): ReadMap {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, because: 'The file is damaged: it is no JSON.' };
  }
  const schema = value !== null && typeof value === 'object' && 'schema' in value ? value.schema : undefined;
  if (schema !== REDACTION_MAP_SCHEMA) return { ok: false, because: notOurs(schema) };
  const read = RedactionMap.safeParse(value);
  if (!read.success) {
    const at = read.error.issues[0]?.path.join('.') ?? '';
    return { ok: false, because: `The redaction map is damaged${at === '' ? '' : ` at ${at}`}.` };
  }
  if (caseId !== null && read.data.case !== sha256(caseId)) {
    return { ok: false, because: 'The redaction map is of another case.' };
  }
  if (!isInjective(read.data.entries)) {
    return { ok: false, because: 'The redaction map is damaged: one pseudonym stands for two values.' };
  }
  return { ok: true, map: read.data };
}

function notOurs(schema: unknown): string {
  const newer = typeof schema === 'string' && schema.startsWith('coldcase-redaction-map/');
  return newer
    ? `The redaction map is of another version of Coldcase: ${schema}.`
    : 'The file is no redaction map of Coldcase.';
}

/** Values of two kinds may be the same text with one pseudonym; two texts never. */
function isInjective(entries: readonly RedactionEntry[]): boolean {
  const originals = new Map<string, string>();
  for (const { original, pseudonym } of entries) {
    if ((originals.get(pseudonym) ?? original) !== original) return false;
    originals.set(pseudonym, original);
  }
  return true;
}

/** @returns what a redacted report and its map both name, so that one is found for the other. It says nothing of the key. */
export function mapNumber(keyHash: string): string {
  return keyHash.slice(0, 16);
}
