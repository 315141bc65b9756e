/**
 * IPVS without connection tracking: its packets skip the nat table, so that none of them gets the node's address as
 * source. kube-proxy sets it to 1 at its start and masquerading in IPVS mode needs it (pkg/proxy/ipvs).
 */
import { sysctlOf } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { settingFinding } from './kernel-setting.ts';
import { outcomeOf } from './outcome.ts';

const KEY = 'net.ipv4.vs.conntrack';

export const ipvsConntrackOff: Analyzer = {
  id: 'ipvs-conntrack-off',
  title: 'IPVS connections are tracked',
  area: 'network',
  onlyIn: 'ipvs',
  run(facts) {
    if (facts.mode.mode !== 'ipvs')
      return { outcome: 'skipped', missing: `IPVS mode (kube-proxy mode is ${facts.mode.mode})` };
    const captured = sysctlOf(facts.state, KEY);
    if (captured === null) return { outcome: 'skipped', missing: KEY };
    return outcomeOf(
      captured.value === '0'
        ? [
            settingFinding({
              rule: 'ipvs-conntrack-off',
              key: KEY,
              captured,
              right: '1',
              title: 'IPVS connections are not tracked',
              because:
                'packets to virtual servers skip the nat table, and those that need the address of the node as source keep their own.',
              severity: 'high',
              owner: 'kube-proxy',
              dependsOn:
                'it concerns connections that must be masqueraded: from outside, from the node, and from a pod to itself',
              userNotices:
                'Connections through NodePorts, external addresses and from a pod to its own service get no answer; those between pods work.',
              longTerm: ['kube-proxy sets it at its start: something set it back afterwards'],
              evidence: facts.mode.evidence.slice(0, 2),
            }),
          ]
        : [],
      `${KEY} is ${captured.value}`,
    );
  },
};
