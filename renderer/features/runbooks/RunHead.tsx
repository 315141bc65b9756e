import { ChevronRight, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { type RunQuestion, runKey } from '../../stores/runbooks.ts';
import { LIST_ROUTE, runRoute } from '../../stores/runbooks-route.ts';
import { useRunbooks, useStores } from '../../stores/stores.tsx';
import { NodeChoice } from './NodeChoice.tsx';

/** The way back to the list, the runbook, its node, and running it again. */
export function RunHead({
  question,
  title,
  children,
}: {
  readonly question: RunQuestion;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  const { navigation, runbooks } = useStores();
  const running = useRunbooks((state) => state.results.get(runKey(question))?.state === 'loading');
  return (
    <div className="pane-head">
      <button type="button" className="link" onClick={() => navigation.getState().go(LIST_ROUTE)}>
        Runbooks
      </button>
      <ChevronRight className="icon" aria-hidden="true" />
      <h1 className="clip grow" title={title}>
        {title}
      </h1>
      <NodeChoice
        value={question.bundle}
        onChange={(bundle) => {
          runbooks.getState().change({ bundle });
          navigation.getState().go(runRoute({ ...question, bundle }));
        }}
      />
      {children}
      <button
        type="button"
        className="btn btn--s"
        // Disabled, it would lose the focus while it runs.
        aria-disabled={running}
        onClick={() => {
          if (!running) runbooks.getState().runAgain(question);
        }}
      >
        <RotateCw className="icon" aria-hidden="true" />
        Run again
      </button>
    </div>
  );
}
