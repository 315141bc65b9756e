import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder, tarGzOf, tarOf } from '../../test/support/archives.ts';
import { grouped } from '../core/grouped.ts';
import type { Gap } from '../core/vocabulary.ts';
import { gunzip } from './codec-gzip.ts';
import { memberPath } from './member.ts';
import { openSource } from './source.ts';
import { looksLikeTar, untar } from './untar.ts';

interface Read {
  readonly members: { path: string; body: Buffer; end: 'whole' | 'cut' | 'open' }[];
  readonly gaps: Gap[];
}

async function readAll(location: string): Promise<Read & { readonly kind: string; readonly sha256: string | null }> {
  const opened = await openSource(location);
  if (!opened.ok) throw new Error(opened.failure.message);
  const read: Read = { members: [], gaps: [] };
  for await (const part of opened.value.parts) {
    const last = read.members.at(-1);
    if (part.part === 'member') read.members.push({ path: part.path, body: Buffer.alloc(0), end: 'open' });
    else if (part.part === 'bytes' && last !== undefined) last.body = Buffer.concat([last.body, part.bytes]);
    else if (part.part === 'member-end' && last !== undefined) last.end = part.end;
    else if (part.part === 'gap') read.gaps.push(part.gap);
  }
  return { ...read, kind: opened.value.kind, sha256: opened.value.sha256() };
}

const readBytes = (bytes: Uint8Array, name = 'bundle.tar.gz') =>
  inTemporaryFolder((folder) => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return readAll(file);
  });

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Text that gzip cannot shrink to nothing, so that cutting the archive cuts inside it. */
function noisyText(bytes: number): string {
  let state = 42;
  let text = '';
  while (text.length < bytes) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += `line ${state.toString(36)} ${(state >>> 7).toString(36)}\n`;
  }
  return text;
}

