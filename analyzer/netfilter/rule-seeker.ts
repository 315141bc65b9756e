/** Rules that a packet can be meant by: KUBE-SERVICES of a large cluster holds thousands, each for one address. */
import type { ProgramChain } from './program.ts';

/** Shorter chains are walked rule by rule. */
const SEEK_FROM = 16;

/**
 * @param addressOf the one destination, in RFC 5952 form, without which nothing of a rule happens; null for a rule of
 *   which none is known.
 * @returns the number of the next rule, at or behind the given one, that is not for another address; how many there are for none.
 */
export function ruleSeeker<R>(rules: readonly R[], addressOf: (rule: R) => string | null): ProgramChain['seek'] {
  if (rules.length <= SEEK_FROM) return (from) => from;
  const exact = new Map<string, number[]>();
  const others: number[] = [];
  for (const [index, rule] of rules.entries()) {
    const address = addressOf(rule);
    if (address === null) others.push(index);
    else {
      const list = exact.get(address);
      if (list === undefined) exact.set(address, [index]);
      else list.push(index);
    }
  }
  return (from, packet) => {
    const named = exact.get(packet.destination);
    return Math.min(firstAt(others, from) ?? rules.length, (named && firstAt(named, from)) ?? rules.length);
  };
}

function firstAt(sorted: readonly number[], from: number): number | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return sorted[low];
}
