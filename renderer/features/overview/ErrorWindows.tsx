/** When each node wrote the most warnings and errors, to look there first. */
import { ChartNoAxesCombined, Clock, Search } from 'lucide-react';
import { Section } from '../../components/Section.tsx';
import { counted, instant } from '../../model/format.ts';
import { nodeNames } from '../../model/node-names.ts';
import { windowLabel } from '../../model/time-window.ts';
import { framed } from '../../model/timeline-view.ts';
import type { Bundle, NodeFacts } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';
import { timelineRoute } from '../../stores/timeline-route.ts';

/** More are folded away: what follows is not pushed off the screen. */
const NODES_SHOWN = 8;

type Densest = NonNullable<NodeFacts['densestErrors']>;

/** @returns e.g. "3", "0.4": an average below ten is told with one decimal. */
export function averageLabel(usual: number): string {
  return usual >= 10 || Number.isInteger(usual) ? String(Math.round(usual)) : usual.toFixed(1);
}

/** Behind the last minute: `to` of a window is not in it. */
const windowOf = ({ from, to }: Densest) => ({ from: Date.parse(from), to: Date.parse(to) });

function Densest({ densest }: { readonly densest: Densest }) {
  const { session, screens, search, navigation } = useStores();
  const span = windowOf(densest);
  const label = windowLabel(span);
  return (
    <>
      <span title={`${instant(densest.from)} to ${instant(densest.to)} UTC`}>
        <b>{label} UTC</b>: {counted(densest.count, 'line')}
        {/* Logs of ten minutes in all have no others. */}
        {densest.usual >= densest.count
          ? null
          : `; the other ten minutes have ${averageLabel(densest.usual)} on average`}
      </span>
      <span className="row windows__acts">
        <button
          type="button"
          className="btn btn--s"
          title="Every screen shows these ten minutes"
          onClick={() => {
            session.getState().setWindow(span);
            screens.getState().announce(`Time window: ${label} UTC`);
          }}
        >
          <Clock className="icon" aria-hidden="true" />
          Set as time window
        </button>
        <button
          type="button"
          className="btn btn--s"
          title="What all nodes wrote around these ten minutes"
          onClick={() => navigation.getState().go(timelineRoute({ view: framed(span) }))}
        >
          <ChartNoAxesCombined className="icon" aria-hidden="true" />
          Timeline
        </button>
        <button
          type="button"
          className="btn btn--s"
          title="Warnings and errors of these ten minutes"
          onClick={() => {
            session.getState().setWindow(span);
            search.getState().prepare('sev:>=warning');
            search.getState().run('entered');
          }}
        >
          <Search className="icon" aria-hidden="true" />
          Show them
        </button>
      </span>
    </>
  );
}

export function ErrorWindows({
  nodes,
  bundles,
}: {
  readonly nodes: readonly NodeFacts[];
  readonly bundles: readonly Bundle[];
}) {
  const told = nodes.filter((node) => node.densestErrors !== undefined);
  const names = nodeNames(bundles);
  if (told.length === 0) return null;
  const list = (some: readonly NodeFacts[]) => (
    <ul className={told.length > 1 ? 'windows windows--several' : 'windows'}>
      {some.map((node) => (
        <li key={node.bundle}>
          {told.length > 1 ? (
            <span className="mono" title={names.whole.get(node.bundle)}>
              {names.short.get(node.bundle)}
            </span>
          ) : null}
          {node.densestErrors === null || node.densestErrors === undefined ? (
            <span className={told.length > 1 ? 'meta windows__none' : 'meta'}>
              not known: no line of its logs has both a severity and a known time
            </span>
          ) : (
            <Densest densest={node.densestErrors} />
          )}
        </li>
      ))}
    </ul>
  );
  const rest = told.slice(NODES_SHOWN);
  return (
    <Section title="Most errors" says="ten minutes with the most warnings and errors in a node's own logs">
      {list(told.slice(0, NODES_SHOWN))}
      {rest.length === 0 ? null : (
        <details className="more">
          <summary>{counted(rest.length, 'more node')}</summary>
          {list(rest)}
        </details>
      )}
    </Section>
  );
}
