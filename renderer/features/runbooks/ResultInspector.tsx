/** The output as the runbook wants it, what to ask, what usually goes wrong; or the selected step with its evidence. */
import { Copy, Download } from 'lucide-react';
import { AskCopyButtons, AskList } from '../../components/AskList.tsx';
import { useCopy } from '../../components/copy.ts';
import { EvidenceLines } from '../../components/EvidenceLines.tsx';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { InlineMarkdown } from '../../components/InlineMarkdown.tsx';
import { Inspector, InspectorBlock, InspectorList } from '../../components/Inspector.tsx';
import { Prose } from '../../components/Prose.tsx';
import { Safety } from '../../components/Safety.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import type { Mark } from '../../model/derive.ts';
import { counted } from '../../model/format.ts';
import type { FindingId, RunbookResult, RunbookStep } from '../../model/types.ts';
import { useSession, useStores } from '../../stores/stores.tsx';
import { endWord, resultMark, rootCauseWords, stepSaid } from './words.ts';

/** More evidence than this is in the step's chips and in the findings. */
const EVIDENCE_SHOWN = 8;

const ISSUE: Readonly<
  Record<RunbookResult['commonIssues'][number]['state'], { readonly mark: Mark; readonly says: string }>
> = {
  seen: { mark: 'high', says: 'Seen here' },
  'not-seen': { mark: 'pass', says: 'Not seen here' },
  'not-known': { mark: 'unknown', says: 'Not known' },
};

function useFindings(ids: readonly FindingId[]) {
  const analysis = useSession((state) => state.analysis);
  return analysis.state === 'ready' ? analysis.value.findings.filter(({ id }) => ids.includes(id)) : [];
}

function StepBlocks({ step }: { readonly step: RunbookStep }) {
  const { findings, says, others } = stepSaid(step.because, useFindings(step.findings));
  return (
    <>
      <InspectorBlock title="Why" {...(findings.length === 0 ? {} : { meta: counted(findings.length, 'finding') })}>
        {others.map((because) => (
          <p key={because}>
            <Prose text={because} />
          </p>
        ))}
        {findings.length === 0 ? null : <FindingLinks findings={findings} says={says} />}
      </InspectorBlock>
      <InspectorBlock title="Evidence" meta={counted(step.evidence.length, 'reference')}>
        {step.evidence.length === 0 ? <p className="meta">The step cites no line.</p> : null}
        {step.evidence.slice(0, EVIDENCE_SHOWN).map((evidence) => (
          <EvidenceLines
            key={`${evidence.bundle} ${evidence.file} ${evidence.line}-${evidence.endLine}`}
            evidence={evidence}
            severity={findings[0]?.severity ?? 'info'}
          />
        ))}
        {step.evidence.length > EVIDENCE_SHOWN ? (
          <p className="meta">{counted(step.evidence.length - EVIDENCE_SHOWN, 'more reference')}</p>
        ) : null}
      </InspectorBlock>
    </>
  );
}

function OutputBlocks({ result }: { readonly result: RunbookResult }) {
  const findings = useFindings(result.findings);
  return (
    <>
      <InspectorBlock title="Output" meta="YAML, in the runbook's own shape">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by key */}
        <section className="run__document" tabIndex={0} aria-label="Output of the runbook">
          <pre className="codeblock">{result.document}</pre>
        </section>
      </InspectorBlock>
      {findings.length === 0 ? null : (
        <InspectorBlock title="Rests on" meta={counted(findings.length, 'finding')}>
          <FindingLinks findings={findings} />
        </InspectorBlock>
      )}
      <InspectorBlock title="Ask the customer" meta={counted(result.askCustomer.length, 'command')}>
        {result.askCustomer.length === 0 ? (
          <p className="meta">Nothing: no step needs the customer.</p>
        ) : (
          <>
            <p className="row">
              <AskCopyButtons asks={result.askCustomer} />
            </p>
            <AskList asks={result.askCustomer} width="narrow" />
          </>
        )}
      </InspectorBlock>
      {result.commonIssues.length === 0 ? null : (
        <InspectorBlock title="Common issues">
          <ul className="bullets">
            {result.commonIssues.map((one) => (
              <li key={one.symptoms}>
                <SeverityMark mark={ISSUE[one.state].mark} label={null} />
                <span>
                  <b>{ISSUE[one.state].says}.</b> <InlineMarkdown text={one.symptoms} />
                  <small>
                    <InlineMarkdown text={one.diagnosis} />
                  </small>
                  {one.state === 'seen' ? (
                    <small>
                      <InlineMarkdown text={one.resolution} /> <Safety rating={one.safety} />
                    </small>
                  ) : null}
                </span>
              </li>
            ))}
          </ul>
        </InspectorBlock>
      )}
      <InspectorList title="Safety ratings of the runbook" items={result.safetyRatings} />
    </>
  );
}

export function ResultInspector({
  runKey,
  result,
  step,
}: {
  readonly runKey: string;
  readonly result: RunbookResult;
  /** undefined: the output is shown. */
  readonly step: RunbookStep | undefined;
}) {
  const { bridge, runbooks, screens } = useStores();
  const copy = useCopy();
  const save = async () => {
    const name = `${result.runbook.id}${result.node === null ? '' : `-${result.node}`}.yaml`.replace(/[^\w.-]+/g, '-');
    const saved = await bridge.saveDocument(name, 'application/yaml', result.document);
    if (!saved.ok) screens.getState().announce(`Not saved: ${saved.failure.message}`);
    else if (saved.value !== null) screens.getState().announce(`Saved to ${saved.value}`);
  };
  if (step !== undefined) {
    return (
      <Inspector
        kind={
          <>
            Step {step.id}, {step.level === null ? '' : `${step.level}, `}
            {endWord(step.end).toLowerCase()}
          </>
        }
        title={<InlineMarkdown text={step.text} />}
        actions={
          <button
            type="button"
            className="btn btn--s"
            onClick={() => runbooks.getState().changeResult(runKey, { inspects: 'output' })}
          >
            Show the output
          </button>
        }
      >
        <StepBlocks step={step} />
      </Inspector>
    );
  }
  return (
    <Inspector
      kind={
        <>
          <SeverityMark mark={resultMark(result)} label={null} />
          Output of {result.runbook.id}
        </>
      }
      title={rootCauseWords(result)}
      actions={
        <>
          <button
            type="button"
            className="btn btn--s"
            onClick={() => copy(result.document, 'the output of the runbook')}
          >
            <Copy className="icon" aria-hidden="true" />
            Copy YAML
          </button>
          <button type="button" className="btn btn--s" onClick={() => void save()}>
            <Download className="icon" aria-hidden="true" />
            Save
          </button>
        </>
      }
    >
      <OutputBlocks result={result} />
    </Inspector>
  );
}
