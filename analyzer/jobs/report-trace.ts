/** A traced packet in the words of a report: where it ends, and the rules it met. */

import type { MethodOutput } from '../contract/contract.ts';
import type { TraceOutcome, TraceVerdict } from '../contract/network.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import { grouped } from '../core/grouped.ts';
import type { Evidence } from '../core/vocabulary.ts';
import type { AskedAnswer } from '../report/make-document.ts';
import { counted, percent } from '../report/model.ts';

const VERDICT_WORDS: Readonly<Record<TraceVerdict, string>> = {
  deliver: 'delivered',
  reject: 'rejected',
  drop: 'dropped',
  passthrough: 'passed on untranslated',
  'local-closed': 'for the node itself, where nothing listens',
  unknown: 'not known',
};

/** Outcomes of a Service with many endpoints differ by the endpoint alone. */
const OUTCOMES_MAX = 20;
/** Outcomes whose rules are listed. */
const WALKED_MAX = 3;
const STEPS_MAX = 60;

type Trace = MethodOutput<'network.trace'>;

/** @param readerOf opens nothing: null when the bundle is not there. */
export function tracedInWords(
  trace: Trace,
  { readerOf }: { readonly readerOf: (bundle: string) => BundleReader | null },
): Pick<AskedAnswer, 'sentences' | 'tables'> {
  const reader = readerOf(trace.bundle);
  const left = trace.outcomes.length - OUTCOMES_MAX;
  return {
    sentences: [
      ...trace.unknown.map((why) => `Not known: ${why}`),
      ...trace.assumptions.map((what) => `Assumed: ${what}`),
      ...(trace.sticky ? ['Later connections of one client meet the endpoint of its first.'] : []),
      ...(left > 0 ? [`${counted(left, 'more outcome')} not listed here.`] : []),
    ],
    tables: [
      {
        caption: 'What becomes of it',
        columns: ['Share', 'Verdict', 'Endpoint', 'Source', 'Way back', 'Why'],
        rows: trace.outcomes.slice(0, OUTCOMES_MAX).map((outcome) => ({
          cells: outcomeCells(outcome),
          evidence: lastRule(outcome, reader),
        })),
      },
      ...trace.outcomes
        .filter(({ steps }) => steps.length > 0)
        .slice(0, WALKED_MAX)
        .map((outcome) => walked(outcome, reader)),
    ],
  };
}

function outcomeCells({ share, verdict, endpoint, snat, snatTo, returnPath, returnBecause, because }: TraceOutcome) {
  const source = snat === null ? '' : snat ? `becomes ${snatTo ?? 'another address'}` : 'kept';
  const back = verdict === 'deliver' ? `${returnPath}: ${returnBecause}` : '';
  return [percent(share), VERDICT_WORDS[verdict], endpoint ?? '', source, back, because];
}

/** The rule that decided; all others stand in the table of the rules. */
function lastRule({ steps }: TraceOutcome, reader: BundleReader | null): readonly Evidence[] {
  const last = steps.findLast(({ fileId, line }) => fileId !== null && line !== null);
  return last === undefined ? [] : citedStep(last, reader);
}

function walked(outcome: TraceOutcome, reader: BundleReader | null): AskedAnswer['tables'][number] {
  const { steps, verdict, endpoint } = outcome;
  const to = endpoint === null ? VERDICT_WORDS[verdict] : `${VERDICT_WORDS[verdict]} to ${endpoint}`;
  const more = steps.length > STEPS_MAX ? `, the first ${STEPS_MAX} of ${steps.length}` : '';
  return {
    caption: `Rules met when it is ${to}${more}`,
    columns: ['Hook', 'Chain', 'Rule', 'Packets'],
    rows: steps.slice(0, STEPS_MAX).map((step) => ({
      cells: [
        step.hook,
        [step.table, step.chain].filter((word) => word !== '').join(' '),
        `${step.rule}${step.maybe ? ' (may match)' : ''}`,
        step.packets === null ? '' : grouped(step.packets),
      ],
      evidence: citedStep(step, reader),
    })),
  };
}

function citedStep({ fileId, line }: TraceOutcome['steps'][number], reader: BundleReader | null): readonly Evidence[] {
  const file = fileId === null ? null : (reader?.file(fileId) ?? null);
  if (reader === null || file === null || line === null || line > file.lines) return [];
  return cite(reader, [{ fileId: file.id, line, endLine: line }]);
}
