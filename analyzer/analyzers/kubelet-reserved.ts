/**
 * Memory and processor kept for the system and for kubelet itself. Without them pods may be given all of the node, and
 * kubelet and containerd have to fight for the rest. A note, no defect: small requests leave room as well.
 */
import { kubeletFile, kubeletSetting } from '../facts/agent-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

export const kubeletReserved: Analyzer = {
  id: 'kubelet-reserved',
  title: 'Memory is reserved for the system',
  area: 'node',
  run(facts) {
    const file = kubeletFile(facts.agents);
    if (file === null) return { outcome: 'skipped', missing: "kubelet's configuration file" };
    const set = ['kubeReserved', 'systemReserved'].filter((key) => kubeletSetting(facts.agents, key) !== null);
    if (set.length > 0) return { outcome: 'pass', because: `${set.join(' and ')} of kubelet is set` };
    return outcomeOf(
      [
        stateFinding(file, {
          rule: 'kubelet-reserved',
          area: 'kubelet',
          title: 'Nothing is reserved for the system',
          claim:
            "Neither kubeReserved nor systemReserved is in kubelet's captured settings: the scheduler may give all memory of the node to pods.",
          severity: 'info',
          confidence: certain('the configuration was captured whole'),
          owner: 'kubelet',
          entities: [],
          userNotices:
            'Nothing on a node with room; on a full one kubelet and containerd become slow before pods are evicted.',
          now: [
            'See how much is left for the system: `kubectl get node NODE -o jsonpath="{.status.capacity.memory} {.status.allocatable.memory}"`',
          ],
          longTerm: ['Set `kubeReserved` where nodes are made, about 255 MiB and 11 MiB for each pod as EKS does'],
          check: ['Allocatable memory of the node is below its capacity by more than the eviction threshold'],
          evidence: [],
        }),
      ],
      '',
    );
  },
};
