/** `coldcase findings <target>`: the findings alone, filtered. */
import type { Command } from 'commander';
import { didYouMean } from '../../../core/nearest.ts';
import { bundlesStating } from '../../../core/stated-in.ts';
import { type Severity, severityRank } from '../../../core/vocabulary.ts';
import { publicFinding } from '../../../report/public-shape.ts';
import { findingsLines } from '../findings-text.ts';
import { exitOfChecks, notOpenedLines } from '../lost-bundles.ts';
import { bundlesOf } from '../nodes.ts';
import { severityOption, withNodeOption, withRulesOption, withTargetOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { type RuleOptions, type TargetOptions, withRuleFolders, withTarget } from '../session.ts';

interface Options extends TargetOptions, RuleOptions {
  readonly severity?: Severity;
  readonly rule?: string;
}

export const registerFindings: Registrar = (program, run) => {
  const command = withRulesOption(withNodeOption(withTargetOptions(program.command('findings'))))
    .description('list findings with their evidence')
    .addOption(severityOption('--severity <severity>', 'only findings at least this severe'))
    .option('--rule <id>', 'only findings of this rule or analyzer');
  command.action((target: string, options: Options, self: Command) =>
    run(self, async (world, output) =>
      withTarget(
        await withRuleFolders(world, output, options),
        output,
        target,
        options,
        async ({ session, caseId, summary }) => {
          const ids = new Set(bundlesOf(summary, options.node).map((bundle) => bundle.id));
          const analysis = await session.call('case.analysis', { caseId });
          const all = analysis.findings;
          const least = options.severity === undefined ? 0 : severityRank(options.severity);
          const found = all.filter(
            (finding) =>
              bundlesStating(finding).some((id) => ids.has(id)) &&
              severityRank(finding.severity) >= least &&
              (options.rule === undefined || finding.rule === options.rule),
          );
          if (output.form === 'json') await output.json(found.map(publicFinding));
          else {
            await output.lines(await notOpenedLines(output, summary));
            await output.lines(findingsLines(output, found, summary.bundles));
          }
          if (found.length === 0) {
            const near =
              options.rule === undefined
                ? null
                : didYouMean(
                    options.rule,
                    all.map((one) => one.rule),
                  );
            const where = summary.unreadable.length === 0 ? '' : ' in the bundles that could be opened';
            const none = all.length === 0 ? `No findings${where}.` : `None of the ${all.length} findings match.`;
            await output.note(near === null ? none : `${none} ${near}`);
          }
          return exitOfChecks(output, caseId, analysis);
        },
      ),
    ),
  );
};
