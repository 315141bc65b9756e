/** What is not an archive, damaged or hostile: everything readable is kept, everything else is counted, nothing escapes. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '../../analyzer/core/vocabulary.ts';
import { createPrng } from '../../fixtures/lib/prng.ts';
import { gzip, type TarMember, tar, tarMember } from '../../fixtures/lib/tar.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

interface Imported {
  readonly case: string;
  readonly bundles: readonly Bundle[];
}

let folder: string;
let session: EngineSession;
let count = 0;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'coldcase-bad-input-'));
  session = await startEngine();
});
afterAll(async () => {
  await session?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Imports bytes under a name through the command line, into a case of their own in a box of their own. */
async function importBytes(name: string, bytes: Buffer) {
  const box = path.join(folder, `box-${++count}`);
  mkdirSync(box);
  const source = path.join(box, name);
  writeFileSync(source, bytes);
  const run = await runCli(['import', source, '--case', path.join(box, 'case'), '--json'], {
    home: path.join(box, 'home'),
  });
  return { run, box, caseFolder: path.join(box, 'case'), said: run.stdout + run.stderr };
}

async function openBundle(caseFolder: string) {
  const opened = await session.ask('case.open', { caseId: caseFolder as never });
  const [bundle] = opened.bundles;
  if (bundle === undefined) throw new Error('the case holds no bundle');
  return { bundle, caseId: opened.id };
}

describe('not an archive', () => {
  test('a PDF is kept as one binary member and said to be no log archive', async () => {
    const pdf = Buffer.concat([
      Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 600 >>\nstream\n', 'latin1'),
      Buffer.from(Array.from({ length: 600 }, (_, index) => (index * 151) % 256)),
      Buffer.from('\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n'),
    ]);
    const { run, said, caseFolder } = await importBytes('case-notes.pdf', pdf);
    expect(run.code).toBe(4);
    expect(said).toContain('not a log archive');
    const { bundle, caseId } = await openBundle(caseFolder);
    expect(bundle.files).toBe(1);
    expect((await session.ask('file.list', { caseId }))[0]?.coverage).toBe('binary');
  });

  test('an error page under the name of an archive is told by its first line', async () => {
    const page = Buffer.from('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>\n');
    const { run, said, caseFolder } = await importBytes('eks_i-0abc.tar.gz', page);
    expect(run.code).toBe(4);
    expect(said).toMatch(/eks_i-0abc\.tar\.gz is text, not the archive that its name says: it begins with/);
    expect(said).toContain('<?xml version=');
    const { bundle, caseId } = await openBundle(caseFolder);
    expect(bundle).toMatchObject({ files: 1, lines: 2 });
    const { verdict } = await session.ask('case.analysis', { caseId });
    expect(verdict.sentence).toMatch(/^No archive was read: eks_i-0abc\.tar\.gz is text/);
    expect(verdict.cause).toBeNull();
  });

  test('a log that was unpacked on its way keeps its name and is no gap', async () => {
    const { run, caseFolder } = await importBytes('kubelet.log.gz', Buffer.from('E0501 12:00:00.1 1 a.go:1] "x"\n'));
    expect(run.code).toBe(0);
    expect((await openBundle(caseFolder)).bundle.gaps).toEqual([]);
  });

  test('an empty file is refused and leaves no bundle', async () => {
    const { run, caseFolder } = await importBytes('eks_empty.tar.gz', Buffer.alloc(0));
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('empty');
    const bundles = path.join(caseFolder, 'bundles');
    expect(existsSync(bundles) ? readdirSync(bundles) : []).toEqual([]);
  });

  test('a folder that cannot be read is named', async () => {
    const closed = path.join(folder, 'closed');
    const home = path.join(folder, 'home-of-reader');
    mkdirSync(closed, { recursive: true });
    writeFileSync(path.join(closed, 'iptables-save.txt'), '*nat\nCOMMIT\n');
    chmodSync(closed, 0o000);
    const run = await runCli(['import', closed, '--case', path.join(home, 'case')], { home, as: 'permissions-count' });
    chmodSync(closed, 0o755);
    expect(`${run.code} ${run.stderr}`).toMatch(/^2 /);
    expect(run.stdout + run.stderr).toContain(closed);
  });
});

