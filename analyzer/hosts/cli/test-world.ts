/** A world in memory and an engine that answers from a sample, for the tests of the command line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect } from 'vitest';
import type { EventName, EventPayload, MethodInput, MethodName, MethodOutput } from '../../contract/contract.ts';
import type { Engine } from '../../contract/engine-api.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { NO_CLOCK } from '../../core/file-clock.ts';
import { FileId } from '../../core/ids.ts';
import { Job } from '../../core/job.ts';
import type { Analysis, Bundle, SourceFile } from '../../core/vocabulary.ts';
import { renderReport } from '../../report/report.ts';
import { sampleDocument, sampleInput } from '../../report/report-sample.ts';
import type { ExitCode } from './exit.ts';
import { runCommandLine } from './run.ts';
import type { Sink, World } from './world.ts';

type Answers = {
  [M in MethodName]?: (input: MethodInput<M>) => Result<MethodOutput<M>> | Promise<Result<MethodOutput<M>>>;
};

export interface TestWorld {
  readonly folder: string;
  readonly interrupt: AbortController;
  readonly calls: { readonly method: MethodName; readonly input: unknown }[];
  readonly enginesOpen: () => number;
  readonly out: () => string;
  readonly outBytes: () => Buffer;
  readonly err: () => string;
  /** Both streams as a terminal shows them, one after the other. */
  readonly all: () => string;
  run(...words: readonly string[]): Promise<ExitCode>;
  /** What the engine tells of itself. */
  emit<E extends EventName>(event: E, payload: EventPayload<E>): void;
  dispose(): void;
}

export interface TestWorldOptions {
  readonly answers?: Answers;
  readonly terminal?: 'terminal' | 'stream';
  readonly env?: World['env'];
  readonly bundles?: readonly Bundle[];
  /** Lines of the one source file of the sample. */
  readonly lines?: readonly string[];
  /** Names of folders, under the world's folder, that count as cases. */
  readonly cases?: readonly string[];
  /** In the place of `cases`: what is answered each time it is asked. */
  readonly isCase?: (name: string) => boolean;
  /** Of other folders and of archives that are there. */
  readonly folders?: readonly string[];
  readonly archives?: readonly string[];
  /** Files of imports that have not finished. */
  readonly partialImports?: () => readonly string[];
  /** Characters after which the reader of stdout goes away. */
  readonly readerTakes?: number;
}

const SAMPLE = sampleInput();
export const SAMPLE_BUNDLE = SAMPLE.bundles[0] as Bundle;
/** Every check that could run ended well. */
export const WHOLE_ANALYSIS: Analysis = {
  ...SAMPLE.analysis,
  coverage: {
    ...SAMPLE.analysis.coverage,
    analyzers: SAMPLE.analysis.coverage.analyzers.filter(({ outcome }) => outcome.outcome !== 'failed'),
  },
};
export const WHOLE_BUNDLE: Bundle = { ...SAMPLE_BUNDLE, outcome: 'complete', gaps: [], gapsNotListed: 0 };

/** @returns a job of an import of these bundles that has ended. */
export function endedImport(bundles: readonly Bundle[], over: Partial<Job> = {}): Job {
  return {
    ...Job.parse({
      id: 'job-1',
      kind: 'import',
      title: 'Import node.tar.gz',
      caseId: '/case',
      state: 'done',
      progress: { phase: 'reading', bytesDone: 10, bytesTotal: 20, files: 1, lines: 2, bytesPerSecond: 5 },
      outcome: null,
      failure: null,
      startedAt: '2026-01-01T00:00:00Z',
      endedAt: null,
      imports: [],
    }),
    imports: bundles.map((bundle) => ({ source: bundle.name, outcome: 'imported' as const, bundle, failure: null })),
    ...over,
  };
}

