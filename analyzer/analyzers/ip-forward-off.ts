/** The kernel does not forward packets: no pod of the node reaches anything outside it, nor is reached. */
import type { LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { sysctlOf } from '../facts/node-state.ts';
import { nodeServices } from '../facts/services.ts';
import type { NodeService } from '../netfilter/node-service.ts';
import type { Analyzer } from './analyzer.ts';
import { settingFinding } from './kernel-setting.ts';
import { outcomeOf } from './outcome.ts';

const KEYS = [
  { key: 'net.ipv4.ip_forward', family: 'IPv4' },
  { key: 'net.ipv6.conf.all.forwarding', family: 'IPv6' },
] as const;

export const ipForwardOff: Analyzer = {
  id: 'ip-forward-off',
  title: 'The node forwards packets',
  area: 'network',
  run(facts) {
    const captured = KEYS.flatMap((each) => {
      const value = sysctlOf(facts.state, each.key);
      return value === null ? [] : [{ ...each, value }];
    });
    if (captured.length === 0) return { outcome: 'skipped', missing: 'net.ipv4.ip_forward' };
    const findings = captured.flatMap(({ key, family, value }) => {
      const service = firstService(facts, family);
      // A node without IPv6 services needs no IPv6 forwarding; IPv4 is needed wherever pods run.
      if (value.value !== '0' || (family === 'IPv6' && service === null)) return [];
      return [
        settingFinding({
          rule: 'ip-forward-off',
          key,
          captured: value,
          right: '1',
          title: `The kernel does not forward ${family} packets`,
          because: `the kernel throws away every ${family} packet that is not for the node itself, so that pods reach only each other on a bridge.`,
          severity: 'high',
          owner: 'node OS',
          dependsOn: null,
          userNotices:
            'Pods of this node reach no pods of other nodes, no services and not the internet, and are not reached; host-network pods still work.',
          longTerm: [
            'The VPC CNI, containerd and most CNIs set it to 1 when they start: something set it back afterwards',
          ],
          evidence: service === null ? [] : [service],
        }),
      ];
    });
    return outcomeOf(
      findings,
      captured
        .map(
          ({ key, value }) => `${key} is ${value.value}${value.value === '0' ? ', and no IPv6 service needs it' : ''}`,
        )
        .join('; '),
    );
  },
};

function firstService(facts: NodeFacts, family: NodeService['family']): LineRef | null {
  const place = nodeServices(facts).find((each) => each.family === family)?.refs[0];
  return place === undefined
    ? null
    : { fileId: place.fileId, line: place.line, endLine: place.line, note: 'a service of this family' };
}
