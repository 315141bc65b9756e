/** What is in a file that would be written over, by its bytes: outputs of Coldcase may be written again, much else must stay. */
import { open, readFile, stat } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { archiveKind, compressedKind, KIND_BYTES } from '../archive/kinds.ts';
import { REPORT_BYTES_MAX } from '../core/limits.ts';
import { signatureOf } from '../formats/signatures.ts';
import { MANIFEST, PACK_SCHEMA, SOURCES_BYTES_MAX } from '../report/pack.ts';
import { REDACTION_MAP_SCHEMA } from '../report/redaction/map.ts';
import { readReferences } from '../report/references.ts';

/** What is written: a document is any text or PDF that is neither. */
export type OutputKind = 'report' | 'pack' | 'map' | 'document';

/** A pack holds reports and excerpts beside its sources. A larger zip is none of ours, and is not read to find out. */
const PACK_BYTES_MAX = 4 * SOURCES_BYTES_MAX;

/**
 * Text may be written over, as by any program: nobody can tell last week's report with a word changed from a letter. Archives,
 * databases and programs are no output of ours, whatever their name; a map is the only thing that undoes its redaction.
 * @returns the reason as a sentence without its full stop; null for what may be written over.
 */
export async function whyToKeep(file: string, becomes: OutputKind): Promise<string | null> {
  const head = await headOf(file);
  if (head === null) return 'There is a file here that cannot be read';
  if (becomes !== 'map' && isMap(head)) return 'This is a map, which undoes the redaction of a report';
  const found = kindOf(head);
  if (found === null) return null;
  if (found === 'PDF' && (becomes === 'report' || becomes === 'document')) return null;
  if (found === 'zip' && becomes === 'pack' && (await isPack(file))) return null;
  return `There is a file here that is no ${becomes} of Coldcase (${found})`;
}

/** @returns whether Coldcase wrote it, or it is a PDF: that holds no line of a log. */
export async function isOfColdcase(file: string): Promise<boolean> {
  const head = await headOf(file);
  if (head === null) return false;
  const found = kindOf(head);
  if (found !== null) return found === 'PDF' || (found === 'zip' && (await isPack(file)));
  if (isMap(head)) return true;
  if ((await stat(file)).size > REPORT_BYTES_MAX) return false;
  return readReferences(await readFile(file, 'utf8')).ok;
}

/** @returns what kind of output the content is, of which nobody says it. */
export function outputKindOf(content: string | Uint8Array): Exclude<OutputKind, 'report'> {
  const head = Buffer.from(content.slice(0, KIND_BYTES));
  if (isMap(head)) return 'map';
  return archiveKind(head) === 'zip' ? 'pack' : 'document';
}

async function headOf(file: string): Promise<Uint8Array | null> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return null;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(KIND_BYTES), 0, KIND_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function kindOf(head: Uint8Array): string | null {
  return archiveKind(head) ?? compressedKind(head) ?? signatureOf(head);
}

/** Of any version. */
const MAP_START = new RegExp(`^\\s*\\{\\s*"schema":\\s*"${familyOf(REDACTION_MAP_SCHEMA)}/`);

function isMap(head: Uint8Array): boolean {
  return MAP_START.test(Buffer.from(head).toString('latin1'));
}

async function isPack(file: string): Promise<boolean> {
  if ((await stat(file)).size > PACK_BYTES_MAX) return false;
  try {
    const members = unzipSync(await readFile(file), {
      filter: ({ name, originalSize }) => name === MANIFEST && originalSize <= REPORT_BYTES_MAX,
    });
    const manifest: unknown = JSON.parse(Buffer.from(members[MANIFEST] ?? '').toString('utf8'));
    if (manifest === null || typeof manifest !== 'object' || !('schema' in manifest)) return false;
    return String(manifest.schema).startsWith(`${familyOf(PACK_SCHEMA)}/`);
  } catch {
    // Cut short, damaged, or without a manifest: a pack of Coldcase is whole.
    return false;
  }
}

/** @returns the name of a schema without its version. */
function familyOf(schema: string): string {
  return schema.slice(0, schema.lastIndexOf('/'));
}
