/** Pinned answers in the words of a report: sentences, and tables whose rows name the lines they rest on. */
import type { MethodArguments, MethodOutput } from '../contract/contract.ts';
import { MERGED_LINES } from '../contract/timeline.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { Difference } from '../core/comparison.ts';
import type { FileId } from '../core/ids.ts';
import type { PinnedAnswer } from '../core/report.ts';
import type { Evidence } from '../core/vocabulary.ts';
import type { AskedAnswer } from '../report/make-document.ts';
import { counted, instant } from '../report/model.ts';
import { tracedInWords } from './report-trace.ts';

type Method = PinnedAnswer['method'];

/** A pin with its answer of now; `failed`: why there is none. */
export interface PinWithAnswer {
  readonly pin: PinnedAnswer;
  readonly answer: { readonly [M in Method]: { readonly method: M; readonly output: MethodOutput<M> } }[Method] | null;
  readonly failed: string | null;
}

export type Told = Pick<AskedAnswer, 'sentences' | 'tables'>;
type Table = AskedAnswer['tables'][number];

/** Where the lines of an answer are read. */
export interface AnswerSource {
  readonly readerOf: (bundle: string) => BundleReader | null;
}

/** Rows of one table. A report tells what matters; the case has the rest. */
export const ROWS_MAX = 100;
const DIFFERENCES_MAX = 30;
/** Characters of a cell: a line of a log, not a dump. */
const CELL_CHARS_MAX = 600;
/** Pieces of evidence of a row. */
const CITES_MAX = 4;

export function clipped(text: string): string {
  return text.length > CELL_CHARS_MAX ? `${text.slice(0, CELL_CHARS_MAX).toWellFormed()}...` : text;
}

/** @returns what the report says of a pinned answer. */
export function answerInWords({ pin, answer, failed }: PinWithAnswer, source: AnswerSource): AskedAnswer {
  const { method, title, note } = pin;
  const told = answer === null ? { sentences: [], tables: [] } : toldOf(answer, pin, source);
  return { pin: { method, title, note }, question: questionOf(pin), failed, ...told };
}

function toldOf(answer: NonNullable<PinWithAnswer['answer']>, { input }: PinnedAnswer, source: AnswerSource): Told {
  switch (answer.method) {
    case 'network.trace':
      return tracedInWords(answer.output, source);
    case 'compare.run':
      return compared(answer.output);
    case 'correlate.run':
      return correlated(answer.output);
    case 'runbooks.run':
      return followed(answer.output);
    case 'timeline.lines':
      return merged(answer.output, input as Partial<MethodArguments<'timeline.lines'>>, source);
  }
}

/** What was asked, from the input as it is kept: it was valid when it was pinned. */
function questionOf({ method, input }: PinnedAnswer): string {
  const of = <M extends Method>(_: M) => input as Partial<MethodArguments<M>>;
  switch (method) {
    case 'network.trace': {
      const { protocol = 'tcp', state = 'new', from = '', to = '', node } = of(method);
      const on = node === null || node === undefined ? '' : `, on ${node}`;
      return `${state === 'new' ? 'A new' : 'An established'} ${protocol} connection from ${from} to ${to}${on}.`;
    }
    case 'compare.run': {
      const { bundles = [], affected = [] } = of(method);
      const against = affected.length === 0 ? '' : `, ${affected.length} of them as affected`;
      return `${counted(bundles.length, 'bundle')} held against each other${against}.`;
    }
    case 'runbooks.run':
      return `Runbook ${of(method).runbook ?? ''}, run on this case.`;
    case 'correlate.run':
      return 'What happened around it, and what led to it.';
    case 'timeline.lines': {
      const { at, direction = 'after', severity = null, until = null } = of(method);
      const begin = at !== undefined && 'time' in at ? `from ${at.time}` : 'from the pinned place';
      const from = until === null ? `${begin} on` : `${begin} until ${until}`;
      const which = severity === null ? 'Lines' : `Lines of severity ${severity} or worse`;
      return `${which} of all nodes in the order of time, ${direction === 'after' ? from : `${from}, backwards`}.`;
    }
  }
}

/** The first rows of a table, and a sentence for those that are not shown. */
function table<T>(
  caption: string,
  columns: readonly string[],
  all: readonly T[],
  row: (one: T) => Table['rows'][number],
): Table {
  const left = all.length - ROWS_MAX;
  return {
    caption: left > 0 ? `${caption}, the first ${ROWS_MAX} of ${all.length}` : caption,
    columns,
    rows: all.slice(0, ROWS_MAX).map((one) => {
      const { cells, evidence } = row(one);
      return { cells: cells.map(clipped), evidence: evidence.slice(0, CITES_MAX) };
    }),
  };
}

function firstLine({ text }: Evidence): string {
  return text.split('\n', 1)[0] ?? '';
}

