/** A trace in words for a terminal: what happens in one sentence, every outcome, the rules on the way. */

import type { Trace, TraceOutcome, TraceStep } from '../../contract/network.ts';
import { grouped } from '../../core/grouped.ts';
import { percent } from '../../report/model.ts';
import type { Output } from './output.ts';
import { visible, wrap } from './text.ts';

/** Outcomes of a service with hundreds of endpoints; --json has them all. */
const OUTCOMES_SHOWN = 12;
/** Outcomes whose rules are listed: endpoints of one service differ in their last rules only. */
const WALKED_SHOWN = 1;

/** @returns the lines of one trace. */
export function traceLines(output: Output, trace: Trace, steps: 'steps' | 'no steps'): readonly string[] {
  const { paint, width } = output;
  const shown = trace.outcomes.slice(0, OUTCOMES_SHOWN);
  const more = trace.outcomes.length - shown.length;
  return [
    ...wrap(packetWords(trace), width),
    ...wrap(sentence(trace), width).map((line) => paint('strong', line)),
    ...(trace.sticky ? wrap('Session affinity: later connections of one client meet its first endpoint.', width) : []),
    '',
    ...table(shown.map(outcomeCells)),
    ...(more === 0 ? [] : [`  and ${more} more outcomes (--json lists all)`]),
    ...shown
      .filter(broken)
      .slice(0, 3)
      .flatMap((one) => wrap(one.returnBecause, width, '  ! ', '    ')),
    ...(steps === 'no steps' ? [] : walked(output, trace.outcomes)),
    ...list(output, 'Assumed', trace.assumptions),
    ...list(output, 'Cannot tell', trace.unknown),
  ];
}

function broken(outcome: TraceOutcome): boolean {
  return outcome.returnPath === 'broken';
}

function packetWords(trace: Trace): string {
  const six = trace.destination.includes(':');
  const port = trace.port === null ? '' : `:${trace.port}`;
  const to = six && port !== '' ? `[${trace.destination}]${port}` : `${trace.destination}${port}`;
  const from = trace.source ?? 'an address that is not known';
  const by =
    trace.inInterface === null
      ? 'made on the node'
      : trace.inInterface === '?'
        ? 'coming in by an interface that is not known'
        : `coming in by ${trace.inInterface}`;
  const first = trace.state === 'new' ? 'first packet' : 'a packet of an established connection';
  return `${trace.protocol} from ${from} to ${to}, ${by}, ${first}`;
}

const VERDICT: Readonly<Record<TraceOutcome['verdict'], string>> = {
  deliver: 'delivered',
  reject: 'rejected',
  drop: 'dropped',
  passthrough: 'leaves the node with the destination it came with',
  'local-closed': 'handed to the node itself, where no rule takes it',
  unknown: 'cannot be decided',
};

/** @returns one sentence over all outcomes, those of one verdict together. */
function sentence(trace: Trace): string {
  const byVerdict = new Map<TraceOutcome['verdict'], readonly TraceOutcome[]>();
  for (const outcome of trace.outcomes) {
    byVerdict.set(outcome.verdict, [...(byVerdict.get(outcome.verdict) ?? []), outcome]);
  }
  const groups = [...byVerdict].map(([verdict, outcomes]) => ({
    verdict,
    outcomes,
    share: outcomes.reduce((sum, one) => sum + one.share, 0),
  }));
  groups.sort((left, right) => right.share - left.share);
  const [only] = groups;
  if (only === undefined) return 'No outcome is known.';
  if (groups.length === 1) {
    const reached = new Set(only.outcomes.flatMap((one) => one.endpoint ?? []));
    if (only.verdict === 'deliver' && reached.size > 1) return `Delivered to one of ${reached.size} endpoints.`;
    return ended(becauseWords(only.verdict, only.outcomes[0]?.because ?? ''));
  }
  return ended(
    groups.map(({ verdict, share, outcomes }) => `${percent(share)} ${groupWords(verdict, outcomes)}`).join('; '),
  );
}

/** What stops a part of the connections is said at once; several reasons stand with their outcomes. */
function groupWords(verdict: TraceOutcome['verdict'], outcomes: readonly TraceOutcome[]): string {
  const reasons = new Set(outcomes.map(({ because }) => because));
  const [reason] = reasons;
  const stops = verdict === 'drop' || verdict === 'reject' || verdict === 'unknown';
  if (!stops || reasons.size !== 1 || !reason) return VERDICT[verdict];
  const words = becauseWords(verdict, reason).replace(/\.$/, '');
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** @returns the reason, after the verdict where the reason does not say it. */
function becauseWords(verdict: TraceOutcome['verdict'], because: string): string {
  if (because === '') return VERDICT[verdict];
  const said = verdict !== 'reject' && verdict !== 'drop' && verdict !== 'unknown';
  return said || because.toLowerCase().startsWith(VERDICT[verdict]) ? because : `${VERDICT[verdict]}: ${because}`;
}

function ended(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return first.endsWith('.') ? first : `${first}.`;
}

function outcomeCells(outcome: TraceOutcome): readonly string[] {
  const source =
    outcome.snat === null
      ? ''
      : outcome.snat
        ? `source becomes ${outcome.snatTo ?? 'another address'}`
        : outcome.sourceNatRule === null
          ? 'source kept'
          : 'masqueraded, address unchanged';
  const back = outcome.verdict === 'deliver' ? `return path ${outcome.returnPath}` : '';
  return [percent(outcome.share).padStart(6), outcome.verdict, visible(outcome.endpoint ?? '-'), visible(source), back];
}

/** @returns rows with their columns aligned, nothing behind the last word. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

function walked(output: Output, outcomes: readonly TraceOutcome[]): readonly string[] {
  const shown = outcomes.filter((outcome) => outcome.steps.length > 0).slice(0, WALKED_SHOWN);
  return shown.flatMap((outcome) => {
    const to = outcome.endpoint === null ? outcome.verdict : `${outcome.verdict} ${visible(outcome.endpoint)}`;
    const title = outcomes.length === 1 ? 'Rules met' : `Rules met, first outcome (${to})`;
    return ['', title, ...outcome.steps.flatMap((step) => stepLines(output, step))];
  });
}

function stepLines(output: Output, step: TraceStep): readonly string[] {
  const place = step.file === null ? '' : `${visible(step.file)}${step.line === null ? '' : `:${step.line}`}`;
  const at = step.countedAt === null ? '' : ` by ${visible(step.countedAt.file)}:${step.countedAt.line}`;
  const counted = step.packets === null ? '' : `  ${grouped(step.packets)} packets${at}`;
  const where = [step.hook, step.table, step.chain].filter((word) => word !== '').join(' ');
  const maybe = step.maybe ? '  (may match)' : '';
  return [
    `  ${visible(where)}${maybe}  ${output.paint('dim', `${place}${counted}`)}`.trimEnd(),
    ...wrap(step.rule, output.width, '    ', '      '),
  ];
}

function list(output: Output, title: string, sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  return ['', title, ...sentences.flatMap((one) => wrap(one, output.width, '  - ', '    '))];
}