function testWorld(options: TestWorldOptions = {}): TestWorld {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'coldcase-cli-'));
  const bundles = options.bundles ?? [WHOLE_BUNDLE];
  const interrupt = new AbortController();
  const calls: TestWorld['calls'] = [];
  let open = 0;
  const sinkTo = (write: (text: string | Uint8Array) => void, closed: () => boolean): Sink => ({
    write: async (text) => write(text),
    kind: options.terminal ?? 'stream',
    columns: options.terminal === 'terminal' ? 80 : null,
    closed,
  });
  let out = Buffer.alloc(0);
  let err = '';
  let all = '';
  const gone = (): boolean => options.readerTakes !== undefined && out.length >= options.readerTakes;
  const world: World = {
    stdout: sinkTo((text) => {
      if (!gone()) out = Buffer.concat([out, Buffer.from(text)]);
      all += Buffer.from(text).toString();
    }, gone),
    stderr: sinkTo(
      (text) => {
        err += Buffer.from(text).toString();
        all += Buffer.from(text).toString();
      },
      () => false,
    ),
    env: options.env ?? {},
    workingFolder: folder,
    folders: {
      cache: path.join(folder, 'cache'),
      cases: path.join(folder, 'cases'),
      state: path.join(folder, 'state'),
    },
    version: () => '1.2.3',
    openEngine: async () => {
      open += 1;
      return engine(() => {
        open -= 1;
      });
    },
    isCaseFolder: async (full) => {
      const name = path.relative(folder, full);
      return options.isCase?.(name) ?? (options.cases ?? []).includes(name);
    },
    partialImports: async () => options.partialImports?.() ?? [],
    printPdf: async (html) => ok(Buffer.from(`%PDF- ${html.length}`)),
    serve: async () => fail('wrong-usage', 'not in this test'),
    interrupted: interrupt.signal,
    atSuddenEnd: () => undefined,
  };
  const source: SourceFile = {
    id: FileId.parse(1),
    bundle: WHOLE_BUNDLE.id,
    path: 'networking/iptables-save.txt',
    role: 'iptables-save',
    roleBecause: 'its header',
    format: 'text',
    encoding: 'utf-8',
    clock: NO_CLOCK,
    bytes: 10,
    lines: (options.lines ?? []).length,
    firstTime: null,
    lastTime: null,
    warnings: 0,
    errors: 0,
    sha256: 'b'.repeat(64),
    aliasOf: null,
    coverage: 'read',
  };
  const listeners: { [E in EventName]: Set<(payload: EventPayload<E>) => void> } = {
    onDidChangeJob: new Set(),
    onDidChangeCase: new Set(),
    onDidProgressSearch: new Set(),
  };
  let imported: readonly Bundle[] = (options.cases ?? []).length > 0 ? bundles : [];
  const answers: Answers = {
    'case.create': ({ dir, title }) =>
      ok({ id: (dir ?? '/none') as MethodOutput<'case.open'>['id'], title: title ?? '', bundles: [], unreadable: [] }),
    'case.open': ({ caseId }) =>
      ok({ id: caseId as MethodOutput<'case.open'>['id'], title: 'sample', bundles: imported, unreadable: [] }),
    'case.import': () => {
      imported = bundles;
      for (const listener of listeners.onDidChangeJob) listener(endedImport(bundles, { state: 'running' }));
      return ok({ job: endedImport([]).id });
    },
    'job.wait': () => ok(endedImport(bundles)),
    'case.analysis': () => ok(WHOLE_ANALYSIS),
    'finding.list': () => ok(SAMPLE.analysis.findings),
    'file.list': () => ok([source]),
    'file.lines': ({ from, count }) =>
      ok({
        file: source,
        lines: (options.lines ?? []).slice(from - 1, from - 1 + count).map((text, index) => ({
          ...{ number: from + index, ...bytesOfLine(options.lines ?? [], from + index), text },
          ...{ time: null, timeBasis: null },
        })),
      }),
    'file.bytes': ({ from, count }) => {
      const bytes = Buffer.from((options.lines ?? []).map((line) => `${line}\n`).join(''));
      return ok({ size: bytes.length, from, base64: bytes.subarray(from, from + count).toString('base64') });
    },
    'report.draft': () => ok({ draft: SAMPLE.draft, keptAt: null }),
    'report.build': ({ format }) =>
      ok({ ...renderReport(sampleDocument(), format), map: null, references: sampleDocument().references.length }),
    ...options.answers,
  };
  const engine = (onClose: () => void): Engine => ({
    async call<M extends MethodName>(method: M, input: MethodInput<M>) {
      calls.push({ method, input });
      const answer = answers[method] as ((input: MethodInput<M>) => Result<MethodOutput<M>>) | undefined;
      return answer === undefined ? fail('internal', `no answer for ${method}`) : answer(input);
    },
    on(event, listener) {
      listeners[event].add(listener);
      return () => listeners[event].delete(listener);
    },
    async close() {
      onClose();
    },
  });
  return {
    folder,
    interrupt,
    calls,
    enginesOpen: () => open,
    out: () => out.toString(),
    outBytes: () => out,
    err: () => err,
    all: () => all,
    run: (...words) => runCommandLine(words, world),
    emit: (event, payload) => {
      for (const listener of listeners[event]) listener(payload);
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function bytesOfLine(lines: readonly string[], number: number) {
  const byteStart = Buffer.byteLength(
    lines
      .slice(0, number - 1)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return { byteStart, byteEnd: byteStart + Buffer.byteLength(lines[number - 1] ?? '') };
}

/** @param usual options of each, where a test has no others. @returns a maker of worlds; after each test it is seen that their engines were closed. */
export function testWorlds(usual: TestWorldOptions = {}): (options?: TestWorldOptions) => TestWorld {
  const worlds: TestWorld[] = [];
  afterEach(() => {
    for (const one of worlds.splice(0)) {
      expect(one.enginesOpen()).toBe(0);
      one.dispose();
    }
  });
  return (options = {}) => {
    const all = { ...usual, ...options };
    const made = testWorld(all);
    worlds.push(made);
    for (const name of [...(all.cases ?? []), ...(all.folders ?? [])]) {
      mkdirSync(path.join(made.folder, name), { recursive: true });
    }
    for (const name of all.archives ?? []) writeFileSync(path.join(made.folder, name), 'bytes');
    return made;
  };
}
