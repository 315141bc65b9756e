/** Methods about reports that were written before: are they still true, and what do they say without pseudonyms. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import { redactionProfiles } from '../report/redaction/profiles.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleRefs } from './bundle-ref.ts';
import type { CheckOutput, CheckTask } from './report-check-task.ts';
import { runInWorker } from './worker-job.ts';

type CheckMethod = 'report.profiles' | 'report.verify' | 'report.unredact';
type CheckHandlers = {
  readonly [M in CheckMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

/** @param signal ends what runs when the engine closes. */
export function reportCheckHandlers(caseAt: (id: CaseId) => Result<CaseStore>, signal: AbortSignal): CheckHandlers {
  const inWorker = (task: CheckTask) => runInWorker<CheckTask, CheckOutput>('report', task, { signal });
  const otherTask = () => fail('internal', 'the worker answered another task');
  return {
    'report.profiles': async () => ok(profileRows()),
    'report.verify': async ({ caseId, text }) => {
      const store = caseAt(caseId);
      if (!store.ok) return store;
      const bundles = bundleRefs(store.value);
      const output = await inWorker({ want: 'check', bundles, text });
      if (!output.ok) return output;
      return output.value.want === 'check' ? ok(output.value.check) : otherTask();
    },
    'report.unredact': async ({ text, map }) => {
      const output = await inWorker({ want: 'unredact', text, map });
      if (!output.ok) return output;
      return output.value.want === 'unredact' ? ok(output.value.report) : otherTask();
    },
  };
}

function profileRows(): MethodOutput<'report.profiles'> {
  return [...redactionProfiles().values()].map(({ id, title, about, kinds }) => ({
    id,
    title,
    description: about,
    kinds: kinds.map((kind) => kind.title),
  }));
}
