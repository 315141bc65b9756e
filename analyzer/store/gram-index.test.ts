import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WantedText } from '../core/case-reader.ts';
import { GRAM_TABLES, GROUP_PLANES, GramIndex, GramIndexWriter, INDEXED_COLUMNS_MIN } from './gram-index.ts';
import { type Plane, PlaneBuilder } from './gram-marks.ts';
import { SLAB_PADDING } from './slab.ts';

const NEWLINE = 10;

function newDatabase(pageSize = 8192): Database.Database {
  const db = new Database(':memory:');
  db.pragma(`page_size = ${pageSize}`);
  db.exec(GRAM_TABLES);
  return db;
}

/** One slab behind the other, each text one block; as two workers do it, every other slab goes to the other one. */
function planesOf(blocks: readonly Uint8Array[], blocksPerSlab: number): readonly Plane[] {
  const workers = [new PlaneBuilder(), new PlaneBuilder()] as const;
  const planes: Plane[] = [];
  for (let first = 0; first < blocks.length; first += blocksPerSlab) {
    const worker = workers[(first / blocksPerSlab) % 2 === 0 ? 0 : 1];
    const texts = blocks.slice(first, first + blocksPerSlab);
    const bytes = Buffer.concat([...texts, Buffer.alloc(SLAB_PADDING + 4, 0xff)]);
    const words = new Int32Array(Uint8Array.from(bytes).buffer, 0, bytes.length >> 2);
    let start = 0;
    for (const [at, text] of texts.entries()) {
      worker.add(first + at, words, start, start + text.length);
      start += text.length;
      const plane = worker.takeFull();
      if (plane !== null) planes.push(plane);
    }
  }
  return [...planes, ...workers.flatMap((worker) => worker.takeRest() ?? [])];
}

function indexOf(db: Database.Database, planes: readonly Plane[]): GramIndex {
  const writer = new GramIndexWriter(db);
  for (const plane of planes) writer.plane(plane);
  writer.finish();
  return new GramIndex(db);
}

/** Planes of columns that hold nothing, from block `from` on: they make an index of any number of groups. */
function emptyPlanes(count: number, from: number): readonly Plane[] {
  return Array.from({ length: count }, (_, plane) => ({
    bits: new Uint8Array(65_536),
    ids: Int32Array.from({ length: 8 }, (_, column) => from + plane * 8 + column),
    counts: new Int32Array(8).fill(1),
  }));
}

function folded(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)));
}

/** What the index must never miss. */
function holds(text: Buffer, wanted: WantedText): boolean {
  if (wanted instanceof Uint8Array) return text.includes(folded(wanted));
  if ('all' in wanted) return wanted.all.every((part) => holds(text, part));
  return wanted.any.some((part) => holds(text, part));
}

function missed(index: GramIndex, blocks: readonly Uint8Array[], wanted: readonly WantedText[]): readonly number[] {
  const found = index.candidates(wanted);
  if (found === null) return [];
  const ids = new Set(found);
  return [...blocks.keys()].filter((id) => !ids.has(id) && holds(folded(blocks[id] as Uint8Array), { all: wanted }));
}

