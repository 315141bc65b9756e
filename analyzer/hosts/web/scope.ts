/**
 * What a browser may name. Whoever holds the session acts as the user who started the host, so archives on this
 * machine can be imported by their path; but nothing may be written outside the cases folder and the cases that
 * this user already had: the desktop asks for such places in a native dialog, a browser cannot.
 */
import path from 'node:path';
import type { EngineApi } from '../../contract/engine-api.ts';
import { type Failure, fail } from '../../core/failure.ts';

export interface ScopeOptions {
  readonly engine: EngineApi;
  readonly casesFolder: string;
  /** Absolute paths of cases given when the host was started. */
  readonly given: ReadonlySet<string>;
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
  const { engine, casesFolder, given } = options;
  if (method === 'case.create' && textAt(input, 'dir') !== null) {
    return fail('wrong-usage', 'From a browser a case is always made in the cases folder.', 'dir').failure;
  }
  if (method === 'case.import') {
    const relative = pathsOf(input).find((file) => typeof file !== 'string' || !path.isAbsolute(file));
    if (relative !== undefined) {
      const advice = 'Give the whole path, from the root of the file system.';
      return fail('wrong-usage', 'The path is not absolute.', String(relative), advice).failure;
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
