/** Native dialogs: choosing what to import, and saving a document the renderer made. */
import path from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import * as z from 'zod';
import { ok, type Result } from '../analyzer/core/failure.ts';
import { type PdfRequest, printPdf } from './print-pdf.ts';
import { type SavedFrom, savePlace, saveTo } from './save-file.ts';

export const PathChoice = z.enum(['archives', 'folder']);
export type PathChoice = z.infer<typeof PathChoice>;

/** A report with every excerpt of a large case, and a pack of it, stay far below this. */
const CONTENT_MAX = 256 * 1024 * 1024;

export const SaveRequest = z.object({
  fileName: z.string().min(1).max(255),
  mediaType: z.string().max(100),
  content: z.union([
    z.string().max(CONTENT_MAX),
    z.instanceof(Uint8Array).refine((bytes) => bytes.length <= CONTENT_MAX),
  ]),
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

/** @returns where the document was written, null when the dialog was dismissed; refuses what must not be written over. */
export async function saveDocument(
  window: BrowserWindow,
  { fileName, content }: z.infer<typeof SaveRequest>,
  from: SavedFrom,
): Promise<Result<string | null>> {
  const file = await chooseFile(window, fileName);
  if (file === null) return ok(null);
  // Loaded when it is needed: the window opens sooner.
  const { outputKindOf } = await import('../analyzer/hosts/file-in-the-way.ts');
  const place = await savePlace(file, outputKindOf(content), from);
  return place.ok ? saveTo(place.value, content) : place;
}

/** Prints once it is known where to. @returns as `saveDocument`. */
export async function savePdf(
  window: BrowserWindow,
  { fileName, html }: z.infer<typeof PdfRequest>,
  from: SavedFrom,
): Promise<Result<string | null>> {
  const file = await chooseFile(window, fileName);
  if (file === null) return ok(null);
  const place = await savePlace(file, 'document', from);
  if (!place.ok) return place;
  const pdf = await printPdf(html);
  return pdf.ok ? saveTo(place.value, pdf.value) : pdf;
}

async function chooseFile(window: BrowserWindow, fileName: string): Promise<string | null> {
  // Only the last segment: a page must not steer the dialog into a folder of its choice.
  const name = path.basename(fileName.replaceAll('\\', '/')) || 'report';
  const chosen = await dialog.showSaveDialog(window, {
    title: 'Save report',
    defaultPath: path.join(app.getPath('documents'), name),
  });
  return chosen.canceled || !chosen.filePath ? null : chosen.filePath;
}
