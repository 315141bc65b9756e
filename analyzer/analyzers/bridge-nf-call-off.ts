/**
 * Pods on a Linux bridge whose packets skip iptables. A pod that calls a service and is answered by a pod on the same
 * bridge gets the answer over the bridge, past conntrack: its address is never translated back.
 */
import { sysctlOf } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { settingFinding } from './kernel-setting.ts';
import { outcomeOf } from './outcome.ts';

/** Bridges that CNIs make for pods: bridge and flannel plugins, kubenet, kube-router, Weave. Docker's own is none. */
const POD_BRIDGE = /^(?:cni\d+|cbr0|kube-bridge|weave|cni-podman\d+|nerdctl\d+)$/;

export const bridgeNfCallOff: Analyzer = {
  id: 'bridge-nf-call-off',
  title: 'Packets between pods of one bridge meet the rules',
  area: 'network',
  run(facts) {
    const captured = sysctlOf(facts.state, 'net.bridge.bridge-nf-call-iptables');
    if (captured === null)
      return {
        outcome: 'skipped',
        missing: 'net.bridge.bridge-nf-call-iptables (absent when br_netfilter is not loaded)',
      };
    const bridge = facts.network.interfaces.flatMap((fact) =>
      fact.value
        .filter((each) => POD_BRIDGE.test(each.name))
        .map((each) => ({ name: each.name, fileId: fact.fileId, line: each.line })),
    )[0];
    if (captured.value !== '0' || bridge === undefined)
      return {
        outcome: 'pass',
        because:
          captured.value === '0'
            ? 'no bridge of pods is among the captured interfaces'
            : `net.bridge.bridge-nf-call-iptables is ${captured.value}`,
      };
    return outcomeOf(
      [
        settingFinding({
          rule: 'bridge-nf-call-off',
          key: 'net.bridge.bridge-nf-call-iptables',
          captured,
          right: '1',
          title: `Packets between pods on ${bridge.name} skip the rules`,
          because: `answers between pods on the bridge ${bridge.name} are not translated back to the address of the service.`,
          severity: 'medium',
          owner: 'node OS',
          dependsOn: 'it concerns pods that call a service with an endpoint on the same bridge',
          userNotices:
            'A pod that calls a service hangs whenever an endpoint on the same node is drawn; endpoints on other nodes work.',
          longTerm: ['Load br_netfilter before the setting is applied: `/etc/modules-load.d/`'],
          evidence: [{ fileId: bridge.fileId, line: bridge.line, endLine: bridge.line }],
        }),
      ],
      '',
    );
  },
};
