/** `coldcase report <target>`: the document for the support case. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { ReportFormat } from '../../../contract/report.ts';
import type { FindingId } from '../../../core/ids.ts';
import { didYouMean } from '../../../core/nearest.ts';
import type { Finding } from '../../../core/vocabulary.ts';
import { EXIT } from '../exit.ts';
import { withTargetOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import type { World } from '../world.ts';

interface Options extends TargetOptions {
  readonly format?: ReportFormat;
  readonly output?: string;
  readonly findings?: string;
}

export const registerReport: Registrar = (program, run) => {
  const command = withTargetOptions(program.command('report'))
    .description('write a report in which every claim shows its lines')
    .addOption(
      new Option('--format <format>', 'default: by the ending of the file, else html').choices(ReportFormat.options),
    )
    .option('-o, --output <file>', 'write to this file (default, and -: stdout)')
    .option('--findings <ids>', 'only these findings, by id, separated by commas');
  command.action((target: string, options: Options, self: Command) =>
    run(self, (world, output) =>
      withTarget(world, output, target, options, async ({ session, caseId }) => {
        const file = options.output === undefined || options.output === '-' ? null : options.output;
        const chosen =
          options.findings === undefined
            ? null
            : resolveFindings(
                options.findings,
                await session.call('finding.list', { caseId, severity: null, node: null, rule: null }),
              );
        const format = options.format ?? formatOf(file);
        const document = await session.call('report.build', { caseId, format, findings: chosen });
        if (file === null) {
          if (output.form === 'json' && format !== 'json') await output.json(document);
          else await output.raw(document.text);
          return EXIT.done;
        }
        const full = await writeWhole(world, file, document.text);
        const bytes = Buffer.byteLength(document.text);
        if (output.form === 'json') await output.json({ file: full, format, bytes, mediaType: document.mediaType });
        else await output.note(`Report written: ${full}`);
        return EXIT.done;
      }),
    ),
  );
};

function formatOf(file: string | null): ReportFormat {
  const ending = file === null ? '' : path.extname(file).slice(1).toLowerCase();
  const known = ReportFormat.safeParse(ending === 'markdown' ? 'md' : ending);
  return known.success ? known.data : 'html';
}

/** @returns the findings that are meant; the first digits of an id are enough when they fit one only. */
function resolveFindings(words: string, findings: readonly Finding[]): FindingId[] {
  const ids = findings.map((finding) => finding.id);
  return words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => {
      const exact = ids.find((id) => id === word);
      const fitting = ids.filter((id) => id.startsWith(word));
      const [first] = fitting;
      if (exact !== undefined) return exact;
      if (first !== undefined && fitting.length === 1) return first;
      const advice = fitting.length > 1 ? `It could be ${fitting.join(', or ')}.` : didYouMean(word, ids);
      return wrongUsage(
        'No finding of this case has this id.',
        `--findings ${word}`,
        advice ?? 'List them with `coldcase findings`.',
      );
    });
}

/** Writes beside the file and renames, so that a reader never sees half a report. */
async function writeWhole(world: World, file: string, text: string): Promise<string> {
  const full = path.resolve(world.workingFolder, file);
  const partial = `${full}.${randomBytes(4).toString('hex')}.partial`;
  try {
    await writeFile(partial, text, { mode: 0o600, flag: 'wx' });
    await rename(partial, full);
  } catch (error) {
    await rm(partial, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return wrongUsage(`The report cannot be written here (${code}).`, file);
  }
  return full;
}