/** 24 members of hard-to-compress lines, so that a cut of the packed bytes falls where it falls in the text. */
function markedArchive(): { readonly plain: Buffer; readonly packed: Buffer; readonly names: readonly string[] } {
  const prng = createPrng('truncated');
  const members = Array.from({ length: 24 }, (_, member): TarMember => {
    const lines = Array.from(
      { length: 150 },
      (_, line) => `May 01 12:00:00 node kubelet[1]: marker-${member}-${line} ${prng.hex(90)}`,
    );
    return {
      name: `var_log/part-${String(member).padStart(2, '0')}.log`,
      content: Buffer.from(`${lines.join('\n')}\n`),
    };
  });
  const plain = tar(members);
  return { plain, packed: gzip(plain), names: members.map((member) => String(member.name)) };
}

/** Complete lines per member in what can be inflated, found by walking the tar by its block arithmetic. */
function readable(
  plain: Buffer,
  names: readonly string[],
): Map<string, { lines: number; complete: boolean; rest: boolean }> {
  const found = new Map<string, { lines: number; complete: boolean; rest: boolean }>();
  let at = 0;
  for (const name of names) {
    if (at + 512 > plain.length) break;
    const size = Number.parseInt(plain.toString('latin1', at + 124, at + 135), 8);
    const content = plain.subarray(at + 512, Math.min(at + 512 + size, plain.length));
    const text = content.toString('latin1');
    found.set(name, {
      lines: text.split('\n').length - 1,
      complete: content.length === size,
      rest: !text.endsWith('\n') && text !== '',
    });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}

test.each([10, 50, 90])(
  'cut at %i percent: every line before the cut is found, the outcome names the byte',
  async (percent) => {
    const { packed, names } = markedArchive();
    const cut = packed.subarray(0, Math.floor((packed.length * percent) / 100));
    const expected = readable(gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH }), names);
    const { run, caseFolder } = await importBytes('eks_cut.tar.gz', cut);
    expect(run.code).toBe(4);
    const gaps = documentOf<Imported>(run).bundles[0]?.gaps ?? [];
    const truncated = gaps.filter((gap) => gap.kind === 'truncated' && gap.weight === 'major');
    expect(truncated.length).toBeGreaterThan(0);
    expect(
      truncated.some(
        (gap) => gap.byte !== null && gap.byte > 0 && gap.message.replaceAll(/[,\s]/g, '').includes(String(gap.byte)),
      ),
    ).toBe(true);
    const { caseId } = await openBundle(caseFolder);
    const answer = await session.ask('search.run', { caseId, query: '"marker-"', limit: 0 });
    const counted = new Map(answer.facets.file.map(({ file, count: lines }) => [file, lines]));
    for (const [name, { lines, complete, rest }] of expected) {
      const found = counted.get(name) ?? 0;
      if (complete) expect({ name, found }).toEqual({ name, found: lines });
      // The line the cut went through may still hold its marker.
      else expect([lines, lines + (rest ? 1 : 0)]).toContain(found);
    }
    expect([...counted.keys()].filter((name) => !expected.has(name))).toEqual([]);
  },
);

test.each([
  ['junk', Buffer.from('trailing junk')],
  ['the zeros a tape or a disk image pads with', Buffer.alloc(4096)],
])('after a whole archive: %s costs nothing', async (_what, trailing) => {
  const { plain, packed } = markedArchive();
  const { run, caseFolder } = await importBytes('eks_trailing.tar.gz', Buffer.concat([packed, trailing]));
  expect([0, 4]).toContain(run.code);
  const { bundle, caseId } = await openBundle(caseFolder);
  expect(bundle.files).toBe(24);
  const answer = await session.ask('search.run', { caseId, query: '"marker-"', limit: 0 });
  expect(answer.total).toBe(plain.toString('latin1').split('marker-').length - 1);
  if (trailing.some((byte) => byte !== 0)) expect(bundle.gaps.length).toBeGreaterThan(0);
});

