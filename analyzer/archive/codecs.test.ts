import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bunzip2 } from './codec-bzip2.ts';
import { unlz4 } from './codec-lz4.ts';
import { unxz } from './codec-xz.ts';
import type { UnpackEnd, Unpacker } from './unpacker.ts';

const FOLDER = path.join(import.meta.dirname, '../../fixtures/data/codecs');
const SAMPLE = read('sample.bin');
/** What the fixtures called `long-` hold; sample.bin is in all the others. */
const LONG = Buffer.concat([
  Buffer.from('line of a log that repeats\n'.repeat(14000)),
  Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7) % 251)),
  Buffer.alloc(200_000, 'x'),
]);
const UNPACKERS: Readonly<Record<string, Unpacker>> = { '.xz': unxz, '.bz2': bunzip2, '.lz4': unlz4 };
/** Sound files that need something we do not have, and how that is said. */
const REFUSED: Readonly<Record<string, string>> = {
  'x86.xz': 'it needs the filter x86',
  'delta.xz': 'it needs the filter delta',
  'dictionary-128m.xz': 'it needs a dictionary of 128 MiB, more than the limit of 64 MiB',
  'legacy.lz4': 'it is a legacy lz4 frame',
};
const PACKED = readdirSync(FOLDER).filter((name) => path.extname(name) in UNPACKERS);
const SOUND = PACKED.filter((name) => !(name in REFUSED));

function read(name: string): Buffer {
  return readFileSync(path.join(FOLDER, name));
}

function contentOf(name: string): Buffer {
  if (name.startsWith('empty')) return Buffer.alloc(0);
  return name.startsWith('long') ? LONG : SAMPLE;
}

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Unpacked extends UnpackEnd {
  readonly bytes: Buffer;
  readonly largest: number;
}

async function unpack(name: string, packed: Uint8Array, chunk = packed.length || 1): Promise<Unpacked> {
  const unpacker = UNPACKERS[path.extname(name)] as Unpacker;
  const pieces: Uint8Array[] = [];
  const reading = unpacker(chunked(packed, chunk));
  for (;;) {
    const step = await reading.next();
    if (step.done) {
      const largest = Math.max(0, ...pieces.map((piece) => piece.length));
      return { bytes: Buffer.concat(pieces), damage: step.value.damage, largest };
    }
    pieces.push(step.value);
  }
}

/** How many leading bytes are equal. */
function commonStart(one: Uint8Array, other: Uint8Array): number {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at++) if (one[at] !== other[at]) return at;
  return shorter;
}

