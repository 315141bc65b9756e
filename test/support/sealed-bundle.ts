/** Small bundles for tests: contents in, a reader of the sealed file out. */
import path from 'node:path';
import type { BundleReader } from '../../analyzer/core/case-reader.ts';
import { NO_LITERALS, type SealedFile, type WantedLiterals } from '../../analyzer/core/case-writer.ts';
import { type FileClock, NO_CLOCK } from '../../analyzer/core/file-clock.ts';
import { FileId } from '../../analyzer/core/ids.ts';
import { intakeOf } from '../../analyzer/formats/intake.ts';
import { openBundle } from '../../analyzer/store/bundle-reader.ts';
import { SlabWriter } from '../../analyzer/store/bundle-writer.ts';
import { inTemporaryFolder } from './archives.ts';
import { LocalTarget } from './local-target.ts';

export const SHA = 'a'.repeat(64);
/** Stamps without a year are of 2024. */
export const YEAR_REFERENCE = Date.UTC(2024, 4, 2);

export const UTC_CLOCK: FileClock = {
  ...NO_CLOCK,
  stamps: 'yearless',
  zoneMinutes: 0,
  zoneFrom: 'assumed',
  yearReference: YEAR_REFERENCE,
};

export function writerIn(folder: string, name = 'x.partial', wanted: WantedLiterals = NO_LITERALS): SlabWriter {
  return new SlabWriter(new LocalTarget({ partial: path.join(folder, name), folder }, wanted));
}

export interface FileToSeal {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly clock?: FileClock;
  /** YEAR_REFERENCE, when left out. */
  readonly yearReference?: number;
  readonly redate?: number;
  /** `text` or `binary` by what it holds, when left out. */
  readonly format?: string;
  /** `other`, when left out. */
  readonly role?: string;
  /** Severities (LINE_SEVERITY) of lines by where they start, beside their text. */
  readonly marks?: readonly { readonly start: number; readonly severity: number }[];
}

/** Writes the files in order, in chunks of 50,000 bytes; a repeated content is folded. */
export async function sealFiles(writer: SlabWriter, files: readonly FileToSeal[], sha256 = SHA): Promise<void> {
  const first = new Map<string, FileId>();
  const sealed = files.map((file, index): SealedFile => {
    const { name, bytes, clock, redate, format, role = 'other', marks = [], yearReference = YEAR_REFERENCE } = file;
    const id = FileId.parse(index + 1);
    const kind = intakeOf(bytes.subarray(0, 8192)).kind === 'text' ? 'text' : 'binary';
    writer.startFile({ id, kind, yearReference });
    for (let at = 0; at < bytes.length; at += 50_000) {
      for (const { start, severity } of marks)
        if (start >= at && start < at + 50_000) writer.mark(start - at, severity);
      writer.write(bytes.subarray(at, at + 50_000));
    }
    writer.endFile();
    const key = Buffer.from(bytes).toString('latin1');
    const aliasOf = bytes.length > 0 ? (first.get(key) ?? null) : null;
    if (aliasOf === null) first.set(key, id);
    else writer.takeBack();
    return {
      id,
      path: name,
      role,
      because: 'test',
      format: format ?? kind,
      encoding: 'utf-8',
      clock: clock ?? UTC_CLOCK,
      redate: redate ?? null,
      bytes: bytes.length,
      sha256: '00'.repeat(32),
      aliasOf,
      coverage: bytes.length === 0 ? 'empty' : kind === 'binary' ? 'binary' : 'read',
    };
  });
  await writer.finish();
  await writer.seal({
    sha256,
    name: 'test',
    layout: 'generic',
    layoutBecause: 'test',
    node: null,
    nodeBecause: '',
    collectedAt: null,
    gaps: [],
    gapsNotListed: 0,
    files: sealed,
  });
}

/** Seals files of these contents and hands the reader to `look`. @param wanted what is looked for in every line meanwhile. */
export function sealed<T>(
  contents: Readonly<Record<string, Uint8Array>> | readonly FileToSeal[],
  look: (reader: BundleReader) => T,
  wanted: WantedLiterals = NO_LITERALS,
): Promise<T> {
  const files = Array.isArray(contents)
    ? (contents as readonly FileToSeal[])
    : Object.entries(contents).map(([name, bytes]) => ({ name, bytes }));
  return inTemporaryFolder(async (folder) => {
    await sealFiles(writerIn(folder, 'x.partial', wanted), files);
    const opened = openBundle(path.join(folder, `${SHA}.bundle`));
    if (!opened.ok) throw new Error(opened.failure.message);
    const result = look(opened.value);
    opened.value.close();
    return result;
  });
}
