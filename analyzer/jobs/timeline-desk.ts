/** The engine's side of the timeline. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import { fail, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';

type TimelineMethod = 'timeline.histogram' | 'timeline.lines';
export type TimelineHandlers = {
  readonly [M in TimelineMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export class TimelineDesk {
  handlers(
    _caseAt: (id: CaseId) => Result<CaseStore>,
    _analysisOf: (store: CaseStore) => Promise<Result<Analysis>>,
  ): TimelineHandlers {
    return {
      'timeline.histogram': async () => fail('internal', 'not there yet'),
      'timeline.lines': async () => fail('internal', 'not there yet'),
    };
  }

  async close(): Promise<void> {}
}