describe('xz, bzip2 and lz4', () => {
  test.each(SOUND)('unpacks %s to what was packed, whatever the chunks', async (name) => {
    for (const chunk of [1 << 20, 997, 1]) {
      const unpacked = await unpack(name, read(name), chunk);
      expect(unpacked.damage).toBeNull();
      expect(unpacked.bytes.equals(contentOf(name))).toBe(true);
      expect(unpacked.largest).toBeLessThanOrEqual(1 << 20);
    }
  });

  test.each(Object.entries(REFUSED))('%s is refused, and it is said why', async (name, why) => {
    const unpacked = await unpack(name, read(name));
    expect(unpacked.damage).toMatchObject({ kind: 'unsupported', why });
  });

  test.each(SOUND)('what follows %s is told apart from a further stream', async (name) => {
    const packed = read(name);
    const appended = await unpack(name, Buffer.concat([packed, Buffer.from('appended')]));
    expect(appended.damage).toEqual({ kind: 'trailing', byte: packed.length });
    expect(appended.bytes.equals(contentOf(name))).toBe(true);
    const twice = await unpack(name, Buffer.concat([packed, packed]));
    expect(twice.damage).toBeNull();
    expect(twice.bytes.equals(Buffer.concat([contentOf(name), contentOf(name)]))).toBe(true);
    const begun = await unpack(name, Buffer.concat([packed, packed.subarray(0, 3)]));
    expect(begun.damage).toEqual({ kind: 'truncated', byte: packed.length + 3 });
  });

  test.each(['level9e.xz', 'blocks.xz', 'streams.xz', 'streams.bz2', 'level9.lz4', 'frames.lz4', 'block-checks.lz4'])(
    '%s cut at any byte: everything before is right, and it is called truncated',
    async (name) => {
      const packed = read(name);
      const content = contentOf(name);
      const wholeStreams = new Set<number>();
      let most = 0;
      for (let cut = 0; cut < packed.length; cut += cut < 64 || cut > packed.length - 64 ? 1 : 37) {
        const unpacked = await unpack(name, packed.subarray(0, cut));
        if (unpacked.damage === null) wholeStreams.add(cut);
        else expect(unpacked.damage).toEqual({ kind: 'truncated', byte: cut });
        expect(commonStart(unpacked.bytes, content)).toBe(unpacked.bytes.length);
        expect(unpacked.bytes.length).toBeGreaterThanOrEqual(most);
        most = unpacked.bytes.length;
      }
      expect(wholeStreams.size).toBeLessThanOrEqual(1);
      if (!name.endsWith('.bz2')) expect(most).toBe(content.length);
    },
  );

  test.each(['level0.xz', 'check-none.xz', 'level1.bz2', 'level1.lz4', 'frames.lz4'])(
    '%s with any byte changed: it is noticed where a checksum covers it, and nothing good before it is lost',
    async (name) => {
      const packed = read(name);
      const content = contentOf(name);
      const checked = name !== 'check-none.xz';
      for (let at = 0; at < packed.length; at += at < 64 || at > packed.length - 64 ? 1 : 53) {
        const damaged = Buffer.from(packed);
        damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
        const unpacked = await unpack(name, damaged);
        const right = unpacked.bytes.equals(content);
        if (checked) expect(unpacked.damage !== null || right).toBe(true);
        if (name.endsWith('.bz2')) expect(commonStart(unpacked.bytes, content)).toBe(unpacked.bytes.length);
        if (unpacked.damage !== null) expect(unpacked.damage.byte).toBeLessThanOrEqual(packed.length);
      }
    },
  );

  test.each(['level1.lz4', 'level0.xz'])('%s: a checksum that does not match is told apart', async (name) => {
    const packed = read(name);
    const told = new Set<string>();
    for (let back = 1; back <= 64; back += 1) {
      const damaged = Buffer.from(packed);
      damaged[packed.length - back] = (damaged[packed.length - back] as number) ^ 1;
      told.add((await unpack(name, damaged)).damage?.kind ?? 'nothing');
    }
    expect(told).toContain('mismatch');
    expect(told).toContain('corrupt');
  });

  test('of a stream with a changed byte everything before that byte is handed out', async () => {
    const whole = await unpack('level0.xz', read('level0.xz').subarray(0, 4000));
    const damaged = Buffer.from(read('level0.xz'));
    damaged[4100] = (damaged[4100] as number) ^ 0x40;
    const unpacked = await unpack('level0.xz', damaged);
    expect(unpacked.damage?.kind).toBe('corrupt');
    expect(whole.bytes.length).toBeGreaterThan(10_000);
    expect(commonStart(unpacked.bytes, SAMPLE)).toBeGreaterThanOrEqual(whole.bytes.length);
  });

  test('any bytes come to an end, with or without a good start', async () => {
    const start = fc
      .constantFrom(...PACKED)
      .chain((name) =>
        fc.record({ name: fc.constant(name), keep: fc.nat({ max: 600 }), rest: fc.uint8Array({ maxLength: 400 }) }),
      );
    await fc.assert(
      fc.asyncProperty(start, async ({ name, keep, rest }) => {
        const bytes = Buffer.concat([read(name).subarray(0, keep), rest]);
        const unpacked = await unpack(name, bytes);
        expect(unpacked.damage === null || unpacked.damage.byte <= bytes.length).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  // 14 and 11 bytes each: memory of megabytes for every one took a minute here, and hours in a packed archive.
  test.each([
    ['a.bz2', '425a6839177245385090' + '00000000'],
    ['a.lz4', '04224d186070' + '73' + '00000000'],
  ])('50,000 streams of nothing in %s take no time', async (name, stream) => {
    const unpacked = await unpack(name, Buffer.from(stream.repeat(50_000), 'hex'));
    expect(unpacked).toMatchObject({ damage: null, bytes: Buffer.alloc(0) });
  });

  test('a reader that stops early closes the input', async () => {
    let closed = 0;
    const input = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield read('streams.xz');
      } finally {
        closed++;
      }
    };
    for await (const piece of unxz(input())) if (piece.length > 0) break;
    expect(closed).toBe(1);
  });
});
