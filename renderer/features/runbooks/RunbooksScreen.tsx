/** The result and what is still undecided; before that, which runbook fits the case. */
import { NoAnalysis } from '../../components/NoAnalysis.tsx';
import { runKey } from '../../stores/runbooks.ts';
import { runOf } from '../../stores/runbooks-route.ts';
import { useNavigation, useSession } from '../../stores/stores.tsx';
import { RunbookList } from './RunbookList.tsx';
import { RunView } from './RunView.tsx';

export function RunbooksScreen() {
  const params = useNavigation(({ route }) => route.params);
  const empty = useSession(({ openCase }) => openCase === null || openCase.bundles.length === 0);
  const question = runOf(params);
  if (empty) return <NoAnalysis analysis={{ state: 'idle' }} />;
  if (question === null) return <RunbookList />;
  return <RunView key={runKey(question)} question={question} />;
}
