import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEXTS } from '../../bridge/fake/fake-compare.ts';
import { ownPart, textRows, unifiedRows } from './text-rows.ts';

describe('rows of two texts', () => {
  const rows = textRows(TEXTS.hunks);

  it('stand beside each other where lines took each other’s place, with the numbers of both', () => {
    expect(
      rows.map((row) =>
        row.kind === 'left-out' ? row.lines : [row.kind, row.left?.line ?? null, row.right?.line ?? null],
      ),
    ).toEqual([
      ['same', 104, 86],
      ['changed', 105, 87],
      ['changed', 106, null],
      ['same', 107, 88],
      12,
      ['same', 120, 101],
    ]);
  });

  it('are told one below the other with what is gone before what came', () => {
    expect(unifiedRows(rows).map((row) => row.kind)).toEqual([
      'same',
      'only-left',
      'only-left',
      'only-right',
      'same',
      'left-out',
      'same',
    ]);
  });

  it('pair lines that were added before those that were taken away, too', () => {
    const [removed, added] = [TEXTS.hunks[1], TEXTS.hunks[2]] as const;
    if (removed === undefined || added === undefined) throw new Error('the texts have changes');
    expect(textRows([added, removed])[0]).toMatchObject({ kind: 'changed', left: { line: 105 }, right: { line: 87 } });
  });

  it('mark of a line what the other has not', () => {
    expect(ownPart('--to 10.0.0.5 --x', '--to 10.0.0.12 --x')).toEqual([12, 13]);
    expect(ownPart('abc', 'xyz')).toBeNull();
    expect(ownPart('aa', 'aaa')).toEqual([2, 2]);
  });

  it('hold every line of the hunks, whatever they are', () => {
    const hunk = fc.record({
      kind: fc.constantFrom('same', 'only-left', 'only-right'),
      left: fc.constant(1),
      right: fc.constant(1),
      lines: fc.array(fc.string(), { minLength: 1, maxLength: 6 }),
      leftOut: fc.constant(0),
    });
    fc.assert(
      fc.property(fc.array(hunk, { maxLength: 8 }), (hunks) => {
        const text = (side: 'left' | 'right') =>
          textRows(hunks as never)
            .flatMap((row) => (row.kind === 'left-out' ? [] : [row[side]?.text]))
            .filter((one) => one !== undefined);
        const wanted = (other: string) => hunks.filter(({ kind }) => kind !== other).flatMap(({ lines }) => lines);
        expect(text('left')).toEqual(wanted('only-right'));
        expect(text('right')).toEqual(wanted('only-left'));
      }),
    );
  });
});
