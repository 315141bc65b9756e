import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ok } from '../core/failure.ts';
import { BundleId, CaseId } from '../core/ids.ts';
import type { Analysis, Finding } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleId, finding } from './finding.fixture.ts';
import { NetworkDesk } from './network-desk.ts';
import type { AnyAsk } from './network-protocol.ts';
import type { ResidentThread, ToResident } from './resident-worker.ts';

class FakeWorker extends EventEmitter {
  readonly got: ToResident<AnyAsk>[] = [];
  ended = false;
  postMessage(message: ToResident<AnyAsk>): void {
    this.got.push(message);
  }
  ref(): void {}
  unref(): void {}
  async terminate(): Promise<number> {
    this.ended = true;
    this.emit('exit', 1);
    return 1;
  }
  answer(index: number, value: unknown): void {
    this.emit('message', { id: this.got[index]?.id, result: ok(value) });
  }
  die(message: string): void {
    this.emit('error', new Error(message));
    this.emit('exit', 1);
  }
}

function setUp(nodes: readonly string[] = ['n1']) {
  const workers: FakeWorker[] = [];
  const desk = new NetworkDesk({
    idleMs: 1_000,
    start: () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker as unknown as ResidentThread;
    },
  });
  const bundles = nodes.map((node, index) => ({
    bundle: { id: String(index).padStart(64, '0'), node, name: `${node}.tar.gz`, markedHealthy: false },
  }));
  const store = {
    dir: '/case',
    bundles: () => bundles,
    bundle: (id: string) => bundles.find((one) => one.bundle.id === id) ?? null,
    bundleFile: (id: string) => `/case/bundles/${id}.bundle`,
    overridesOf: () => [],
  } as unknown as CaseStore;
  const caseId = CaseId.parse('/case');
  const lookUp = (address: string) => desk.askAll(store, 'lookup', { caseId, node: null, address });
  const chains = () => desk.askAll(store, 'chains', { caseId, node: null });
  const trace = (bundle: BundleId | null, node: string | null) =>
    desk.askOne(store, 'trace', {
      caseId,
      bundle,
      node,
      from: 'node',
      to: '10.0.0.1:80',
      protocol: 'tcp',
      inInterface: null,
      state: 'new',
    });
  const worker = (index: number): FakeWorker => {
    const found = workers[index];
    if (found === undefined) throw new Error(`worker ${index} was not started`);
    return found;
  };
  const services = (analysis: Analysis) => desk.askAll(store, 'services', { caseId, node: null }, ok(analysis));
  return { desk, workers, worker, lookUp, chains, trace, services };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('one worker answers many questions, in whatever order it ends them', async () => {
  const { workers, worker, chains } = setUp();
  const first = chains();
  const second = chains();
  await vi.advanceTimersByTimeAsync(0);
  expect(workers).toHaveLength(1);
  worker(0).answer(1, ['b']);
  worker(0).answer(0, ['a']);
  expect(await first).toEqual(ok(['a']));
  expect(await second).toEqual(ok(['b']));
});

it('a worker that dies fails what waits for it, and the next question gets another', async () => {
  const { workers, worker, chains } = setUp();
  const lost = chains();
  await vi.advanceTimersByTimeAsync(0);
  worker(0).die('out of memory');
  expect(await lost).toMatchObject({
    ok: false,
    failure: { code: 'internal', message: 'the network worker failed: out of memory' },
  });
  const next = chains();
  await vi.advanceTimersByTimeAsync(0);
  expect(workers).toHaveLength(2);
  worker(1).answer(0, []);
  expect(await next).toEqual(ok([]));
});

it('a later lookup takes the place of an unfinished one of the same case, and of nothing else', async () => {
  const { worker, lookUp, chains } = setUp();
  const other = chains();
  const old = lookUp('10.0.0.1');
  const late = lookUp('10.0.0.2');
  expect(await old).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
  const [chainsAsk, oldAsk, forget, lateAsk] = worker(0).got;
  expect(forget).toEqual({ type: 'forget', id: oldAsk?.id });
  // An answer that crossed the message is nobody's.
  worker(0).emit('message', { id: oldAsk?.id, result: ok('late') });
  worker(0).emit('message', { id: lateAsk?.id, result: ok('new') });
  worker(0).emit('message', { id: chainsAsk?.id, result: ok([]) });
  expect(await late).toEqual(ok('new'));
  expect(await other).toEqual(ok([]));
});

describe('the worker is dismissed', () => {
  it('when nobody asked for a while, and not before', async () => {
    const { workers, worker, chains } = setUp();
    const first = chains();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(worker(0).ended).toBe(false);
    worker(0).answer(0, []);
    await first;
    await vi.advanceTimersByTimeAsync(900);
    const second = chains();
    await vi.advanceTimersByTimeAsync(900);
    expect(worker(0).ended).toBe(false);
    worker(0).answer(1, []);
    await second;
    await vi.advanceTimersByTimeAsync(1_100);
    expect(worker(0).ended).toBe(true);
    void chains();
    await vi.advanceTimersByTimeAsync(0);
    expect(workers).toHaveLength(2);
  });

  it('with the engine, which cancels what waits', async () => {
    const { desk, worker, chains } = setUp();
    const waiting = chains();
    await vi.advanceTimersByTimeAsync(0);
    await desk.close();
    expect(worker(0).ended).toBe(true);
    expect(await waiting).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
    expect(await chains()).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
  });
});

it('a finding marks lines of its own bundle: the same numbers in another one are other lines', () => {
  const { services, worker } = setUp();
  const one = finding('service-disagreement', { bundle: 'a' });
  const [own] = one.evidence;
  const evidence: Finding['evidence'] = [own, { ...own, bundle: bundleId('b'), line: 99, endLine: 99 }];
  void services({ findings: [{ ...one, evidence }] } as unknown as Analysis);
  const [asked] = worker(0).got;
  expect(asked !== undefined && 'ask' in asked ? asked.ask.findings?.map(({ lines }) => lines) : null).toEqual([
    [{ fileId: own.fileId, line: own.line, endLine: own.endLine }],
  ]);
});

describe('which bundle a trace is about', () => {
  it('must be said when there are several', async () => {
    const { workers, trace } = setUp(['n1', 'n2', 'n2']);
    expect(await trace(null, null)).toMatchObject({
      ok: false,
      failure: { code: 'wrong-usage', advice: 'Nodes: n1, n2' },
    });
    expect(await trace(null, 'n2')).toMatchObject({ ok: false, failure: { code: 'wrong-usage' } });
    expect(await trace(null, 'n3')).toMatchObject({ ok: false, failure: { code: 'not-found' } });
    expect(await trace(BundleId.parse('f'.repeat(64)), null)).toMatchObject({
      ok: false,
      failure: { code: 'not-found' },
    });
    expect(workers).toHaveLength(0);
  });

  it('is told by the bundle, or by a node that has one', async () => {
    const { worker, trace } = setUp(['n1', 'n2', 'n2']);
    void trace(null, 'n1');
    void trace(BundleId.parse('2'.padStart(64, '0')), null);
    await vi.advanceTimersByTimeAsync(0);
    const files = worker(0).got.map((one) => (one.type === 'ask' ? one.ask.bundles.map(({ file }) => file) : []));
    expect(files).toEqual([
      [`/case/bundles/${'0'.repeat(64)}.bundle`],
      [`/case/bundles/${'2'.padStart(64, '0')}.bundle`],
    ]);
  });
});
