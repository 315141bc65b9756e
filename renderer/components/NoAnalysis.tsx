import type { Analysis, Loadable } from '../model/types.ts';
import { useStores } from '../stores/stores.tsx';
import { Empty, FailureNote, Loading } from './States.tsx';

/** What a screen shows while there is no analysis to show. */
export function NoAnalysis({
  analysis,
}: {
  readonly analysis: Exclude<Loadable<Analysis>, { readonly state: 'ready' }>;
}) {
  const { session } = useStores();
  return (
    <div className="centre">
      {analysis.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={analysis.failure} onRetry={() => void session.getState().loadAnalysis()} />
        </div>
      ) : analysis.state === 'loading' ? (
        <Loading what="Analysing the case" />
      ) : (
        <Empty title="Nothing is imported yet" />
      )}
    </div>
  );
}
