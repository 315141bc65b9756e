import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, visibleParts } from './visible.ts';

describe('visible', () => {
  it.each([
    ['plain text, tabs\tand umlauts \u00e4\u20ac\u{1f600}', 'plain text, tabs\tand umlauts \u00e4\u20ac\u{1f600}'],
    ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['a\u009b2Jb', 'a\\x9b2Jb'],
    ['a\rb\nc\u007f', 'a\\x0db\\x0ac\\x7f'],
    ['gpj\u202eexe', 'gpj\\u202eexe'],
    ['\u2066x\u2069\u200f', '\\u2066x\\u2069\\u200f'],
    ['\u{e0041}tag', '\\u{e0041}tag'],
    ['lone \ud800 end \udc00', 'lone \\ud800 end \\udc00'],
  ])('%j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('leaves nothing that acts, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = visible(text);
        expect(shown.replaceAll('\t', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        expect(visible(shown)).toBe(shown);
        expect(
          visibleParts(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(shown);
      }),
    );
  });
});
