/** The rules of filter that a new forwarded packet meets, in order, as far as jumps without matches are concerned. */
import type { PacketRule } from '../core/packet-rule.ts';
import { matchesEverything, takesNewConnections } from './rule-match.ts';
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

const OTHER_BRIDGES = /^(docker|br-|virbr|podman|lxdbr|lo)/;

/** @returns true when the rule may accept new packets to or from pods, or those of services after their DNAT. */
export function acceptsPods(rule: PacketRule): boolean {
  if (rule.target !== 'ACCEPT') return false;
  // firewalld accepts what a DNAT rule sent on, which is the traffic of services.
  const translated = rule.ctstate !== null && !rule.ctstate.not && rule.ctstate.value.split(',').includes('DNAT');
  if (!takesNewConnections(rule) && !translated) return false;
  // Echo requests are no service traffic.
  if (rule.protocol !== null && !rule.protocol.not && /^(icmp|icmpv6|ipv6-icmp|1|58)$/.test(rule.protocol.value))
    return false;
  // KUBE-FORWARD accepts what is marked for masquerade only; a CNI's own mark is set for pods.
  if (rule.mark !== null && rule.chain === 'KUBE-FORWARD') return false;
  const bound = [rule.inInterface, rule.outInterface].filter((match) => match !== null && !match.not);
  return !bound.some((match) => OTHER_BRIDGES.test(match?.value ?? ''));
}
