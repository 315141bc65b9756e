/** Native dialogs: choosing what to import, and saving a document the renderer made. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import * as z from 'zod';
import { fail, ok, type Result } from '../analyzer/core/failure.ts';

export const PathChoice = z.enum(['archives', 'folder']);
export type PathChoice = z.infer<typeof PathChoice>;

export const SaveRequest = z.object({
  fileName: z.string().min(1).max(255),
  mediaType: z.string().max(100),
  /** A report with every excerpt of a large case stays far below this. */
  text: z.string().max(256 * 1024 * 1024),
});

/** Offered first; the engine recognises archives by their bytes, so "All files" is never wrong. */
const ARCHIVES = { name: 'Archives', extensions: ['gz', 'tgz', 'tar', 'zip', 'zst', 'xz', 'bz2'] };
const ALL_FILES = { name: 'All files', extensions: ['*'] };

/** @returns absolute paths; empty when the dialog was dismissed. */
export async function choosePaths(window: BrowserWindow, what: PathChoice): Promise<readonly string[]> {
  const chosen = await dialog.showOpenDialog(window, {
    title: what === 'archives' ? 'Import log archives' : 'Import a folder',
    buttonLabel: 'Import',
    properties: what === 'archives' ? ['openFile', 'multiSelections'] : ['openDirectory'],
    ...(what === 'archives' ? { filters: [ARCHIVES, ALL_FILES] } : {}),
  });
  return chosen.canceled ? [] : chosen.filePaths;
}

/** @returns where the document was written, null when the dialog was dismissed. */
export async function saveDocument(
  window: BrowserWindow,
  request: z.infer<typeof SaveRequest>,
): Promise<Result<string | null>> {
  // Only the last segment: a page must not steer the dialog into a folder of its choice.
  const name = path.basename(request.fileName.replaceAll('\\', '/')) || 'report';
  const chosen = await dialog.showSaveDialog(window, {
    title: 'Save report',
    defaultPath: path.join(app.getPath('documents'), name),
  });
  if (chosen.canceled || !chosen.filePath) return ok(null);
  try {
    await writeFile(chosen.filePath, request.text);
    return ok(chosen.filePath);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return fail('disk', `The document was not saved: ${because}`, chosen.filePath, 'Choose another folder.');
  }
}
