/** `coldcase files <target>`: every source file with its role, format, size, time span and what was done with it. */

import { type Command, Option } from 'commander';
import type { MethodOutput } from '../../../contract/contract.ts';
import { grouped } from '../../../core/grouped.ts';
import { didYouMean } from '../../../core/nearest.ts';
import { FileCoverage, type SourceFile } from '../../../core/vocabulary.ts';
import { counted, nodeName } from '../../../report/model.ts';
import { clockWords } from '../clock-text.ts';
import { EXIT } from '../exit.ts';
import { bundlesOf } from '../nodes.ts';
import { withNodeOption, withTargetOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { bytesWords, visible } from '../text.ts';

interface Options extends TargetOptions {
  readonly role?: string;
  readonly format?: string;
  readonly coverage?: FileCoverage;
  readonly spans?: boolean;
}

type Spans = MethodOutput<'file.spans'>[number]['spans'];
type SpansOf = (file: SourceFile) => Spans;

export const registerFiles: Registrar = (program, run) => {
  const command = withNodeOption(withTargetOptions(program.command('files')))
    .description('list the source files with role, format, size, clock, time span and coverage')
    .option('--role <role>', 'only files of this role, such as kube-proxy-log')
    .option('--format <format>', 'only files of this format, such as klog, text or binary')
    .addOption(new Option('--coverage <coverage>', 'only files of which this was done').choices(FileCoverage.options))
    .option('--spans', 'below each file when it has lines, with nothing between two spans');
  command.action((target: string, options: Options, self: Command) =>
    run(self, (world, output) =>
      withTarget(world, output, target, options, async ({ session, caseId, summary }) => {
        const bundles = bundlesOf(summary, options.node);
        const ids = new Set(bundles.map(({ id }) => id));
        const files = chosen(
          (await session.call('file.list', { caseId })).filter(({ bundle }) => ids.has(bundle)),
          options,
        );
        const spans = options.spans === true ? spansBy(await session.call('file.spans', { caseId })) : null;
        const ofBundle = bundles.map((bundle) => ({
          node: bundle.node,
          name: bundle.name,
          files: files.filter((file) => file.bundle === bundle.id),
        }));
        if (output.form === 'json') {
          await output.json(
            ofBundle.flatMap(({ node, files: own }) =>
              own.map((file) => ({
                ...publicFile(file, node),
                ...(spans === null ? {} : { spans: spans(file).map(publicSpan) }),
              })),
            ),
          );
        } else {
          for (const { node, name, files: own } of ofBundle) {
            if (bundles.length > 1) await output.lines([`${visible(nodeName(node))}  ${visible(name)}`]);
            await output.lines(table(own, spans));
          }
        }
        return EXIT.done;
      }),
    ),
  );
};

/** Ends the command when a word of a filter is that of no file at all. */
function chosen(files: readonly SourceFile[], { role, format, coverage }: Options): readonly SourceFile[] {
  refuseUnknown('role', role, files);
  refuseUnknown('format', format, files);
  return files.filter(
    (file) =>
      (role === undefined || file.role === role) &&
      (format === undefined || file.format === format) &&
      (coverage === undefined || file.coverage === coverage),
  );
}

function refuseUnknown(field: 'role' | 'format', wanted: string | undefined, files: readonly SourceFile[]): void {
  const known = [...new Set(files.map((file) => file[field]))].sort();
  if (wanted === undefined || known.includes(wanted)) return;
  const advice = didYouMean(wanted, known) ?? `There are ${known.join(', ') || 'no files'}.`;
  wrongUsage(`No file has this ${field}.`, wanted, advice);
}

function spansBy(answer: MethodOutput<'file.spans'>): SpansOf {
  const byFile = new Map(answer.map(({ bundle, file, spans }) => [`${bundle} ${file}`, spans]));
  return ({ bundle, path }) => byFile.get(`${bundle} ${path}`) ?? [];
}

function publicSpan({ from, to, lines }: Spans[number]) {
  return { from: isoOf(from), to: isoOf(to), lines };
}

/** Hostile stamps reach beyond what a Date holds (ECMA-262, 21.4.1.1). */
function isoOf(ms: number): string | null {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}

function publicFile(file: SourceFile, node: string | null) {
  const { path, role, format, bytes, lines, firstTime, lastTime, clock, coverage, ...rest } = file;
  return { node, path, role, format, bytes, lines, firstTime, lastTime, clock, coverage, ...rest };
}

const HEAD = ['lines', 'size', 'coverage', 'role', 'format', 'clock', 'time span', 'file'] as const;
/** Numbers stand at the right of these. */
const NUMBERS = 2;

/** @returns one aligned line a file; the path is last, so that no name can push the other columns about. */
function table(files: readonly SourceFile[], spans: SpansOf | null): readonly string[] {
  const rows = files.map((file) => [
    grouped(file.lines),
    bytesWords(file.bytes),
    file.coverage,
    visible(file.role),
    visible(file.format),
    clockWords(file.clock),
    span(file),
    `${visible(file.path)}${file.aliasOf === null ? '' : ` (same bytes as ${visible(file.aliasOf)})`}`,
  ]);
  // Not as arguments of one call: an archive may hold more files than V8 takes arguments.
  const widths = HEAD.slice(0, -1).map((head, column) =>
    rows.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), head.length),
  );
  const aligned = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < NUMBERS ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ');
  return [
    aligned(HEAD),
    ...rows.flatMap((row, at) => [aligned(row), ...spanLines(spans?.(files[at] as SourceFile) ?? [])]),
  ];
}

function spanLines(spans: Spans): readonly string[] {
  return spans.map(
    ({ from, to, lines }) => `    ${isoOf(from) ?? '?'} to ${isoOf(to) ?? '?'}  ${counted(lines, 'line')}`,
  );
}

function span(file: SourceFile): string {
  if (file.firstTime === null) return '-';
  return file.lastTime === null ? file.firstTime : `${file.firstTime} to ${file.lastTime}`;
}
