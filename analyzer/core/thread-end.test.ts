import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { unstopped } from './thread-end.ts';

const MODULE = JSON.stringify(path.join(import.meta.dirname, 'thread-end.ts'));
const PACKER = `
  const { zstdCompressSync } = require('node:zlib');
  const { unstopped } = require(${MODULE});
  const bytes = Buffer.alloc(2000, 'abc');
  require('node:worker_threads').parentPort.postMessage('busy');
  for (;;) unstopped(() => zstdCompressSync(bytes));`;
/** A thread that stays busy beside a packer of its own, which ends with it. */
const PARENT = `
  const { Worker, parentPort } = require('node:worker_threads');
  new Worker(${JSON.stringify(PACKER)}, { eval: true }).once('message', () => parentPort.postMessage('busy'));`;
const STUCK = PACKER.replace(/for.*/, 'unstopped(() => { for (;;); });');

/** @returns exit code, or the signal, of a process of its own: what is tested here can take the whole process down. */
function endOf(thread: string, then: string): number | string | null {
  const script = `
    const { Worker } = require('node:worker_threads');
    const { setTimeout } = require('node:timers/promises');
    const { endProcess, endThread } = require(${MODULE});
    const busy = async () => {
      const worker = new Worker(${JSON.stringify(thread)}, { eval: true });
      await new Promise((resolve) => worker.once('message', resolve));
      return worker;
    };
    (async () => { ${then} })();`;
  const ended = spawnSync(process.execPath, ['-e', script], { timeout: 60_000 });
  return ended.status ?? ended.signal;
}

describe('ending threads', () => {
  test('work in a turn gives what it returns and throws what it throws', () => {
    const throws = () => {
      throw new Error('no');
    };
    expect(unstopped(() => 7)).toBe(7);
    expect(() => unstopped(throws)).toThrow('no');
    expect(unstopped(() => 8)).toBe(8);
  });

  test('threads that make zlib objects are stopped, and the process lives', () => {
    const script =
      'for (let i = 0; i < 60; i++) { const one = await busy(); await setTimeout(i % 7); await endThread(one); }';
    expect(endOf(PACKER, script)).toBe(0);
  });

  test('so are those that end with the thread that started them', () => {
    const script =
      'for (let i = 0; i < 30; i++) { const one = await busy(); await setTimeout(i % 7); await endThread(one); }';
    expect(endOf(PARENT, script)).toBe(0);
  });

  test('a process ends with its code while threads make zlib objects', () => {
    const script = 'await Promise.all([busy(), busy(), busy()]); await setTimeout(5); endProcess(7);';
    expect(Array.from({ length: 10 }, () => endOf(PACKER, script))).toEqual(new Array(10).fill(7));
  });

  test('a turn that never ends does not keep a thread from being stopped', () => {
    expect(endOf(STUCK, 'await endThread(await busy());')).toBe(0);
  });
});
