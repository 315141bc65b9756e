/** However an import ends, the case stays sound: repeated, side by side, cancelled at any moment, or on a full disk. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { createPrng } from '../../fixtures/lib/prng.ts';
import { tarOf } from '../support/archives.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const MIB = 1024 * 1024;
const MOMENTS = inject('moments');
/** On a machine that is faster now than when the time was taken, a cancel comes too late: such a round is one more. */
const TRIES_MAX = 4 * MOMENTS;

let folder: string;
let session: EngineSession;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'coldcase-endings-'));
  session = await startEngine();
});
afterAll(async () => {
  await session?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Log lines of hex digits: half of their bytes are left when they are compressed. The seed is in every line. */
function hexLog(seed: string, bytes: number): Buffer {
  const prng = createPrng(seed);
  const lines: string[] = [];
  for (let size = 0; size < bytes; size += 121) {
    const words = Array.from({ length: 10 }, () =>
      prng
        .int(2 ** 31)
        .toString(16)
        .padStart(8, '0'),
    );
    lines.push(
      `E0501 12:00:00.000000       1 a.go:1] ${seed.padEnd(10)} ${words.join('')}`.slice(0, 120).padEnd(120, '.'),
    );
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

async function archiveOf(name: string, seed: string, bytes: number): Promise<string> {
  const file = path.join(folder, name);
  writeFileSync(file, gzipSync(await tarOf([{ name: 'var_log/messages', body: hexLog(seed, bytes) }]), { level: 1 }));
  return file;
}

async function importInto(caseId: CaseId, paths: readonly string[], engine: EngineSession = session) {
  const { job } = await engine.ask('case.import', { caseId, paths: [...paths], node: null, layout: null, mark: null });
  return engine.ask('job.wait', { job });
}

/** Files of the case's bundles folder that are no sealed bundle. */
function leftovers(dir: string): readonly string[] {
  return readdirSync(path.join(dir, 'bundles')).filter((name) => !/^[0-9a-f]{64}\.bundle$/.test(name));
}

describe('an import', () => {
  test('of several archives runs side by side; the same bytes twice are one bundle', async () => {
    const one = await archiveOf('one.tar.gz', 'one', 6 * MIB);
    const two = await archiveOf('two.tar.gz', 'two', 6 * MIB);
    const again = await archiveOf('again.tar.gz', 'one', 6 * MIB);
    const made = await session.ask('case.create', { title: null, dir: null });
    const job = await importInto(made.id, [one, two, again]);
    expect(job.imports.map((each) => path.basename(each.source))).toEqual(['one.tar.gz', 'two.tar.gz', 'again.tar.gz']);
    expect(job.imports.map((each) => each.outcome)).toEqual(['imported', 'imported', 'already-imported']);
    const opened = await session.ask('case.open', { caseId: made.id });
    expect(opened.bundles.map((bundle) => bundle.name).sort()).toEqual(['one.tar.gz', 'two.tar.gz']);
    for (const word of ['one', 'two']) {
      const answer = await session.ask('search.run', { caseId: made.id, query: `"] ${word} "`, limit: 1 });
      expect(answer.total).toBe(hexLog(word, 6 * MIB).length / 121);
    }
    const repeated = await importInto(made.id, [one, two]);
    expect(repeated.imports.map((each) => each.outcome)).toEqual(['already-imported', 'already-imported']);
    expect(leftovers(opened.id)).toEqual([]);
  });

  test('of one archive by two jobs at once keeps it once', async () => {
    const source = await archiveOf('both.tar.gz', 'both', 3 * MIB);
    const made = await session.ask('case.create', { title: null, dir: null });
    const jobs = await Promise.all([importInto(made.id, [source]), importInto(made.id, [source])]);
    const outcomes = jobs.flatMap((job) => job.imports.map((each) => each.outcome)).sort();
    expect(outcomes).toEqual(['already-imported', 'imported']);
    const opened = await session.ask('case.open', { caseId: made.id });
    expect(opened.bundles).toHaveLength(1);
    expect(leftovers(opened.id)).toEqual([]);
  });

  test(`cancelled at ${MOMENTS} moments leaves nothing half-made, and can be done again`, async () => {
    const first = await archiveOf('first.tar.gz', 'first', 1 * MIB);
    const second = await archiveOf('second.tar.gz', 'second', 8 * MIB);
    const base = await session.ask('case.create', { title: null, dir: path.join(folder, 'base') });
    await importInto(base.id, [first]);
    const trial = async (round: string) => {
      const dir = path.join(folder, round) as CaseId;
      cpSync(path.join(folder, 'base'), dir, { recursive: true });
      await session.ask('case.open', { caseId: dir });
      const settings = { paths: [second], node: null, layout: null, mark: null };
      return { dir, job: (await session.ask('case.import', { caseId: dir, ...settings })).job };
    };
    const startedAt = performance.now();
    const whole = await trial('whole');
    await session.ask('job.wait', { job: whole.job });
    let duration = performance.now() - startedAt;
    const prng = createPrng('cancel');
    let cancelled = 0;
    for (let round = 0; cancelled < MOMENTS && round < TRIES_MAX; round++) {
      const { dir, job } = await trial(`round-${round}`);
      const startedRound = performance.now();
      await new Promise((resolve) => setTimeout(resolve, (duration * prng.int(1000)) / 1000));
      await session.ask('job.cancel', { job });
      const ended = await session.ask('job.wait', { job });
      const opened = await session.ask('case.open', { caseId: dir });
      expect(leftovers(dir)).toEqual([]);
      expect(opened.unreadable).toEqual([]);
      if (ended.state === 'cancelled') cancelled += 1;
      else duration = Math.min(duration, performance.now() - startedRound);
      // One that was faster than its cancelling is there, whole.
      const names = ended.state === 'cancelled' ? ['first.tar.gz'] : ['first.tar.gz', 'second.tar.gz'];
      expect(opened.bundles.map((bundle) => bundle.name).sort()).toEqual(names);
    }
    // The test proves nothing when no import was really cut off.
    expect(cancelled).toBe(MOMENTS);
    const made = await trial('again');
    await session.ask('job.cancel', { job: made.job });
    await session.ask('job.wait', { job: made.job });
    await importInto(made.dir, [second]);
    const answer = await session.ask('search.run', { caseId: made.dir, query: '"] second "', limit: 1 });
    expect(answer.total).toBe(hexLog('second', 8 * MIB).length / 121);
  });
});

describe('on a full disk', () => {
  const disk = path.join(tmpdir(), `coldcase-full-${process.pid}`);
  let own: EngineSession;
  beforeAll(async () => {
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]);
    own = await startEngine();
  });
  afterAll(async () => {
    // It holds the case open, and with it the disk.
    await own?.close();
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  test('an import says so, frees what it took, and keeps what was there', async () => {
    const source = await archiveOf('large.tar.gz', 'large', 24 * MIB);
    const small = await archiveOf('small.tar.gz', 'small', 200_000);
    const made = await own.ask('case.create', { title: null, dir: path.join(disk, 'case') });
    await importInto(made.id, [small], own);
    writeFileSync(path.join(disk, 'ballast'), Buffer.alloc(50 * MIB));
    const free = statfsSync(disk).bfree;
    const job = await importInto(made.id, [source], own);
    expect(job.state).toBe('failed');
    expect(job.failure).toMatchObject({
      code: 'disk',
      message: expect.stringMatching(/full/),
      advice: expect.any(String),
    });
    expect(statfsSync(disk).bfree).toBe(free);
    const opened = await own.ask('case.open', { caseId: made.id });
    expect(leftovers(opened.id)).toEqual([]);
    expect(opened.bundles.map((bundle) => bundle.name)).toEqual(['small.tar.gz']);
    rmSync(path.join(disk, 'ballast'));
    expect((await importInto(made.id, [source], own)).state).toBe('done');
  });
});
