/**
 * Rules that serve NodePorts on 127.0.0.1, and a kernel that drops such packets behind their DNAT, because an address of
 * 127.0.0.0/8 would leave the loopback interface. kube-proxy sets route_localnet when it writes these rules, and leaves
 * them out (`! -d 127.0.0.0/8`) when it was told not to serve localhost.
 */
import { sysctlOf } from '../facts/node-state.ts';
import { ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { settingFinding } from './kernel-setting.ts';
import { iptablesTables, outcomeOf } from './outcome.ts';

const KEY = 'net.ipv4.conf.all.route_localnet';

export const routeLocalnetOff: Analyzer = {
  id: 'route-localnet-off',
  title: 'NodePorts on 127.0.0.1 can be reached',
  area: 'network',
  onlyIn: 'iptables',
  run(facts) {
    const captured = sysctlOf(facts.state, KEY);
    if (captured === null) return { outcome: 'skipped', missing: KEY };
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    const table = nat.tables.find((each) => each.family === 'IPv4');
    const jump =
      table === undefined
        ? undefined
        : rulesOf(table, 'KUBE-SERVICES').find(
            (rule) =>
              rule.target === 'KUBE-NODEPORTS' && rule.destination === null && rule.destinationType?.value === 'LOCAL',
          );
    if (
      captured.value !== '0' ||
      table === undefined ||
      jump === undefined ||
      rulesOf(table, 'KUBE-NODEPORTS').length === 0
    )
      return { outcome: 'pass', because: `${KEY} is ${captured.value}, or no rule serves NodePorts on 127.0.0.1` };
    const service = rulesOf(table, 'KUBE-NODEPORTS')[0];
    return outcomeOf(
      [
        settingFinding({
          rule: 'route-localnet-off',
          key: KEY,
          captured,
          right: '1',
          title: 'NodePorts on 127.0.0.1 do not work on this node',
          because:
            'packets of the node itself to 127.0.0.1:NODEPORT are translated by the rules and then dropped, since the kernel lets no loopback address out.',
          severity: 'low',
          owner: 'node OS',
          dependsOn: 'a single interface may allow it (`net.ipv4.conf.INTERFACE.route_localnet`)',
          userNotices:
            'Programs on the node that use 127.0.0.1 with a NodePort (a local registry, for example) get no connection; the address of the node works.',
          longTerm: [
            'kube-proxy sets it at its start: something set it back afterwards. Using the address of the node avoids it',
          ],
          evidence: [ruleRef(table, jump), ...(service === undefined ? [] : [ruleRef(table, service)])],
        }),
      ],
      '',
    );
  },
};
