/**
 * Prints a report as PDF in a page of its own that nobody sees: sandboxed, without scripts, in a session that answers
 * one address and cancels every other one. The document is handed over in memory; nothing is written but the PDF.
 */
import { BrowserWindow, type PrintToPDFOptions, type Session, session } from 'electron';
import * as z from 'zod';
import { fail, ok, type Result } from '../analyzer/core/failure.ts';
import { PDF_HTML_CHARS_MAX, PRINT_MILLISECONDS_MAX } from '../analyzer/hosts/pdf/print-limits.ts';
import { PRINT_POLICY, sealDocument } from '../analyzer/hosts/pdf/sealed-document.ts';
import { COMMON_HEADERS } from '../analyzer/hosts/web/headers.ts';
import { APP_ORIGIN, APP_SCHEME } from './app-path.ts';

export const PdfRequest = z.object({
  fileName: z.string().min(1).max(255),
  html: z.string().max(PDF_HTML_CHARS_MAX),
});

const ADDRESS = `${APP_ORIGIN}/report-to-print.html`;
/** No `persist:`: the session lives in memory. */
const PARTITION = 'report-to-print';
/** Margin boxes, by which the document numbers its own pages, came with Chromium 131. */
const NUMBERS_PAGES_FROM = 131;
const ADVICE = 'Export the report as HTML and print that from any browser.';

/** Chromium enlarges templates by a third: this is the size of what the document itself puts into its margins. */
const MARGIN_STYLE = 'width:100%;padding:0 11.25mm;font:6pt sans-serif;color:#5a6572';
const HEADER = `<div style="${MARGIN_STYLE}"><span class="title"></span></div>`;
const FOOTER = `<div style="${MARGIN_STYLE};text-align:right"><span class="pageNumber"></span> of <span class="totalPages"></span></div>`;

/** One page at a time: the session answers with one document. */
let printing: 'idle' | 'printing' = 'idle';

/** @returns the bytes of the PDF; `busy` while another one is made, `time-limit`, `wrong-usage`, `internal`. */
export async function printPdf(html: string): Promise<Result<Uint8Array>> {
  const sealed = sealDocument(html);
  if (!sealed.ok) return sealed;
  if (printing === 'printing') return fail('busy', 'Another PDF is being made.', null, 'Try again when it is there.');
  printing = 'printing';
  const own = session.fromPartition(PARTITION, { cache: false });
  let window: BrowserWindow | null = null;
  let timer: NodeJS.Timeout | undefined;
  try {
    answerOnly(own, sealed.value);
    window = hiddenWindow(own);
    const late = new Promise<Result<never>>((resolve) => {
      const because = 'The PDF was not finished in time, and its making was ended.';
      timer = setTimeout(() => resolve(fail('time-limit', because, null, ADVICE)), PRINT_MILLISECONDS_MAX);
    });
    return await Promise.race([print(window), gone(window), late]);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return fail('internal', `The PDF was not made: ${because}`, null, ADVICE);
  } finally {
    printing = 'idle';
    clearTimeout(timer);
    window?.destroy();
    own.protocol.unhandle(APP_SCHEME);
  }
}

/** The session gives `document` for one address. What else is asked for, or downloaded, is cancelled. */
function answerOnly(own: Session, document: string): void {
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.setPermissionCheckHandler(() => false);
  own.removeAllListeners('will-download');
  own.on('will-download', (event) => event.preventDefault());
  own.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: url.split('#', 1)[0] !== ADDRESS }));
  own.protocol.handle(
    APP_SCHEME,
    () =>
      new Response(document, {
        headers: {
          ...COMMON_HEADERS,
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': `sandbox; ${PRINT_POLICY}`,
        },
      }),
  );
}

function hiddenWindow(own: Session): BrowserWindow {
  return new BrowserWindow({
    show: false,
    webPreferences: {
      session: own,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      images: false,
      webgl: false,
      webviewTag: false,
      devTools: false,
      spellcheck: false,
    },
  });
}

async function print(window: BrowserWindow): Promise<Result<Uint8Array>> {
  await window.loadURL(ADDRESS);
  const pdf = await window.webContents.printToPDF(printOptions());
  return ok(new Uint8Array(pdf));
}

/** Paper and margins are those of the document's `@page`; the options are for what it does not say. */
function printOptions(): PrintToPDFOptions {
  const numbersItself = Number.parseInt(process.versions.chrome ?? '', 10) >= NUMBERS_PAGES_FROM;
  return {
    pageSize: 'A4',
    preferCSSPageSize: true,
    printBackground: true,
    generateTaggedPDF: true,
    generateDocumentOutline: true,
    ...(numbersItself ? {} : { displayHeaderFooter: true, headerTemplate: HEADER, footerTemplate: FOOTER }),
  };
}

function gone(window: BrowserWindow): Promise<Result<never>> {
  return new Promise((resolve) => {
    window.webContents.on('render-process-gone', (_event, { reason }) =>
      resolve(fail('internal', `The page that makes the PDF ended unasked (${reason}).`, null, ADVICE)),
    );
  });
}
