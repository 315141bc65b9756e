import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BundleId, FileId } from '../core/ids.ts';
import { parseCursor, printCursor } from './search-cursor.ts';

const bundle = BundleId.parse('a1'.repeat(32));

it('comes back as it was', () => {
  const when = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.double({ noNaN: true, min: -9e15, max: 9e15 }));
  fc.assert(
    fc.property(fc.constantFrom('file', 'time'), when, fc.nat(), fc.nat(), (order, at, file, line) => {
      const cursor = { order, when: at + 0, bundle, file: FileId.parse(file + 1), line } as const;
      expect(parseCursor(printCursor(cursor))).toEqual(cursor);
    }),
  );
});

it('is nothing else', () => {
  const print = (text: string) => Buffer.from(text).toString('base64url');
  expect(parseCursor(print(`file 0 ${bundle} 1 1`))).not.toBeNull();
  for (const text of ['', 'x', print('file'), print(`file 0 ${bundle} 0 1`), print(`file 0 ${bundle} 1 1 `)]) {
    expect(parseCursor(text)).toBeNull();
  }
  for (const when of ['e', '.', '--', 'Infinity']) expect(parseCursor(print(`time ${when} ${bundle} 1 1`))).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => parseCursor(text) === null));
});
