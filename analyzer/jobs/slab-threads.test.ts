import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { cancel, newCancelFlag } from '../core/cancel-flag.ts';
import type { SealedFile } from '../core/case-writer.ts';
import { FailureError } from '../core/failure.ts';
import { NO_CLOCK } from '../core/file-clock.ts';
import { FileId } from '../core/ids.ts';
import { openBundle } from '../store/bundle-reader.ts';
import type { Slab } from '../store/slab.ts';
import { newSlabBuffer } from '../store/slab-filler.ts';
import { indexWorkers, SlabThreads, warmIndexer } from './slab-threads.ts';

/** Worker threads and their ports; those of the test runner are there before and after. */
const threads = () => process.getActiveResourcesInfo().filter((name) => /worker|messageport/i.test(name)).length;

async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof FailureError ? error.failure : error;
}

const block = { id: 0, file: FileId.parse(1), kind: 'text', start: 0, end: 4, byte0: 0, yearReference: 0 } as const;

function slab(seq: number, blocks: Slab['blocks'] = [{ ...block, id: seq }]): Slab {
  const buffer = newSlabBuffer();
  Buffer.from(buffer).write('abc\n');
  return { seq, buffer, blocks, marks: [] };
}

const SEAL = {
  ...{ sha256: 'a'.repeat(64), name: 'x', layout: 'generic', layoutBecause: '', node: null, nodeBecause: '' },
  ...{ collectedAt: null, gaps: [], gapsNotListed: 0, files: [] },
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('one index worker for two cores, two for a large source, never more than four', () => {
  const large = 200 * 1024 * 1024;
  expect([1, 2, 3, 4, 8, 64].map((cores) => indexWorkers(0, cores))).toEqual([1, 1, 1, 2, 4, 4]);
  expect([1, 2, 3, 4, 8, 64].map((cores) => indexWorkers(large, cores))).toEqual([1, 2, 2, 2, 4, 4]);
});

describe('threads that store', () => {
  test('an index worker that throws is our mistake; all threads end and nothing is left', () =>
    inTemporaryFolder(async (folder) => {
      const before = threads();
      const partial = path.join(folder, 'x.partial');
      const target = new SlabThreads({ partial, folder });
      expect(threads()).toBeGreaterThan(before);
      target.slab(slab(0, null as unknown as Slab['blocks']));
      expect(await failureOf(target.finish(1))).toMatchObject({
        code: 'internal',
        message: expect.stringMatching(/^the bundle could not be stored: a thread that stores it failed: /),
      });
      await target.abandon();
      expect(existsSync(partial)).toBe(false);
      await until(() => threads() === before);
    }));

  test('a sink that finds a mistake of ours says `internal`', () =>
    inTemporaryFolder(async (folder) => {
      const partial = path.join(folder, 'x.partial');
      const target = new SlabThreads({ partial, folder });
      target.slab(slab(0));
      target.slab({ ...slab(1), blocks: [block] });
      expect(await failureOf(target.finish(2))).toMatchObject({
        code: 'internal',
        message: expect.stringContaining('UNIQUE constraint failed'),
      });
      await target.abandon();
      expect(existsSync(partial)).toBe(false);
    }));

  test('a folder that is gone is a failure of the disk', () =>
    inTemporaryFolder(async (folder) => {
      const before = threads();
      const gone = path.join(folder, 'gone');
      const target = new SlabThreads({ partial: path.join(gone, 'x.partial'), folder: gone });
      expect(await failureOf(target.finish(1))).toMatchObject({
        code: 'disk',
        message: expect.stringContaining('ENOENT'),
        advice: 'Check that the disk has room and can be written.',
      });
      await target.abandon();
      await until(() => threads() === before);
    }));

  test('a final name that cannot be taken is a failure of the disk, at the seal', () =>
    inTemporaryFolder(async (folder) => {
      const partial = path.join(folder, 'x.partial');
      const target = new SlabThreads({ partial, folder: path.join(folder, 'gone') });
      target.slab(slab(0));
      const totals = await target.finish(1);
      expect(totals.lines(FileId.parse(1))).toBe(1);
      expect(await failureOf(target.seal(SEAL))).toMatchObject({ code: 'disk' });
      await target.abandon();
      expect(existsSync(partial)).toBe(false);
    }));

  test('cancelled before it has its name, a bundle never gets it; afterwards it is too late', () =>
    inTemporaryFolder(async (folder) => {
      for (const when of ['before', 'after']) {
        const flag = newCancelFlag();
        const target = new SlabThreads({ partial: path.join(folder, 'x.partial'), folder, flag });
        target.slab(slab(0));
        await target.finish(1);
        if (when === 'before') {
          cancel(flag);
          expect(await failureOf(target.seal(SEAL))).toMatchObject({ code: 'cancelled' });
          await target.abandon();
          expect(readdirSync(folder)).toEqual([]);
        } else {
          expect(await target.seal(SEAL)).toBe('sealed');
          expect(cancel(flag)).toBe('too-late');
          expect(readdirSync(folder)).toEqual([`${SEAL.sha256}.bundle`]);
        }
      }
    }));

  test('files by the thousand have their rows, in archive order', () =>
    inTemporaryFolder(async (folder) => {
      const files = Array.from(
        { length: 2_500 },
        (_, nth): SealedFile => ({
          ...{
            id: FileId.parse(nth + 1),
            path: `file-${nth}`,
            role: 'other',
            because: '',
            format: 'text',
            encoding: 'utf-8',
          },
          ...{ clock: NO_CLOCK, redate: null, bytes: nth === 0 ? 4 : 0, sha256: '00'.repeat(32), aliasOf: null },
          coverage: nth === 0 ? 'read' : 'empty',
        }),
      );
      const target = new SlabThreads({ partial: path.join(folder, 'x.partial'), folder });
      target.slab(slab(0));
      await target.finish(1);
      await target.seal({ ...SEAL, files });
      const opened = openBundle(path.join(folder, `${SEAL.sha256}.bundle`));
      if (!opened.ok) throw new Error(opened.failure.message);
      expect(opened.value.bundle).toMatchObject({ files: 2_500, lines: 1, bytes: 4 });
      expect(opened.value.files().map((file) => file.path)).toEqual(files.map((file) => file.path));
      opened.value.close();
    }));

  test('an index worker that waits is taken by the next import that looks for the same, and ends with it', () =>
    inTemporaryFolder(async (folder) => {
      const before = threads();
      const started: number[] = [];
      const onWorker = (worker: Worker) => void started.push(worker.threadId);
      process.on('worker', onWorker);
      const wanted = { literals: ['an abc of it'], continued: [] };
      warmIndexer(wanted);
      warmIndexer(wanted);
      await until(() => started.length > 0);
      const target = new SlabThreads({ partial: path.join(folder, 'x.partial'), folder }, wanted);
      target.slab(slab(0));
      expect((await target.finish(1)).lines(FileId.parse(1))).toBe(1);
      expect(await target.seal(SEAL)).toBe('sealed');
      process.off('worker', onWorker);
      const indexers = indexWorkers(0, availableParallelism());
      expect(started).toHaveLength(indexers + 1);
      await until(() => threads() === before);
    }));

  test('given up before anything came, the partial file is gone', () =>
    inTemporaryFolder(async (folder) => {
      const before = threads();
      const partial = path.join(folder, 'x.partial');
      const target = new SlabThreads({ partial, folder });
      await target.abandon();
      expect(existsSync(partial)).toBe(false);
      await until(() => threads() === before);
    }));
});
