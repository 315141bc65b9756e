/**
 * A document on its way to a printer, sealed: whatever stands in it, nothing runs, nothing is loaded and nothing takes
 * its place. The report carries a policy of its own; this one does not depend on who made the document.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import { PDF_HTML_CHARS_MAX } from './print-limits.ts';

/** Only the style that stands in the document. Scripts, frames, pictures, fonts, forms: nothing. */
export const PRINT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-src 'none'";

/** A policy in a document holds from where it stands: this goes before its first byte. A second doctype is ignored. */
const SEAL = `<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${PRINT_POLICY}">`;

const META = /<meta/gi;
const PLAIN_META = /<meta((?:\s+[a-z-]+="[^"]*")*)\s*\/?>/y;
const EQUIVALENT = /\shttp-equiv="([^"]*)"/g;

/** @returns the document to print; `wrong-usage` when it is too large, or names a page that should replace it. */
export function sealDocument(html: string): Result<string> {
  if (html.length > PDF_HTML_CHARS_MAX) {
    const limit = PDF_HTML_CHARS_MAX / 1024 ** 2;
    return fail(
      'wrong-usage',
      `The report is too large for a PDF: the limit is ${limit} MB.`,
      null,
      'Take fewer findings or lines of context, or export it as HTML.',
    );
  }
  if (!html.startsWith('<!DOCTYPE html>')) return fail('wrong-usage', 'The document to print is no HTML report.');
  // No policy stops `http-equiv="refresh"`, which would print another file in place of the document.
  for (const { index } of html.matchAll(META)) {
    if (!isHarmlessMeta(html, index)) return fail('wrong-usage', 'The document to print leads to another one.');
  }
  return ok(SEAL + html);
}

/** Reports write their few meta tags in one plain way; everything else is refused rather than understood. */
function isHarmlessMeta(html: string, index: number): boolean {
  PLAIN_META.lastIndex = index;
  const attributes = PLAIN_META.exec(html)?.[1];
  if (attributes === undefined) return false;
  return [...attributes.matchAll(EQUIVALENT)].every(([, value]) => value === 'Content-Security-Policy');
}
