/** `--node`: a node's name, with or without its domain, a bundle's name, or the first digits of a bundle's sha256. */
import type { CaseSummary } from '../../contract/contract.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Bundle } from '../../core/vocabulary.ts';
import { wrongUsage } from './session.ts';

const HASH_DIGITS_MIN = 6;

/** @returns the node's name where one bundle has it, else with the digits of sha256 that `--node` takes. */
export function label(bundle: Bundle, all: readonly Bundle[]): string {
  const alone = bundle.node !== null && all.filter((one) => one.node === bundle.node).length === 1;
  return alone ? (bundle.node ?? '') : `${bundle.node ?? bundle.name} (${bundle.id.slice(0, 12)})`;
}

/** @returns the bundles that `--node` means; all of them without it. Ends the command when there is none. */
export function bundlesOf(summary: CaseSummary, node: string | undefined): readonly Bundle[] {
  const all = summary.bundles;
  if (node === undefined) return all;
  const found = all.filter(
    (bundle) =>
      bundle.node === node ||
      bundle.name === node ||
      (node.length >= HASH_DIGITS_MIN && bundle.id.startsWith(node.toLowerCase())),
  );
  if (found.length > 0) return found;
  const byHost = all.filter((bundle) => hostOf(bundle.node) === node);
  // A host name without its domain, as a verdict names it: not when two nodes share it.
  if (byHost.length > 0 && byHost.every((bundle) => bundle.node === byHost[0]?.node)) return byHost;
  const names = [...new Set(all.map((bundle) => bundle.node ?? bundle.name))];
  return wrongUsage(
    'No bundle of this case is of this node.',
    node,
    didYouMean(node, names) ?? `Nodes: ${all.map((bundle) => label(bundle, all)).join(', ')}`,
  );
}

/** @returns the name up to its first dot; null of an address, whose first number names no node. */
function hostOf(node: string | null): string | null {
  const [host = ''] = (node ?? '').split('.', 1);
  return /[a-z]/i.test(host) ? host : null;
}

/** @returns the one bundle a command is about. Ends the command with the names when it could be several. */
export function oneBundleOf(summary: CaseSummary, node: string | undefined): Bundle {
  const found = bundlesOf(summary, node);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (first === undefined) {
    return wrongUsage('No bundle of this case could be opened.', summary.title, summary.unreadable[0]?.advice ?? null);
  }
  return wrongUsage(
    found.some((bundle) => found.some((other) => other !== bundle && other.node === bundle.node))
      ? 'Several bundles could be meant: give the digits of its sha256 in brackets to --node.'
      : 'This target has several bundles: say which one with --node.',
    null,
    `Nodes: ${found.map((bundle) => label(bundle, summary.bundles)).join(', ')}`,
  );
}
