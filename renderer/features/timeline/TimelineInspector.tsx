/** What came before the pivot: chains first, then events with the reasons of their rank; else the line that is selected. */
import { Bookmark, Copy, Crosshair, Pin } from 'lucide-react';
import type { RefObject } from 'react';
import { AddToReport } from '../../components/AddToReport.tsx';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { LineNote } from '../../components/LineNote.tsx';
import { MarkedText } from '../../components/MarkedText.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote, Loading } from '../../components/States.tsx';
import { When } from '../../components/When.tsx';
import { BASIS_WORDS } from '../../model/basis-words.ts';
import { baseName, count, counted, sentenceCase } from '../../model/format.ts';
import { messageStart } from '../../model/timeline-text.ts';
import { distanceLabel } from '../../model/timeline-view.ts';
import type {
  CorrelatedEvent,
  Correlation,
  FoundChain,
  MergedLine,
  TimelineGap,
  TimelineHistogram,
} from '../../model/types.ts';
import { marks } from '../../stores/notebook.ts';
import { useNotebook, useSession, useStores, useTimeline } from '../../stores/stores.tsx';
import { PIVOT_WINDOWS_MS } from '../../stores/timeline-route.ts';
import { pinnableCorrelation, useScopeOf } from './pin-answers.ts';
import { chainLines, eventLine, usePins } from './pins.ts';

const CHARS_SHOWN = 400;
/** Gaps told one by one. */
const GAPS_SHOWN = 6;

export interface LineActions {
  readonly cite: () => void;
  readonly bookmark: () => void;
  readonly pivot: () => void;
}

function useSeveralNodes(): boolean {
  return useSession((state) => (state.openCase?.bundles.length ?? 0) > 1);
}

function WindowChoice() {
  const { timeline } = useStores();
  const windowMs = useTimeline((state) => state.place.windowMs);
  return (
    <select
      className="select"
      aria-label="Window around the pivot"
      value={windowMs}
      onChange={(event) => timeline.getState().setWindowMs(Number(event.target.value))}
    >
      {PIVOT_WINDOWS_MS.map((ms) => (
        <option key={ms} value={ms}>
          {ms / 60_000} min each way
        </option>
      ))}
    </select>
  );
}

function Chain({ chain }: { readonly chain: FoundChain }) {
  const { timeline } = useStores();
  const several = useSeveralNodes();
  const scope = useScopeOf();
  const pin = usePins();
  return (
    <div className="tl-chain">
      <p>
        <b>{chain.title}</b>
      </p>
      <p>{chain.meaning}</p>
      <ol className="steps">
        {chain.steps.map((step) => (
          <li key={`${step.title} ${step.evidence.bundle} ${step.evidence.line}`}>
            <span>
              {step.title}, <When iso={step.first} />
              {step.count > 1 ? <span className="meta">, {counted(step.count, 'time')}</span> : null}
              <br />
              <EvidenceChip evidence={step.evidence} node={several ? step.node : null} />
            </span>
          </li>
        ))}
      </ol>
      <p className="meta">
        {chain.shares === null ? 'Both on one node.' : `Sharing ${chain.shares.kind} ${chain.shares.name}.`}{' '}
        {chain.because} <b>{chain.confidence.level}</b>: {chain.confidence.because}
      </p>
      <button
        type="button"
        className="btn btn--s"
        title="Keeps both ends as bookmarks that name the chain, pins findings that rest on them, and adds this answer to the report"
        onClick={() => void pin(chainLines(chain), 'Chain pinned', pinnableCorrelation(timeline.getState(), scope))}
      >
        <Pin className="icon" aria-hidden="true" />
        Pin to report
      </button>
    </div>
  );
}

