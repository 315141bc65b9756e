/** `coldcase compare <target> <target>...`: what sets nodes apart, or one node at two times. */
import type { Command } from 'commander';
import type { CaseSummary } from '../../../contract/contract.ts';
import {
  COMPARED_BUNDLES_MAX,
  type Comparison,
  type DifferingText,
  type TextComparison,
} from '../../../core/comparison.ts';
import type { Bundle } from '../../../core/vocabulary.ts';
import { comparisonLines, textLines } from '../compare-text.ts';
import { EXIT } from '../exit.ts';
import { bundlesNotOpenedIn, notOpenedLines } from '../lost-bundles.ts';
import { bundlesOf, label } from '../nodes.ts';
import { TARGET, wholeNumber, withOutputOptions } from '../options.ts';
import type { Output } from '../output.ts';
import type { Registrar } from '../registrar.ts';
import { type OpenCase, type TargetOptions, withTargets, wrongUsage } from '../session.ts';

interface Options extends Omit<TargetOptions, 'node'> {
  readonly node?: readonly string[];
  readonly affected?: readonly string[];
  readonly text?: string;
  readonly limit: number;
}

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 200;

const repeatable = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

export const registerCompare: Registrar = (program, run) => {
  const command = withOutputOptions(program.command('compare'))
    .argument('<target...>', `${TARGET}; a target with several bundles gives all of them`)
    .description('what sets nodes apart, or one node at two times: findings, Services, facts, words of logs')
    .option('--case <dir>', 'import into this case instead of a temporary one')
    .option('--keep', 'keep the temporary case and print its path')
    .option('--node <name>', 'only these nodes (repeatable)', repeatable)
    .option('--affected <name>', 'the node that does not work, held against the others (repeatable)', repeatable)
    .option('--text <role>', 'captured texts of this role line by line, e.g. iptables-save')
    .option('--limit <n>', 'at most so many differences', wholeNumber(1, LIMIT_MAX), LIMIT_DEFAULT);
  command.action((targets: readonly string[], { node, ...options }: Options, self: Command) =>
    run(self, (world, output) =>
      withTargets(world, output, targets, options, async (open) => {
        const bundles = chosenBundles(open.summary, node);
        const affected = (options.affected ?? []).flatMap((name) => {
          const found = bundlesOf(open.summary, name).filter((bundle) => bundles.includes(bundle));
          return found.length > 0 ? found : wrongUsage('This node is not among those that are compared.', name);
        });
        const comparison = await open.session.call('compare.run', {
          caseId: open.caseId,
          bundles: bundles.map(({ id }) => id),
          affected: affected.map(({ id }) => id),
        });
        if (output.form === 'text') await output.lines(await notOpenedLines(output, open.summary));
        if (options.text !== undefined) await printTexts(open, output, comparison, options.text);
        else if (output.form === 'text') await output.lines(comparisonLines(output, comparison, options.limit));
        else await output.json({ ...comparison, bundlesNotOpened: await bundlesNotOpenedIn(open.summary) });
        return EXIT.done;
      }),
    ),
  );
};

function chosenBundles(summary: CaseSummary, nodes: readonly string[] | undefined): readonly Bundle[] {
  const chosen =
    nodes === undefined ? summary.bundles : [...new Set(nodes.flatMap((node) => bundlesOf(summary, node)))];
  const names = chosen.map((bundle) => label(bundle, summary.bundles)).join(', ');
  if (chosen.length < 2) {
    return wrongUsage('Two bundles at least are compared.', names === '' ? null : names, 'Give another target.');
  }
  if (chosen.length > COMPARED_BUNDLES_MAX) {
    return wrongUsage(`At most ${COMPARED_BUNDLES_MAX} bundles are compared.`, null, `Choose with --node: ${names}`);
  }
  return chosen;
}

interface ComparedText {
  readonly title: string;
  readonly left: DifferingText['files'][number];
  readonly right: DifferingText['files'][number];
  readonly comparison: TextComparison;
}

/** Texts of the role: that of the first affected side, else of the first side, against that of the next one. */
async function printTexts(open: OpenCase, output: Output, comparison: Comparison, role: string): Promise<void> {
  const texts = comparison.texts.filter((text) => text.role === role);
  if (texts.length === 0) {
    const roles = [...new Set(comparison.texts.map((text) => text.role))];
    const advice = roles.length === 0 ? 'No captured text differs.' : `Texts that differ: ${roles.join(', ')}.`;
    return wrongUsage('No captured text of this role differs.', role, advice);
  }
  const compared: ComparedText[] = [];
  for (const text of texts) {
    const [left, right] = pairOf(comparison, text);
    if (left === undefined || right === undefined) continue;
    const of = { left: { bundle: left.bundle, file: left.file }, right: { bundle: right.bundle, file: right.file } };
    const found = await open.session.call('compare.text', { caseId: open.caseId, ...of });
    compared.push({ title: text.title, left, right, comparison: found });
  }
  if (output.form === 'json') await output.json(compared);
  else {
    for (const one of compared) await output.lines(textLines(output, one, comparison.sides));
  }
}

function pairOf(
  { sides }: Comparison,
  { files }: DifferingText,
): readonly (DifferingText['files'][number] | undefined)[] {
  const isAffected = (bundle: string): boolean =>
    sides.some((side) => side.bundle === bundle && side.part === 'affected');
  const left = files.find(({ bundle }) => isAffected(bundle)) ?? files[0];
  const right = files.find((file) => file !== left && !isAffected(file.bundle)) ?? files.find((file) => file !== left);
  return [left, right];
}
