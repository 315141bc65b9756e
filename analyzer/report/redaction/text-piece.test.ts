import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LetterTree, NOWHERE, ROOT } from './letter-tree.ts';
import { LiteralSet } from './literal-set.ts';
import { TextPiece } from './text-piece.ts';

const letters = fc.constantFrom('a', 'b', 'B', 'c', '.', '-', ':', '\n', ' ', '7', 'k', 'é', '\u212a', '\ud83d\ude00');
const textOf = (maxLength: number) => fc.array(letters, { maxLength }).map((parts) => parts.join(''));

/** @returns every place of a literal, by a search for it alone. */
function placesOf(text: string, literal: string): readonly number[] {
  return Array.from({ length: text.length }, (_, at) => at).filter((at) => text.startsWith(literal, at));
}

test('a literal is found wherever it stands, and nowhere else', () => {
  fc.assert(
    fc.property(fc.array(textOf(6), { maxLength: 5 }), fc.array(textOf(40), { maxLength: 3 }), (literals, texts) => {
      const set = new LiteralSet();
      const exact = set.group(literals);
      const piece = new TextPiece(set);
      for (const text of texts) {
        piece.read(text);
        const stands = literals.length === 0 || literals.some((literal) => text.includes(literal));
        expect(piece.holdsAny(exact)).toBe(stands);
        for (const literal of literals) {
          const id = set.add(literal, 'exact');
          if (id !== undefined) expect([...piece.placesOf(id)].sort((a, b) => a - b)).toEqual(placesOf(text, literal));
        }
      }
    }),
  );
});

test('whatever its case, where that is asked; one put into the set later is found in the next text', () => {
  const set = new LiteralSet();
  const piece = new TextPiece(set);
  piece.read('Acme');
  const id = set.add('acme', 'any case') as number;
  expect(piece.knows(id)).toBe(false);
  piece.read('xACME acMe aacme');
  expect(piece.knows(id)).toBe(true);
  expect(piece.placesOf(id)).toEqual([1, 6, 12]);
});

test('dots, dashes and colons are told where a finder has use for them, in long texts as well', () => {
  const text = 'a.b -.- 1-2 3-x 0:1 x: ::1 .a 1- é.a a.é\n'.repeat(2000);
  const piece = new TextPiece(new LiteralSet());
  piece.read(text);
  const places = (expression: RegExp): readonly number[] => [...text.matchAll(expression)].map(({ index }) => index);
  expect([...piece.dots.subarray(0, piece.dotCount)]).toEqual(places(/(?<=[0-9A-Za-z])\.(?=[0-9A-Za-z])/g));
  expect([...piece.dashes.subarray(0, piece.dashCount)]).toEqual(places(/(?<=[0-9A-Za-z])-(?=[0-9A-Fa-f])/g));
  expect([...piece.colons.subarray(0, piece.colonCount)]).toEqual(places(/:(?=[0-9A-Fa-f:])/g));
  expect(piece.ascii).toBe('no');
  piece.read('a');
  expect([piece.ascii, piece.dotCount, piece.codes[0], piece.codes[1]]).toEqual(['yes', 0, 97, 0]);
});

test('words are followed forth and back', () => {
  const ends = (tree: LetterTree, text: string): boolean => {
    let row = ROOT;
    for (let at = 0; at < text.length && row !== NOWHERE; at++) row = tree.next(row, text.charCodeAt(at));
    return tree.isEnd(row);
  };
  const words = ['com', 'compute.internal', 'a_b', ...Array.from({ length: 200 }, (_, nth) => `host-${nth}.example`)];
  const forth = new LetterTree(words, 'forth');
  const back = new LetterTree(words, 'back');
  for (const word of words) {
    expect(ends(forth, word.toUpperCase())).toBe(word !== 'a_b');
    expect(ends(back, [...word].reverse().join(''))).toBe(word !== 'a_b');
  }
  for (const other of ['co', 'comp', 'host-200.example', '', 'x']) expect(ends(forth, other)).toBe(false);
});
