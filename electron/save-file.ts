/**
 * Where a document may be saved, and saving it. The system has asked whether a file is to be replaced, by its name alone: what a
 * customer sent and the files of a case stay, as on the command line.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { EngineApi } from '../analyzer/contract/engine-api.ts';
import { CASE_FILE } from '../analyzer/core/case-files.ts';
import { fail, ok, type Result, toFailure } from '../analyzer/core/failure.ts';
import type { CaseId } from '../analyzer/core/ids.ts';
import type { OutputKind } from '../analyzer/hosts/file-in-the-way.ts';
import { cannotWrite, type OutputPlace, outputPlaces } from '../analyzer/hosts/output-place.ts';
import { writeWhole } from '../analyzer/hosts/write-whole.ts';

/** Whose files must stay. */
export interface SavedFrom {
  readonly engine: EngineApi;
  /** The case that the page works in; null: none. */
  readonly caseId: CaseId | null;
}

/** @param file absolute. @returns the place; fails with `wrong-usage` and what is in the way. */
export async function savePlace(file: string, kind: OutputKind, from: SavedFrom): Promise<Result<OutputPlace>> {
  const world = {
    workingFolder: path.dirname(file),
    isCaseFolder: async (folder: string) => existsSync(path.join(folder, CASE_FILE)),
  };
  try {
    const [place] = await outputPlaces(world, [{ file, kind }], { inputs: [], newCase: null });
    if (place === undefined) return fail('internal', 'no place was found', file);
    const because = await whyOfCase(place.real, from);
    return because === null ? ok(place) : fail('wrong-usage', `${because}: choose another file.`, file);
  } catch (error) {
    return { ok: false, failure: toFailure(error) };
  }
}

/** @returns where it was written, as it was asked for. */
export async function saveTo({ file, real }: OutputPlace, content: string | Uint8Array): Promise<Result<string>> {
  try {
    await writeWhole(real, content);
    return ok(file);
  } catch (error) {
    return fail('disk', `The document was not saved. ${cannotWrite(error, file)}`, file, 'Choose another folder.');
  }
}

/** By its bytes, wherever it lies: a bundle does not tell where it came from. */
async function whyOfCase(file: string, { engine, caseId }: SavedFrom): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (caseId === null || found === null || found.size === 0) return null;
  const files = await engine.call('file.list', { caseId });
  if (!files.ok) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const sha256 = hash.digest('hex');
  if (files.value.some(({ bundle }) => bundle === sha256)) return 'A bundle of this case was imported from this file';
  const same = files.value.find((one) => one.sha256 === sha256);
  if (same === undefined) return null;
  const { isOfColdcase } = await import('../analyzer/hosts/file-in-the-way.ts');
  return (await isOfColdcase(file)) ? null : `This file is in the case, as ${same.path}`;
}
