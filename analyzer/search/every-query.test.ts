import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FileClock, NO_CLOCK } from '../core/file-clock.ts';
import { LINE_LEVELS } from '../core/line-level.ts';
import type { QueryNode } from '../query/query.ts';
import { compileQuery } from './compile-query.ts';
import type { FilePlace, LineKnowledge } from './file-query.ts';
import { lineFacts } from './line-facts.ts';
import { type NaiveLine, naiveBlocks, naiveHolds, naiveLines, naiveMatch } from './naive-query.fixture.ts';

/** Few different pieces, so that lines match often; bytes that are no UTF-8, or are cut, among them. */
const PIECES = [
  ...['a', 'A', 'b', 'ab', '.', ' ', '_', '7', 'é', 'É', 'ſ', 'K', '😀', '\0', '\r', '\ufffd', 'errors', 'sync failed'],
  ...['pod="kube-system/Coredns-1"', 'eth0', ' 10.0.0.1:53', ' kubelet.service'],
  ...['[ERROR] ', 'level=warn ', 'INFO ', 'panic: '],
].map((text) => Buffer.from(text));
const BROKEN = ['ff', 'c3', 'e282'].map((hex) => Buffer.from(hex, 'hex'));
const STAMPS = [
  ...['2024-05-01T12:00:00Z ', '2024-05-01T12:00:05.250+02:00 ', '2024-05-01 12:00:07 ', 'May  1 12:00:02 '],
  ...[
    'E0501 12:00:03.000001 ',
    '[   12.345678] ',
    '{"ts":"2024-05-01T12:00:04Z","m":"',
    'a time="2024-05-01T12:00:06Z" ',
  ],
].map((text) => Buffer.from(text));
/** Its stamp is too far back in the text of the line, where each of these bytes is three. */
const BROKEN_STAMP = Buffer.concat([Buffer.alloc(40, 0xff), Buffer.from(' time="2024-05-01T12:00:08Z" ')]);
const NOTHING = Buffer.alloc(0);

const piece = fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...PIECES) }, fc.constantFrom(...BROKEN));
const long = fc
  .tuple(piece, fc.integer({ min: 100, max: 2_000 }))
  .map(([one, times]) => Buffer.concat(Array.from({ length: times }, () => one)));
const line = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: fc.constant(NOTHING) }, fc.constantFrom(...STAMPS, BROKEN_STAMP)),
    fc.oneof({ weight: 30, arbitrary: fc.array(piece, { maxLength: 6 }).map((all) => Buffer.concat(all)) }, long),
    fc.constantFrom('\n', '\n', '\r\n'),
  )
  .map(([stamp, body, ending]) => Buffer.concat([stamp, body, Buffer.from(ending)]));
/** Lines without stamps, more of them than a time is carried over. */
const gap = fc.integer({ min: 150, max: 250 }).map((lines) => Buffer.from('ab\n'.repeat(lines)));
const content = fc
  .tuple(fc.array(fc.oneof({ weight: 25, arbitrary: line }, gap), { maxLength: 25 }), fc.constantFrom('', 'a', 'b\r'))
  .map(([lines, rest]) => Buffer.concat([...lines, Buffer.from(rest)]));

const clocked = (clock: Partial<FileClock>): FileClock => ({ ...NO_CLOCK, ...clock });
const YEAR = Date.UTC(2024, 5, 1);
const clock = fc.constantFrom(
  NO_CLOCK,
  clocked({ stamps: 'zoned', shiftMs: 1_000 }),
  clocked({ stamps: 'yearless', zoneMinutes: 120, yearReference: YEAR }),
  clocked({ stamps: 'yearless', yearReference: Date.UTC(2013, 0, 1) }),
  clocked({ stamps: 'mixed', zoneMinutes: 60, yearReference: YEAR, boot: YEAR }),
  clocked({ stamps: 'boot', boot: Date.UTC(2024, 4, 1, 11, 59, 50) }),
);

const place: FilePlace = {
  node: 'ip-10-0-1-2',
  paths: ['var/log/messages', 'var/log/messages.1'],
  role: 'system-log',
  format: 'journal-short',
  clock: NO_CLOCK,
};

const WORDS = [
  'a',
  'A',
  'b',
  'ab',
  'Ba',
  'a b',
  '.',
  '_',
  '7',
  'é',
  'É',
  'k',
  's',
  '\ufffd',
  'a\nb',
  'b\r',
  'a\r',
  '10.0.0.1',
];
const LONG_WORDS = ['errors', 'SYNC FAILED', 'KUBE-SYSTEM', '2024-05-01', 'aaaaaaaaaaaa', 'ababab', 'not there'];
const PATTERNS = [
  ...['a.b', '^a', 'b$', '^$', 'a+b', '(a|b)\\.', 'é', '[^a]', '\\bab', 'k', 'S', '\\ufffd', '\\r', 'a\\nb', '.'],
  ...[
    'sync (failed|done)',
    'errors|kube-system',
    '\\d\\d:\\d\\d',
    '^(?!a)',
    '\\ud83d',
    'a(?=b)',
    '(?:ab){2,}',
    'x*',
    '[😀]',
  ],
];
const NAMES = ['messages', 'ip-*', '*.?', 'log', 'JOURNAL*', 'nothing', '*', '?*', 'var/log/m*s'];
const ENTITIES = ['kube-system/coredns-1', 'COREDNS-1', '10.0.0.1', 'eth0', 'kubelet.service', 'kube-system', 'a/'];
const FROM = Date.UTC(2024, 4, 1, 12);
const instant = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -3, max: 9 }).map((second) => FROM + second * 1_000),
);

