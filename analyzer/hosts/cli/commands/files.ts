/** `coldcase files <target>`: every source file with its role, size, time span and what was done with it. */
import type { Command } from 'commander';
import type { SourceFile } from '../../../core/vocabulary.ts';
import { nodeName } from '../../../report/model.ts';
import { clockWords } from '../clock-text.ts';
import { EXIT } from '../exit.ts';
import { bundlesOf } from '../nodes.ts';
import { withNodeOption, withTargetOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { type TargetOptions, withTarget } from '../session.ts';
import { bytesWords, grouped, visible } from '../text.ts';

export const registerFiles: Registrar = (program, run) => {
  const command = withNodeOption(withTargetOptions(program.command('files'))).description(
    'list the source files with role, size, clock, time span and coverage',
  );
  command.action((target: string, options: TargetOptions, self: Command) =>
    run(self, (world, output) =>
      withTarget(world, output, target, options, async ({ session, caseId, summary }) => {
        const bundles = bundlesOf(summary, options.node);
        const files = await session.call('file.list', { caseId });
        const ofBundle = bundles.map((bundle) => ({
          node: bundle.node,
          name: bundle.name,
          files: files.filter((file) => file.bundle === bundle.id),
        }));
        if (output.form === 'json') {
          await output.json(ofBundle.flatMap(({ node, files: own }) => own.map((file) => publicFile(file, node))));
        } else {
          for (const { node, name, files: own } of ofBundle) {
            if (bundles.length > 1) await output.lines([`${visible(nodeName(node))}  ${visible(name)}`]);
            await output.lines(table(own));
          }
        }
        return EXIT.done;
      }),
    ),
  );
};

function publicFile(file: SourceFile, node: string | null) {
  const { path, role, format, bytes, lines, firstTime, lastTime, clock, coverage, ...rest } = file;
  return { node, path, role, format, bytes, lines, firstTime, lastTime, clock, coverage, ...rest };
}

/** @returns one aligned line a file; the path is last, so that no name can push the other columns about. */
function table(files: readonly SourceFile[]): readonly string[] {
  const rows = files.map((file) => [
    grouped(file.lines),
    bytesWords(file.bytes),
    file.coverage,
    visible(file.role),
    clockWords(file.clock),
    span(file),
    `${visible(file.path)}${file.aliasOf === null ? '' : ` (same bytes as ${visible(file.aliasOf)})`}`,
  ]);
  const all = [['lines', 'size', 'coverage', 'role', 'clock', 'time span', 'file'], ...rows];
  // Not as arguments of one call: an archive may hold more files than V8 takes arguments.
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    all.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), 0),
  );
  return all.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
}

function span(file: SourceFile): string {
  if (file.firstTime === null) return '-';
  return file.lastTime === null ? file.firstTime : `${file.firstTime} to ${file.lastTime}`;
}
