import { expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { OpenBundle } from './search-bundles.ts';
import { shownMatch } from './search-match.ts';

const QUERY = { kind: 'text', text: 'hit', bounds: 'anywhere' } as const;

it('the lines before a match are those directly before it, also when one call does not give them all', () => {
  const whole = memoryBundle({ 'a.log': 'one\ntwo\nthree\nfour\nfive\nhit\nafter\n' });
  const source = whole.fileByPath('a.log');
  if (source === null) throw new Error('the file is not in the bundle');
  // As BundleReader.lines does with lines of megabytes.
  const lines: BundleReader['lines'] = (id, from, count) => whole.lines(id, from, Math.min(count, 3));
  const reader = { ...whole, lines } as BundleReader;
  const block = { fileId: source.id, firstLine: 6, lines: 2, byteStart: 24, bytes: Buffer.from('hit\nafter\n') };
  const hit = { line: 6, start: 0, end: 3 };
  const ask = { query: QUERY, context: 5 };
  const match = shownMatch({ open: new OpenBundle(reader), source }, block, hit, { time: Number.NaN, level: 0 }, ask);
  expect(match).toMatchObject({ text: 'hit', before: ['four', 'five'], after: ['after'], time: null, timeBasis: null });
});