test('damage inside an archive costs what lies behind it, not what lies before', async () => {
  const { packed, names } = markedArchive();
  // Nine tenths: what a decoder had unpacked but not yet handed out when it failed is the part that gets lost.
  const at = Math.floor(packed.length * 0.9);
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, at, at + 600);
  const before = readable(gunzipSync(packed.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH }), names);
  const { run, caseFolder } = await importBytes('eks_damaged.tar.gz', damaged);
  expect(run.code).toBe(4);
  const { bundle, caseId } = await openBundle(caseFolder);
  expect(bundle.gaps.some((gap) => gap.weight === 'major')).toBe(true);
  const answer = await session.ask('search.run', { caseId, query: '"marker-"', limit: 0 });
  const counted = new Map(answer.facets.file.map(({ file, count: lines }) => [file, lines]));
  for (const [name, { lines, complete }] of before) {
    if (complete) expect({ name, found: counted.get(name) ?? 0 }).toEqual({ name, found: lines });
  }
});

test('wrong bytes that unpack to something: the file they are in is not called whole, and the checksum is named', async () => {
  const { plain, names } = markedArchive();
  const at = plain.indexOf('marker-7-60 ');
  const garbled = Buffer.concat([plain.subarray(0, at), Buffer.from('nobody wrote this'), plain.subarray(at + 12)]);
  // The packed bytes of one text with the checksum of another, as damage leaves them.
  const packed = Buffer.concat([gzip(garbled).subarray(0, -8), gzip(plain).subarray(-8)]);
  const { run, said, caseFolder } = await importBytes('eks_garbled.tar.gz', packed);
  expect(run.code).toBe(4);
  expect(said).toMatch(/damaged before byte [\d,]+: its checksum there does not match, so text before it may be wrong/);
  expect(said).toContain(`behind member ${names[7]}`);
  const { caseId } = await openBundle(caseFolder);
  const files = await session.ask('file.list', { caseId });
  expect(files.map(({ path: name, coverage }) => [name, coverage])).toEqual(
    names.slice(0, 8).map((name, index) => [name, index === 7 ? 'truncated' : 'read']),
  );
});