function Event({ event, pivot }: { readonly event: CorrelatedEvent; readonly pivot: string }) {
  const { timeline } = useStores();
  const several = useSeveralNodes();
  const pin = usePins();
  const { evidence } = event;
  const text = evidence.text.split('\n')[0] ?? '';
  const times =
    event.inCase === null
      ? `${counted(event.inWindow, 'time')} in the window`
      : `${counted(event.inWindow, 'time')} in the window, ${count(event.inCase)} in the case`;
  return (
    <li className="tl-event">
      <SeverityMark mark={event.severity ?? 'unknown'} />
      <div className="tl-event__what">
        <p className="tl-event__text mono">
          <MarkedText text={text.slice(messageStart(text)).slice(0, CHARS_SHOWN)} />
        </p>
        <p className="meta">
          <b>{distanceLabel(event.distanceMs)}</b>, {event.component ?? baseName(evidence.file)}, {times}
        </p>
        <p
          className="meta"
          title={`Rank ${event.score.toPrecision(3)}: the product of ${event.because.map(({ factor, sentence }) => `${sentence} ${factor.toPrecision(3)}`).join(', ')}`}
        >
          {event.because.map(({ sentence }) => sentence).join(', ')}
        </p>
        <span className="tl-event__acts">
          <EvidenceChip evidence={evidence} node={several ? event.node : null} />
          <IconButton
            icon={Crosshair}
            look="quiet"
            label="Make it the pivot"
            onClick={() =>
              timeline
                .getState()
                .pivotOn({ kind: 'line', bundle: evidence.bundle, file: evidence.file, line: evidence.line })
            }
          />
          <IconButton
            icon={Pin}
            look="quiet"
            label="Pin the event"
            title="Keeps the line with these reasons, and pins findings that rest on it"
            onClick={() => void pin([eventLine(event, pivot)], 'Event pinned', null)}
          />
        </span>
      </div>
    </li>
  );
}

function Gaps({ gaps }: { readonly gaps: readonly TimelineGap[] }) {
  const several = useSeveralNodes();
  if (gaps.length === 0) return null;
  return (
    <InspectorBlock title="Not known" meta={counted(gaps.length, 'gap')}>
      <ul className="plain">
        {gaps.slice(0, GAPS_SHOWN).map((gap) => (
          <li key={`${gap.bundle} ${gap.file} ${gap.kind} ${gap.to}`}>
            {gap.sentence}{' '}
            {gap.evidence === null ? (
              <span className="meta mono">{gap.file}</span>
            ) : (
              <EvidenceChip evidence={gap.evidence} node={several ? gap.node : null} />
            )}
          </li>
        ))}
      </ul>
      {gaps.length > GAPS_SHOWN ? <p className="meta">and {counted(gaps.length - GAPS_SHOWN, 'more gap')}</p> : null}
    </InspectorBlock>
  );
}

function Selected({
  line,
  actions,
  note,
}: {
  readonly line: MergedLine;
  readonly actions: LineActions;
  readonly note: RefObject<HTMLTextAreaElement | null>;
}) {
  const several = useSeveralNodes();
  const kept = useNotebook((state) => state.bookmarks.some((one) => marks(one, line)));
  return (
    <>
      <InspectorBlock title="Selected line">
        <p className="tl-raw mono">
          <MarkedText text={line.text} />
          {line.isCut ? <span className="meta"> … cut: the whole line is in Files</span> : null}
        </p>
        <div className="row tl-acts">
          <EvidenceChip evidence={{ ...line, endLine: line.line }} node={several ? line.node : null} />
          <button type="button" className="btn btn--s" title="What came before this line (T)" onClick={actions.pivot}>
            <Crosshair className="icon" aria-hidden="true" />
            What came before
          </button>
          <IconButton icon={Copy} label="Copy as evidence" title="Copy as evidence (C)" onClick={actions.cite} />
          <IconButton
            icon={Bookmark}
            label={kept ? 'Bookmarked' : 'Bookmark'}
            title={kept ? 'Kept with the case (B takes it away)' : 'Keep this line with the case (B)'}
            aria-pressed={kept}
            onClick={actions.bookmark}
          />
        </div>
        <p className="meta">
          <When iso={line.time} length="full" /> {BASIS_WORDS[line.timeBasis]}
        </p>
      </InspectorBlock>
      <LineNote target={line} input={note} />
    </>
  );
}

