/** `coldcase unredact FILE --map MAP`: a redacted report with its values, for those who have its map. */
import type { Command } from 'commander';
import { FailureError } from '../../../core/failure.ts';
import { counted, UNREDACT_TEXTS } from '../../../report/model.ts';
import { outputPlaces } from '../../output-place.ts';
import { EXIT } from '../exit.ts';
import { withOutputOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { refuseOtherEnding } from '../report-ending.ts';
import { withEngine } from '../session.ts';
import { readTextFile } from '../text-file.ts';
import { writeFiles } from '../write-files.ts';

interface Options {
  readonly map: string;
  readonly output?: string;
}

export const registerUnredact: Registrar = (program, run) => {
  const command = withOutputOptions(program.command('unredact'))
    .description('put the values back into a redacted report')
    .argument('<file>', 'the report, in any format')
    .requiredOption('--map <file>', 'the private map that was written with it')
    .option('-o, --output <file>', 'write to this file (default, and -: stdout)');
  command.action((file: string, options: Options, self: Command) =>
    run(self, async (world, output) => {
      const wanted = options.output === undefined || options.output === '-' ? [] : [options.output];
      const inputs = [
        { file, what: 'the report to read' },
        { file: options.map, what: 'the file of --map' },
      ];
      const [place] = await outputPlaces(
        world,
        wanted.map((one) => ({ file: one, kind: 'report' })),
        { inputs, newCase: null },
      );
      const text = await readTextFile(world, file, 'a report');
      const map = await readTextFile(world, options.map, 'a map');
      return withEngine(world, output, async (session) => {
        const report = await session.call('report.unredact', { text, map }).catch((error: unknown) => {
          throw withFiles(error, { map: options.map, report: file });
        });
        if (place === undefined) {
          if (output.form === 'json') await output.json(report);
          else await output.raw(report.text);
          return EXIT.done;
        }
        refuseOtherEnding(place.file, report.format);
        const [full] = await writeFiles([{ place, content: report.text }]);
        const { format, restored } = report;
        if (output.form === 'json') {
          await output.json({ file: full, format, bytes: Buffer.byteLength(report.text), restored });
        } else await output.note(`Report written: ${full}, with ${counted(restored, 'value')} put back.`);
        return EXIT.done;
      });
    }),
  );
};

/** @returns the same failure with the file that it is about. */
function withFiles(error: unknown, files: Readonly<Record<keyof typeof UNREDACT_TEXTS, string>>): unknown {
  if (!(error instanceof FailureError)) return error;
  const { failure } = error;
  if (failure.where === UNREDACT_TEXTS.map) return new FailureError({ ...failure, where: files.map });
  return failure.where === UNREDACT_TEXTS.report ? new FailureError({ ...failure, where: files.report }) : error;
}
