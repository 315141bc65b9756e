/** `coldcase chains <target> --table T [--chain C]`: chains as they were captured, for reading. */

import type { RawChain, RawChainAnswer } from '../../../contract/network.ts';
import { didYouMean } from '../../../core/nearest.ts';
import { someOf } from '../../../core/some-of.ts';
import type { Bundle } from '../../../core/vocabulary.ts';
import { counted } from '../../../report/model.ts';
import type { Output } from '../output.ts';
import { type OpenCase, wrongUsage } from '../session.ts';
import { visible } from '../text.ts';

/** Rules that jump to a chain, named in its head. */
const JUMPS_NAMED = 4;

export interface RawChainOptions {
  readonly table?: string;
  readonly chain?: string;
  readonly family?: string;
}

/** @returns whether the chains themselves are asked for, not what they say about Services. */
export function wantsRaw(options: RawChainOptions): boolean {
  return options.table !== undefined || options.chain !== undefined || options.family !== undefined;
}

/** Prints the chains that the options name, or the rules of the one chain. Ends the command when there is none. */
export async function printRaw(
  output: Output,
  open: OpenCase,
  bundle: Bundle,
  options: RawChainOptions,
): Promise<void> {
  const { session, caseId } = open;
  const all = (await session.call('network.chains', { caseId, node: bundle.node })).filter(
    (chain) => chain.bundle === bundle.id,
  );
  const there = narrowed(all, 'family', options.family);
  const inTable = narrowed(there, 'table', options.table);
  if (options.chain === undefined) {
    if (output.form === 'json') await output.json(inTable);
    else await output.lines(listLines(inTable));
    return;
  }
  const chains = narrowed(inTable, 'name', options.chain);
  const answers: RawChainAnswer[] = [];
  for (const { fileId, family, table, name } of chains) {
    answers.push(
      await session.call('network.chain', { caseId, bundle: bundle.id, fileId, family, table, chain: name }),
    );
  }
  if (output.form === 'json') await output.json(answers);
  else await output.lines(answers.flatMap((answer, at) => [...(at > 0 ? [''] : []), ...chainLines(output, answer)]));
}

function narrowed(
  chains: readonly RawChain[],
  by: 'family' | 'table' | 'name',
  wanted: string | undefined,
): readonly RawChain[] {
  if (wanted === undefined) return chains;
  const found = chains.filter((chain) => chain[by].toLowerCase() === wanted.toLowerCase());
  if (found.length > 0) return found;
  const names = [...new Set(chains.map((chain) => chain[by]))];
  const flag = by === 'name' ? '--chain' : `--${by}`;
  const advice =
    didYouMean(wanted, names) ?? (names.length === 0 ? null : `There are ${names.slice(0, 8).join(', ')}.`);
  return wrongUsage(
    chains.length === 0 ? 'No chain was captured.' : 'No captured chain is of this name.',
    `${flag} ${wanted}`,
    advice,
  );
}

function listLines(chains: readonly RawChain[]): readonly string[] {
  const cells = chains.map((chain) => [
    `${chain.family} ${visible(chain.table)}`,
    visible(chain.name),
    counted(chain.rules, 'rule'),
    chain.policy === null ? counted(chain.references, 'jump') : `policy ${visible(chain.policy)}`,
    `${visible(chain.file)}:${chain.line}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

function chainLines(output: Output, { chain, rules, jumpsHere }: RawChainAnswer): readonly string[] {
  const { family, table, name, policy, file } = chain;
  const from = [...new Set(jumpsHere.map((jump) => jump.chain))];
  const come =
    policy !== null
      ? `policy ${policy}`
      : from.length === 0
        ? 'no rule jumps here'
        : `from ${someOf(from, JUMPS_NAMED)}`;
  const width = String(rules.at(-1)?.line ?? 0).length;
  return [
    visible(`${family} ${table} ${name}, ${come}  ${file}`),
    ...(rules.length === 0 ? ['  no rules'] : []),
    ...rules.map((rule) => `  ${output.paint('dim', String(rule.line).padStart(width))}  ${visible(rule.text)}`),
  ];
}
