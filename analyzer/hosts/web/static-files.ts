/**
 * The built renderer as a fixed table of addresses. What is not in the table does not exist: there is no path to
 * escape from, no listing, no link to follow.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../../core/failure.ts';
import { MEDIA_TYPES } from './media-types.ts';

export interface StaticFile {
  readonly path: string;
  readonly mediaType: string;
}

/** Address ("/assets/app.js") to file. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

/** @returns every servable file under `folder`; links, source maps and unknown types are left out. */
export async function listStaticFiles(folder: string): Promise<Result<StaticFiles>> {
  const files = new Map<string, StaticFile>();
  try {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const mediaType = MEDIA_TYPES[path.extname(entry.name)];
      if (!entry.isFile() || mediaType === undefined) continue;
      const file = path.join(entry.parentPath, entry.name);
      const address = `/${path.relative(folder, file).split(path.sep).join('/')}`;
      files.set(address, { path: file, mediaType });
    }
  } catch {
    // Falls through: a folder that cannot be read has no index.html either.
  }
  if (!files.has('/index.html')) {
    return fail('not-found', 'The user interface is not built.', folder, 'Run `npm run build` first.');
  }
  return ok(files);
}

/** @returns the application page with the nonce of this response in it. */
export async function applicationPage(files: StaticFiles, nonce: string): Promise<string> {
  const index = files.get('/index.html');
  return index ? (await readFile(index.path, 'utf8')).replaceAll('__CSP_NONCE__', nonce) : '';
}
