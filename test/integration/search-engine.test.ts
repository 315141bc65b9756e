/**
 * Searches through the engine, with its real threads and bundles: two bundles, both orders, pages, counts on the way,
 * ends, and patterns that would never come to one.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodInput } from '../../analyzer/contract/contract.ts';
import type { SearchAnswer, SearchMatch, SearchOrder } from '../../analyzer/contract/search.ts';
import type { BundleId, CaseId } from '../../analyzer/core/ids.ts';
import { createEngine } from '../../analyzer/engine.ts';
import { tarGzOf } from '../support/archives.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const KUBELET = 'var_log/kubelet.log';
const EVIL = 'var_log/evil.log';
const LINES = 12_000;

/** Klog lines of one day, a second apart; every tenth an error. @param from second of the day. */
function kubelet(from: number): string {
  return Array.from({ length: LINES }, (_, at) => {
    const second = (from + 2 * at) % 86_400;
    const [hours, minutes, seconds] = [second / 3_600, (second / 60) % 60, second % 60].map((part) =>
      String(Math.floor(part)).padStart(2, '0'),
    );
    const level = at % 10 === 0 ? 'E' : 'I';
    return `${level}0501 ${hours}:${minutes}:${seconds}.000000    3127 pod.go:${at % 7}] "SyncLoop ${at}" id=${at * 7919}\n`;
  }).join('');
}

let session: EngineSession;
let caseId: CaseId;
let bundles: readonly BundleId[];

beforeAll(async () => {
  session = await startEngine();
  const archives = await Promise.all(
    ['a', 'b'].map(async (name, at) => {
      const archive = path.join(session.folder, `eks_i-0${name}_2024-05-01_1200-UTC_0.7.9.tar.gz`);
      const members = [
        { name: `./${KUBELET}`, body: kubelet(at) },
        { name: './var_log/copy/kubelet.log', body: kubelet(at) },
        ...(at === 0 ? [{ name: `./${EVIL}`, body: `before\n${'a'.repeat(50_000)}!\nbehind\n` }] : []),
        { name: './system/undated.txt', body: `SyncLoop without an instant, ${name}\n` },
      ];
      writeFileSync(archive, await tarGzOf(members));
      return archive;
    }),
  );
  ({ caseId } = await session.importNew(archives));
  const opened = await session.ask('case.open', { caseId });
  bundles = opened.bundles.map(({ id }) => id);
  expect(bundles.length).toBe(2);
});

afterAll(() => session.close());

const search = (query: string, more: Partial<MethodInput<'search.run'>> = {}): Promise<SearchAnswer> =>
  session.ask('search.run', { caseId, query, ...more });
const placeOf = ({ bundle, file, line }: SearchMatch) => `${bundle.slice(0, 6)} ${file} ${line}`;
const MATCHES = 2 * LINES + 2;

describe.each<SearchOrder>(['file', 'time'])('in the order of %s', (order) => {
  test('pages through all matches are the whole list', async () => {
    const first = await search('syncloop', { order, limit: 10_000 });
    const found = [...first.matches];
    for (let { next } = first; next !== null; ) {
      const page = await session.ask('search.page', { caseId, query: 'syncloop', order, limit: 10_000, after: next });
      found.push(...page.matches);
      next = page.next;
    }
    expect(first).toMatchObject({ total: MATCHES, complete: true, stopped: null });
    expect(found.length).toBe(MATCHES);
    expect(new Set(found.map(placeOf)).size).toBe(MATCHES);
    if (order === 'time') {
      const times = found.map(({ time }) => time ?? '9');
      expect(times).toEqual([...times].sort());
      expect(found.slice(-2).map(({ file }) => file)).toEqual(['system/undated.txt', 'system/undated.txt']);
    } else {
      const byBundle = found.map(({ bundle }) => bundles.indexOf(bundle));
      expect(byBundle).toEqual([...byBundle].sort());
    }
    const small = await search('syncloop', { order, limit: 250 });
    expect(small.matches).toEqual(found.slice(0, 250));
  });
});

test('facets sum to the total; folded copies count once and are named', async () => {
  const { total, facets, matches } = await search('syncloop', { limit: 1 });
  for (const counts of Object.values(facets)) expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(total);
  expect(facets.severity).toEqual([
    { severity: 'info', count: (2 * LINES * 9) / 10 },
    { severity: 'high', count: (2 * LINES) / 10 },
    { severity: null, count: 2 },
  ]);
  expect(facets.hour[0]).toEqual({ hour: '2024-05-01T00:00:00.000Z', count: 2 * 1_800 });
  expect(facets.hour.at(-1)).toEqual({ hour: null, count: 2 });
  expect(facets.node.map(({ count }) => count)).toEqual([LINES + 1, LINES + 1]);
  expect(matches[0]?.aliases.length).toBe(1);
});

