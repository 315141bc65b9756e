/** `POST /api/pdf`: a report's HTML in, its PDF out, printed by a browser of the machine that the host runs on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, type Result } from '../../core/failure.ts';
import type { PdfOptions } from '../pdf/html-to-pdf.ts';
import { PDF_HTML_CHARS_MAX } from '../pdf/print-limits.ts';
import { readBody, sendBytes, sendResult } from './answer.ts';

export type PrintPdf = (html: string, options: PdfOptions) => Promise<Result<Uint8Array>>;

/** A body that sends nothing for this long has broken off; the whole may take long over a forwarded port. */
const IDLE_MILLISECONDS = 60_000;

export interface PrintDesk {
  /** Answers with `application/pdf`, or with `{value: null, failure}`. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends the print that runs. Resolves when its browser and its files are gone. */
  close(): Promise<void>;
}

/** @param note receives what the person who started the host should know of a print. */
export function createPrintDesk(print: PrintPdf, note: (sentence: string) => void): PrintDesk {
  // A browser takes the memory of many reports: one at a time, and its body is not even read before.
  let current: { readonly ended: Promise<void>; readonly stop: AbortController } | null = null;

  async function printed(request: IncomingMessage, response: ServerResponse, stop: AbortController): Promise<void> {
    request.setTimeout(IDLE_MILLISECONDS, () => request.destroy());
    const body = await readBody(request, PDF_HTML_CHARS_MAX);
    // Printing sends nothing for a while, and the socket may next carry a call that waits for hours.
    request.socket.setTimeout(0);
    if (body === 'large') {
      const limit = PDF_HTML_CHARS_MAX / 1024 ** 2;
      sendResult(response, 413, fail('wrong-usage', `A report to print may be ${limit} MB at most.`));
      return;
    }
    if (body === 'broken') return;
    // Whoever closes the page does not wait for the PDF.
    response.on('close', () => stop.abort());
    const pdf = await print(body.toString('utf8'), { signal: stop.signal, note });
    if (pdf.ok) sendBytes(response, 200, 'application/pdf', pdf.value);
    else sendResult(response, 200, pdf);
  }

  return {
    answer: async (request, response) => {
      if (!/^text\/html(?:\s*;|$)/i.test(request.headers['content-type'] ?? '')) {
        sendResult(response, 415, fail('wrong-usage', 'A report to print has to be sent as text/html.'));
        return;
      }
      if (current !== null) {
        sendResult(response, 200, fail('busy', 'Another PDF is being made.', null, 'Try again when it is there.'));
        return;
      }
      const stop = new AbortController();
      const ended = printed(request, response, stop).finally(() => {
        current = null;
      });
      current = { ended, stop };
      await ended;
    },
    close: async () => {
      current?.stop.abort();
      await current?.ended.catch(() => undefined);
    },
  };
}
