/** kill -9 in the middle of an import loses at most the bundle being imported. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { createPrng } from '../../fixtures/lib/prng.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const ROUNDS = inject('moments');
/** On a machine that is faster now than when the time was taken, a kill comes too late: such a round is one more. */
const TRIES_MAX = 4 * ROUNDS;

let folder: string;
let session: EngineSession;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'coldcase-kill-'));
  session = await startEngine();
});
afterAll(async () => {
  await session?.close();
  rmSync(folder, { recursive: true, force: true });
});

test(`killed at ${ROUNDS} moments of an import: earlier bundles stay whole, nothing partial is left`, async () => {
  const home = path.join(folder, 'home');
  const earlier = (await buildFixture('eks-healthy')).archivePath;
  // The 1,000-service dumps take long enough that every phase of an import is met.
  const later = path.join(folder, 'later');
  mkdirSync(later);
  for (const [name, bytes] of caseDumps('s2-1000-services-nft-backend')) writeFileSync(path.join(later, name), bytes);

  const base = path.join(folder, 'base');
  const first = await runCli(['import', earlier, '--case', base, '--json'], { home });
  expect(first.code).toBe(0);
  const earlierSha = documentOf<{ bundles: { sha256: string }[] }>(first).bundles[0]?.sha256;
  const bundleFile = readdirSync(path.join(base, 'bundles'))[0] ?? '';
  const sealed = readFileSync(path.join(base, 'bundles', bundleFile));

  const whole = path.join(folder, 'whole');
  cpSync(base, whole, { recursive: true });
  const startedAt = performance.now();
  const complete = await runCli(['import', later, '--case', whole, '--json'], { home });
  let duration = performance.now() - startedAt;
  expect(complete.code).toBe(0);
  const laterSha = documentOf<{ bundles: { sha256: string }[] }>(complete).bundles[0]?.sha256;

  const prng = createPrng('kill');
  let killed = 0;
  for (let round = 0; killed < ROUNDS && round < TRIES_MAX; round++) {
    const dir = path.join(folder, `round-${round}`);
    cpSync(base, dir, { recursive: true });
    // From the first tenth on: before that the process has not begun to write.
    const killAfter = Math.round(duration * (0.1 + (0.9 * prng.int(1000)) / 1000));
    const startedRound = performance.now();
    const run = await runCli(['import', later, '--case', dir, '--json'], { home, killAfter });
    if (run.code === null) killed++;
    else duration = Math.min(duration, performance.now() - startedRound);
    const opened = await session.ask('case.open', { caseId: dir as never });
    expect(opened.unreadable).toEqual([]);
    const shas = opened.bundles.map((bundle) => bundle.sha256);
    expect(shas).toContain(earlierSha);
    expect(shas.filter((sha) => sha !== earlierSha && sha !== laterSha)).toEqual([]);
    expect(readFileSync(path.join(dir, 'bundles', bundleFile)).equals(sealed)).toBe(true);
    const left = readdirSync(path.join(dir, 'bundles')).sort();
    expect(left).toHaveLength(shas.length);
    expect(left.filter((name) => name.includes('partial') || name.includes('journal'))).toEqual([]);
    const answer = await session.ask('search.run', { caseId: opened.id, query: '"KUBE-SERVICES"', limit: 1 });
    expect(answer.total).toBeGreaterThan(0);
    rmSync(dir, { recursive: true, force: true });
  }
  // The test proves nothing when no import was really cut off.
  expect(killed).toBe(ROUNDS);
});