const term: fc.Arbitrary<QueryNode> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('text' as const),
      text: fc.constantFrom(...WORDS, ...LONG_WORDS),
      bounds: fc.constantFrom('anywhere' as const, 'words' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pattern' as const),
      source: fc.constantFrom(...PATTERNS),
      letters: fc.constantFrom('as written' as const, 'any case' as const),
    }),
  },
  fc.record({
    kind: fc.constant('place' as const),
    field: fc.constantFrom('node' as const, 'file' as const, 'source' as const),
    name: fc.constantFrom(...NAMES),
  }),
  fc.record({
    kind: fc.constant('severity' as const),
    from: fc.constantFrom(...LINE_LEVELS),
    to: fc.constantFrom(...LINE_LEVELS),
  }),
  fc.record({ kind: fc.constant('time' as const), from: instant, to: instant }),
  fc.constant({ kind: 'finding' as const }),
  fc.record({ kind: fc.constant('entity' as const), name: fc.constantFrom(...ENTITIES) }),
);
const query = fc.letrec<{ readonly tree: QueryNode }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: term },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('not' as const), part: tie('tree') }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
    },
  ),
})).tree;

/** A file may be looked at from its end, and its bytes may stand anywhere in a buffer. */
const reading = fc.tuple(fc.constantFrom('down' as const, 'up' as const), fc.nat(3), fc.nat(4));
const cuts = fc.array(fc.nat(60), { maxLength: 3 });
const outside = fc.constantFrom(
  null,
  new Map([
    [2, 'error' as const],
    [3, 'warning' as const],
  ]),
);
/** A file, what is known of it, and where it is cut into blocks. */
const file = [content, clock, outside, cuts] as const;
const cited: LineKnowledge['cited'] = (number) => number % 3 === 0;

test('the lines found are those of the plain meaning, and no block that has one is ruled out', () => {
  const seen = { lines: 0, matches: 0, blocksWithout: 0, ruledOut: 0, filesWithout: 0 };
  fc.assert(
    fc.property(...file, reading, query, (bytes, fileClock, levels, cutAt, [way, offset, behind], tree) => {
      const searched = { place: { ...place, clock: fileClock }, cited };
      const lines = naiveLines(bytes, fileClock, levels);
      const compiled = compileQuery(tree);
      const asked = compiled.forFile(searched.place);
      if (asked === null) seen.filesWithout += 1;
      const blocks = naiveBlocks(bytes, lines, fileClock, cutAt);
      for (const { block, place: position, carried, lines: within } of way === 'up' ? blocks.toReversed() : blocks) {
        const expected = within.filter((one) => naiveMatch(tree, one, searched));
        const found =
          asked?.scan({ ...block, bytes: placed(block.bytes, offset, behind) }, { carried, levels, cited }) ?? [];
        const ranges = found.map(({ line, start, end }) => ({ line, start, end }));
        expect(ranges).toEqual(expected.map((one) => rangeOf(one, block.byteStart)));
        seen.lines += within.length;
        seen.matches += expected.length;
        const mayMatch = asked?.mayMatch(position) ?? false;
        const mayHold = compiled.wanted === null || naiveHolds(block.bytes, compiled.wanted);
        if (expected.length > 0) expect([mayMatch, mayHold]).toEqual([true, true]);
        else seen.blocksWithout += 1;
        if (!mayMatch || !mayHold) seen.ruledOut += 1;
      }
    }),
    { numRuns: 3_000 },
  );
  // Nothing above would be proven by texts that never match, or always.
  expect(seen.matches).toBeGreaterThan(seen.lines / 10);
  expect(seen.matches).toBeLessThan((seen.lines * 9) / 10);
  expect(seen.ruledOut).toBeGreaterThan(seen.blocksWithout / 10);
  expect(seen.filesWithout).toBeGreaterThan(50);
});

function placed(bytes: Uint8Array, offset: number, behind: number): Uint8Array {
  const whole = new Uint8Array(new ArrayBuffer(offset + bytes.length + behind)).fill(0x61);
  whole.set(bytes, offset);
  return whole.subarray(offset, offset + bytes.length);
}

function rangeOf({ number, start, bytes }: NaiveLine, blockStart: number) {
  return { line: number, start: start - blockStart, end: start - blockStart + bytes.length };
}

test('facts of any lines that were found are those of the lines', () => {
  let carriedTimes = 0;
  fc.assert(
    fc.property(...file, fc.infiniteStream(fc.boolean()), (bytes, fileClock, levels, cutAt, keep) => {
      const lines = naiveLines(bytes, fileClock, levels);
      for (const { block, carried, lines: within } of naiveBlocks(bytes, lines, fileClock, cutAt)) {
        const some = within.filter(() => keep.next().value);
        const facts = lineFacts(
          block,
          some.map((one) => rangeOf(one, block.byteStart)),
          fileClock,
          { carried, levels },
        );
        expect([...facts.times]).toEqual(some.map(({ time }) => time ?? Number.NaN));
        expect([...facts.levels].map((level) => LINE_LEVELS[level])).toEqual(some.map(({ level }) => level));
        if (carried !== null && within[0]?.time === carried.time) carriedTimes += 1;
      }
    }),
    { numRuns: 1_000 },
  );
  expect(carriedTimes).toBeGreaterThan(50);
});
