/** The engine's side of correlation and of the alignment of clocks. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import { fail, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { alignedClocks } from './clock-alignment.ts';

type CorrelateMethod = 'clocks.align' | 'correlate.run';
type CorrelateHandlers = {
  readonly [M in CorrelateMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export interface CorrelateDesk {
  readonly handlers: CorrelateHandlers;
  close(): Promise<void>;
}

export interface CorrelateDeskOptions {
  readonly caseAt: (id: CaseId) => Result<CaseStore>;
  readonly analysisOf: (store: CaseStore) => Promise<Result<Analysis>>;
  /** Folders of the user's own rules. */
  readonly ruleFolders: () => readonly string[];
}

export function correlateDesk({ caseAt }: CorrelateDeskOptions): CorrelateDesk {
  const stop = new AbortController();
  return {
    handlers: {
      'clocks.align': async ({ caseId }) => {
        const store = caseAt(caseId);
        return store.ok ? alignedClocks(store.value, stop.signal) : store;
      },
      'correlate.run': async () => fail('internal', 'not there yet'),
    },
    close: async () => stop.abort(),
  };
}
