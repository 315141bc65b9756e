/**
 * Strict reverse path filtering on the first interface of a node whose pods have addresses of several network
 * interfaces (AWS VPC CNI). A NodePort packet comes in on the first one, while the kernel would answer the client's
 * address over the table of the pod's interface; the VPC CNI therefore sets the first interface to loose (2).
 * The kernel uses the larger of conf.all and conf.INTERFACE (Documentation/networking/ip-sysctl).
 */
import { type NodeState, refAt, type StateValue, sysctlOf } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { settingFinding } from './kernel-setting.ts';
import { outcomeOf } from './outcome.ts';
import { vpcTraces } from './vpc-cni.ts';

export const rpFilterStrict: Analyzer = {
  id: 'rp-filter-strict',
  title: 'Reverse path filtering lets NodePort traffic to pods of other interfaces in',
  area: 'network',
  run(facts) {
    if (facts.network.policyRules.length === 0) return { outcome: 'skipped', missing: 'ip rules of the node' };
    const vpc = vpcTraces(facts);
    const [podRule] = vpc.fromPod;
    if (podRule === undefined)
      return {
        outcome: 'pass',
        because: 'no ip rule sends packets of a pod to the table of another network interface, as far as captured',
      };
    const route = facts.routes.flatMap((fact) =>
      fact.routes
        .filter((each) => each.table === 'main' && each.prefix === '0.0.0.0/0' && each.device !== null)
        .map((each) => ({ fact, each })),
    )[0];
    if (route === undefined) return { outcome: 'skipped', missing: 'the default route of the node' };
    const device = route.each.device ?? '';
    const effective = effectiveFilter(facts.state, device);
    if (effective === null) return { outcome: 'skipped', missing: `rp_filter of ${device}` };
    const strict = effective.captured.value === '1';
    return outcomeOf(
      strict
        ? [
            settingFinding({
              rule: 'rp-filter-strict',
              key: effective.key,
              captured: effective.captured,
              right: '2',
              title: `Reverse path filtering on ${device} is strict`,
              because: `packets that come in on ${device} are dropped when the answer would leave by another interface, as it does for pods with addresses of a second network interface ("${podRule.rule.raw.trim().slice(0, 120)}").`,
              severity: 'medium',
              owner: 'VPC CNI',
              dependsOn:
                'only packets from outside to NodePorts and load balancers with endpoints on other network interfaces are concerned',
              userNotices:
                'Connections from outside through NodePorts or load balancers of this node time out when the pod has an address of a second network interface.',
              longTerm: [
                'aws-node sets it to 2 at its start when AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER is not false: restart its pod',
              ],
              evidence: [podRule.ref, refAt(route.fact, route.each.line, 'the default route')],
            }),
          ]
        : [],
      `rp_filter of ${device} is ${effective.captured.value}`,
    );
  },
};

function effectiveFilter(
  state: NodeState,
  device: string,
): { readonly key: string; readonly captured: StateValue } | null {
  const keys = [`net.ipv4.conf.${device.replaceAll('.', '/')}.rp_filter`, 'net.ipv4.conf.all.rp_filter'];
  const found = keys.flatMap((key) => {
    const captured = sysctlOf(state, key);
    return captured === null ? [] : [{ key, captured }];
  });
  // With one of the two alone a strict value may still be made loose by the other one.
  if (found.length < 2) return null;
  return found.reduce((best, each) => (Number(each.captured.value) > Number(best.captured.value) ? each : best));
}
