/** The engine's side of comparison, and of the table of nodes. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import { fail, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';

type CompareMethod = 'compare.run' | 'compare.text' | 'case.fleet';
type CompareHandlers = {
  readonly [M in CompareMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export interface CompareDesk {
  readonly handlers: CompareHandlers;
  close(): Promise<void>;
}

export interface CompareDeskOptions {
  readonly caseAt: (id: CaseId) => Result<CaseStore>;
  readonly analysisOf: (store: CaseStore) => Promise<Result<Analysis>>;
}

export function compareDesk(_options: CompareDeskOptions): CompareDesk {
  return {
    handlers: {
      'compare.run': async () => fail('internal', 'not there yet'),
      'compare.text': async () => fail('internal', 'not there yet'),
      'case.fleet': async () => fail('internal', 'not there yet'),
    },
    close: async () => {},
  };
}
