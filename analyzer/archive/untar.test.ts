import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NAMES_CHARS_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import { Budget } from './budget.ts';
import { untar } from './untar.ts';

const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\0`;

interface Fields {
  readonly name?: string | Buffer;
  readonly size?: string | Buffer;
  readonly type?: string;
  readonly sum?: 'right' | 'wrong';
  readonly extended?: 'yes';
  readonly mtime?: Buffer;
}

/** One header block, as a writer without mercy would write it. */
function header({ name = 'odd', size = octal(0), type = '0', sum = 'right', extended, mtime }: Fields): Buffer {
  const block = Buffer.alloc(512);
  block.set(Buffer.from(name).subarray(0, 100), 0);
  block.set(Buffer.from(size), 124);
  block.set(mtime ?? Buffer.from(octal(1_700_000_000)), 136);
  block.write(' '.repeat(8), 148);
  block.write(`${type}`, 156);
  block.write('ustar\x0000', 257);
  if (extended === 'yes') block[482] = 1;
  const total = block.reduce((sum, byte) => sum + byte, sum === 'right' ? 0 : 1);
  block.write(`${total.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const padded = (body: string | Buffer) => {
  const bytes = Buffer.from(body);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
};
const member = (name: string, body: string, type = '0') =>
  Buffer.concat([header({ name, size: octal(Buffer.byteLength(body)), type }), padded(body)]);
const record = (key: string, value: string) => {
  const rest = ` ${key}=${value}\n`;
  const length = (digits: number): number => {
    const total = Buffer.byteLength(rest) + digits;
    return String(total).length === digits ? total : length(digits + 1);
  };
  return `${length(1)}${rest}`;
};
const END = Buffer.alloc(1024);

async function read(bytes: Buffer, chunk = 700) {
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const parts = untar(chunks(), () => 'yes');
  const members: { path: string; body: string; modified: number | null; end: string }[] = [];
  const gaps: Gap[] = [];
  for (;;) {
    const step = await parts.next();
    if (step.done) return { members, gaps, end: step.value };
    const { value } = step;
    const last = members.at(-1);
    if (value.part === 'member') members.push({ path: value.path, body: '', modified: value.modified, end: 'open' });
    else if (value.part === 'gap') gaps.push(value.gap);
    else if (last === undefined || last.end !== 'open') throw new Error('outside a member');
    // One character a byte: a chunk may end inside a character.
    else if (value.part === 'bytes') last.body += Buffer.from(value.bytes).toString('latin1');
    else last.end = value.end;
  }
}

const paths = (result: { readonly members: readonly { readonly path: string }[] }) =>
  result.members.map((one) => one.path);

describe('untar', () => {
  test.each([
    ['a size of a base no tar has', Buffer.from([0x81, ...Buffer.alloc(11)])],
    ['a negative size', Buffer.alloc(12, 0xff)],
    ['a size beyond all disks', Buffer.from([0x80, ...Buffer.alloc(11, 0xff)])],
    ['a size that is no number', Buffer.from('zzzzzzzzzzz\0')],
  ])('%s costs that member only, whatever its type', async (_what, size) => {
    for (const type of ['0', '1', '2', '5', 'x', 'g', 'L', 'S', '?']) {
      const tar = Buffer.concat([member('a', 'one'), header({ size, type }), padded('odd'), member('b', 'two'), END]);
      const result = await read(tar);
      expect(paths(result)).toEqual(['a', 'b']);
      expect(result.gaps).toMatchObject([{ kind: 'corrupt', weight: 'major' }]);
      expect(result.gaps[0]?.message).toMatch(/byte 1,024 .* at 2,048/);
      expect(result.end).toEqual({ damage: null, endMark: 'seen' });
    }
  });

  test('goes on behind a header with a wrong checksum', async () => {
    const bad = Buffer.concat([header({ size: octal(3), sum: 'wrong' }), padded('odd')]);
    const result = await read(Buffer.concat([member('a', 'one'), bad, member('b', 'two'), END]));
    expect(paths(result)).toEqual(['a', 'b']);
    expect(result.gaps).toHaveLength(1);
  });

  test('a member whose end no header or end mark shows is cut', async () => {
    const tar = (bad: Buffer) => Buffer.concat([member('a', 'one'), bad, member('b', 'two'), END]);
    const ends = async (bad: Buffer) => (await read(tar(bad))).members.map((one) => one.end);
    // The header is damaged, not what stands before it.
    expect(await ends(header({ sum: 'wrong' }))).toEqual(['whole', 'whole']);
    expect(await ends(Buffer.alloc(512, 'text'))).toEqual(['cut', 'whole']);
    expect(await ends(Buffer.alloc(512))).toEqual(['whole', 'whole']);
    const open = await read(Buffer.concat([member('a', 'one'), member('b', 'two')]));
    expect(open.members.map((one) => one.end)).toEqual(['whole', 'whole']);
  });

  test('a folder or link that states a size has bytes only where they are', async () => {
    const without = Buffer.concat([header({ name: 'd/', size: octal(5000), type: '5' }), member('b', 'two'), END]);
    expect(paths(await read(without))).toEqual(['b']);
    const withBytes = Buffer.concat([header({ name: 'h', size: octal(700), type: '1' }), Buffer.alloc(1024, 0x78)]);
    const result = await read(Buffer.concat([withBytes, member('b', 'two'), END]));
    expect(paths(result)).toEqual(['b']);
    expect(result.gaps).toMatchObject([{ kind: 'link' }]);
    const folder = Buffer.concat([header({ name: 'd/', size: octal(700), type: '5' }), Buffer.alloc(1024, 0x78)]);
    const lost = await read(Buffer.concat([folder, member('b', 'two'), END]));
    expect(paths(lost)).toEqual(['b']);
    expect(lost.gaps).toMatchObject([{ kind: 'corrupt', weight: 'major', file: 'd' }]);
  });

  test('pax and GNU names; sizes in pax only when they are sizes', async () => {
    const pax = (text: string) => member('pax', text, 'x');
    const long = `${'d/'.repeat(120)}end`;
    const result = await read(
      Buffer.concat([
        pax(record('mtime', '1.5') + record('path', 'from/pax')),
        member('short', 'one'),
        pax(record('size', '-5')),
        member('minus', 'two'),
        pax(record('size', '9'.repeat(40))),
        member('huge', 'three'),
        pax(record('__proto__', 'x') + record('path', 'proto')),
        member('p', 'four'),
        pax('0x10 path=hex\n'),
        member('hex-length', 'five'),
        pax('-9 path=neg\n'),
        member('negative-length', 'six'),
        member('././@LongLink', `${long}\0`, 'L'),
        member('cut', 'seven'),
        header({ type: 'x' }),
        member('after-empty-pax', 'e'.repeat(700)),
        END,
      ]),
    );
    const names = ['from/pax', 'minus', 'huge', 'proto', 'hex-length', 'negative-length', long, 'after-empty-pax'];
    expect(paths(result)).toEqual(names);
    expect(result.members.every((one) => one.end === 'whole')).toBe(true);
    expect(result.gaps.map(({ kind, message }) => [kind, message.split(':')[0]])).toEqual([
      ['corrupt', 'damaged extended header behind member proto'],
      ['corrupt', 'damaged extended header behind member hex-length'],
    ]);
  });

  test.each([
    ['pax record', 'x', `${record('path', 'long/name').slice(0, -4)}\0\0\0\0more`],
    ['pax record of all members', 'g', 'none at all'],
    ['GNU name', 'L', 'long/na\0e\0'],
    ['GNU link', 'K', 'long/na\0e\0'],
  ])('a damaged %s is told: the name that it holds may be another', async (_, type, body) => {
    const result = await read(Buffer.concat([member('e', body, type), member('short', 'one'), END]));
    expect(result.members).toHaveLength(1);
    expect(result.gaps[0]).toMatchObject({ kind: 'corrupt', weight: 'major' });
    expect(result.gaps[0]?.message).toContain('the name of the next member');
  });

  test('a long name whose header is cut behind a slash is no folder', async () => {
    const folder = `${'d'.repeat(99)}/`;
    const tar = Buffer.concat([
      member('././@LongLink', `${folder}0.log\0`, 'L'),
      member(folder, 'one'),
      member('pax', record('path', `${folder}1.log`), 'x'),
      member(folder, 'two'),
      header({ name: folder }),
      END,
    ]);
    const result = await read(tar);
    expect(result.members.map((one) => [one.path, one.body])).toEqual([
      [`${folder}0.log`, 'one'],
      [`${folder}1.log`, 'two'],
    ]);
  });

  test('an extended header of megabytes is not kept, and said', async () => {
    const tar = Buffer.concat([
      member('pax', record('path', 'd/'.repeat(1_000_000)), 'x'),
      member('short', 'one'),
      END,
    ]);
    const result = await read(tar, 65_536);
    expect(paths(result)).toEqual(['short']);
    expect(result.gaps).toMatchObject([{ kind: 'limit', weight: 'minor' }]);
  });

  test('names without end are a limit: they would stay in memory', async () => {
    const long = 'n'.repeat(4000);
    async function* names(): AsyncGenerator<Uint8Array, void> {
      for (let at = 0; at < 20_000; at += 1) {
        yield Buffer.concat([
          member('pax', record('path', `${String(at).padStart(5, '0')}/${long}`), 'x'),
          header({ name: 's' }),
        ]);
      }
    }
    let members = 0;
    const budget = new Budget();
    for await (const part of untar(names(), (name) => budget.admit(name))) if (part.part === 'member') members += 1;
    expect(members).toBe(Math.floor(NAMES_CHARS_MAX / 4006));
    expect(budget.reached).toMatchObject({ kind: 'limit', weight: 'major' });
  });

  test('the map of a sparse file is not its content', async () => {
    const map = Buffer.alloc(512);
    map[504] = 1;
    const sparse = header({ name: 'core', size: octal(5), type: 'S', extended: 'yes' });
    const result = await read(Buffer.concat([sparse, map, Buffer.alloc(512), padded('bytes'), END]));
    expect(result.members).toMatchObject([{ path: 'core', body: 'bytes', end: 'whole' }]);
    expect(result.gaps).toMatchObject([{ kind: 'unsupported', file: 'core' }]);
  });

  test('an impossible time is no time', async () => {
    const huge = header({ name: 'a', mtime: Buffer.from([0x80, ...Buffer.alloc(11, 0xff)]) });
    const result = await read(Buffer.concat([huge, member('b', 'x'), END]));
    expect(result.members.map((one) => one.modified)).toEqual([null, 1_700_000_000_000]);
  });

  test('cut anywhere it keeps what is whole and says that it was cut', async () => {
    const tar = Buffer.concat([member('a', 'one'), member('pax', record('path', 'b'), 'x'), member('x', 'two'), END]);
    for (let length = 512; length < tar.length; length += 64) {
      const result = await read(tar.subarray(0, length), 100);
      const whole = result.members.filter((one) => one.end === 'whole').length;
      expect(whole).toBe(length > 2048 + 512 ? 2 : length > 512 ? 1 : 0);
      const said = result.end.damage !== null || result.end.endMark === 'missing';
      expect(said, `cut at ${length}`).toBe(length < tar.length - 512);
    }
  });

  test('never throws, never hangs, and every member ends, whatever the blocks', async () => {
    const size = fc.oneof(
      fc.integer({ min: 0, max: 3000 }).map((value) => Buffer.from(octal(value))),
      fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    );
    const block = fc.oneof(
      fc
        .record({ size, type: fc.constantFrom(...'0123567xgLKSVD?') })
        .map(({ size: field, type }) => header({ size: field, type })),
      fc.string({ maxLength: 600 }).map(padded),
      fc.constant(Buffer.alloc(512)),
      fc.constant(member('good', 'text')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { maxLength: 12 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 511 }),
        async (blocks, chunk, off) => {
          const tar = Buffer.concat(blocks);
          const result = await read(tar.subarray(0, Math.max(0, tar.length - off)), chunk);
          expect(result.members.every((one) => one.end !== 'open')).toBe(true);
          expect(await read(tar.subarray(0, Math.max(0, tar.length - off)), 99)).toEqual(result);
        },
      ),
      { numRuns: 150 },
    );
  });
});
