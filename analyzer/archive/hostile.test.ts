/**
 * Every item of "Hostile archives" that concerns archives, with its outcome; damage is in damage.test.ts, what reading
 * does not do in hostile-reading.test.ts. Lines of 100 MB, UTF-16, NULs in text and binary files are no matter of
 * archives: their bytes are passed on, and tested where text is read.
 */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tarGzOf, tarOf } from '../../test/support/archives.ts';
import { type ReadOptions, readArchive, zipOf } from '../../test/support/read-archive.ts';
import { ARCHIVE_LIMITS } from './budget.ts';

/** A tar of one member after another, each 512 bytes of header and its content, with what stands in `field` replaced. */
async function tarWith(name: string, field: { readonly at: number; readonly bytes: Buffer }): Promise<Buffer> {
  const tar = await tarOf([
    { name, body: 'odd' },
    { name: 'after.txt', body: 'after' },
  ]);
  field.bytes.copy(tar, field.at);
  tar.fill(0x20, 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return tar;
}
const SIZE_AT = 124;
const size = (bytes: Buffer | string) => ({ at: SIZE_AT, bytes: Buffer.from(bytes) });

const zeros = (count: number) => Buffer.alloc(count);
const MIB = 1024 * 1024;
const tight = (limits: Partial<typeof ARCHIVE_LIMITS>): ReadOptions => ({ limits: { ...ARCHIVE_LIMITS, ...limits } });
/** Real limits would take gigabytes to reach; the rule is the same. */
const BOMB = tight({ expandedBytesFree: 2 * MIB, expansion: 1_100 });

/** A tar.gz in a tar.gz in a tar.gz ... around one log. */
async function russianDoll(depth: number): Promise<Buffer> {
  let inner: Buffer = Buffer.from('log\n');
  for (let at = 0; at < depth; at += 1) inner = await tarGzOf([{ name: `d${at}`, body: inner }]);
  return inner;
}

const firstMember = (zip: Buffer) => zip.subarray(0, zip.indexOf('PK\u0003\u0004', 1));

interface Outcome {
  /** Path and text of each member; `*` where the number of bytes is what counts. */
  readonly members?: readonly (readonly [string, string])[];
  /** Kind, weight and file of each gap. */
  readonly gaps: readonly (readonly [string, 'major' | 'minor', string | null])[];
  readonly bytesBelow?: number;
}

const AFTER = ['after.txt', 'after'] as const;
const both = (name: string, body = 'x') => [
  { name, body },
  { name: 'after.txt', body: 'after' },
];

const named = (file: string | null): Outcome['gaps'] => [['name', 'minor', file]];
const limited = (file: string | null): Outcome['gaps'] => [['limit', 'major', file]];
const corrupt = (file: string | null): Outcome['gaps'] => [['corrupt', 'major', file]];

type Item = readonly [string, () => Buffer | Promise<Buffer>, Outcome, ReadOptions?];

/** What a name holds, the name, and what the member is called. */
const NAMES = [
  ['..', '../../etc/cron.d/x', 'etc/cron.d/x'],
  ['an absolute path', '/etc/x', 'etc/x'],
  ['a drive letter', 'C:\\x', 'x'],
  ['a name of 5,000 characters', 'n'.repeat(5000), 'n'.repeat(4096)],
] as const;

const ITEMS: readonly Item[] = [
  ...NAMES.flatMap(([what, name, path]): Item[] => {
    const outcome: Outcome = { members: [[path, 'x'], AFTER], gaps: named(path.slice(0, 200)) };
    return [
      [`${what} in a tar`, () => tarOf(both(name)), outcome],
      [`${what} in a zip`, () => zipOf(both(name)), outcome],
    ];
  }),
  [
    '.. in an archive in an archive',
    async () => tarGzOf([{ name: 'in.zip', body: zipOf(both('../../x')) }]),
    {
      members: [
        ['in.zip/x', 'x'],
        ['in.zip/after.txt', 'after'],
      ],
      gaps: named('in.zip/x'),
    },
  ],
  ['NUL in a name', () => zipOf(both('a\0b')), { members: [['a\\x00b', 'x'], AFTER], gaps: named('a\\x00b') }],
  ['a name that is only dots', () => zipOf(both('../..')), { members: [AFTER], gaps: named(null) }],
  [
    'devices, pipes, links in a tar',
    () =>
      tarOf([
        { name: 'tty', type: 'character-device' },
        { name: 'disk', type: 'block-device' },
        { name: 'pipe', type: 'fifo' },
        { name: 'soft', type: 'symlink', linkname: '/etc/shadow' },
        { name: 'hard', type: 'link', linkname: '../x' },
        ...both('a'),
      ]),
    {
      members: [['a', 'x'], AFTER],
      gaps: [
        ['special-file', 'minor', 'tty'],
        ['special-file', 'minor', 'disk'],
        ['special-file', 'minor', 'pipe'],
        ['link', 'minor', 'soft'],
        ['link', 'minor', 'hard'],
      ],
    },
  ],
  [
    'devices, pipes, links in a zip',
    () =>
      zipOf([
        { name: 'tty', mode: 0o020600 },
        { name: 'pipe', mode: 0o010600 },
        { name: 'soft', body: '/etc/shadow', mode: 0o120777 },
        ...both('a'),
      ]),
    {
      members: [['a', 'x'], AFTER],
      gaps: [
        ['special-file', 'minor', 'tty'],
        ['special-file', 'minor', 'pipe'],
        ['link', 'minor', 'soft'],
      ],
    },
  ],
  [
    'a name twice in a tar',
    () =>
      tarOf([
        { name: 'a', body: '1' },
        { name: 'a', body: '2' },
      ]),
    {
      members: [
        ['a', '1'],
        ['a', '2'],
      ],
      gaps: [],
    },
  ],
  [
    'a name twice in a zip',
    () =>
      zipOf([
        { name: 'a', body: '1' },
        { name: 'a', body: '2' },
      ]),
    {
      members: [
        ['a', '1'],
        ['a', '2'],
      ],
      gaps: [],
    },
  ],
  [
    'names that differ in case',
    () =>
      tarOf([
        { name: 'A', body: '1' },
        { name: 'a', body: '2' },
      ]),
    {
      members: [
        ['A', '1'],
        ['a', '2'],
      ],
      gaps: [],
    },
  ],
  [
    'a name of 4,096 characters',
    () => tarOf(both('n'.repeat(4096))),
    { members: [['n'.repeat(4096), 'x'], AFTER], gaps: [] },
  ],
  [
    'a name that is not UTF-8',
    () => tarWith('log', { at: 0, bytes: Buffer.from([0xff, 0xc3]) }),
    { members: [['\ufffd\ufffdg', 'odd'], AFTER], gaps: named('\ufffd\ufffdg') },
  ],
  [
    'a tar size that is too large',
    () => tarWith('odd', size('00000007777\0')),
    { members: [['odd', '*']], gaps: [['truncated', 'major', null]] },
  ],
  [
    'a tar size that is too small',
    () => tarWith('odd', size('00000000000\0')),
    { members: [['odd', ''], AFTER], gaps: corrupt(null) },
  ],
  [
    'a negative tar size',
    () => tarWith('odd', size(Buffer.alloc(12, 0xff))),
    { members: [AFTER], gaps: corrupt(null) },
  ],
  [
    'a tar size of exabytes',
    () => tarWith('odd', size(Buffer.from([0x80, ...Buffer.alloc(11, 0xff)]))),
    { members: [AFTER], gaps: corrupt(null) },
  ],
  [
    'a tar size of terabytes',
    () => tarWith('odd', size(Buffer.from([0x80, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0]))),
    { members: [['odd', '*']], gaps: [['truncated', 'major', null]] },
  ],
  [
    'a zip size that lies',
    () => zipOf([{ name: 'odd', body: 'odd', lies: { size: 0xfffffff0 } }, ...both('a')]),
    { members: [['odd', 'odd'], ['a', 'x'], AFTER], gaps: [['corrupt', 'minor', 'odd']] },
  ],
  [
    'a packed zip size that is huge',
    () => zipOf([{ name: 'odd', body: 'odd', lies: { packed: 0x7fffffff } }, ...both('a')]),
    {
      members: [['odd', 'odd']],
      gaps: [
        ['corrupt', 'major', 'a'],
        ['corrupt', 'major', 'after.txt'],
      ],
    },
  ],
  [
    'a packed zip size that is too small',
    () => zipOf([{ name: 'odd', body: 'odd'.repeat(9), lies: { packed: 1 } }, ...both('a')]),
    { members: [['odd', '*'], ['a', 'x'], AFTER], gaps: corrupt('odd') },
  ],
  [
    'a checksum that lies',
    () => zipOf([{ name: 'odd', body: 'odd', lies: { crc: 1 } }, ...both('a')]),
    { members: [['odd', 'odd'], ['a', 'x'], AFTER], gaps: corrupt('odd') },
  ],
  [
    'a zip member that is a zip slip and a bomb',
    () => zipOf([{ name: '../b', body: zeros(30 * MIB) }, ...both('a')]),
    {
      members: [['b', '*'], ['a', 'x'], AFTER],
      gaps: [
        ['name', 'minor', 'b'],
        ['limit', 'major', 'b'],
      ],
      bytesBelow: 16 * MIB,
    },
    tight({ expandedBytesFree: 2 * MIB, expansion: 500 }),
  ],
  ['a single gzip of zeros is a log', () => gzipSync(zeros(30 * MIB)), { members: [['bundle', '*']], gaps: [] }, BOMB],
  [
    'a gzip in a gzip without end',
    () => gzipSync(gzipSync(zeros(60 * MIB))),
    { members: [['bundle', '*']], gaps: limited(null), bytesBelow: 5 * MIB },
    tight({ archiveBytesFree: 4 * MIB }),
  ],
  [
    'a single zstd without end',
    () => zstdCompressSync(zeros(60 * MIB)),
    { members: [['bundle', '*']], gaps: limited(null), bytesBelow: 4 * MIB },
    BOMB,
  ],
  [
    'a zstd without end in a tar.gz costs itself only',
    async () => tarGzOf([{ name: 'bomb.zst', body: zstdCompressSync(zeros(60 * MIB)) }, ...both('a')]),
    { members: [['bomb.zst', '*'], ['a', 'x'], AFTER], gaps: limited('bomb.zst'), bytesBelow: 4 * MIB },
    BOMB,
  ],
  [
    'more than an archive may unpack to',
    async () => tarGzOf([{ name: 'a', body: zeros(3 * MIB) }, { name: 'b', body: zeros(9 * MIB) }, ...both('c')]),
    {
      members: [
        ['a', '*'],
        ['b', '*'],
      ],
      gaps: limited(null),
      bytesBelow: 5 * MIB,
    },
    tight({ unpackedBytes: 5 * MIB }),
  ],
  [
    'archives in one another without end',
    () => russianDoll(9),
    { members: [[['d8', 'd7', 'd6', 'd5', 'd4'].join('/'), '*']], gaps: limited('d8/d7/d6/d5/d4') },
  ],
  [
    'archives in one another up to the limit',
    () => russianDoll(5),
    { members: [['d4/d3/d2/d1/d0', 'log\n']], gaps: [] },
  ],
  [
    'gzip in gzip in gzip',
    () => Array.from({ length: 14 }).reduce<Buffer>((inner) => gzipSync(inner), Buffer.from('log\n')),
    { members: [['bundle', '*']], gaps: limited('bundle') },
  ],
  [
    'members of all archives are counted together',
    async () => tarOf([1, 2, 3].map((number) => ({ name: `n${number}.zip`, body: zipOf(both('a')) }))),
    {
      members: [
        ['n1.zip/a', 'x'],
        ['n1.zip/after.txt', 'after'],
        ['n2.zip/a', 'x'],
      ],
      gaps: limited('n2.zip/after.txt'),
    },
    { limits: { ...ARCHIVE_LIMITS, members: 5 } },
  ],
  [
    'names of all archives are counted together',
    async () => tarOf([1, 2].map((number) => ({ name: `n${number}.zip`, body: zipOf(both('n'.repeat(900))) }))),
    {
      members: [
        [`n1.zip/${'n'.repeat(900)}`, 'x'],
        ['n1.zip/after.txt', 'after'],
      ],
      gaps: limited(`n2.zip/${'n'.repeat(193)}`),
    },
    { limits: { ...ARCHIVE_LIMITS, nameChars: 1_500 } },
  ],
  [
    'junk behind a tar',
    async () => Buffer.concat([await tarOf(both('a')), Buffer.alloc(2048, 'junk')]),
    { members: [['a', 'x'], AFTER], gaps: [['corrupt', 'minor', null]] },
  ],
  [
    'junk behind a tar.gz',
    async () => Buffer.concat([await tarGzOf(both('a')), Buffer.alloc(2048, 'junk')]),
    { members: [['a', 'x'], AFTER], gaps: [['corrupt', 'minor', null]] },
  ],
  [
    'junk behind a tar.zst',
    async () => Buffer.concat([zstdCompressSync(await tarOf(both('a'))), Buffer.alloc(2048, 'junk')]),
    { members: [['a', 'x'], AFTER], gaps: [['corrupt', 'minor', null]] },
  ],
  [
    'junk behind a zip',
    () => Buffer.concat([zipOf(both('a')), Buffer.alloc(2048, 'junk')]),
    { members: [['a', 'x'], AFTER], gaps: [['corrupt', 'minor', null]] },
  ],
  [
    'much junk behind a zip',
    () => Buffer.concat([zipOf(both('a')), Buffer.alloc(90_000, 'junk')]),
    { members: [['a', 'x'], AFTER], gaps: [['corrupt', 'minor', null]] },
  ],
  [
    'junk between two zips',
    () => Buffer.concat([firstMember(zipOf(both('a'))), Buffer.alloc(9_000, 'PKjunk'), zipOf(both('b'))]),
    { members: [['a', 'x'], ['b', 'x'], AFTER], gaps: corrupt(null) },
  ],
];

const NAMED = ITEMS.map(([what, archive, outcome, options = {}]) => ({ what, archive, outcome, options }));

test.each(NAMED)('$what', async ({ archive, outcome, options }) => {
  const read = await readArchive(await archive(), 'bundle', options);
  const bodies = new Map(outcome.members);
  const seen = read.members.map((one) => [one.path, bodies.get(one.path) === '*' ? '*' : one.body.toString()]);
  if (outcome.members !== undefined) expect(seen).toEqual(outcome.members);
  expect(read.gaps.map((gap) => [gap.kind, gap.weight, gap.file])).toEqual(outcome.gaps);
  if (outcome.bytesBelow !== undefined) {
    expect(read.bytes).toBeGreaterThan(1);
    expect(read.bytes).toBeLessThan(outcome.bytesBelow);
  }
});