function compared({
  sentence,
  sides,
  differences,
  decisive,
  notListed,
  notes,
  notCompared,
}: MethodOutput<'compare.run'>): Told {
  const first = new Set(decisive);
  const sorted = [...differences.filter(({ id }) => first.has(id)), ...differences.filter(({ id }) => !first.has(id))];
  const shown = sorted.slice(0, DIFFERENCES_MAX);
  const left = sorted.length - shown.length + notListed;
  return {
    sentences: [sentence, ...notes, ...(left > 0 ? [`${counted(left, 'more difference')} not listed here.`] : [])],
    tables: [
      table('Sides', ['Node', 'Part', 'Collected'], sides, (side) => ({
        cells: [side.label, side.part, side.collectedAt === null ? 'not known' : instant(side.collectedAt)],
        evidence: [],
      })),
      table('Differences, the ones that matter most first', ['What', 'Difference', 'Why it matters'], shown, (one) => ({
        cells: [`${one.area}: ${one.subject}`, one.sentence, one.because],
        evidence: differing(one),
      })),
      table('Not compared', ['What', 'Why'], notCompared, ({ what, because }) => ({
        cells: [what, because],
        evidence: [],
      })),
    ],
  };
}

/** A line of each different value. */
function differing({ values }: Difference): readonly Evidence[] {
  const seen = new Set<string | null>();
  return values.flatMap(({ value, evidence }) => {
    if (seen.has(value)) return [];
    seen.add(value);
    return evidence.slice(0, 1);
  });
}

function correlated(answer: MethodOutput<'correlate.run'>): Told {
  const { pivot, window, events, eventsNotListed, chains, gaps, clocks, empty } = answer;
  return {
    sentences: [
      ...(pivot === null ? [] : [`Around ${instant(pivot.time)}: ${pivot.sentence}.`]),
      window.sentence,
      ...(empty === null ? [] : [empty]),
      ...(clocks === null ? [] : [clocks]),
      ...gaps.slice(0, ROWS_MAX).map(({ sentence }) => sentence),
      ...(eventsNotListed > 0 ? [`${counted(eventsNotListed, 'more kind')} of message not listed here.`] : []),
    ],
    tables: [
      ...chains.map((chain) =>
        table(
          `${chain.title}: ${chain.meaning} (${chain.confidence.level}: ${chain.because})`,
          ['Step', 'First', 'Times', 'Node', 'Line'],
          chain.steps,
          ({ title, first, count, node, evidence }) => ({
            cells: [title, instant(first), String(count), node ?? '', firstLine(evidence)],
            evidence: [evidence],
          }),
        ),
      ),
      table('Messages, the most telling first', ['When', 'Node', 'Line', 'Why it is told'], events, (event) => ({
        cells: [instant(event.time), event.node ?? '', firstLine(event.evidence), reasonsOf(event.because)],
        evidence: [event.evidence],
      })),
    ],
  };
}

function reasonsOf(reasons: readonly { readonly sentence: string }[]): string {
  return reasons.map(({ sentence }) => sentence).join('; ');
}

function followed(answer: MethodOutput<'runbooks.run'>): Told {
  const { runbook, node, nodeBecause, rootCause, because, steps, mitigation, escalation } = answer;
  return {
    sentences: [
      `${runbook.title}, on ${node ?? 'a node without a name'} (${nodeBecause}).`,
      `Root cause: ${rootCause}. ${because}`,
    ],
    tables: [
      table(
        'Steps',
        ['Step', 'Ended', 'Why'],
        steps.filter(({ kind }) => kind !== 'group'),
        (step) => ({ cells: [`${step.id} ${step.text}`, step.end, step.because], evidence: step.evidence }),
      ),
      table('Mitigation', ['When', 'What', 'Safety'], mitigation, (one) => ({
        cells: [one.when, one.text, `${one.safety}: ${one.because}`],
        evidence: [],
      })),
      table('Escalate if', ['Condition', 'State', 'Why'], escalation, (one) => ({
        cells: [one.condition, one.state, one.because],
        evidence: [],
      })),
    ],
  };
}

function merged(
  { lines }: MethodOutput<'timeline.lines'>,
  { count = MERGED_LINES }: Partial<MethodArguments<'timeline.lines'>>,
  source: AnswerSource,
): Told {
  const sentences = lines.length === 0 ? ['There is no such line in the case.'] : [];
  if (lines.length >= count) sentences.push(`At most ${counted(count, 'line')} were asked for: more may follow.`);
  // The lines are what was pinned: all of them are told.
  const rows = lines.map(({ bundle, node, file, line, time, component, text }) => ({
    cells: [instant(time), node ?? '', component ?? '', clipped(text)],
    evidence: citedLine(source, bundle, file, line),
  }));
  return { sentences, tables: [{ caption: 'Lines', columns: ['When', 'Node', 'From', 'Line'], rows }] };
}

function citedLine({ readerOf }: AnswerSource, bundle: string, path: string, line: number): readonly Evidence[] {
  const reader = readerOf(bundle);
  const file = reader?.fileByPath(path) ?? null;
  return reader === null || file === null ? [] : citedAt(reader, file.id, line);
}

/** @returns the line as evidence; none when the file does not have it. */
function citedAt(reader: BundleReader, fileId: FileId, line: number): readonly Evidence[] {
  const file = reader.file(fileId);
  return file === null || line > file.lines ? [] : cite(reader, [{ fileId, line, endLine: line }]);
}
