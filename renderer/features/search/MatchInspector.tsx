import { Bookmark, Clock, Copy } from 'lucide-react';
import { type RefObject, useEffect, useMemo } from 'react';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { LineNote } from '../../components/LineNote.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { TextFilter } from '../../components/TextFilter.tsx';
import { useNodeNames } from '../../components/use-node-names.ts';
import { WhatCameBefore } from '../../components/WhatCameBefore.tsx';
import { When } from '../../components/When.tsx';
import { BASIS_WORDS } from '../../model/basis-words.ts';
import { chipLabel } from '../../model/evidence.ts';
import { LEVEL_OF } from '../../model/facets.ts';
import type { SearchMatch } from '../../model/types.ts';
import { marks } from '../../stores/notebook.ts';
import { useNotebook, useSession, useStores } from '../../stores/stores.tsx';
import { MatchContext } from './MatchContext.tsx';

/** Half of the window that is set around a line. */
const AROUND_MS = 5 * 60_000;
/** Words of the line that are offered as filters. */
const WORDS_MAX = 40;

/** @returns the words of a line that are long enough to filter by, each once. */
function wordsOf(text: string): readonly string[] {
  return [...new Set(text.slice(0, 4_000).match(/[\w./:@-]{4,80}/g) ?? [])].slice(0, WORDS_MAX);
}

export function MatchInspector({
  match,
  piece,
  note,
  onCopy,
  onMark,
}: {
  readonly match: SearchMatch;
  /** The box whose text is filtered by. */
  readonly piece: RefObject<HTMLInputElement | null>;
  readonly note: RefObject<HTMLTextAreaElement | null>;
  readonly onCopy: () => void;
  readonly onMark: () => void;
}) {
  const { session } = useStores();
  const names = useNodeNames().whole;
  const analysis = useSession((state) => state.analysis);
  const kept = useNotebook((state) => state.bookmarks.some((one) => marks(one, match)));
  const target = { bundle: match.bundle, file: match.file, line: match.line, endLine: match.line };
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line is looked at from its beginning
  useEffect(() => {
    const pane = document.querySelector('.inspector');
    if (pane === null) return;
    pane.scrollTop = 0;
    pane.querySelector('[data-match]')?.scrollIntoView({ block: 'nearest' });
  }, [match.bundle, match.file, match.line, match.before.length]);
  const words = useMemo(() => wordsOf(match.text), [match]);
  const [range] = match.ranges;
  const citing =
    analysis.state !== 'ready'
      ? []
      : analysis.value.findings.filter((finding) =>
          finding.evidence.some(
            (one) =>
              one.bundle === match.bundle &&
              one.file === match.file &&
              one.line <= match.line &&
              one.endLine >= match.line,
          ),
        );
  return (
    <Inspector
      kind={
        <>
          <SeverityMark mark={match.severity ?? 'unknown'} label={null} />
          {match.severity === null ? 'Line, no severity known' : `Line, ${LEVEL_OF[match.severity]}`}
        </>
      }
      title={chipLabel(target)}
      actions={
        <>
          <EvidenceChip evidence={target} />
          {match.time === null ? null : (
            <WhatCameBefore pivot={{ kind: 'line', bundle: match.bundle, file: match.file, line: match.line }} />
          )}
          <button type="button" className="btn btn--s" title="Copy as evidence (C)" onClick={onCopy}>
            <Copy className="icon" aria-hidden="true" />
            Copy as evidence
          </button>
          <button
            type="button"
            className="btn btn--s"
            aria-pressed={kept}
            title={kept ? 'Kept with the case (B takes it away)' : 'Keep this line with the case (B)'}
            onClick={onMark}
          >
            <Bookmark className="icon" aria-hidden="true" />
            {kept ? 'Bookmarked' : 'Bookmark'}
          </button>
        </>
      }
    >
      <InspectorBlock title="In context">
        <MatchContext match={match} />
      </InspectorBlock>
      <InspectorBlock title="Filter by text">
        <TextFilter
          input={piece}
          start={range === undefined ? '' : match.text.slice(range[0], Math.min(range[1], range[0] + 200))}
          words={words}
        />
      </InspectorBlock>
      <InspectorBlock title="Line">
        <dl className="kv">
          <dt>Instant</dt>
          <dd>
            {match.time === null ? (
              'no time in this line'
            ) : (
              <>
                <When iso={match.time} length="full" of={match} />
                {match.timeBasis === null ? null : <span className="meta"> {BASIS_WORDS[match.timeBasis]}</span>}
              </>
            )}
          </dd>
          <dt>Node</dt>
          <dd className={match.node === null ? 'meta' : 'mono'}>
            {match.node === null ? 'not known' : (names.get(match.bundle) ?? match.node)}
          </dd>
          <dt>File</dt>
          <dd className="mono">{match.file}</dd>
          {match.aliases.length === 0 ? null : (
            <>
              <dt>Copies</dt>
              <dd className="mono">
                {match.aliases.map((alias) => (
                  <div key={alias}>{alias}</div>
                ))}
              </dd>
            </>
          )}
        </dl>
        {match.time === null ? null : (
          <button
            type="button"
            className="btn btn--s window-around"
            onClick={() => {
              const at = Math.floor(Date.parse(match.time ?? '') / 1_000) * 1_000;
              session.getState().setWindow({ from: at - AROUND_MS, to: at + AROUND_MS + 1_000 });
            }}
          >
            <Clock className="icon" aria-hidden="true" />5 min around it
          </button>
        )}
      </InspectorBlock>
      <LineNote target={match} input={note} />
      <InspectorBlock title="This line is cited by">
        {citing.length === 0 ? <p className="meta">No finding.</p> : <FindingLinks findings={citing} />}
      </InspectorBlock>
    </Inspector>
  );
}
