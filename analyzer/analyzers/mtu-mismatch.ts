/**
 * Interfaces of pods that send larger packets than the node's own interface takes. Smaller ones are usual (tunnels need
 * room for their headers). The VPC CNI gives pods the MTU of its setting, 9001 unless AWS_VPC_ENI_MTU says otherwise.
 */
import type { NodeInterface } from '../core/node-network.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { likely, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

/** Host ends of pods: VPC CNI, Calico, Cilium, bridge and ptp plugins, Azure, GKE. */
const POD_END = /^(?:eni|cali|lxc|veth|azv|gke)[0-9a-f]{4,15}$/;

export const mtuMismatch: Analyzer = {
  id: 'mtu-mismatch',
  title: 'Pods send no larger packets than the node',
  area: 'network',
  run(facts) {
    const device = facts.routes
      .flatMap(({ routes }) => routes)
      .filter(({ table, prefix }) => table === 'main' && (prefix === '0.0.0.0/0' || prefix === '::/0'))
      .sort((one, two) => one.metric - two.metric)[0]?.device;
    const all = facts.network.interfaces.flatMap((fact) => fact.value.map((one) => ({ fact, one })));
    const primary = all.find(({ one }) => one.name === device && one.mtu !== null);
    const pods = all.filter(({ one }) => POD_END.test(one.name) && one.mtu !== null);
    if (primary === undefined)
      return { outcome: 'skipped', missing: 'the MTU of the interface with the default route: ip addr, ip route' };
    if (pods.length === 0) return { outcome: 'skipped', missing: 'interfaces of pods: ip addr' };
    const most = primary.one.mtu as number;
    const larger = pods.filter(({ one }) => (one.mtu as number) > most);
    const [first] = larger;
    if (first === undefined)
      return {
        outcome: 'pass',
        because: `${countText(pods.length, 'interface of a pod takes', 'interfaces of pods take')} ${most} bytes or less, as ${primary.one.name} does`,
      };
    return outcomeOf(
      [
        stateFinding(refAt(first.fact, first.one.line), {
          rule: 'mtu-mismatch',
          area: 'network',
          title: `Pods send packets of up to ${first.one.mtu} bytes, ${primary.one.name} takes ${most}`,
          claim: `${larger.length} of ${pods.length} interfaces of pods have an MTU above the ${most} of ${primary.one.name}: ${examples(larger.map(({ one }) => one))}.`,
          severity: 'medium',
          confidence: likely('packets are cut or refused on the way out; who learns the path MTU sends smaller ones'),
          owner: 'VPC CNI',
          count: larger.length,
          entities: [
            { kind: 'interface', name: primary.one.name },
            ...larger.slice(0, 10).map(({ one }) => ({ kind: 'veth' as const, name: one.name })),
          ],
          userNotices:
            'Connections open and then hang as soon as much is sent, where messages of the network about the size are filtered.',
          now: [
            `See whether large packets pass: \`ping -M do -s ${most - 28} GATEWAY\`, then with 28 bytes more than that`,
            `Give pods the MTU of the node: on the VPC CNI \`kubectl -n kube-system set env ds/aws-node AWS_VPC_ENI_MTU=${most}\`, then start the pods again`,
          ],
          check: ['`ip -o link | grep -oE "^[0-9]+: [^:]+|mtu [0-9]+"` shows no pod above the node'],
          evidence: [refAt(primary.fact, primary.one.line), ...larger.map(({ fact, one }) => refAt(fact, one.line))],
        }),
      ],
      '',
    );
  },
};

function examples(interfaces: readonly NodeInterface[]): string {
  const names = interfaces.slice(0, 3).map(({ name, mtu }) => `${name} ${mtu}`);
  return `${names.join(', ')}${interfaces.length > 3 ? ' and more' : ''}`;
}
