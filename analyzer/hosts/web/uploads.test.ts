import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool, safeFileName } from './uploads.ts';

describe('safeFileName', () => {
  it.each([
    ['node-logs.tar.gz', 'node-logs.tar.gz'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\cases\\a b.tgz', 'a_b.tgz'],
    ['..', 'upload'],
    ['.bashrc', 'bashrc'],
    ['', 'upload'],
    ['line\nbreak\0.tar', 'line_break_.tar'],
    ['/', 'upload'],
  ])('%j becomes %j', (given, wanted) => {
    expect(safeFileName(given)).toBe(wanted);
  });

  it('is always one plain path part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        expect(safeFileName(name)).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}$/);
      }),
    );
  });
});

describe('spool', () => {
  let state = '';
  beforeEach(async () => {
    state = await mkdtemp(path.join(os.tmpdir(), 'coldcase-spool-'));
  });
  afterEach(() => rm(state, { recursive: true, force: true }));
  const everything = async () =>
    (await readdir(path.join(state, 'uploads'), { recursive: true, withFileTypes: true })).filter((e) => e.isFile());

  it('keeps an upload privately, under a safe name in a random folder', async () => {
    const spool = await openSpool(state);
    const received = await spool.receive(
      '../evil name.tar.gz',
      Readable.from([Buffer.from('ab'), Buffer.from('c')]),
      null,
    );
    if (!received.ok) throw new Error(received.failure.message);
    expect(path.basename(received.value)).toBe('evil_name.tar.gz');
    expect(received.value.startsWith(path.join(state, 'uploads'))).toBe(true);
    expect(await readFile(received.value, 'utf8')).toBe('abc');
    expect((await stat(received.value)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(received.value))).mode & 0o777).toBe(0o700);
    expect(spool.has(received.value)).toBe(true);
    await spool.remove(received.value);
    expect(await everything()).toEqual([]);
    await spool.close();
  });

  it('removes only what it received', async () => {
    const spool = await openSpool(state);
    const outside = path.join(state, 'outside', 'file');
    await mkdir(outside, { recursive: true });
    await spool.remove(outside);
    expect((await stat(outside)).isDirectory()).toBe(true);
    await spool.close();
  });

  it('stops at the limit, declared or not, and keeps nothing', async () => {
    const spool = await openSpool(state, { uploadBytesMax: 4 });
    const body = () => Readable.from([Buffer.from('abc'), Buffer.from('def')]);
    expect(await spool.receive('a', body(), 6)).toMatchObject({ ok: false, failure: { code: 'wrong-usage' } });
    expect(await spool.receive('a', body(), null)).toMatchObject({ ok: false, failure: { code: 'wrong-usage' } });
    expect(await everything()).toEqual([]);
    await spool.close();
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const spool = await openSpool(state);
    const body = new Readable({ read: () => undefined });
    const receiving = spool.receive('a.tar', body, null);
    body.push(Buffer.from('half'));
    body.destroy(new Error('aborted'));
    expect(await receiving).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
    expect(await everything()).toEqual([]);
    await spool.close();
  });

  it('leaves nothing when closed, and sweeps what a dead host left', async () => {
    const spool = await openSpool(state);
    await spool.receive('a.tar', Readable.from([Buffer.from('x')]), null);
    // No process has this id: the largest pid Linux gives out is 2^22.
    const dead = path.join(state, 'uploads', '99999999-abcdef', 'x');
    await mkdir(dead, { recursive: true });
    const other = await openSpool(state);
    const names = await readdir(path.join(state, 'uploads'));
    expect(names.some((name) => name.startsWith('99999999'))).toBe(false);
    expect(names).toHaveLength(2);
    await spool.close();
    await other.close();
    expect(await readdir(path.join(state, 'uploads'))).toEqual([]);
  });
});