test('words, places, levels and times together, in one bundle', async () => {
  const query = 'syncloop file:kubelet sev:error after:2024-05-01T01:00 before:2024-05-01T02:00';
  const found = await search(query, { bundles: [bundles[1] as BundleId], limit: 10_000 });
  expect(found.total).toBe(180);
  expect(found.matches.every(({ severity, time }) => severity === 'high' && time?.includes('T01:'))).toBe(true);
});

test('best matches are matches, the more severe before the others', async () => {
  const { best } = await search('"SyncLoop 20"');
  expect(best.length).toBeGreaterThan(0);
  for (const { text, severity } of best) expect([text.includes('SyncLoop 20'), severity]).toEqual([true, 'high']);
});

describe('on the way', () => {
  test('answers of a search with a name are told, each the beginning of the last one', async () => {
    const engine = await openedEngine();
    const told: SearchAnswer[] = [];
    engine.on('onDidProgressSearch', ({ search: name, answer }) => {
      if (name === 'mine') told.push(answer);
    });
    const asked = { caseId, query: 'syncloop', limit: 50 };
    const [answer] = await Promise.all([
      engine.call('search.run', { ...asked, search: 'mine' }),
      engine.call('search.run', { ...asked, search: 'other' }),
      engine.call('search.run', asked),
    ]);
    await engine.close();
    if (!answer.ok) throw new Error(answer.failure.message);
    expect(told.length).toBeGreaterThan(0);
    for (const { matches, total } of told) {
      expect(matches).toEqual(answer.value.matches.slice(0, matches.length));
      expect(total).toBeLessThanOrEqual(answer.value.total);
    }
  });

  test('a search can be ended, and a later one with its name ends it', async () => {
    const slow = '/(a+)+$/';
    const running = search(slow, { search: 'box' });
    const later = search('"SyncLoop 11999"', { search: 'box' });
    expect(await running).toMatchObject({ complete: false, stopped: { because: 'cancelled' } });
    expect((await later).total).toBe(2);
    const again = search(slow, { search: 'box' });
    // The call is taken before the next one is.
    expect(await session.ask('search.cancel', { search: 'box' })).toEqual({ ended: 1 });
    expect((await again).stopped?.because).toBe('cancelled');
    expect(await session.ask('search.cancel', { search: 'box' })).toEqual({ ended: 0 });
  });
});

test('a pattern that never comes to an end is stopped at its limit, and everything else goes on', async () => {
  const [evil] = (await search('"aaaa!"')).matches as [SearchMatch];
  const running = search('/(a+)+$/', { timeLimitMs: 1_500 });
  const others = await Promise.all([
    search('"SyncLoop 11999"'),
    session.ask('file.lines', { caseId, bundle: evil.bundle, file: EVIL, from: 3, count: 1 }),
    session.ask('case.open', { caseId }),
  ]);
  expect(others[0]).toMatchObject({ total: 2, complete: true });
  expect(others[1].lines[0]?.text).toBe('behind');
  const stopped = await running;
  expect(stopped).toMatchObject({ complete: false, stopped: { because: 'runaway-pattern' } });
  expect(stopped.stopped?.message).toContain(EVIL);
  expect(stopped.stopped?.message).toContain('Raise the time limit');
  expect((await search('syncloop', { limit: 0 })).total).toBe(MATCHES);
});

test('a pattern of 10,000 characters, and one that is none', async () => {
  const long = `/${'(?:SyncLoop|x)'.repeat(713)}/`;
  expect(long.length).toBeLessThanOrEqual(10_000);
  expect(await search(long)).toMatchObject({ total: 0, complete: true });
  await expect(search('x /(/')).rejects.toThrow(/wrong-usage/);
  await expect(search('x'.repeat(20_000))).rejects.toThrow(/wrong-usage/);
});

test('matches in one file: the next, the one before, and where they are', async () => {
  const inFile = { caseId, bundle: bundles[0] as BundleId, file: KUBELET, query: '"SyncLoop 1200"' };
  expect(await session.ask('file.find', { ...inFile, from: 1, direction: 'down' })).toEqual({ line: 1_201 });
  expect(await session.ask('file.find', { ...inFile, from: LINES, direction: 'up' })).toEqual({ line: 1_201 });
  expect(await session.ask('file.find', { ...inFile, from: 1_202, direction: 'down' })).toEqual({ line: null });
  const copy = { ...inFile, file: 'var_log/copy/kubelet.log', query: 'sev:error', parts: 12 };
  expect(await session.ask('file.matchMap', copy)).toEqual({
    total: LINES / 10,
    complete: true,
    counts: Array.from({ length: 12 }, () => LINES / 120),
  });
});

/** Another engine on the same case, as another window has it. */
async function openedEngine() {
  const engine = createEngine({ casesFolder: path.join(session.folder, 'cases'), stateFolder: null });
  const opened = await engine.call('case.open', { caseId });
  if (!opened.ok) throw new Error(opened.failure.message);
  return engine;
}
