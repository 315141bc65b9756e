/** Holds the references of a report, or of a pack's manifest, against a case: are the cited bytes still the same? */
import * as z from 'zod';
import { ReportReference } from '../contract/report.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { hashBytes } from '../core/cite.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { grouped } from '../core/grouped.ts';
import type { CheckedReference, ReportCheck } from '../core/report.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { MANIFEST, PACK_SCHEMA } from './pack.ts';
import { REFERENCES_MAX, readReferences } from './references.ts';

export interface CarriedReferences {
  readonly references: readonly ReportReference[];
  /** `yes`: names of nodes and files are pseudonyms. */
  readonly redacted: 'yes' | 'no';
}

const Manifest = z.object({
  schema: z.literal(PACK_SCHEMA),
  redacted: z.enum(['yes', 'no']),
  references: z.array(ReportReference).max(REFERENCES_MAX),
});

/** A manifest begins with its schema, as `pack.ts` writes it. */
const MANIFEST_START = new RegExp(`^\\s*\\{\\s*"schema"\\s*:\\s*"${PACK_SCHEMA}"`);

/** @param text of a report in any format, or of the manifest of a pack. */
export function carriedReferences(text: string): Result<CarriedReferences> {
  if (MANIFEST_START.test(text.replace(/^\ufeff/, ''))) return ofManifest(text);
  const read = readReferences(text);
  if (read.ok) return ok(read);
  const advice = `Give a report as Coldcase wrote it, or ${MANIFEST} of an unpacked evidence pack.`;
  return fail('wrong-usage', read.because, null, advice);
}

function ofManifest(text: string): Result<CarriedReferences> {
  const manifest = Manifest.safeParse(parsed(text.replace(/^\ufeff/, '')));
  if (manifest.success) return ok(manifest.data);
  const [, nth] = manifest.error.issues.find(({ path }) => path[0] === 'references')?.path ?? [];
  const because =
    typeof nth === 'number'
      ? `Reference ${nth + 1} of the manifest is damaged.`
      : 'The manifest is damaged: it was cut short, or its references cannot be read.';
  return fail('wrong-usage', because, null, `Unpack the evidence pack again and give its ${MANIFEST}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Listed in the answer; the others are counted. */
const LISTED_MAX = 1_000;

/**
 * Bytes that are read for one check. Reports cite some lines each; only a forged one names whole files again and again, and
 * would keep a thread for hours.
 */
const READ_BYTES_MAX = 16 * 1024 * 1024 * 1024;

/** @param pause is called between references, and throws when the check was cancelled. */
export function checkReferences(
  { references, redacted }: CarriedReferences,
  readers: readonly BundleReader[],
  pause: () => void = () => undefined,
): Result<ReportCheck> {
  const byId = new Map(readers.map((reader) => [reader.bundle.id as string, reader]));
  const counts = { ok: 0, changed: 0, missing: 0 };
  const listed: CheckedReference[] = [];
  let bytes = 0;
  for (const one of references) {
    pause();
    bytes += Math.max(0, one.byteEnd - one.byteStart);
    if (bytes > READ_BYTES_MAX) {
      return fail('wrong-usage', 'The report cites more bytes than any report of Coldcase.', placeOf(one));
    }
    const reader = byId.get(one.bundle);
    const found = reader === undefined ? elsewhere(one, redacted, readers) : held(one, redacted, reader);
    counts[found.outcome]++;
    if (found.outcome === 'ok' || listed.length === LISTED_MAX) continue;
    const { label, bundle, node, file, line, endLine } = one;
    listed.push({ where: label, bundle, node, file, line, endLine, ...found });
  }
  const outcome = counts.missing > 0 ? 'missing' : counts.changed > 0 ? 'changed' : 'ok';
  return ok({ outcome, sentence: sentenceOf(counts), ...counts, references: listed });
}

type Found = Pick<CheckedReference, 'outcome' | 'because'>;

const OK: Found = { outcome: 'ok', because: null };

/** In the archive that the reference names. */
function held(one: ReportReference, redacted: 'yes' | 'no', reader: BundleReader): Found {
  const file = fileOf(one, redacted, reader);
  if (file === null) return { outcome: 'missing', because: 'The archive is in the case, this file is not in it.' };
  if (one.byteEnd > reader.bytes(file.id, 0, 0).size) {
    return { outcome: 'changed', because: 'The file ends before the cited lines.' };
  }
  return sameBytes(one, file, reader) ? OK : { outcome: 'changed', because: 'The cited lines read otherwise now.' };
}

/** A redacted report tells its file by the place in the bundle alone. Another import may have given the file another place. */
function fileOf({ file, fileId }: ReportReference, redacted: 'yes' | 'no', reader: BundleReader): SourceFile | null {
  const there = reader.file(fileId as SourceFile['id']);
  if (redacted === 'yes' || there?.path === file) return there;
  return reader.fileByPath(file);
}

function sameBytes(one: ReportReference, file: SourceFile, reader: BundleReader): boolean {
  if (one.byteEnd > reader.bytes(file.id, 0, 0).size) return false;
  return hashBytes(reader, file, one.byteStart, one.byteEnd) === one.sha256;
}

/** An archive that was changed is another one: what is like the one that the reference names is looked at instead. */
function elsewhere(one: ReportReference, redacted: 'yes' | 'no', readers: readonly BundleReader[]): Found {
  const gone: Found = { outcome: 'missing', because: 'The archive is not in this case.' };
  if (redacted === 'yes') return gone;
  const others = readers.flatMap((reader) => {
    const file = reader.bundle.node === one.node ? reader.fileByPath(one.file) : null;
    return file === null ? [] : [{ reader, file }];
  });
  if (others.length === 0) return gone;
  const same = others.some(({ reader, file }) => sameBytes(one, file, reader));
  const lines = same ? 'in which the cited lines read the same.' : 'in which the cited lines read otherwise.';
  return { outcome: 'changed', because: `The case has another archive of this node instead, ${lines}` };
}

function placeOf({ label, file, line }: ReportReference): string {
  return `${label}, ${file}:${line}`;
}

function sentenceOf(counts: { readonly ok: number; readonly changed: number; readonly missing: number }): string {
  const all = counts.ok + counts.changed + counts.missing;
  const number = (count: number): string => grouped(count);
  if (all === 0) return 'The report cites nothing: there is nothing to check.';
  if (counts.ok === all) {
    return all === 1 ? 'Its one reference stands as it was.' : `All ${number(all)} references stand as they were.`;
  }
  const rest = [
    counts.changed === 0 ? '' : `${number(counts.changed)} changed`,
    counts.missing === 0 ? '' : `${number(counts.missing)} ${counts.missing === 1 ? 'is' : 'are'} not in this case`,
  ].filter((part) => part !== '');
  return `${number(counts.ok)} of ${number(all)} references stand as they were; ${rest.join(', ')}.`;
}
