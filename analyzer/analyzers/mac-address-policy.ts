/**
 * udev gives interfaces of any name an address of its own (MACAddressPolicy persistent or random in the .link file that
 * matches all, systemd 242 and later), those the CNI makes for pods as well. Images of EKS set it to none; where it is
 * not, udev and the CNI may race for the address of a new pod's interface.
 */
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { likely, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

export const macAddressPolicy: Analyzer = {
  id: 'mac-address-policy',
  title: 'udev leaves the addresses of interfaces of pods alone',
  area: 'node',
  run(facts) {
    const files = facts.agents.linkFiles;
    const all = files.filter(({ value }) => value.matches === 'all');
    if (all.length === 0) return { outcome: 'skipped', missing: 'the .link file of systemd for all interfaces' };
    const findings = all
      .filter(({ value }) => /^(?:persistent|random)$/.test(value.macAddressPolicy.value))
      .map((fact) => {
        const { value, line } = fact.value.macAddressPolicy;
        return stateFinding(refAt(fact, line), {
          rule: 'mac-address-policy',
          area: 'network',
          title: 'udev may change the address of a new interface of a pod',
          claim: `MACAddressPolicy is ${value} for interfaces of any name, those of pods included.`,
          severity: 'low',
          confidence: likely('a CNI that gives its interfaces an address when it makes them is not disturbed'),
          owner: 'node OS',
          entities: [],
          userNotices:
            'Mostly nothing; now and then a new pod has no network, because others know its interface by the former address.',
          now: ['See the policy: `systemd-analyze cat-config systemd/network/99-default.link | grep MACAddressPolicy`'],
          longTerm: ['Set `MACAddressPolicy=none` in /etc/systemd/network/99-default.link of the node image'],
          check: ['`ip link show` of a new interface of a pod keeps the address the CNI gave it'],
          evidence: [],
          explains: ['udev-changes-veth-mac'],
        });
      });
    return outcomeOf(findings, 'MACAddressPolicy is none for interfaces of pods');
  },
};
