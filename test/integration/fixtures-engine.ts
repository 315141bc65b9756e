/** The public engine for integration tests: imports archives and folders into cases of their own and asks the contract. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MethodInput, MethodName, MethodOutput } from '../../analyzer/contract/contract.ts';
import type { CaseId } from '../../analyzer/core/ids.ts';
import type { Job } from '../../analyzer/core/job.ts';
import { createEngine } from '../../analyzer/engine.ts';

export interface EngineSession {
  /** Own folder of this session, removed by `close`. */
  readonly folder: string;
  /** Throws when the engine answers with a Failure. */
  ask<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>>;
  /** Makes a case and imports the paths into it. */
  importNew(paths: readonly string[]): Promise<{ readonly caseId: CaseId; readonly job: Job }>;
  /** Listens to every change of every job. @returns a function that ends it. */
  onJob(listener: (job: Job) => void): () => void;
  close(): Promise<void>;
}

/** @returns a started engine whose cases and state live below a temporary folder. */
export async function startEngine(): Promise<EngineSession> {
  const folder = mkdtempSync(path.join(tmpdir(), 'coldcase-integration-'));
  const engine = await createEngine({
    casesFolder: path.join(folder, 'cases'),
    stateFolder: path.join(folder, 'state'),
  });
  const ask: EngineSession['ask'] = async (method, input) => {
    const result = await engine.call(method, input);
    if (!result.ok) throw new Error(`${method}: ${result.failure.code}: ${result.failure.message}`);
    return result.value;
  };
  return {
    folder,
    ask,
    importNew: async (paths) => {
      const made = await ask('case.create', { title: null, dir: null });
      const { job } = await ask('case.import', {
        caseId: made.id,
        paths: [...paths],
        node: null,
        layout: null,
        mark: null,
      });
      return { caseId: made.id, job: await ask('job.wait', { job }) };
    },
    onJob: (listener) => engine.on('onDidChangeJob', listener),
    close: async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
