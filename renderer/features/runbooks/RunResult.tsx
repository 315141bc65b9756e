/** The root cause first, what to do and how safe that is, when to escalate; then every step with what it rests on. */
import { Copy } from 'lucide-react';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { AddToReport, type Pinnable, usePinAnswer } from '../../components/AddToReport.tsx';
import { AskCopyButtons } from '../../components/AskList.tsx';
import { useCopy } from '../../components/copy.ts';
import { fileRoute } from '../../components/EvidenceChip.tsx';
import { InlineMarkdown } from '../../components/InlineMarkdown.tsx';
import { Prose } from '../../components/Prose.tsx';
import { Safety } from '../../components/Safety.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import type { Mark } from '../../model/derive.ts';
import { counted, sentenceCase } from '../../model/format.ts';
import type { RunbookResult } from '../../model/types.ts';
import { FRESH_RESULT, type RunQuestion, runKey } from '../../stores/runbooks.ts';
import { useRunbooks, useSession, useStores } from '../../stores/stores.tsx';
import { ResultInspector } from './ResultInspector.tsx';
import { RunHead } from './RunHead.tsx';
import { Step } from './Step.tsx';
import { endCounts, phasesOf, resultMark, rootCauseWords, stepMark } from './words.ts';

const ESCALATION: Readonly<
  Record<RunbookResult['escalation'][number]['state'], { readonly mark: Mark; readonly says: string }>
> = {
  holds: { mark: 'high', says: 'Holds' },
  'does-not-hold': { mark: 'pass', says: 'Does not hold' },
  'not-known': { mark: 'unknown', says: 'Not known' },
};

function Verdict({ result }: { readonly result: RunbookResult }) {
  const mark = resultMark(result);
  return (
    <section className={`verdict verdict--${mark} run`} aria-label="Result">
      <SeverityMark
        mark={mark}
        label={result.established === 'yes' ? `Severity ${result.output.severity}` : 'Not established'}
      />
      <div>
        <h2 className="run__cause">{rootCauseWords(result)}</h2>
        <p>
          <Prose text={result.because} />
        </p>
        <div className="verdict__facts">
          <span>
            severity <b>{result.established === 'yes' ? result.output.severity : 'not known'}</b>
          </span>
          <span>
            node <b className="mono">{result.node ?? 'not known'}</b>, because {result.nodeBecause}
          </span>
        </div>
        <ul className="run__counts" aria-label="How the steps ended">
          {endCounts(result.steps).map((one) => (
            <li key={one.end} className="severity">
              <SeverityMark mark={one.mark} label={null} />
              {one.text}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function Mitigations({ mitigation }: { readonly mitigation: RunbookResult['mitigation'] }) {
  return (
    <section aria-label="What to do">
      <h2>What to do</h2>
      {mitigation.length === 0 ? (
        <p className="meta">
          Nothing is advised before the root cause is established. First get what the steps need from the customer.
        </p>
      ) : (
        <ul className="acts">
          {mitigation.map((one) => (
            <li key={`${one.when} ${one.text}`} className="act">
              <span className="acts__when">{one.when === 'immediate' ? 'Now' : 'Long term'}</span>
              <div>
                <InlineMarkdown text={one.text} />
                <p className="acts__safety">
                  <Safety rating={one.safety} />
                  <span className="meta">
                    <Prose text={one.because} />
                  </span>
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Escalation({ result }: { readonly result: RunbookResult }) {
  if (result.escalation.length === 0) return null;
  return (
    <section aria-label="Escalate when">
      <h2>Escalate when</h2>
      <ul className="bullets">
        {result.escalation.map((one) => (
          <li key={one.condition}>
            <SeverityMark mark={ESCALATION[one.state].mark} label={null} />
            <span>
              <InlineMarkdown text={one.condition} />
              <small>
                <b>{ESCALATION[one.state].says}</b>: <Prose text={one.because} />
              </small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function RunResult({ question, result }: { readonly question: RunQuestion; readonly result: RunbookResult }) {
  const { runbooks, navigation } = useStores();
  const copy = useCopy();
  const key = runKey(question);
  const view = useRunbooks((state) => state.resultViews.get(key)) ?? FRESH_RESULT;
  const analysis = useSession((state) => state.analysis);
  const centre = useRef<HTMLDivElement>(null);
  const findings = useMemo(
    () => new Map((analysis.state === 'ready' ? analysis.value.findings : []).map((one) => [String(one.id), one])),
    [analysis],
  );
  const phases = useMemo(() => phasesOf(result.steps), [result]);
  const at = result.steps.findIndex(({ id }) => id === view.step);
  const current = result.steps[at];
  const select = (index: number) => {
    const next = Math.max(0, Math.min(result.steps.length - 1, index));
    const step = result.steps[next];
    if (step === undefined) return;
    runbooks.getState().changeResult(key, { step: step.id, inspects: 'step' });
    centre.current?.querySelector(`[data-step="${next}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const pinnable: Pinnable = {
    question: { method: 'runbooks.run', input: { runbook: result.runbook.id, bundle: result.bundle } },
    title: `${result.runbook.title}${result.node === null ? '' : `, on ${result.node}`}`,
  };
  const pin = usePinAnswer();
  const copyDocument = () => copy(result.document, 'the output of the runbook');
  useScreenKeys({
    'next-row': () => select(at + 1),
    'previous-row': () => select(at - 1),
    'first-row': () => select(0),
    'last-row': () => select(result.steps.length - 1),
    open: () => {
      const [first] = current?.evidence ?? [];
      if (first !== undefined) navigation.getState().go(fileRoute(first));
    },
    'copy-evidence': copyDocument,
    pin: () => void pin(pinnable),
  });
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = centre.current;
    if (element === null) return;
    element.scrollTop = runbooks.getState().resultViews.get(key)?.scroll ?? 0;
    return () => runbooks.getState().changeResult(key, { scroll: element.scrollTop });
  }, [runbooks, key]);
  return (
    <>
      <div className="centre centre--fixed">
        <RunHead question={question} title={result.runbook.title}>
          <AddToReport pinnable={pinnable} keys="P" />
          <AskCopyButtons asks={result.askCustomer} which="commands" />
          <button type="button" className="btn btn--s" title="Copy the output as YAML (C)" onClick={copyDocument}>
            <Copy className="icon" aria-hidden="true" />
            Copy output
          </button>
        </RunHead>
        <div className="runbooks" ref={centre}>
          <Verdict result={result} />
          <div className="section columns run__after">
            <Mitigations mitigation={result.mitigation} />
            <Escalation result={result} />
          </div>
          {phases.map((phase) => (
            <section key={phase.title} aria-label={phase.title}>
              <h2 className="runbooks__head">
                {sentenceCase(phase.title)} <span className="meta">{counted(phase.steps.length, 'step')}</span>
              </h2>
              <ol>
                {phase.steps.map((step) => {
                  const index = result.steps.indexOf(step);
                  return (
                    <Step
                      key={step.id}
                      step={step}
                      mark={stepMark(step, findings)}
                      bundle={result.bundle}
                      index={index}
                      state={index === at ? 'selected' : 'other'}
                      onSelect={() => select(index)}
                    />
                  );
                })}
              </ol>
            </section>
          ))}
        </div>
      </div>
      <ResultInspector runKey={key} result={result} step={view.inspects === 'step' ? current : undefined} />
    </>
  );
}
