/** `coldcase timeline <target>`: lines by time and severity, what was found when, where lines are missing. */
import { Option } from 'commander';
import { MERGED_LINES_MAX } from '../../../contract/timeline.ts';
import { grouped } from '../../../core/grouped.ts';
import { LANE_KINDS, type LaneKind, type MergedLine, type TimelineHistogram } from '../../../core/timeline.ts';
import type { Severity } from '../../../core/vocabulary.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { bundlesNotOpenedIn, notOpenedLines } from '../lost-bundles.ts';
import { bundlesOf } from '../nodes.ts';
import { severityOption, wholeNumber, withNodeOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import type { Nodes } from '../search-text.ts';
import { type OpenCase, type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { mergedLines, timelineLines } from '../timeline-text.ts';

interface Options extends TargetOptions {
  readonly from?: string;
  readonly to?: string;
  readonly incident?: string;
  readonly buckets?: number;
  readonly lanes?: LaneKind;
  readonly lines?: number;
  readonly severity?: Severity;
}

/** Rows of a terminal's screen. */
const BUCKETS_DEFAULT = 40;
/** The contract's own bound. */
const BUCKETS_MAX = 4_000;
/** What a person reads, and what a script holds in memory. */
const LINES_MAX = 100_000;

const TIMES_HELP = `
Times are 2024-05-01T12:00:00Z, '2024-05-01 12:00' or 2024-05-01; UTC when no zone is given. Without a window all of the
case is shown. Clocks are read as \`coldcase clock\` shows them.`;

export const registerTimeline: Registrar = (program, run) => {
  const command = withNodeOption(withTargetOptions(program.command('timeline')))
    .description('when lines were logged, by severity; findings and gaps; with --lines the lines of all files in order')
    .option('--from <time>', 'start of the window')
    .option('--to <time>', 'end of the window')
    .option('--incident <time>', 'five minutes before and after this time')
    .option('--buckets <n>', `at most so many rows (default ${BUCKETS_DEFAULT})`, wholeNumber(1, BUCKETS_MAX))
    .addOption(new Option('--lanes <kind>', 'count apart by').choices([...LANE_KINDS]).default('component'))
    .option(
      '--lines <n>',
      'instead the first lines of the window, of all files in the order of time',
      wholeNumber(1, LINES_MAX),
    )
    .addOption(severityOption('--severity <severity>', 'with --lines: only lines of this severity or worse'))
    .addHelpText('after', TIMES_HELP);
  command.action((target: string, options: Options, self) =>
    run(self, async (world, output) => {
      await checkOptions(options);
      return withTarget(world, output, target, options, (open) => show(open, output, options));
    }),
  );
};

/** Before anything is imported. */
async function checkOptions({ from, to, incident, lines, severity }: Options): Promise<void> {
  if (incident !== undefined && (from ?? to) !== undefined) {
    wrongUsage('Give a window or an incident, not both.', incident);
  }
  if (severity !== undefined && lines === undefined) wrongUsage('A severity is for --lines.', severity);
  const { givenInstant } = await import('../../../jobs/timeline-instant.ts');
  for (const time of [from, to, incident]) if (time !== undefined) givenInstant(time);
}

async function show(open: OpenCase, output: Output, options: Options): Promise<ExitCode> {
  const bundles = options.node === undefined ? null : bundlesOf(open.summary, options.node).map(({ id }) => id);
  const answer = await open.session.call('timeline.histogram', {
    caseId: open.caseId,
    bundles,
    from: options.from ?? null,
    to: options.to ?? null,
    incident: options.incident ?? null,
    columns: options.buckets ?? BUCKETS_DEFAULT,
    lanes: options.lanes ?? 'component',
  });
  if (options.lines !== undefined) return showLines(open, output, options, answer, options.lines);
  if (output.form === 'json') {
    await output.json({ ...answer, bundlesNotOpened: await bundlesNotOpenedIn(open.summary) });
  } else {
    await output.lines(await notOpenedLines(output, open.summary));
    await output.lines(timelineLines(output, answer, nodesOf(open, options)));
  }
  return EXIT.done;
}

function nodesOf({ summary }: OpenCase, options: Options): Nodes {
  return bundlesOf(summary, options.node).length > 1 ? 'several nodes' : 'one node';
}

async function showLines(
  open: OpenCase,
  output: Output,
  options: Options,
  { window }: TimelineHistogram,
  count: number,
): Promise<ExitCode> {
  const nodes = nodesOf(open, options);
  const all: MergedLine[] = [];
  let told = 0;
  for await (const lines of pagesOf(open, options, window, count)) {
    told += lines.length;
    if (output.form === 'json') all.push(...lines);
    else await output.lines(mergedLines(output, lines, nodes));
    if (output.closed()) break;
  }
  if (output.form === 'json') {
    await output.json({ window, lines: all, bundlesNotOpened: await bundlesNotOpenedIn(open.summary) });
  }
  await output.note(window.sentence);
  if (told === count)
    await output.note(
      count === 1
        ? 'The first line; there may be more (--lines).'
        : `The first ${grouped(count)} lines; there may be more (--lines).`,
    );
  return EXIT.done;
}

/** Lines of the window in order, at most `count`. */
async function* pagesOf(
  open: OpenCase,
  options: Options,
  { from, to }: TimelineHistogram['window'],
  count: number,
): AsyncIterable<readonly MergedLine[]> {
  if (from === null || to === null) return;
  const bundles = options.node === undefined ? null : bundlesOf(open.summary, options.node).map(({ id }) => id);
  let at: { readonly time: string } | { readonly cursor: string } = { time: from };
  for (let left = count; left > 0; ) {
    const page: { readonly lines: readonly MergedLine[]; readonly after: string | null } = await open.session.call(
      'timeline.lines',
      {
        ...{ caseId: open.caseId, bundles, at, until: to, count: Math.min(left, MERGED_LINES_MAX) },
        severity: options.severity ?? null,
      },
    );
    if (page.lines.length > 0) yield page.lines;
    if (page.after === null) return;
    left -= page.lines.length;
    at = { cursor: page.after };
  }
}
