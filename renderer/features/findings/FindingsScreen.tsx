/** The worst first, by cause. */
import { useMemo, useRef } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { fileRoute } from '../../components/EvidenceChip.tsx';
import { FindingDetails } from '../../components/FindingDetails.tsx';
import { FindingMarkButtons, FindingNote } from '../../components/FindingMarks.tsx';
import { Inspector } from '../../components/Inspector.tsx';
import { NoAnalysis } from '../../components/NoAnalysis.tsx';
import { SeverityLabel } from '../../components/SeverityMark.tsx';
import { Empty } from '../../components/States.tsx';
import { useFindingMark } from '../../components/use-finding-mark.ts';
import { usePivotOn, WhatCameBefore } from '../../components/WhatCameBefore.tsx';
import { inScope } from '../../model/derive.ts';
import type { Analysis, Finding } from '../../model/types.ts';
import { NO_FILTERS } from '../../stores/screens.ts';
import { useMarks, useScreens, useSession, useStores } from '../../stores/stores.tsx';
import { FilterBar } from './FilterBar.tsx';
import { FindingsTable } from './FindingsTable.tsx';
import { filterFindings, findingRows } from './filter.ts';

function Ready({ analysis }: { readonly analysis: Analysis }) {
  const { screens, navigation } = useStores();
  const hidden = useSession((state) => state.hidden);
  const { filters, grouping, selected } = useScreens((state) => state.findings);
  const said = useMarks((state) => state.marks);
  const note = useRef<HTMLTextAreaElement>(null);
  const { togglePin, toggleNoise } = useFindingMark();
  const scoped = useMemo(() => inScope(analysis.findings, hidden), [analysis, hidden]);
  const shown = useMemo(() => filterFindings(scoped, filters, said), [scoped, filters, said]);
  const rows = useMemo(
    () => findingRows(shown, analysis.causes, analysis.findings, grouping, said),
    [shown, analysis, grouping, said],
  );
  const order = useMemo(() => rows.flatMap((row) => (row.kind === 'finding' ? [row.finding] : [])), [rows]);
  const current = order.find((finding) => finding.id === selected) ?? order[0];

  const select = (finding: Finding | undefined) => {
    if (finding !== undefined) screens.getState().change('findings', { selected: finding.id });
  };
  const pivotOn = usePivotOn();
  const openFirst = (finding: Finding) => navigation.getState().go(fileRoute(finding.evidence[0]));
  const at = current === undefined ? -1 : order.indexOf(current);
  useScreenKeys({
    'next-row': () => select(order[at + 1]),
    'previous-row': () => select(order[at - 1]),
    'first-row': () => select(order[0]),
    'last-row': () => select(order.at(-1)),
    open: () => {
      if (current !== undefined) openFirst(current);
    },
    pin: () => {
      if (current !== undefined) void togglePin(current.id);
    },
    noise: () => {
      if (current !== undefined) void toggleNoise(current.id);
    },
    note: () => note.current?.focus(),
    pivot: () => {
      if (current !== undefined) pivotOn({ kind: 'finding', finding: current.id });
    },
  });
  return (
    <>
      <div className="centre centre--fixed">
        <FilterBar findings={scoped} shown={shown.length} healthy={analysis.baseline} />
        {rows.length === 0 ? (
          <Empty mark="unknown" title={scoped.length === 0 ? 'No finding' : 'No finding passes these filters'}>
            {scoped.length === 0 ? (
              <p>Nothing that was read points to a fault. Overview lists what was not read.</p>
            ) : (
              <button
                type="button"
                className="btn"
                onClick={() => screens.getState().change('findings', { filters: NO_FILTERS })}
              >
                Clear the filters
              </button>
            )}
          </Empty>
        ) : (
          <FindingsTable rows={rows} said={said} selected={current?.id ?? null} onSelect={select} onOpen={openFirst} />
        )}
      </div>
      {current === undefined ? null : (
        <Inspector
          kind={
            <>
              <SeverityLabel mark={current.severity} />
              <span className="mono">{current.rule}</span>
            </>
          }
          title={current.title}
          actions={
            <>
              <button type="button" className="btn btn--s" onClick={() => openFirst(current)}>
                Open the first evidence
              </button>
              {current.first === null ? null : <WhatCameBefore pivot={{ kind: 'finding', finding: current.id }} />}
              <FindingMarkButtons finding={current.id} />
            </>
          }
        >
          <FindingNote finding={current.id} input={note} />
          <FindingDetails finding={current} />
        </Inspector>
      )}
    </>
  );
}

export function FindingsScreen() {
  const analysis = useSession((state) => state.analysis);
  if (analysis.state === 'ready') return <Ready analysis={analysis.value} />;
  return <NoAnalysis analysis={analysis} />;
}
