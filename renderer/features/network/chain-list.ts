/** Which chains and rules are shown. Pure. */
import type { RawChain, RawRule } from '../../model/types.ts';
import type { ChainQuestion } from '../../stores/network.ts';

export const questionOfChain = (chain: RawChain): ChainQuestion => ({
  bundle: chain.bundle,
  fileId: chain.fileId,
  family: chain.family,
  table: chain.table,
  chain: chain.name,
});

/** @returns what a table is called where several families are shown, e.g. "IPv6 nat". */
export function tableName(chain: Pick<RawChain, 'family' | 'table'>): string {
  return chain.family === 'IPv4' ? chain.table : `${chain.family} ${chain.table}`;
}

/** @returns the tables of the chains, in the order in which the dumps hold them. */
export const tableNames = (chains: readonly RawChain[]): readonly string[] => [...new Set(chains.map(tableName))];

/** @returns the chains of a table whose name, table or file holds every word. */
export function filterChains(chains: readonly RawChain[], text: string, table: string | null): readonly RawChain[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return chains.filter((chain) => {
    if (table !== null && tableName(chain) !== table) return false;
    const said = `${chain.name} ${chain.file}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/**
 * @returns what a row shows of a rule: without the counters, which have a column, and without `-A CHAIN`, which is the
 * same in every row. The selected rule is shown verbatim.
 */
export function rowText(text: string): string {
  return text.replace(/^(?:\[\d+:\d+\] )?(?:-A \S+ )?/, '');
}

/** @returns the rules whose text holds every word. */
export function filterRules(rules: readonly RawRule[], text: string): readonly RawRule[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rules;
  return rules.filter((rule) => {
    const said = rule.text.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** @returns the chain of this name in the same table of the same file; a jump never leaves its table. */
export function chainNamed(chains: readonly RawChain[], from: ChainQuestion, name: string): RawChain | undefined {
  return chains.find(
    (chain) =>
      chain.name === name &&
      chain.bundle === from.bundle &&
      chain.fileId === from.fileId &&
      chain.family === from.family &&
      chain.table === from.table,
  );
}
