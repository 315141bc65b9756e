/**
 * What a browser may name. The desktop lets its user choose any file; here the one at the keyboard may be on
 * another machine, and whoever got hold of the session must not be able to read this machine's files by
 * "importing" them. So: cases of the cases folder, recent cases, what was given on the command line, and uploads.
 */
import path from 'node:path';
import type { EngineApi } from '../../contract/engine-api.ts';
import { type Failure, fail } from '../../core/failure.ts';

export interface ScopeOptions {
  readonly engine: EngineApi;
  readonly casesFolder: string;
  /** Absolute paths of cases and archives given when the host was started. */
  readonly given: ReadonlySet<string>;
  readonly isUpload: (file: string) => boolean;
}

function textAt(input: unknown, key: string): string | null {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, key)) return null;
  const value: unknown = (input as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : null;
}

function pathsOf(input: unknown): readonly unknown[] {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, 'paths')) return [];
  const { paths } = input as { readonly paths: unknown };
  return Array.isArray(paths) ? paths : [];
}

function isInside(folder: string, file: string): boolean {
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** @returns why a call from a browser is refused, or null. Everything else is left to the engine's own validation. */
export async function outsideScope(method: string, input: unknown, options: ScopeOptions): Promise<Failure | null> {
  const { engine, casesFolder, given, isUpload } = options;
  if (method === 'case.create' && textAt(input, 'dir') !== null) {
    return fail('wrong-usage', 'From a browser a case is always made in the cases folder.', 'dir').failure;
  }
  if (method === 'case.import') {
    const outside = pathsOf(input).find((file) => typeof file !== 'string' || !(isUpload(file) || given.has(file)));
    if (outside !== undefined) {
      const advice = 'Drop the archive into the window, or name it when starting `coldcase serve`.';
      return fail('wrong-usage', 'From a browser only uploads can be imported.', String(outside), advice).failure;
    }
  }
  const caseId = textAt(input, 'caseId');
  if (caseId === null || given.has(caseId)) return null;
  // A path that is not in its plainest form could mean something else to the file system than to this check.
  if (caseId === path.resolve(caseId)) {
    if (isInside(casesFolder, caseId)) return null;
    const recent = await engine.call('case.recent', {});
    if (recent.ok && recent.value.some((one) => one.id === caseId)) return null;
  }
  return fail('not-found', 'This case is not one of the cases folder or the recent cases.', caseId).failure;
}
