import { expect, test } from 'vitest';
import type { SourceFile } from '../../core/vocabulary.ts';
import { eventAt } from './event-at.ts';
import type { OpenCase } from './session.ts';

/** A case of one file; a page holds `pageLines` lines at most, as pages of very long lines do. */
function caseOf(lines: readonly string[], pageLines = 5_000) {
  const counts: number[] = [];
  const session = {
    call: async (_: string, { from, count }: { readonly from: number; readonly count: number }) => {
      counts.push(count);
      const texts = lines.slice(from - 1, from - 1 + Math.min(count, pageLines));
      return { lines: texts.map((text, index) => ({ number: from + index, text })) };
    },
  };
  const file = { bundle: 'b', path: 'x.log', format: 'klog', lines: lines.length } as unknown as SourceFile;
  return { open: { session, caseId: 'c' } as unknown as OpenCase, file, counts };
}

const first = 'E0501 12:00:00.123456       1 runtime.go:78] Observed a panic';
const trace = (length: number) => Array.from({ length }, (_, index) => `frame ${index}`);

test('a short event needs one page', async () => {
  const { open, file, counts } = caseOf([first, 'goroutine 1 [running]:', first]);
  expect(await eventAt(open, file, 2)).toMatchObject({
    first: 1,
    last: 2,
    lines: [1, 2],
    extent: 'whole',
    severity: 'error',
    message: 'Observed a panic',
    continuation: ['goroutine 1 [running]:'],
  });
  expect(counts).toHaveLength(1);
});

test('a long one is read farther, to a limit', async () => {
  const { open, file } = caseOf([first, ...trace(1000), first]);
  expect(await eventAt(open, file, 900)).toMatchObject({ first: 1, last: 1001, extent: 'whole' });
  const endless = caseOf([first, ...trace(9000)]);
  expect(await eventAt(endless.open, endless.file, 5000)).toMatchObject({ extent: 'cut' });
});

test('where a page ends early, the event is what was read before', async () => {
  const { open, file } = caseOf([first, ...trace(100)], 30);
  expect(await eventAt(open, file, 15)).toMatchObject({ first: 1, last: 30, extent: 'cut' });
  expect(await eventAt(open, file, 90)).toMatchObject({ lines: [90], extent: 'cut' });
});