function Found({ correlation }: { readonly correlation: Correlation }) {
  const { pivot, chains, events, eventsNotListed, gaps, clocks, window, empty } = correlation;
  if (pivot === null) {
    return (
      <InspectorBlock title="No pivot">
        <p>{empty ?? 'Nothing was found to begin from.'}</p>
        <p className="meta">{window.sentence}</p>
      </InspectorBlock>
    );
  }
  return (
    <>
      <InspectorBlock
        title={chains.length === 0 ? 'Chains' : 'Chains found'}
        {...(chains.length < 2 ? {} : { meta: count(chains.length) })}
      >
        {chains.length === 0 ? (
          <p className="meta">No declared chain fits what is in the window.</p>
        ) : (
          chains.map((chain) => (
            <Chain
              key={`${chain.chain} ${chain.steps.map(({ evidence }) => `${evidence.bundle}${evidence.file}${evidence.line}`).join()}`}
              chain={chain}
            />
          ))
        )}
      </InspectorBlock>
      <InspectorBlock
        title="Closest events, ranked"
        {...(events.length === 0 ? {} : { meta: counted(events.length + eventsNotListed, 'kind') })}
      >
        {events.length === 0 ? <p className="meta">{empty ?? 'No other event in the window.'}</p> : null}
        <ol className="tl-events">
          {events.map((event) => (
            <Event
              key={`${event.evidence.bundle} ${event.evidence.file} ${event.evidence.line}`}
              event={event}
              pivot={pivot.sentence}
            />
          ))}
        </ol>
        {eventsNotListed === 0 ? null : <p className="meta">{counted(eventsNotListed, 'more kind')} of lower rank</p>}
      </InspectorBlock>
      <Gaps gaps={gaps} />
      {clocks === null ? null : (
        <InspectorBlock title="Clocks">
          <p>{clocks}</p>
        </InspectorBlock>
      )}
      <InspectorBlock title="Not in view">
        <p className="meta">{window.sentence}</p>
      </InspectorBlock>
    </>
  );
}

export function TimelineInspector({
  histogram,
  line,
  actions,
  note,
}: {
  readonly histogram: TimelineHistogram;
  readonly line: MergedLine | null;
  readonly actions: LineActions;
  readonly note: RefObject<HTMLTextAreaElement | null>;
}) {
  const { timeline } = useStores();
  const correlation = useTimeline((state) => state.correlation);
  const asked = useTimeline((state) => state.place.pivot !== null);
  const found = correlation.state === 'ready' ? correlation.value.pivot : null;
  const several = useSeveralNodes();
  const place = useTimeline((state) => state.place);
  const pinnable = pinnableCorrelation({ place, correlation }, useScopeOf());
  if (!asked) {
    return (
      <Inspector
        kind={
          line === null ? (
            'Timeline'
          ) : (
            <>
              <SeverityMark mark={line.severity ?? 'unknown'} label={null} />
              Line
            </>
          )
        }
        title={line === null ? 'No line is selected' : `${baseName(line.file)}:${line.line}`}
      >
        {line === null ? null : <Selected line={line} actions={actions} note={note} />}
        <Gaps gaps={histogram.gaps} />
        <InspectorBlock title="Window">
          <p className="meta">{histogram.window.sentence}</p>
        </InspectorBlock>
      </Inspector>
    );
  }
  const evidence = found?.evidence ?? null;
  const isPivot =
    line !== null &&
    evidence !== null &&
    line.bundle === evidence.bundle &&
    line.file === evidence.file &&
    line.line === evidence.line;
  return (
    <Inspector
      kind={
        <>
          <Crosshair className="icon" aria-hidden="true" />
          Pivot
        </>
      }
      title={
        found === null
          ? correlation.state === 'ready'
            ? 'Nothing to begin from'
            : 'Looking for it'
          : `${sentenceCase(found.sentence)}, ${new Date(found.time).toISOString().slice(11, 23)}`
      }
      actions={
        <>
          {evidence === null ? null : <EvidenceChip evidence={evidence} node={several ? evidence.node : null} />}
          <WindowChoice />
          {pinnable === null ? null : <AddToReport pinnable={pinnable} keys="P" />}
        </>
      }
    >
      {line === null || isPivot ? null : <Selected line={line} actions={actions} note={note} />}
      {correlation.state === 'failed' ? (
        <FailureNote failure={correlation.failure} onRetry={() => timeline.getState().refresh()} />
      ) : correlation.state === 'ready' ? (
        <Found correlation={correlation.value} />
      ) : (
        <Loading what="Looking at what came before" />
      )}
    </Inspector>
  );
}