describe('hostile members', () => {
  const text = (words: string): Buffer => Buffer.from(`${words}\n`);
  const unique = `coldcase-escape-${process.pid}`;

  test('nothing is written outside the case; links and special files are counted, texts are kept', async () => {
    const absolute = path.join(tmpdir(), `${unique}-absolute.txt`);
    const members: TarMember[] = [
      { name: 'var_log/ordinary.log', content: text('kept-ordinary') },
      { name: `../../${unique}-up.txt`, content: text('kept-up') },
      { name: `var_log/../../../${unique}-middle.txt`, content: text('kept-middle') },
      { name: absolute, content: text('kept-absolute') },
      { name: `C:\\${unique}-drive.txt`, content: text('kept-drive') },
      { name: 'var_log/link', type: 'symlink', linkTo: '/etc/passwd' },
      { name: 'var_log/link/below.txt', content: text('kept-below-link') },
      { name: 'var_log/hard', type: 'hardlink', linkTo: 'var_log/ordinary.log' },
      { name: 'dev/char', type: 'character-device' },
      { name: 'dev/block', type: 'block-device' },
      { name: 'dev/fifo', type: 'fifo' },
      { name: 'var_log/twice.log', content: text('kept-first-of-two') },
      { name: 'var_log/twice.log', content: text('kept-second-of-two') },
      { name: 'var_log/TWICE.log', content: text('kept-other-case') },
      { name: `deep/${'d'.repeat(4050)}.txt`, content: text('kept-long-name') },
      {
        name: Buffer.from([0x76, 0x61, 0x72, 0x2f, 0xff, 0xfe, 0x80, 0x2e, 0x6c, 0x6f, 0x67]),
        content: text('kept-bad-name'),
      },
      { name: 'var_log/nul\0hidden.log', content: text('kept-nul-name') },
      { name: '', content: text('without-a-name') },
    ];
    const { run, box, caseFolder } = await importBytes('hostile.tar.gz', gzip(tar(members)));
    expect([0, 4]).toContain(run.code);
    expect(readdirSync(box).sort()).toEqual(['case', 'home', 'hostile.tar.gz']);
    expect(existsSync(absolute)).toBe(false);
    const escaped = (where: string): string[] =>
      readdirSync(where, { recursive: true })
        .map(String)
        .filter((name) => name.includes(unique));
    expect(escaped(folder)).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.includes(unique))).toEqual([]);
    const { bundle, caseId } = await openBundle(caseFolder);
    const kept = members.flatMap((member) =>
      member.content === undefined ? [] : [member.content.toString('utf8').trim()],
    );
    for (const words of kept.filter((candidate) => candidate.startsWith('kept-'))) {
      const answer = await session.ask('search.run', { caseId, query: words, limit: 1 });
      expect({ words, total: answer.total }).toEqual({ words, total: 1 });
    }
    // A member without a name is either kept under another one or counted.
    const nameless = await session.ask('search.run', { caseId, query: 'without-a-name', limit: 1 });
    expect(nameless.total === 1 || bundle.gaps.some((gap) => gap.kind === 'name' && gap.file === null)).toBe(true);
    const kinds = bundle.gaps.map((gap) => gap.kind);
    expect(kinds.filter((kind) => kind === 'link')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'special-file')).toHaveLength(3);
    const paths = (await session.ask('file.list', { caseId })).map((file) => file.path);
    expect(paths.filter((file) => file.includes('twice.log'))).toEqual(['var_log/twice.log', 'var_log/twice.log (2)']);
    expect(paths.filter((file) => file.startsWith('/') || file.split('/').includes('..'))).toEqual([]);
  });

  test('20,000 empty members are 20,000 empty files', async () => {
    const members = Array.from({ length: 20_000 }, (_, index) => ({ name: `e/${index}` }));
    const { run, caseFolder } = await importBytes(
      'empty-members.tar.gz',
      gzip(tar([...members, { name: 'last.txt', content: text('kept-last') }])),
    );
    expect(run.code).toBe(0);
    const { bundle, caseId } = await openBundle(caseFolder);
    expect(bundle.files).toBe(20_001);
    expect((await session.ask('search.run', { caseId, query: 'kept-last', limit: 1 })).total).toBe(1);
  });

  test.each([
    ['larger than the archive', 8 * 1024 ** 3 - 1],
    ['smaller than the content', 10],
  ])('a size %s loses nothing before it and is a gap', async (_what, claimedSize) => {
    const { run, caseFolder } = await importBytes(
      'lying.tar.gz',
      gzip(
        Buffer.concat([
          tarMember({ name: 'before.txt', content: text('kept-before') }),
          tarMember({ name: 'liar.txt', content: Buffer.from('liar-line-of-text\n'.repeat(80)), claimedSize }),
          tarMember({ name: 'after.txt', content: text('kept-after') }),
          Buffer.alloc(1024),
        ]),
      ),
    );
    expect(run.code).toBe(4);
    const { bundle, caseId } = await openBundle(caseFolder);
    expect(bundle.gaps.some((gap) => gap.weight === 'major')).toBe(true);
    expect((await session.ask('search.run', { caseId, query: 'kept-before', limit: 1 })).total).toBe(1);
  });
});
