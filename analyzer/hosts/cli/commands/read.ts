/** `coldcase read <target> FILE`: lines of one source file, as text, as evidence, or as bytes. */
import { type Command, InvalidArgumentError } from 'commander';
import type { MethodOutput } from '../../../contract/contract.ts';
import { LINES_PER_CALL_MAX } from '../../../core/limits.ts';
import type { SourceFile } from '../../../core/vocabulary.ts';
import { instantWords } from '../clock-text.ts';
import type { EventAt } from '../event-at.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { byteRange, bytesOf, hexLines } from '../file-bytes.ts';
import { wholeNumber, withNodeOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type OpenCase, type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { sourceFileOf } from '../source-file.ts';
import { visible } from '../text.ts';
import type { World } from '../world.ts';

interface ByteRange {
  readonly from: number;
  readonly count: number;
}

interface Options extends TargetOptions {
  readonly line?: number;
  readonly at?: string;
  readonly link?: string;
  readonly count?: number;
  readonly cite?: boolean;
  readonly bytes?: ByteRange;
  readonly numbers?: boolean;
  readonly times?: boolean;
  readonly raw?: boolean;
}

const DUMP_BYTES_DEFAULT = 256;

export const registerRead: Registrar = (program, run) => {
  const command = withTargetOptions(program.command('read'))
    .description('print lines of one source file; control characters are made visible unless --raw')
    .argument('[file]', 'its path in the bundle, or the end of it when only one file ends so');
  withNodeOption(command)
    .option(
      '--line <n>',
      'first line; with --json also the event it belongs to',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--at <time>', 'first line: the first one at or after this time, such as 2024-05-01T12:03:05Z')
    .option('--link <link>', 'the line that a coldcase:// link leads to; exits with 4 when it is not there any more')
    .option(
      '--count <n>',
      'number of lines (default: to the end; 1 for a link)',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--cite', 'quoted as evidence, with where it stands and its hash (default: one line); JSON has a link too')
    .option(
      '--bytes <from:count>',
      `bytes in hex, of any file; count is ${DUMP_BYTES_DEFAULT} when left out`,
      byteWords,
    )
    .option('--numbers', 'number the lines (always so on a terminal)')
    .option('--times', 'before each line its instant in UTC and what that rests on')
    .option('--raw', 'the bytes as they are stored (text as UTF-8), also of a binary file; not on a terminal');
  command.action((target: string, file: string | undefined, options: Options, self: Command) =>
    run(self, async (world, output) => {
      checkOptions(world, output, file, options);
      return withTarget(world, output, target, options, async (open) => {
        const start = await startOf(open, file ?? '', options);
        return read(world, open, output, start, options);
      });
    }),
  );
};

/** `0x200:64`, `512:64`, `512`. */
function byteWords(word: string): ByteRange {
  const [, from, count] = /^(0x[0-9a-f]{1,13}|\d{1,15})(?::(\d{1,15}))?$/i.exec(word) ?? [];
  if (from === undefined || Number(count ?? 1) === 0) {
    throw new InvalidArgumentError('Expected FROM:COUNT, such as 0:256 or 0x200:64.');
  }
  return { from: Number(from), count: Number(count ?? DUMP_BYTES_DEFAULT) };
}

/** Of each of these only one can be meant. */
const ALTERNATIVES: readonly (readonly (keyof Options)[])[] = [
  ['line', 'at', 'link', 'bytes'],
  ['count', 'bytes'],
  ['cite', 'bytes', 'raw'],
  ['cite', 'times'],
  ['cite', 'numbers'],
  ['node', 'link'],
];

function checkOptions(world: World, output: Output, file: string | undefined, options: Options): void {
  for (const group of ALTERNATIVES) {
    const given = group.filter((name) => options[name] !== undefined);
    const both = given.map((name) => `--${name}`).join(' and ');
    // Bytes of a range as they are.
    if (given.length > 1 && both !== '--bytes and --raw') wrongUsage('Only one of these can be meant.', both);
  }
  if (file === undefined && options.link === undefined) wrongUsage('Which file? Give its path, or --link.');
  if (file !== undefined && options.link !== undefined) wrongUsage('The link names the file already.', file);
  if (options.raw !== true) return;
  if (output.form === 'json') wrongUsage('JSON holds text, not bytes as they are.', '--raw and --json');
  if (world.stdout.kind === 'terminal') {
    wrongUsage('Bytes as they are may hold escape sequences and are not printed on a terminal.', '--raw');
  }
}

/** Where reading begins. */
interface Start {
  readonly file: SourceFile;
  readonly from: number;
  /** What became of the line of a link; null without one. */
  readonly found: MethodOutput<'link.follow'>['found'] | null;
}

async function startOf(open: OpenCase, wanted: string, options: Options): Promise<Start> {
  const { session, caseId } = open;
  if (options.link !== undefined) {
    const { bundle, file, line, found } = await session.call('link.follow', { caseId, link: options.link });
    const files = await session.call('file.list', { caseId });
    const source = files.find((one) => one.bundle === bundle && one.path === file);
    if (source === undefined) return wrongUsage('No source file has this path.', file);
    return { file: source, from: line, found };
  }
  const file = await sourceFileOf(open, wanted, options.node);
  if (options.at === undefined) return { file, from: options.line ?? 1, found: null };
  const asked = { caseId, bundle: file.bundle, file: file.path, time: options.at };
  const { line } = await session.call('file.lineAt', asked);
  if (line === null) return wrongUsage('No line of this file has a time.', file.path);
  return { file, from: line, found: null };
}

const LINK_WORDS = {
  moved: 'The line of the link stands elsewhere in this file: here.',
  changed: 'The line of the link is not in this file: another one stands in its place.',
} as const;

async function read(world: World, open: OpenCase, output: Output, start: Start, options: Options): Promise<ExitCode> {
  const { file, from, found } = start;
  if (options.bytes !== undefined) return dump(open, output, file, options.bytes, options.raw === true ? 'raw' : 'hex');
  if (file.lines > 0 && from > file.lines) wrongUsage(`The file has ${file.lines} lines.`, `--line ${from}`);
  if (found === 'moved' || found === 'changed') await output.warn(LINK_WORDS[found]);
  const ends = found === 'changed' ? EXIT.gaps : EXIT.done;
  const whole = from === 1 && options.count === undefined;
  const count = options.count ?? (found === null && options.cite !== true ? undefined : 1);
  const last = Math.min(file.lines, count === undefined ? file.lines : from - 1 + count);
  if (options.raw === true) {
    const [first, end] = whole ? [0, Number.MAX_SAFE_INTEGER] : await byteRange(open, file, from, last);
    for await (const bytes of bytesOf(open, file, first, end)) {
      if (output.closed()) break;
      await output.raw(bytes);
    }
    return ends;
  }
  if (file.lines === 0) {
    const advice = file.coverage === 'binary' ? '; --bytes shows it in hex' : '';
    await output.note(`${file.path} has no lines (${file.coverage})${advice}.`);
  }
  if (options.cite === true) {
    await cited(open, output, file, from, last);
    return ends;
  }
  const form = world.stdout.kind === 'terminal' || options.numbers === true ? 'numbered' : 'plain';
  const event = output.form === 'json' && options.line !== undefined ? await eventOf(open, file, from) : null;
  const times = options.times === true ? 'shown' : 'left out';
  await print(open, output, file, { from, last, event, times, found }, form);
  return ends;
}

async function cited(open: OpenCase, output: Output, file: SourceFile, line: number, endLine: number): Promise<void> {
  const asked = { caseId: open.caseId, bundle: file.bundle, file: file.path, line, endLine };
  const answer = await open.session.call('file.cite', asked);
  if (output.form === 'json') await output.json(answer);
  else await output.lines(answer.quote.trimEnd().split('\n').map(visible));
}

async function dump(
  open: OpenCase,
  output: Output,
  file: SourceFile,
  { from, count }: ByteRange,
  form: 'raw' | 'hex',
): Promise<ExitCode> {
  let at = from;
  if (output.form === 'json') {
    const { bundle, path, sha256, bytes } = file;
    const head = JSON.stringify({ file: path, bundle, sha256, fileBytes: bytes, from });
    await output.raw(`${head.slice(0, -1)},"base64":"`);
  }
  let left = Buffer.alloc(0);
  for await (const bytes of bytesOf(open, file, from, from + count)) {
    if (output.closed()) break;
    if (output.form === 'json') {
      // Whole triples: their base64 one after the other is that of all.
      const all = Buffer.concat([left, bytes]);
      const whole = all.length - (all.length % 3);
      await output.raw(all.toString('base64', 0, whole));
      left = all.subarray(whole);
    } else if (form === 'raw') await output.raw(bytes);
    else await output.lines(hexLines(bytes, at));
    at += bytes.length;
  }
  if (output.form === 'json') await output.raw(`${left.toString('base64')}"}\n`);
  else if (at === from) await output.note(`${file.path} has no bytes from ${from} on.`);
  return EXIT.done;
}

/** The log formats are loaded only where an event is asked for: every command's start would pay for them. */
async function eventOf(open: OpenCase, file: SourceFile, line: number): Promise<EventAt | null> {
  const { eventAt } = await import('../event-at.ts');
  return eventAt(open, file, line);
}

interface Part {
  readonly from: number;
  readonly last: number;
  /** The event at `from`, when a line was asked for as JSON. */
  readonly event: EventAt | null;
  readonly times: 'shown' | 'left out';
  readonly found: Start['found'];
}

/** Prints lines `from` to `last` a page at a time, so that a file of any size needs little memory. */
async function print(
  open: OpenCase,
  output: Output,
  file: SourceFile,
  { from, last, event, times, found }: Part,
  form: 'numbered' | 'plain',
): Promise<void> {
  const width = String(last).length;
  if (output.form === 'json') {
    const { bundle, path, sha256, lines, bytes } = file;
    const link = found === null ? {} : { found };
    const head = JSON.stringify({ file: path, bundle, sha256, fileLines: lines, fileBytes: bytes, ...link });
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
    } else {
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
