/** Runbooks that go on from a finding, each run on the finding's node. */
import { Play } from 'lucide-react';
import { runbooksOf } from '../model/derive.ts';
import type { Finding } from '../model/types.ts';
import { formatRoute } from '../stores/navigation.ts';
import { runRoute } from '../stores/runbooks-route.ts';
import { useStores } from '../stores/stores.tsx';
import { InspectorBlock } from './Inspector.tsx';
import { useRunbookList } from './use-runbook-list.ts';

export function FindingRunbooks({ finding }: { readonly finding: Finding }) {
  const { navigation } = useStores();
  const list = useRunbookList();
  const found = list.state === 'ready' ? runbooksOf(finding, list.value.runbooks) : [];
  if (found.length === 0) return null;
  return (
    <InspectorBlock title="Runbooks" meta={found.length === 1 ? 'goes on from here' : 'go on from here'}>
      <ul className="bullets">
        {found.map((runbook) => {
          const route = runRoute({ runbook: runbook.id, bundle: finding.bundle });
          return (
            <li key={runbook.id}>
              <Play className="icon" aria-hidden="true" />
              <span>
                <a
                  href={formatRoute(route)}
                  aria-label={`Run the runbook ${runbook.title}`}
                  onClick={(event) => {
                    event.preventDefault();
                    navigation.getState().go(route);
                  }}
                >
                  Run the runbook
                </a>{' '}
                {runbook.title} <span className="mono meta">{runbook.id}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </InspectorBlock>
  );
}
