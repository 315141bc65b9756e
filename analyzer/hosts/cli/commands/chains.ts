/** `coldcase chains <target>`: the chain analysis of one bundle alone. */

import type { Command } from 'commander';
import type { ChainsAnswer } from '../../../contract/contract.ts';
import { grouped } from '../../../core/grouped.ts';
import type { Bundle } from '../../../core/vocabulary.ts';
import { nodeNamer } from '../../../report/model.ts';
import { publicFinding } from '../../../report/public-shape.ts';
import { EXIT } from '../exit.ts';
import { findingsLines } from '../findings-text.ts';
import { oneBundleOf } from '../nodes.ts';
import { withNodeOption, withTargetOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { visible, wrap } from '../text.ts';
import { printRaw, type RawChainOptions, wantsRaw } from './raw-chains.ts';

export const registerChains: Registrar = (program, run) => {
  const command = withNodeOption(withTargetOptions(program.command('chains')))
    .description('what the packet filter rules of one node say about its Services')
    .option('--table <name>', 'instead: the captured chains of this table')
    .option('--chain <name>', 'instead: the captured rules of this chain')
    .option('--family <name>', 'instead: only IPv4, IPv6, or a family of nft (ip, ip6, inet ...)');
  command.action((target: string, options: TargetOptions & RawChainOptions, self: Command) =>
    run(self, (world, output) =>
      withTarget(world, output, target, options, async (open) => {
        const { session, caseId, summary } = open;
        const bundle = oneBundleOf(summary, options.node);
        if (wantsRaw(options)) {
          await printRaw(output, open, bundle, options);
          return EXIT.done;
        }
        const answers = await session.call('chains.analyze', { caseId, node: bundle.node });
        const answer = answers.find((one) => one.bundle === bundle.id);
        if (answer === undefined) return wrongUsage('The chain analysis gave no answer for this bundle.', bundle.name);
        if (output.form === 'json') await output.json(publicChains(answer));
        else await output.lines(chainLines(output, answer, summary.bundles));
        return EXIT.done;
      }),
    ),
  );
};

/** @returns the documented shape, its keys in the documented order. */
function publicChains(answer: ChainsAnswer) {
  const { mode, modeBecause, tables, findings, ...rest } = answer;
  return { mode, modeBecause, tables, findings: findings.map(publicFinding), ...rest };
}

function chainLines(output: Output, answer: ChainsAnswer, bundles: readonly Bundle[]): readonly string[] {
  return [
    ...wrap(`${nodeNamer(bundles)(answer)}: kube-proxy mode ${answer.mode} (${answer.modeBecause})`, output.width),
    ...answer.tables.map(
      (table) =>
        `${table.family} ${visible(table.table)}: ${grouped(table.chains)} chains, ${grouped(table.rules)} rules${
          // A table without rules has nothing to count.
          table.rules === 0 ? '' : table.counters === 'packets' ? ', with packet counts' : ', no packet counts'
        }  ${visible(table.file)}`,
    ),
    ...(answer.findings.length === 0 ? ['No findings.'] : ['', ...findingsLines(output, answer.findings, bundles)]),
    ...(answer.notLookedAt.length === 0
      ? []
      : ['', 'Not looked at', ...answer.notLookedAt.flatMap((one) => wrap(one, output.width, '  - ', '    '))]),
  ];
}
