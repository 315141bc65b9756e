/** What is wrong, since when, how sure; then everything that answer rests on. */
import { useLayoutEffect, useRef } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { inScope, rankedCauses } from '../../model/derive.ts';
import type { Analysis } from '../../model/types.ts';
import { useScreens, useSession, useStores } from '../../stores/stores.tsx';
import { AskCustomer } from './AskCustomer.tsx';
import { CauseInspector } from './CauseInspector.tsx';
import { Causes } from './Causes.tsx';
import { Checked } from './Checked.tsx';
import { Completeness } from './Completeness.tsx';
import { CoverageSection } from './CoverageSection.tsx';
import { causesAlike, type RankedCause } from './cause-groups.ts';
import { ErrorWindows } from './ErrorWindows.tsx';
import { Fleet } from './Fleet.tsx';
import { NodeFactsSection } from './NodeFactsSection.tsx';
import { Suggested } from './Suggested.tsx';
import { VerdictBlock } from './VerdictBlock.tsx';

function Ready({ analysis }: { readonly analysis: Analysis }) {
  const { screens, navigation } = useStores();
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  const hidden = useSession((state) => state.hidden);
  const selected = useScreens((state) => state.overview.cause);
  const centre = useRef<HTMLDivElement>(null);
  const causes = rankedCauses(analysis).filter(({ finding }) => inScope([finding], hidden).length > 0);
  const shown = causes[Math.min(selected, causes.length - 1)];
  const groups = causesAlike(causes);
  const group = groups.findIndex((one) => shown !== undefined && one.includes(shown));
  const select = (cause: RankedCause) => {
    screens.getState().change('overview', { cause: causes.indexOf(cause) });
    const row = groups.findIndex((one) => one.includes(cause));
    centre.current?.querySelector(`[data-cause="${row}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const selectGroup = (index: number) => {
    const [first] = groups[Math.max(0, Math.min(groups.length - 1, index))] ?? [];
    if (first !== undefined) select(first);
  };
  useScreenKeys({
    'next-row': () => selectGroup(group + 1),
    'previous-row': () => selectGroup(group - 1),
    open: () => {
      if (shown !== undefined) {
        screens.getState().change('findings', { selected: shown.finding.id });
        navigation.getState().go({ screen: 'findings', params: {} });
      }
    },
  });
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = centre.current;
    if (element === null) return;
    element.scrollTop = screens.getState().overview.scroll;
    return () => screens.getState().change('overview', { scroll: element.scrollTop });
  }, [screens]);
  const visible = bundles.filter((bundle) => !hidden.has(bundle.id));
  return (
    <>
      <div className="centre" ref={centre}>
        <div className="measure">
          <VerdictBlock analysis={analysis} />
          <Causes
            groups={groups}
            findings={inScope(analysis.findings, hidden)}
            selected={shown ?? null}
            onSelect={select}
          />
          {bundles.length > 1 ? <Fleet /> : null}
          <Suggested />
          <ErrorWindows nodes={inScope(analysis.nodes, hidden)} bundles={bundles} />
          <Checked analysis={analysis} causes={causes} hidden={hidden} />
          <NodeFactsSection nodes={inScope(analysis.nodes, hidden)} bundles={bundles} />
          <Completeness analysis={analysis} hidden={hidden} bundles={bundles} />
          <CoverageSection analysis={analysis} bundles={visible} />
          <AskCustomer asks={analysis.askCustomer} />
        </div>
      </div>
      {shown === undefined ? null : (
        <CauseInspector cause={shown.cause} finding={shown.finding} of={causes.length} analysis={analysis} />
      )}
    </>
  );
}

export function OverviewScreen() {
  const { session, navigation } = useStores();
  const openCase = useSession((state) => state.openCase);
  const analysis = useSession((state) => state.analysis);
  if (openCase === null || openCase.bundles.length === 0) {
    return (
      <div className="centre">
        {openCase?.unreadable.map((failure) => (
          <FailureNote key={`${failure.where} ${failure.message}`} failure={failure} />
        ))}
        <Empty title="Nothing is imported yet">
          <p>The verdict appears here once an archive has been read.</p>
          <button
            type="button"
            className="btn"
            onClick={() => navigation.getState().go({ screen: 'start', params: {} })}
          >
            Import an archive
          </button>
        </Empty>
      </div>
    );
  }
  if (analysis.state === 'ready') return <Ready analysis={analysis.value} />;
  return (
    <div className="centre">
      {analysis.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={analysis.failure} onRetry={() => void session.getState().loadAnalysis()} />
        </div>
      ) : (
        <Loading what="Analysing the case" />
      )}
    </div>
  );
}
