/** Prints a report as PDF with a browser of this machine, which is kept off the network. */
import { open, writeFile } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/failure.ts';
import { printArguments } from './chromium-arguments.ts';
import { findChromium, OTHER_WAYS } from './find-chromium.ts';
import { makePrintFolder, type PrintFolder } from './print-folder.ts';
import { PRINT_MILLISECONDS_MAX } from './print-limits.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import { sealDocument } from './sealed-document.ts';

export interface PdfOptions {
  /** Where COLDCASE_CHROMIUM and PATH are read; this process's own unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends the print: `cancelled`. */
  readonly signal?: AbortSignal;
  /** Receives a sentence that belongs beside the result: how the browser had to be run. */
  readonly note?: (sentence: string) => void;
  /** For tests. */
  readonly milliseconds?: number;
}

/** What is read back: many times the largest report. */
const PDF_BYTES_MAX = 256 * 1024 * 1024;
const PDF_START = Buffer.from('%PDF-');

/** Said as root: the browser does not start with its sandbox then. */
export const ROOT_NOTE =
  'The browser that printed the PDF ran without its sandbox, because Coldcase runs as root. The report was all that it loaded.';

/**
 * @param html a report: self-contained, with its style inside. Nothing else is loaded, no script of it runs.
 * @returns the bytes of the PDF; A4 and page numbers are what the document's own `@page` rules say. Fails with
 * `not-found` (no browser), `wrong-usage` (document), `time-limit`, `cancelled`, `disk`, `internal` (the browser).
 */
export async function htmlToPdf(html: string, options: PdfOptions = {}): Promise<Result<Uint8Array>> {
  const document = sealDocument(html);
  if (!document.ok) return document;
  const env = options.env ?? process.env;
  const found = await findChromium(env);
  if (!found.ok) return found;
  let folder: PrintFolder;
  try {
    folder = await makePrintFolder(found.value);
  } catch (error) {
    return diskFailure(error);
  }
  try {
    await writeFile(folder.page, document.value, { mode: 0o600, flag: 'wx' });
    return await print(found.value, folder, { ...options, env });
  } catch (error) {
    return diskFailure(error);
  } finally {
    await folder.remove();
  }
}

async function print(
  browser: string,
  folder: PrintFolder,
  options: PdfOptions & { readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Result<Uint8Array>> {
  const sandbox = process.getuid?.() === 0 ? 'off' : 'on';
  const end = await runProgram(browser, printArguments({ ...folder, sandbox }), {
    env: { ...options.env, TMPDIR: folder.scratch, TMP: folder.scratch, TEMP: folder.scratch },
    milliseconds: options.milliseconds ?? PRINT_MILLISECONDS_MAX,
    signal: options.signal ?? null,
  });
  const pdf = end.how === 'ended' ? await readPdf(folder.output) : null;
  if (pdf === null) return whyNot(end, browser);
  if (sandbox === 'off') options.note?.(ROOT_NOTE);
  return ok(pdf);
}

/** @returns null when there is no whole PDF: the browser's exit code does not tell. */
async function readPdf(file: string): Promise<Uint8Array | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    if (size > PDF_BYTES_MAX) return null;
    const bytes = await handle.readFile();
    const isWhole = bytes.subarray(-32).includes('%%EOF');
    return isWhole && bytes.subarray(0, PDF_START.length).equals(PDF_START) ? new Uint8Array(bytes) : null;
  } finally {
    await handle.close();
  }
}

const SANDBOX = /no usable sandbox|sandbox_host_linux|credentials\.cc|without --no-sandbox|namespace sandbox/i;
const PAGE = /Page load failed: (net::[A-Z_]+)/;
const SNAP = ' A browser from a snap or a flatpak may not see the files of other programs: name another one.';

function whyNot(end: ProgramEnd, browser: string): Result<never> {
  if (end.how === 'cancelled') return fail('cancelled', 'The PDF was not made: cancelled.');
  if (end.how === 'time-limit') {
    return fail('time-limit', 'The browser did not finish the PDF in time, and was ended.', browser, OTHER_WAYS);
  }
  if (end.how === 'not-started') {
    return fail('internal', `The browser could not be started (${end.because}).`, browser, OTHER_WAYS);
  }
  const page = PAGE.exec(end.said)?.[1];
  if (page !== undefined) {
    return fail('internal', `The browser may not open the report (${page}).`, browser, OTHER_WAYS + SNAP);
  }
  if (SANDBOX.test(end.said)) {
    const advice =
      'Allow unprivileged user namespaces on this machine, or export the report as HTML and print that from any browser.';
    return fail('internal', 'The browser cannot start its sandbox here, and is not run without it.', browser, advice);
  }
  if (end.by !== null || end.code !== 0) {
    const how = end.by === null ? `exit code ${end.code}` : `signal ${end.by}`;
    return fail('internal', `The browser ended before the PDF was there (${how}).`, browser, OTHER_WAYS);
  }
  return fail('internal', 'The browser wrote no PDF.', browser, OTHER_WAYS + SNAP);
}

function diskFailure(error: unknown): Result<never> {
  const because = (error as NodeJS.ErrnoException).code ?? String(error);
  return fail(
    'disk',
    `The PDF could not be made: the folder for temporary files cannot be used (${because}).`,
    null,
    'Set TMPDIR to another folder.',
  );
}
