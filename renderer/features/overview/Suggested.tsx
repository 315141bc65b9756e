/** The runbooks that fit best, below the causes that suggest them. */
import { Play } from 'lucide-react';
import { Prose } from '../../components/Prose.tsx';
import { Section } from '../../components/Section.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { useRunbookList } from '../../components/use-runbook-list.ts';
import { counted } from '../../model/format.ts';
import { runRoute } from '../../stores/runbooks-route.ts';
import { useStores } from '../../stores/stores.tsx';

const SHOWN = 3;

export function Suggested() {
  const { navigation } = useStores();
  const list = useRunbookList();
  if (list.state === 'idle' || list.state === 'loading')
    return (
      <section className="section" aria-label="Suggested runbooks">
        <h2>Suggested runbooks</h2>
        <p className="meta">Looking for runbooks that fit.</p>
      </section>
    );
  const fitting = list.state === 'ready' ? list.value.runbooks.filter(({ suggested }) => suggested.length > 0) : [];
  const unknown = list.state === 'failed' ? list.failure.message : list.value.notSuggested;
  return (
    <Section
      title="Suggested runbooks"
      says={
        fitting.length > 0
          ? `${counted(fitting.length, 'runbook')} ${fitting.length === 1 ? 'fits' : 'fit'}`
          : unknown === null
            ? 'nothing in this case leads to one'
            : ''
      }
      tools={
        <button
          type="button"
          className="btn btn--s"
          onClick={() => navigation.getState().go({ screen: 'runbooks', params: {} })}
        >
          All runbooks
        </button>
      }
    >
      {unknown === null ? null : (
        <p>
          <SeverityMark mark="unknown" /> Which ones fit is not known: {unknown}
        </p>
      )}
      <ul className="suggested">
        {fitting.slice(0, SHOWN).map(({ runbook, suggested }) => (
          <li key={runbook.id}>
            <div>
              <b>{runbook.title}</b> <span className="mono meta">{runbook.id}</span>
              <p className="meta">
                <Prose text={suggested[0]?.because ?? ''} />
                {suggested.length > 1 ? `, and ${counted(suggested.length - 1, 'more reason')}` : ''}
              </p>
            </div>
            <button
              type="button"
              className="btn btn--s"
              aria-label={`Run ${runbook.title}`}
              onClick={() => navigation.getState().go(runRoute({ runbook: runbook.id, bundle: null }))}
            >
              <Play className="icon" aria-hidden="true" />
              Run
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
