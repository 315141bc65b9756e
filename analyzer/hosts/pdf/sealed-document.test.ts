import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PDF_HTML_CHARS_MAX } from './print-limits.ts';
import { PRINT_POLICY, sealDocument } from './sealed-document.ts';

const REPORT = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>a</title></head><body>&lt;meta http-equiv="refresh"&gt;</body></html>`;

/** What meta tags are made of. */
const WORD = fc.constantFrom(...'<>&"\'/= \n', 'meta', '<meta', 'http-equiv', 'refresh', 'é', '\u202e');

describe('sealDocument', () => {
  it('puts its policy before everything that stands in the document', () => {
    const sealed = sealDocument(REPORT);
    const text = sealed.ok ? sealed.value : '';
    expect(text.endsWith(REPORT)).toBe(true);
    const before = text.slice(0, -REPORT.length);
    expect(before).toBe(
      `<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${PRINT_POLICY}">`,
    );
    expect(PRINT_POLICY).toContain("default-src 'none'");
  });

  it.each([
    '<meta http-equiv="refresh" content="0;url=file:///etc/passwd">',
    '<META HTTP-EQUIV="refresh" content="0;url=file:///etc/passwd">',
    '<meta http-equiv=refresh content="0;url=file:///etc/passwd">',
    "<meta http-equiv='refresh' content='0;url=file:///etc/passwd'>",
    '<meta content=">" http-equiv=refresh>',
    '<meta name="a" http-equiv="&#114;efresh" content="0;url=b">',
    '<meta\nhttp-equiv="refresh" content="0;url=b"/>',
    '<meta/http-equiv="refresh" content="0;url=b">',
    '<meta http-equiv = "refresh">',
    '<meta name="a"http-equiv="refresh">',
    '<meta http-equiv="Content-Security-Policy" http-equiv="refresh">',
    '<svg><foreignObject><meta http-equiv="refresh"></foreignObject></svg>',
    '<meta',
  ])('refuses %s', (tag) => {
    expect(sealDocument(REPORT.replace('<title>', `${tag}<title>`))).toMatchObject({
      ok: false,
      failure: { code: 'wrong-usage' },
    });
  });

  it('prints whatever text a report holds, once it is escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: WORD }), (text) => {
        const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        expect(sealDocument(REPORT.replace('</body>', () => `${escaped}</body>`)).ok).toBe(true);
      }),
    );
  });

  it('refuses what is no report, and what is too large', () => {
    expect(sealDocument('')).toMatchObject({ ok: false });
    expect(sealDocument('file:///etc/passwd')).toMatchObject({ ok: false });
    const large = sealDocument(REPORT + ' '.repeat(PDF_HTML_CHARS_MAX));
    expect(large).toMatchObject({ ok: false, failure: { message: expect.stringContaining('64 MB') } });
  });
});
