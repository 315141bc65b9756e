import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from './sqlite.ts';

const here = (name: string) => JSON.stringify(path.join(import.meta.dirname, name));

test('a file that is not there is said to be missing', () => {
  expect(() => openSqlite('/no/such/file', { fileMustExist: true })).toThrow('directory does not exist');
  const db = openSqlite(':memory:');
  expect(db.prepare('SELECT 1 AS one').get()).toEqual({ one: 1 });
  db.close();
});

/** In a process of its own, which this can take down: threads are stopped around the moment in which each loads the addon. */
test('threads are stopped while they open their first database, and the process lives', () => {
  const thread = `
    const { openSqlite } = require(${here('sqlite.ts')});
    require('node:worker_threads').parentPort.postMessage('loads');
    openSqlite(':memory:').close();`;
  const script = `
    const { Worker } = require('node:worker_threads');
    const { endThread } = require(${here('../core/thread-end.ts')});
    (async () => {
      for (let i = 0; i < 100; i++) {
        const worker = new Worker(${JSON.stringify(thread)}, { eval: true });
        await new Promise((resolve) => worker.once('message', resolve));
        const until = performance.now() + (i % 20) / 10;
        while (performance.now() < until);
        await endThread(worker);
      }
    })();`;
  const ended = spawnSync(process.execPath, ['-e', script], { timeout: 120_000 });
  expect(ended.status ?? ended.signal, String(ended.stderr).slice(0, 500)).toBe(0);
});
