/** What becomes of the packet: the answer first, outcomes side by side, what was assumed, and the rules it met. */
import { Fragment, type ReactNode } from 'react';
import { captured } from '../../components/Captured.tsx';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import type { Mark } from '../../model/derive.ts';
import { count, counted } from '../../model/format.ts';
import type { Trace, TraceOutcome, TraceStep } from '../../model/types.ts';
import { CountedAt, Said } from './parts.tsx';
import {
  type Destination,
  outcomeMark,
  returnSentence,
  shareLabel,
  sourceSentence,
  traceSentence,
  verdictWord,
  worstFirst,
} from './words.ts';

/** A rule can be a megabyte; Files shows all of it. */
const CHARS_SHOWN = 1_000;
/** A trace can meet thousands of rules of a chain; the first ones are drawn at once. */
const STEPS_SHOWN = 400;

function Card({
  outcome,
  to,
  selected,
  onSelect,
}: {
  readonly outcome: TraceOutcome;
  readonly to: Destination;
  readonly selected: 'selected' | 'not-selected';
  readonly onSelect: () => void;
}) {
  const back = returnSentence(outcome);
  const source = sourceSentence(outcome);
  return (
    <li>
      <button type="button" className="outcome" aria-pressed={selected === 'selected'} onClick={onSelect}>
        <span className="outcome__head">
          <SeverityMark mark={outcomeMark(outcome, to)} label={null} />
          <b>{verdictWord(outcome.verdict)}</b>
          <span className="outcome__share">{shareLabel(outcome.share)}</span>
        </span>
        {outcome.endpoint === null ? null : <span className="mono outcome__endpoint">{outcome.endpoint}</span>}
        <span className="outcome__why">{outcome.because}</span>
        {source === null ? null : <span className="outcome__why">{source}</span>}
        <span className="outcome__back">
          <SeverityMark mark={back.mark} label={null} />
          <span>{back.text}</span>
        </span>
      </button>
    </li>
  );
}

function Column({
  title,
  mark,
  none,
  texts,
}: {
  readonly title: string;
  readonly mark: Mark;
  readonly none: string;
  readonly texts: readonly string[];
}) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul className="bullets">
        {texts.length === 0 ? <Said mark={mark === 'unknown' ? 'pass' : mark}>{none}</Said> : null}
        {texts.map((text) => (
          <Said key={text} mark={mark}>
            {text}
          </Said>
        ))}
      </ul>
    </section>
  );
}

function Step({ step, place, trace }: { readonly step: TraceStep; readonly place: number; readonly trace: Trace }) {
  return (
    <li className={step.maybe ? 'walk__step is-maybe' : 'walk__step'}>
      <span className="walk__place">{place}</span>
      <span className="walk__where">
        {step.table}
        {step.chain === '' ? null : (
          <span className="mono clip" title={step.chain}>
            {step.chain}
          </span>
        )}
      </span>
      <span className="walk__rule">
        <code>{captured(step.rule.slice(0, CHARS_SHOWN))}</code>
        {step.rule.length > CHARS_SHOWN ? <em className="meta"> … the rest is in Files</em> : null}
        <CountedAt bundle={trace.bundle} at={step.countedAt} />
        {step.maybe ? (
          <span className="walk__maybe">
            <SeverityMark mark="unknown" label={null} />
            not certain that it matches
          </span>
        ) : null}
      </span>
      <span className="num">
        {step.packets === null ? <span className="meta">no counter</span> : count(step.packets)}
      </span>
      <span className="walk__line">
        {step.file === null || step.line === null ? (
          <span className="meta">no line</span>
        ) : (
          <EvidenceChip
            evidence={{ bundle: trace.bundle, file: step.file, line: step.line, endLine: step.line, text: step.rule }}
          />
        )}
      </span>
    </li>
  );
}

function Walk({
  trace,
  outcome,
  to,
}: {
  readonly trace: Trace;
  readonly outcome: TraceOutcome;
  readonly to: Destination;
}) {
  const shown = outcome.steps.slice(0, STEPS_SHOWN);
  return (
    <section aria-label="Rules met">
      <div className="pane-head walk__title">
        <h2>Rules met</h2>
        <span className="meta">
          {outcome.steps.length === 0
            ? 'none'
            : `${counted(outcome.steps.length, 'step')} in order, for the ${verdictWord(outcome.verdict)} outcome${outcome.endpoint === null ? '' : ` of ${outcome.endpoint}`}`}
        </span>
        <span className="grow" />
        <span className="meta">Packets since each rule was written</span>
      </div>
      <ol className="walk">
        {shown.map((step, index): ReactNode => {
          const before = shown[index - 1];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a packet can meet one rule twice
            <Fragment key={index}>
              {before?.hook === step.hook ? null : <li className="walk__hook">{step.hook}</li>}
              <Step step={step} place={index + 1} trace={trace} />
            </Fragment>
          );
        })}
        <li className="walk__end">
          <SeverityMark mark={outcomeMark(outcome, to)} label={null} />
          <span>
            {outcome.steps.length > shown.length
              ? `${counted(outcome.steps.length - shown.length, 'more step')} not drawn. `
              : ''}
            <b>{verdictWord(outcome.verdict)}</b>: {outcome.because}
          </span>
        </li>
      </ol>
    </section>
  );
}

export function TraceResult({
  trace,
  to,
  selected,
  onSelect,
  actions,
}: {
  readonly trace: Trace;
  readonly to: Destination;
  /** Place of the selected outcome in the trace. */
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  readonly actions: ReactNode;
}) {
  const current = trace.outcomes[selected];
  return (
    <>
      <div className="section trace-answer">
        <div className="trace-answer__head">
          <h1 aria-live="polite">{traceSentence(trace)}</h1>
          {actions}
        </div>
        {trace.sticky ? <p>Session affinity: later connections of one client meet the endpoint of its first.</p> : null}
        <ul className="outcomes" aria-label="Outcomes">
          {worstFirst(trace.outcomes).map(({ outcome, index }) => (
            <Card
              key={index}
              outcome={outcome}
              to={to}
              selected={index === selected ? 'selected' : 'not-selected'}
              onSelect={() => onSelect(index)}
            />
          ))}
        </ul>
        <div className="columns">
          <Column title="Assumed" mark="info" none="Nothing." texts={trace.assumptions} />
          <Column
            title="Cannot be told"
            mark="unknown"
            none="Nothing of this packet was left open."
            texts={trace.unknown}
          />
        </div>
      </div>
      {current === undefined ? null : <Walk trace={trace} outcome={current} to={to} />}
    </>
  );
}