describe('gunzip', () => {
  test('gives every byte of one or several members, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 3000 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 999 }),
        async (texts, size) => {
          const packed = Buffer.concat(texts.map((text) => gzipSync(text)));
          const stream = gunzip(chunked(packed, size), () => chunked(packed, 700));
          const parts: Uint8Array[] = [];
          let step = await stream.next();
          for (; !step.done; step = await stream.next()) parts.push(step.value);
          expect(step.value).toEqual({ damage: null });
          expect(Buffer.concat(parts).toString()).toBe(texts.join(''));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('keeps what was readable of a truncated and of a damaged stream, and says which it was', async () => {
    const text = noisyText(400_000);
    const packed = gzipSync(text);
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64);
    for (const [bytes, kind] of [
      [packed.subarray(0, packed.length >> 1), 'truncated'],
      [damaged, 'mismatch'],
    ] as const) {
      const stream = gunzip(chunked(bytes, 5_000), () => chunked(bytes, 700));
      const parts: Uint8Array[] = [];
      let step = await stream.next();
      for (; !step.done; step = await stream.next()) parts.push(step.value);
      expect(step.value.damage?.kind).toBe(kind);
      // Wrong bits can unpack to something; at the latest the checksum at the end tells.
      expect(step.value.damage?.byte).toBeGreaterThanOrEqual(packed.length >> 1);
      const got = Buffer.concat(parts).toString();
      // Behind the damage inflate may still give a few wrong bytes before it notices; all before it must be right.
      const good = gunzipSync(bytes.subarray(0, (packed.length >> 1) - 32), {
        finishFlush: constants.Z_SYNC_FLUSH,
      }).toString();
      expect(got.slice(0, good.length)).toBe(good);
      expect(good.length).toBeGreaterThan(text.length / 3);
    }
  });
});

test.each([
  ['zeros', Buffer.alloc(700), null],
  ['text', Buffer.from('appended'), 'trailing'],
] as const)('%s behind the last member cost nothing', async (_what, appended, kind) => {
  const text = noisyText(300_000);
  const bytes = Buffer.concat([gzipSync(text), appended]);
  const stream = gunzip(chunked(bytes, 9_000), () => chunked(bytes, 9_000));
  const parts: Uint8Array[] = [];
  let step = await stream.next();
  for (; !step.done; step = await stream.next()) parts.push(step.value);
  expect(Buffer.concat(parts).toString()).toBe(text);
  expect(step.value.damage?.kind ?? null).toBe(kind);
});

describe('what follows a whole gzip file', () => {
  test('is something appended, not damage, also when all fits one piece', async () => {
    const read = await readBytes(Buffer.concat([gzipSync('hello\n'), Buffer.from('junk')]), 'messages.gz');
    expect(read.members.map((one) => [one.body.toString(), one.end])).toEqual([['hello\n', 'whole']]);
    expect(read.gaps).toMatchObject([{ kind: 'corrupt', weight: 'minor' }]);
  });

  test('a first header that is bad is damage', async () => {
    const bad = gzipSync('hello\n');
    bad[2] = 9;
    expect((await readBytes(bad, 'messages.gz')).gaps).toMatchObject([{ kind: 'corrupt', weight: 'major' }]);
  });
});

describe('archives', () => {
  test('members come in order, whole, with the archive hash; folders are no members', async () => {
    const bytes = await tarGzOf([
      { name: './networking/', type: 'directory' },
      { name: './networking/iptables-save.txt', body: '*nat\nCOMMIT\n' },
      { name: './empty.txt' },
      { name: `./${'long/'.repeat(60)}name.txt`, body: 'deep' },
    ]);
    const read = await readBytes(bytes);
    expect(read.members.map((member) => [member.path, member.body.toString(), member.end])).toEqual([
      ['networking/iptables-save.txt', '*nat\nCOMMIT\n', 'whole'],
      ['empty.txt', '', 'whole'],
      [`${'long/'.repeat(60)}name.txt`, 'deep', 'whole'],
    ]);
    expect(read.gaps).toEqual([]);
    expect(read.kind).toBe('gzip');
  });

  test.each([10, 50, 90])(
    'cut at %i percent: complete members and the readable part stay, the gap names the byte',
    async (percent) => {
      const bodies = [noisyText(60_000), noisyText(90_000), noisyText(50_000)];
      const bytes = await tarGzOf(bodies.map((body, index) => ({ name: `f${index}.log`, body })));
      const cut = bytes.subarray(0, Math.floor((bytes.length * percent) / 100));
      const read = await readBytes(cut);
      const whole = read.members.filter((member) => member.end === 'whole');
      for (const [index, member] of whole.entries()) expect(member.body.toString()).toBe(bodies[index]);
      const open = read.members.at(-1);
      expect(open?.end).toBe('cut');
      expect(bodies[whole.length]?.startsWith(open?.body.toString() ?? '?')).toBe(true);
      const readable = read.members.reduce((sum, member) => sum + member.body.length, 0);
      expect(readable).toBeGreaterThan((200_000 * percent) / 100 - 70_000);
      expect(read.gaps).toHaveLength(1);
      expect(read.gaps[0]).toMatchObject({ kind: 'truncated', weight: 'major', byte: cut.length });
      expect(read.gaps[0]?.message).toContain(`byte ${grouped(cut.length)}`);
      expect(read.gaps[0]?.message).toContain(open?.path);
    },
  );

  test('hostile names and members are labelled or skipped, each counted', async () => {
    const read = await readBytes(
      await tarGzOf([
        { name: '../../etc/passwd', body: 'a' },
        { name: '/abs/olute', body: 'b' },
        { name: 'C:\\windows\\x', body: 'c' },
        { name: 'bell\u0007name', body: 'd' },
        { name: 'twice', body: '1' },
        { name: 'twice', body: '2' },
        { name: 'link', type: 'symlink', linkname: '/etc/shadow' },
        { name: 'hard', type: 'link', linkname: 'twice' },
        { name: 'pipe', type: 'fifo' },
        { name: 'tty', type: 'character-device' },
      ]),
    );
    expect(read.members.map((member) => member.path)).toEqual([
      'etc/passwd',
      'abs/olute',
      'windows/x',
      'bell\\x07name',
      'twice',
      'twice',
    ]);
    expect(read.gaps.map((gap) => gap.kind).sort()).toEqual([
      'link',
      'link',
      'name',
      'name',
      'name',
      'name',
      'special-file',
      'special-file',
    ]);
  });

  test('plain tar, a lone gzip, a plain file and junk behind a header', async () => {
    const members = [
      { name: 'a.txt', body: 'one' },
      { name: 'b.txt', body: 'two' },
    ];
    expect((await readBytes(await tarOf(members), 'x.tar')).members).toHaveLength(2);
    const lone = await readBytes(gzipSync('hello\n'), 'messages.gz');
    expect(lone.members.map((member) => [member.path, member.body.toString()])).toEqual([['messages.gz', 'hello\n']]);
    expect((await readBytes(Buffer.from('plain text\n'), 'kubelet.log')).members[0]?.body.toString()).toBe(
      'plain text\n',
    );
    const junk = Buffer.concat([
      await tarOf(members.slice(0, 1)).then((tar) => tar.subarray(0, 1024)),
      Buffer.alloc(2048, 0x5a),
    ]);
    const read = await readBytes(junk, 'junk.tar');
    expect(read.members[0]?.body.toString()).toBe('one');
    expect(read.gaps).toMatchObject([{ kind: 'corrupt', weight: 'major' }]);
  });

  test('never throws and never hangs on damaged archives', async () => {
    const good = await tarGzOf([
      { name: 'a.log', body: noisyText(20_000) },
      { name: 'b.log', body: 'x' },
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: good.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        async (at, value) => {
          const bad = Buffer.from(good);
          bad[at] = value;
          const read = await readBytes(bad);
          expect(read.members.length).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 60 },
    );
    const tar = gunzipSync(good);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 255 }), async (at, value) => {
        const bad = Buffer.from(tar);
        bad[at] = value;
        let members = 0;
        for await (const part of untar(chunked(bad, 700), () => 'yes')) if (part.part === 'member') members += 1;
        expect(members).toBeLessThanOrEqual(2);
      }),
      { numRuns: 60 },
    );
  });

  test('a folder is read in name order; links are counted and not followed', async () => {
    await inTemporaryFolder(async (folder) => {
      mkdirSync(path.join(folder, 'b'));
      writeFileSync(path.join(folder, 'b', 'two.txt'), '2');
      writeFileSync(path.join(folder, 'a.txt'), '1');
      symlinkSync('/etc/passwd', path.join(folder, 'link'));
      const read = await readAll(folder);
      expect(read.members.map((member) => member.path)).toEqual(['a.txt', 'b/two.txt']);
      expect(read.gaps).toMatchObject([{ kind: 'link', file: 'link' }]);
    });
  });

  test('what cannot be opened says so', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(path.join(folder, 'empty'), '');
      expect(await openSource(path.join(folder, 'nope'))).toMatchObject({ ok: false, failure: { code: 'not-found' } });
      expect(await openSource(path.join(folder, 'empty'))).toMatchObject({ ok: false, failure: { code: 'empty' } });
    });
    const packed = await readBytes(Buffer.from('7z\xbc\xaf\x27\x1c and so on', 'latin1'), 'bundle.7z');
    expect(packed.members.map((one) => one.path)).toEqual(['bundle.7z']);
    expect(packed.gaps).toMatchObject([{ kind: 'unsupported', weight: 'major' }]);
  });
});

test('a tar header is told by its checksum', async () => {
  const tar = await tarOf([{ name: 'a', body: 'x' }]);
  expect(looksLikeTar(tar)).toBe(true);
  tar[0] = 0x62;
  expect(looksLikeTar(tar)).toBe(false);
  expect(looksLikeTar(Buffer.alloc(512))).toBe(false);
});

test('member paths are relative whatever the archive says', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('..', '.', '/', '\\', 'a', 'C:', '\0', '\n', 'ü'), { maxLength: 12 }),
      (parts) => {
        const { path: shown } = memberPath(parts.join(''));
        expect(shown.startsWith('/')).toBe(false);
        expect(shown.split('/')).not.toContain('..');
        expect(shown).not.toMatch(/[\0\n\\]{2}|\0|\n/);
      },
    ),
  );
});
