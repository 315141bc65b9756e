/** `coldcase read <target> FILE`: lines of one source file. */
import type { Command } from 'commander';
import { LINES_PER_CALL_MAX } from '../../../core/limits.ts';
import { didYouMean } from '../../../core/nearest.ts';
import type { SourceFile } from '../../../core/vocabulary.ts';
import { instantWords } from '../clock-text.ts';
import type { EventAt } from '../event-at.ts';
import { EXIT } from '../exit.ts';
import { bundlesOf, label } from '../nodes.ts';
import { wholeNumber, withNodeOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type OpenCase, type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { visible } from '../text.ts';

interface Options extends TargetOptions {
  readonly line?: number;
  readonly count?: number;
  readonly numbers?: boolean;
  readonly times?: boolean;
  readonly raw?: boolean;
}

const FILE_EXAMPLES_MAX = 8;

export const registerRead: Registrar = (program, run) => {
  const command = withTargetOptions(program.command('read'))
    .description('print lines of one source file; control characters are made visible unless --raw')
    .argument('<file>', 'its path in the bundle, or the end of it when only one file ends so');
  withNodeOption(command)
    .option(
      '--line <n>',
      'first line; with --json also the event it belongs to',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--count <n>', 'number of lines (default: to the end)', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--numbers', 'number the lines (always so on a terminal)')
    .option('--times', 'before each line its instant in UTC and what that rests on')
    .option('--raw', 'the text as it is; not on a terminal');
  command.action((target: string, file: string, options: Options, self: Command) =>
    run(self, async (world, output) => {
      if (options.raw === true && world.stdout.kind === 'terminal') {
        wrongUsage('Text as it is may hold escape sequences and is not printed on a terminal.', '--raw');
      }
      return withTarget(world, output, target, options, async (open) => {
        const found = await findFile(open, file, options.node);
        const from = options.line ?? 1;
        if (found.lines > 0 && from > found.lines) {
          wrongUsage(`The file has ${found.lines} lines.`, `--line ${from}`);
        }
        if (found.lines === 0) await output.note(`${found.path} has no lines (${found.coverage}).`);
        const last = Math.min(found.lines, options.count === undefined ? found.lines : from - 1 + options.count);
        const form = world.stdout.kind === 'terminal' || options.numbers === true ? 'numbered' : 'plain';
        const event = output.form === 'json' && options.line !== undefined ? await eventOf(open, found, from) : null;
        const times = options.times === true ? 'shown' : 'left out';
        await print(open, output, found, { from, last, event, times }, options.raw === true ? 'raw' : form);
        return EXIT.done;
      });
    }),
  );
};

/** The log formats are loaded only where an event is asked for: every command's start would pay for them. */
async function eventOf(open: OpenCase, file: SourceFile, line: number): Promise<EventAt | null> {
  const { eventAt } = await import('../event-at.ts');
  return eventAt(open, file, line);
}

/** @returns the one file that is meant; ends the command with names when there is none, or more than one. */
async function findFile(open: OpenCase, wanted: string, node: string | undefined): Promise<SourceFile> {
  const bundles = new Map(bundlesOf(open.summary, node).map((bundle) => [bundle.id as string, bundle]));
  const files = (await open.session.call('file.list', { caseId: open.caseId })).filter((one) =>
    bundles.has(one.bundle),
  );
  const exact = files.filter((one) => one.path === wanted);
  const found = exact.length > 0 ? exact : files.filter((one) => one.path.endsWith(`/${wanted}`));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (first === undefined) {
    return wrongUsage(
      'No source file has this path.',
      wanted,
      didYouMean(
        wanted,
        files.map((one) => one.path),
      ) ?? 'List them with `coldcase files`.',
    );
  }
  const names = found.slice(0, FILE_EXAMPLES_MAX).map((one) => {
    const bundle = bundles.get(one.bundle);
    return bundle === undefined ? one.path : `${one.path} of ${label(bundle, open.summary.bundles)}`;
  });
  return wrongUsage('Several source files could be meant: give the whole path, or --node.', wanted, names.join('; '));
}

interface Part {
  readonly from: number;
  readonly last: number;
  /** The event at `from`, when a line was asked for as JSON. */
  readonly event: EventAt | null;
  readonly times: 'shown' | 'left out';
}

/** Prints lines `from` to `last` a page at a time, so that a file of any size needs little memory. */
async function print(
  open: OpenCase,
  output: Output,
  file: SourceFile,
  { from, last, event, times }: Part,
  form: 'numbered' | 'plain' | 'raw',
): Promise<void> {
  const width = String(last).length;
  if (output.form === 'json') {
    const { bundle, path, sha256, lines, bytes } = file;
    const head = JSON.stringify({ file: path, bundle, sha256, fileLines: lines, fileBytes: bytes });
    await output.raw(`${head.slice(0, -1)},"lines":[`);
  }
  let separator = '';
  for (let at = from; at <= last && !output.closed(); ) {
    const page = await open.session.call('file.lines', {
      caseId: open.caseId,
      bundle: file.bundle,
      file: file.path,
      from: at,
      count: Math.min(LINES_PER_CALL_MAX, last - at + 1),
    });
    if (page.lines.length === 0) break;
    if (output.form === 'json') {
      await output.raw(separator + page.lines.map((line) => JSON.stringify(line)).join(',\n'));
      separator = ',\n';
    } else if (form === 'raw') await output.raw(page.lines.map((line) => `${line.text}\n`).join(''));
    else {
      await output.lines(
        page.lines.map((line) => {
          const shown = visible(line.text);
          const at = output.paint('dim', instantWords(line.time, line.timeBasis));
          const text = times === 'shown' ? `${at}  ${shown}` : shown;
          return form === 'numbered' ? `${output.paint('dim', String(line.number).padStart(width))}  ${text}` : text;
        }),
      );
    }
    at += page.lines.length;
  }
  if (output.form === 'json') await output.raw(event === null ? ']}\n' : `],"event":${JSON.stringify(event)}}\n`);
}