const word = fc.constantFrom('kube-proxy', 'Sync', 'é', 'FAILED', '10.0.3.7', ' ', 'ſ', 'K', '=', '\t', 'eth0', 'Ä€');
const line = fc.oneof(
  fc.array(word, { maxLength: 12 }).map((words) => Buffer.from(words.join(''))),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
/** Whole lines, cut into blocks at any of them; the last line of a file may have no end. */
const fileBlocks = fc.array(fc.tuple(line, fc.boolean()), { minLength: 1, maxLength: 12 }).map((lines) => {
  const blocks: Buffer[] = [];
  let parts: Buffer[] = [];
  for (const [at, [text, cut]] of lines.entries()) {
    parts.push(text);
    if (at + 1 < lines.length) parts.push(Buffer.from([NEWLINE]));
    if (!cut && at + 1 < lines.length) continue;
    blocks.push(Buffer.concat(parts));
    parts = [];
  }
  return blocks.filter((block) => block.length > 0);
});
const corpus = fc.array(fileBlocks, { minLength: 1, maxLength: 6 }).map((files) => files.flat());

/** A piece of some block, from any place of it, mostly from its ends; bytes changed, case flipped, or left alone. */
function literalFrom(blocks: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const place = fc.record({
    block: fc.nat(Math.max(0, blocks.length - 1)),
    from: fc.oneof(fc.nat(400), fc.constant(0)),
    end: fc.constantFrom('any', 'end'),
    length: fc.integer({ min: 1, max: 40 }),
    change: fc.constantFrom('none', 'flip', 'mutate'),
    at: fc.nat(40),
    byte: fc.nat(255),
  });
  return place.map(({ block, from, end, length, change, at, byte }) => {
    const text = blocks[block] ?? Buffer.from('none');
    const start = end === 'end' ? Math.max(0, text.length - length) : from % Math.max(1, text.length);
    const piece = Uint8Array.from(text.subarray(start, start + length));
    if (change === 'mutate') piece[at % Math.max(1, piece.length)] = byte;
    if (change === 'flip') return piece.map((one) => (/[a-zA-Z]/.test(String.fromCharCode(one)) ? one ^ 32 : one));
    return piece;
  });
}

/** What `candidatesOfEach` says, told the other way round: the blocks of each text. */
function byText(index: GramIndex, wanted: readonly WantedText[]): readonly string[] | null {
  const found = index.candidatesOfEach(wanted);
  return (
    found &&
    wanted.map((_, nth) =>
      found
        .filter(({ texts }) => texts.includes(nth))
        .map(({ block }) => block)
        .join(),
    )
  );
}

describe('the index never misses a block', () => {
  const cases = corpus.chain((blocks) => {
    const literal = literalFrom(blocks);
    const literals = fc.array(literal, { minLength: 1, maxLength: 3 });
    return fc.record({
      blocks: fc.constant(blocks),
      perSlab: fc.integer({ min: 1, max: 9 }),
      filler: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(2, 3) },
        { weight: 1, arbitrary: fc.constantFrom(GROUP_PLANES - 1, 2 * GROUP_PLANES) },
      ),
      all: literals,
      any: fc.array(
        fc.oneof(
          literal,
          literals.map((all) => ({ all })),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    });
  });

  test('whatever the text, the literals, and the number of groups', () => {
    let indexed = 0;
    let toldApart = 0;
    fc.assert(
      fc.property(cases, ({ blocks, perSlab, filler, all, any }) => {
        const db = newDatabase(8192);
        const index = indexOf(db, [...planesOf(blocks, perSlab), ...emptyPlanes(filler, blocks.length)]);
        for (const wanted of [all, [{ any }], [...all, { any }]]) {
          if (index.candidates(wanted) !== null) indexed += 1;
          expect(missed(index, blocks, wanted)).toEqual([]);
        }
        const each = byText(index, any);
        if (each !== null) toldApart += 1;
        expect(each ?? []).toEqual(each === null ? [] : any.map((text) => index.candidates([text])?.join()));
        db.close();
      }),
      { numRuns: 250 },
    );
    expect(indexed).toBeGreaterThan(100);
    expect(toldApart).toBeGreaterThan(50);
  });

  test('in lines longer than a block, and up to the last byte before the next block', () => {
    const long = Buffer.alloc(300_000, 'abcdefghijklmnopqrstuvwxyz0123456789');
    long.write('needle-in-the-middle', 200_001);
    const end = Buffer.concat([Buffer.alloc(131_060, 'x'), Buffer.from('last-WORDS!\n')]);
    const blocks = [long, end, Buffer.from('small é\n'), Buffer.alloc(131_072, 'filler\n')];
    const planes = [...planesOf(blocks, 4), ...emptyPlanes(2, blocks.length)];
    const index = indexOf(newDatabase(), planes);
    const answer = (text: string) => [...(index.candidates([Buffer.from(text)]) ?? ['all'])];
    expect(answer('NEEDLE-in-the-middle')).toEqual([0]);
    expect(answer('last-words!\n')).toEqual([1]);
    expect(answer('ll é\n')).toEqual([2]);
    expect(answer('r\nfiller\nf')).toEqual([3]);
    expect(answer('words!\nsmall')).toEqual([]);
  });
});

describe('what the index rules out', () => {
  const blocks = Array.from({ length: 400 }, (_, id) =>
    Buffer.alloc(120_000, `block-${String(id).padStart(5, '0')} says nothing new\n`),
  );
  const db = newDatabase();
  const index = indexOf(db, planesOf(blocks, 16));
  const named = (wanted: readonly WantedText[]) => [...(index.candidates(wanted) ?? ['all'])];
  const text = (literal: string) => Buffer.from(literal);

  test('is what a reader would rule out', () => {
    expect(named([text('BLOCK-00123')])).toEqual([123]);
    expect(named([text('says nothing new')]).length).toBe(400);
    expect(named([text('says'), text('00077 say')])).toEqual([77]);
    expect(named([text('no such literal')])).toEqual([]);
  });

  test('blocks that hold the words of a long literal, each somewhere else', () => {
    const apart = Buffer.alloc(120_000, 'msg="starting containerd" now; a revision=17 of "containerd" x\n');
    const together = Buffer.concat([apart.subarray(0, 100_000), text('msg="starting containerd" revision=17\n')]);
    const mixed = Array.from({ length: 40 }, (_, id) => (id === 31 ? together : apart));
    const found = indexOf(newDatabase(), planesOf(mixed, 16)).candidates([text('msg="starting containerd" revision=')]);
    expect([...(found ?? [])]).toEqual([31]);
  });

  test('any of several names the blocks of each, all of several those of both', () => {
    expect(named([{ any: [text('block-00007'), { all: [text('block-00311'), text('new\n')] }] }])).toEqual([7, 311]);
    expect(named([{ all: [text('block-00007'), text('block-00008')] }])).toEqual([]);
    expect(named([{ any: [] }])).toEqual([]);
  });

  test('nothing, when a literal is under four bytes; and such a literal does not widen what others narrow', () => {
    expect(index.candidates([text('blo')])).toBeNull();
    expect(index.candidates([])).toBeNull();
    expect(index.candidates([{ any: [text('block-00007'), text('new')] }])).toBeNull();
    expect(named([text('new'), text('block-00009')])).toEqual([9]);
  });

  test('a look-up reads a few rows of the index', () => {
    const rows = db.prepare('SELECT count(*) FROM gram_rows').pluck().get() as number;
    const size = db.prepare('SELECT sum(length(bits)) FROM gram_rows').pluck().get() as number;
    expect(size).toBe(65_536 * 50);
    expect(size / rows).toBeGreaterThan(7_500);
    const overflow = db.prepare('SELECT max(length(bits)) FROM gram_rows').pluck().get() as number;
    expect(overflow).toBeLessThanOrEqual(8192 - 64);
  });
});

describe('a damaged index', () => {
  const blocks = Array.from({ length: 40 }, (_, id) => Buffer.alloc(120_000, `block-${id}-of-forty\n`));
  const damaged = (damage: string) => {
    const db = newDatabase();
    indexOf(db, planesOf(blocks, 16));
    db.exec(damage);
    return new GramIndex(db);
  };
  const wanted = [Buffer.from('block-17-of-forty')];

  test.each([
    ['no rows', 'DELETE FROM gram_rows'],
    ['every other row', 'DELETE FROM gram_rows WHERE id % 2 = 0'],
    ['rows of nothing', 'UPDATE gram_rows SET bits = zeroblob(length(bits))'],
    [
      'rows in another order',
      'UPDATE gram_rows SET id = -1 - id; UPDATE gram_rows SET id = id + (SELECT count(*) FROM gram_rows)',
    ],
    ['rows cut', 'UPDATE gram_rows SET bits = substr(bits, 1, 100)'],
    ['rows of text', "UPDATE gram_rows SET bits = 'text'"],
    ['no groups', 'DELETE FROM gram_groups'],
    ['no total', 'DELETE FROM gram_totals'],
    ['another total', 'UPDATE gram_totals SET groups = 2'],
    ['columns cut', 'UPDATE gram_groups SET columns = substr(columns, 1, 11)'],
    ['columns of nonsense', 'UPDATE gram_groups SET columns = zeroblob(length(columns))'],
    ['columns of other blocks', "UPDATE gram_groups SET columns = x'00000000' || substr(columns, 5)"],
    ['rows of another group', 'UPDATE gram_groups SET base = base + 1'],
    ['planes of nonsense', 'UPDATE gram_groups SET planes = 0'],
    ['no table', 'DROP TABLE gram_rows'],
    ['no tables', 'DROP TABLE gram_groups; DROP TABLE gram_rows; DROP TABLE gram_totals'],
  ])('%s: no block is hidden', (_, damage) => {
    const found = damaged(damage).candidates(wanted);
    expect(found === null || found.includes(17)).toBe(true);
  });

  test('columns that claim more blocks than the file can hold are no index', () => {
    const db = newDatabase();
    indexOf(db, planesOf(blocks, 16));
    const columns = db.prepare('SELECT columns FROM gram_groups').pluck().get() as Buffer;
    for (let at = 0; at < columns.length; at += 8)
      if (columns.readInt32LE(at) >= 0) columns.writeInt32LE(131_072, at + 4);
    db.prepare('UPDATE gram_groups SET columns = ?').run(columns);
    expect(new GramIndex(db).candidates(wanted)).toBeNull();
  });

  test('without rows, every block is named', () => {
    expect(damaged('DELETE FROM gram_rows').candidates(wanted)?.length).toBe(40);
  });

  test('undamaged, only those with the same words are named', () => {
    expect([...(damaged('').candidates(wanted) ?? [])]).toEqual([17]);
  });
});

test('a bundle of little text has no index', () => {
  const texts = (count: number) => Array.from({ length: count }, () => Buffer.alloc(120_000, 'line\n'));
  const db = newDatabase();
  expect(indexOf(db, planesOf(texts(INDEXED_COLUMNS_MIN - 1), 16)).candidates([Buffer.from('line')])).toBeNull();
  expect(db.prepare('SELECT count(*) FROM gram_rows').pluck().get()).toBe(0);
  const larger = indexOf(newDatabase(), planesOf(texts(INDEXED_COLUMNS_MIN), 16));
  expect(larger.candidates([Buffer.from('line')])?.length).toBe(INDEXED_COLUMNS_MIN);
});
