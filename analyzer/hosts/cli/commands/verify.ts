/** `coldcase verify FILE <target>`: does a report still stand, line by line? */
import type { Command } from 'commander';
import { grouped } from '../../../core/grouped.ts';
import type { CheckedReference } from '../../../core/report.ts';
import { nodeName } from '../../../report/model.ts';
import { EXIT } from '../exit.ts';
import { TARGET, withOutputOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { type TargetOptions, withTarget } from '../session.ts';
import { visible } from '../text.ts';
import { readTextFile } from '../text-file.ts';

export const registerVerify: Registrar = (program, run) => {
  const command = withOutputOptions(program.command('verify'))
    .description('read every cited line of a report again: ok, changed, or missing')
    .argument('<file>', 'a report in any format, or manifest.json of an evidence pack')
    .argument('<target>', TARGET)
    .option('--case <dir>', 'import into this case instead of a temporary one')
    .option('--keep', 'keep the temporary case and print its path');
  command.action((file: string, target: string, options: TargetOptions, self: Command) =>
    run(self, async (world, output) => {
      const text = await readTextFile(world, file, 'a report');
      return withTarget(world, output, target, options, async ({ session, caseId }) => {
        const check = await session.call('report.verify', { caseId, text });
        if (output.form === 'json') await output.json(check);
        else {
          const left = check.changed + check.missing - check.references.length;
          const more = left === 0 ? [] : [`and ${grouped(left)} more`];
          await output.lines([check.sentence, ...check.references.map(lineOf), ...more]);
        }
        return check.outcome === 'ok' ? EXIT.done : EXIT.changed;
      });
    }),
  );
};

function lineOf({ outcome, where, node, file, line, endLine, because }: CheckedReference): string {
  const lines = line === endLine ? `${line}` : `${line}-${endLine}`;
  return visible(`${outcome.padEnd(7)}  ${where}  ${nodeName(node)}  ${file}:${lines}: ${because ?? ''}`);
}
