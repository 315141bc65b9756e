/**
 * Thresholds at which kubelet evicts pods. Where `evictionHard` is set at all, kubelet drops its defaults for the
 * signals that are not named (memory.available<100Mi, nodefs.available<10%, nodefs.inodesFree<5%,
 * imagefs.available<15%), unless `mergeDefaultEvictionSettings` says otherwise; a value of 0 or 100% turns one off.
 */
import { kubeletFile, kubeletSetting } from '../facts/agent-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

const NEEDED = ['memory.available', 'nodefs.available', 'nodefs.inodesFree'];
const OFF = /^(?:0%?|100%)$/;

export const kubeletEvictionThresholds: Analyzer = {
  id: 'kubelet-eviction-thresholds',
  title: 'kubelet evicts pods before memory or disk run out',
  area: 'node',
  run(facts) {
    const set = kubeletSetting(facts.agents, 'evictionHard');
    if (set === null)
      return kubeletFile(facts.agents) === null
        ? { outcome: 'skipped', missing: "kubelet's configuration file" }
        : { outcome: 'pass', because: "no eviction threshold is set, so that kubelet's own hold" };
    const values = NEEDED.map((signal) => ({ signal, at: kubeletSetting(facts.agents, `evictionHard/${signal}`) }));
    const merged = kubeletSetting(facts.agents, 'mergeDefaultEvictionSettings')?.value === 'true';
    const off = values.filter(({ at }) => (at === null ? !merged : OFF.test(at.value)));
    if (off.length === 0)
      return { outcome: 'pass', because: 'eviction thresholds for memory, disk and inodes are set' };
    const names = off.map(({ signal }) => signal).join(', ');
    return outcomeOf(
      [
        stateFinding(off.find(({ at }) => at !== null)?.at?.ref ?? set.ref, {
          rule: 'kubelet-eviction-thresholds',
          area: 'eviction',
          title: `kubelet does not evict pods for ${names}`,
          claim: `evictionHard of kubelet is set, and ${names} ${off.length === 1 ? 'is' : 'are'} not in it or turned off: kubelet's own thresholds do not apply then.`,
          severity: 'low',
          confidence: certain('the setting was captured'),
          owner: 'kubelet',
          entities: [],
          userNotices:
            'Nothing until memory or disk run out: then the kernel kills what it likes, or every write fails, instead of single pods being moved.',
          now: [
            `Name all of them: \`evictionHard: {memory.available: 100Mi, nodefs.available: 10%, nodefs.inodesFree: 5%, imagefs.available: 15%}\``,
          ],
          longTerm: [
            'Set them where nodes are made: launch template, NodeConfig of nodeadm, EC2NodeClass of Karpenter',
          ],
          check: ['`kubectl get --raw /api/v1/nodes/NODE/proxy/configz | grep -o "evictionHard[^}]*}"` names them'],
          evidence: [set.ref, ...values.flatMap(({ at }) => at?.ref ?? [])],
        }),
      ],
      '',
    );
  },
};
