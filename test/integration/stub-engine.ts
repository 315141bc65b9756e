/**
 * An engine process without SQLite, for tests of the hosts: the real channel and the real method names, answers
 * from memory. The case folders `crash` and `hang` make it end, or never answer; an import runs until it is cancelled.
 */
import path from 'node:path';
import type { Engine } from '../../analyzer/contract/engine-api.ts';
import { fail, ok, type Result } from '../../analyzer/core/failure.ts';
import { runEngineProcess } from '../../analyzer/hosts/engine-server.ts';

type Listener = (payload: unknown) => void;
type Input = Readonly<Record<string, unknown>>;

void runEngineProcess(({ casesFolder }) => {
  const listeners = new Map<string, Set<Listener>>();
  const waiting = new Map<string, (() => void)[]>();
  const jobs = new Map<string, Record<string, unknown>>();
  const tell = (event: string, payload: unknown): void => {
    for (const listener of listeners.get(event) ?? []) listener(payload);
  };
  const progress = { phase: 'Reading', bytesDone: 1, bytesTotal: 2, files: 0, lines: 0, bytesPerSecond: 1 };
  const summary = (id: unknown) => ({ id, title: path.basename(String(id)), bundles: [], unreadable: [] });

  const methods: Record<string, (input: Input) => Promise<Result<unknown>> | Result<unknown>> = {
    'engine.about': () => ok({ version: '0', runtime: `pid ${process.pid}`, casesFolder, rules: 0, analyzers: 0 }),
    'case.recent': () => ok([]),
    'case.create': (input) => ok(summary(path.join(casesFolder, String(input.title ?? 'new')))),
    'case.open': (input) => {
      const name = path.basename(String(input.caseId));
      if (name === 'crash') process.exit(9);
      if (name === 'hang') return new Promise(() => undefined);
      return name.startsWith('case') ? ok(summary(input.caseId)) : fail('not-found', 'No case.', name);
    },
    'case.import': (input) => {
      const id = `job-${jobs.size + 1}`;
      const job = {
        id,
        kind: 'import',
        title: (input.paths as string[]).map((file) => path.basename(file)).join(', '),
        caseId: input.caseId,
        state: 'running',
        progress,
        outcome: null,
        failure: null,
        startedAt: '2026-01-01T00:00:00Z',
        endedAt: null,
        imports: [],
      };
      jobs.set(id, job);
      tell('onDidChangeJob', job);
      return ok({ job: id });
    },
    'job.list': () => ok([...jobs.values()]),
    'job.cancel': (input) => {
      const job = jobs.get(String(input.job));
      if (!job) return fail('not-found', 'No such job.');
      Object.assign(job, { state: 'cancelled', outcome: 'Cancelled', endedAt: '2026-01-01T00:00:01Z' });
      tell('onDidChangeJob', job);
      for (const resolve of waiting.get(String(input.job)) ?? []) resolve();
      return ok(job);
    },
    'job.wait': async (input) => {
      const id = String(input.job);
      const job = jobs.get(id);
      if (job?.state === 'running') {
        await new Promise<void>((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
      }
      return ok(job);
    },
  };

  return {
    call: async (method: string, input: Input) =>
      Object.hasOwn(methods, method) ? await methods[method]?.(input) : fail('not-found', 'Not in this engine.'),
    on: (event: string, listener: Listener) => {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
    close: async () => undefined,
  } as unknown as Engine;
});
