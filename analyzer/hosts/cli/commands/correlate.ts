/** `coldcase correlate <target> --pivot X`: what happened around something, and what led to it. */
import { type Command, InvalidArgumentError } from 'commander';
import type { MethodInput } from '../../../contract/contract.ts';
import { CORRELATE_WINDOW_MS_MAX } from '../../../contract/timeline.ts';
import { FindingId } from '../../../core/ids.ts';
import { correlationLines } from '../correlate-text.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { bundlesNotOpenedIn, notOpenedLines } from '../lost-bundles.ts';
import { bundlesOf } from '../nodes.ts';
import { wholeNumber, withNodeOption, withRulesOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import {
  type OpenCase,
  type RuleOptions,
  type TargetOptions,
  withRuleFolders,
  withTarget,
  wrongUsage,
} from '../session.ts';
import { sourceFileOf } from '../source-file.ts';

interface Options extends TargetOptions, RuleOptions {
  readonly pivot: string;
  readonly window?: number;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly why?: boolean;
}

/** The contract's own bound. */
const LIMIT_MAX = 500;
const LIMIT_DEFAULT = 15;

const PIVOT_HELP = `
A pivot is the id of a finding, a time (2024-05-01T12:03:05, UTC when no zone is given), a line (FILE:LINE), or else a
query of the search: its first line in time. One word that names a program, such as kube-proxy, means the first warning
or error of it or about it. A query that looks like something else goes in quotes of its own: --pivot '"2024-05-01"'.`;

export const registerCorrelate: Registrar = (program, run) => {
  const command = withRulesOption(withNodeOption(withTargetOptions(program.command('correlate'))))
    .description('what happened around an event, ranked with reasons, and which declared chains lead through it')
    .requiredOption('--pivot <pivot>', 'what to correlate around: a finding, a time, FILE:LINE, or words')
    .option('--window <duration>', 'before and after the pivot, such as 90s, 5m or 2h (default 5m)', windowMs)
    .option('--from <time>', 'begin of the window, instead of --window before the pivot')
    .option('--to <time>', 'end of the window, instead of --window after the pivot')
    .option('--limit <n>', `events to print (default ${LIMIT_DEFAULT})`, wholeNumber(1, LIMIT_MAX))
    .option('--why', 'the reasons of each rank (always in JSON)')
    .addHelpText('after', PIVOT_HELP);
  command.action((target: string, options: Options, self: Command) =>
    run(self, async (world, output) =>
      withTarget(await withRuleFolders(world, output, options), output, target, options, (open) =>
        correlate(open, output, options),
      ),
    ),
  );
};

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function windowMs(word: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(word) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (!(ms >= 1_000 && ms <= CORRELATE_WINDOW_MS_MAX))
    throw new InvalidArgumentError('Expected a number and s, m or h, from 1s to 24h.');
  return ms;
}

async function correlate(open: OpenCase, output: Output, options: Options): Promise<ExitCode> {
  const { summary, session, caseId } = open;
  const bundles = bundlesOf(summary, options.node);
  const found = await session.call('correlate.run', {
    caseId,
    bundles: options.node === undefined ? null : bundles.map(({ id }) => id),
    pivot: await pivotOf(open, options),
    from: options.from ?? null,
    to: options.to ?? null,
    limit: options.limit ?? LIMIT_DEFAULT,
    ...(options.window === undefined ? {} : { windowMs: options.window }),
  });
  if (output.form === 'json') await output.json({ ...found, bundlesNotOpened: await bundlesNotOpenedIn(summary) });
  else {
    await output.lines(await notOpenedLines(output, summary));
    const nodes = bundles.length > 1 ? 'several nodes' : 'one node';
    const reasons = options.why === true ? 'shown' : 'left out';
    await output.lines(correlationLines(output, found, { nodes, reasons }));
  }
  if (found.empty !== null) await output.warn(found.empty);
  return found.pivot === null ? EXIT.usage : EXIT.done;
}

type PivotInput = MethodInput<'correlate.run'>['pivot'];

async function pivotOf(open: OpenCase, { pivot, node }: Options): Promise<PivotInput> {
  if (pivot.trim() === '') wrongUsage('A pivot is a finding, a time, FILE:LINE, or words.', '--pivot');
  if (/^[0-9a-f]{16}$/.test(pivot)) return { finding: FindingId.parse(pivot) };
  const { readInstant } = await import('../../../query/values.ts');
  if (typeof readInstant(pivot) === 'number') return { time: pivot };
  const [, path = '', line = ''] = /^(.+):(\d{1,9})$/.exec(pivot) ?? [];
  return (path === '' ? null : await linePivot(open, path, Number(line), node)) ?? { text: pivot };
}

/** An address with its port looks like a line of a file: it is one when there is such a file. */
async function linePivot(open: OpenCase, path: string, line: number, node: string | undefined) {
  const files = await open.session.call('file.list', { caseId: open.caseId });
  if (line === 0 || !files.some((file) => file.path === path || file.path.endsWith(`/${path}`))) return null;
  const file = await sourceFileOf(open, path, node);
  return { bundle: file.bundle, file: file.path, line };
}
