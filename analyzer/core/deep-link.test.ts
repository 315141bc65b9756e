import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINK_CHARS_MAX, type LineLink, parseLink, printLink } from './deep-link.ts';
import { BundleId } from './ids.ts';

const BUNDLE = BundleId.parse('ab'.repeat(32));
const HASH = '0123456789abcdef';
const link = (file: string, line = 1): LineLink => ({ bundle: BUNDLE, file, line, sha256: HASH });

describe('a link to a line', () => {
  it('is one word of ASCII', () => {
    expect(printLink({ ...link('var log/α?#(1)/../b.log', 12), sha256: HASH.repeat(4) })).toBe(
      `coldcase://line/${BUNDLE}/var%20log%2F%CE%B1%3F%23%281%29%2F..%2Fb.log?line=12&sha256=${HASH}`,
    );
  });

  it('is read as it was made, whatever the path', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }),
        fc.integer({ min: 1, max: 1e12 }),
        (file, line) => {
          const printed = printLink(link(file, line));
          expect(printed).toMatch(/^[!-~]+$/);
          expect(parseLink(printed)).toEqual({ ok: true, value: link(file, line) });
        },
      ),
    );
  });

  it('may have lost the encoding of its slashes on the way, and stand between blanks', () => {
    const text = ` coldcase://line/${BUNDLE}/a/b.log?line=3&sha256=${HASH}\n`;
    expect(parseLink(text)).toEqual({ ok: true, value: link('a/b.log', 3) });
  });

  it.each([
    ['', 'begin'],
    ['https://line/x', 'begin'],
    ['coldcase://case/x', 'begin'],
    ['coldcase://line/', 'archive'],
    [`coldcase://line/${BUNDLE}`, 'archive'],
    [`coldcase://line/${BUNDLE.toUpperCase()}/a?line=1&sha256=${HASH}`, 'archive'],
    [`coldcase://line/../${BUNDLE}/a?line=1&sha256=${HASH}`, 'archive'],
    [`coldcase://line/${BUNDLE}/?line=1&sha256=${HASH}`, 'file'],
    [`coldcase://line/${BUNDLE}/${'a'.repeat(5000)}?line=1&sha256=${HASH}`, 'file'],
    [`coldcase://line/${BUNDLE}/%ff?line=1&sha256=${HASH}`, 'percent'],
    [`coldcase://line/${BUNDLE}/%?line=1&sha256=${HASH}`, 'percent'],
    [`coldcase://line/${BUNDLE}/a?line=0&sha256=${HASH}`, 'end'],
    [`coldcase://line/${BUNDLE}/a?line=-1&sha256=${HASH}`, 'end'],
    [`coldcase://line/${BUNDLE}/a?line=1e3&sha256=${HASH}`, 'end'],
    [`coldcase://line/${BUNDLE}/a?line=9999999999999999&sha256=${HASH}`, 'end'],
    [`coldcase://line/${BUNDLE}/a?line=1&sha256=${HASH}&x=y`, 'end'],
    [`coldcase://line/${BUNDLE}/a?line=1&line=2&sha256=${HASH}`, 'end'],
    [`coldcase://line/${BUNDLE}/a?line=1&sha256=01`, 'digits'],
    [`coldcase://line/${BUNDLE}/a?line=1&sha256=${HASH}${'0'.repeat(LINK_CHARS_MAX)}`, 'longer'],
  ])('%# refuses what is none, with its reason', (text, reason) => {
    const parsed = parseLink(text);
    expect(parsed).toMatchObject({ ok: false, failure: { code: 'wrong-usage' } });
    expect(parsed.ok ? '' : parsed.failure.message).toContain(reason);
  });

  it('is never thrown at', () => {
    const hostile = fc.tuple(
      fc.constantFrom('coldcase://line/', `coldcase://line/${BUNDLE}/`, ''),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(fc.property(hostile, ([start, rest]) => typeof parseLink(start + rest).ok === 'boolean'));
  });
});
