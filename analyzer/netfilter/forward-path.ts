/** The rules of filter that a new forwarded packet meets, in order, as far as jumps without matches are concerned. */
import type { PacketRule } from '../core/packet-rule.ts';
import { matchesEverything } from './rule-match.ts';
import { type RuleTable, rulesOf } from './rule-table.ts';

/** Chains whose DROP and REJECT rules belong to Kubernetes or to a network policy engine that owns them. */
const OWNED = /^(KUBE-|cali-|cali:|CILIUM_|OLD_CILIUM_|OVN-|AWS-|WEAVE-NPC|FLANNEL-|DOCKER|KUBE-ROUTER|ISTIO_)/;

/** @returns rules of FORWARD and of the chains somebody else made that it jumps to unconditionally. */
export function forwardRules(filter: RuleTable): readonly PacketRule[] {
  const rules: PacketRule[] = [];
  const seen = new Set<string>();
  const walk = (chain: string): void => {
    if (seen.has(chain)) return;
    seen.add(chain);
    for (const rule of rulesOf(filter, chain)) {
      rules.push(rule);
      if (rule.target !== null && filter.chains.has(rule.target) && !OWNED.test(rule.target) && matchesEverything(rule))
        walk(rule.target);
    }
  };
  walk('FORWARD');
  return rules;
}
