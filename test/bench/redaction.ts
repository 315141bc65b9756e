/** The redaction part of the bench: how fast the largest logs of a corpus are redacted, in one thread. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { corpus, withTree } from './corpus.ts';
import { measure, median } from './measure.ts';
import { type Aim, type BenchRow, rowOf } from './rows.ts';
import { bundled } from './runner.ts';

/** Of a megabyte: 50 MB/s are 20 ms. */
const TIME: Aim = { bar: 20, goal: 15, unit: ' ms/MB' };
const FILES = 5;

/** @param megabytes of text in the archive. */
export async function redactionRows(megabytes: number): Promise<readonly BenchRow[]> {
  const program = bundled('redaction-run');
  return withTree(corpus(megabytes).archive, async (tree) => {
    const logs = readdirSync(tree, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:log|txt)$|messages/.test(name))
      .map((name) => ({ name, bytes: statSync(path.join(tree, name)).size }))
      .sort((one, two) => two.bytes - one.bytes)
      .slice(0, FILES);
    const times: number[] = [];
    for (const { name, bytes } of logs) {
      const done = await measure([process.execPath, program, path.join(tree, name)]);
      if (done.code !== 0) throw new Error(`redaction of ${name} ended with ${done.code}`);
      times.push((Number(done.stdout) * 1000) / (bytes / 1e6));
    }
    const told = times.map((time) => (1000 / time).toFixed(0)).join(', ');
    const what = `redaction of the ${logs.length} largest logs, ${megabytes} MB, one thread: median`;
    return [rowOf(what, TIME, median(times), `${median(times).toFixed(1)} ms/MB (${told} MB/s)`)];
  });
}
