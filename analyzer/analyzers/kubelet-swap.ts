/** Swap is on and kubelet is not allowed to run with it: `failSwapOn` is true unless it was set (kubelet config/v1beta1). */
import { kubeletFile, kubeletSetting } from '../facts/agent-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { likely, outcomeOf } from './outcome.ts';
import { memoryText, stateFinding } from './state-finding.ts';

export const kubeletSwap: Analyzer = {
  id: 'kubelet-swap',
  title: 'kubelet may start with the swap of the node',
  area: 'node',
  run(facts) {
    const memory = facts.host.memory.find(({ value }) => value.swapTotal !== null);
    const swap = memory?.value.swapTotal;
    if (memory === undefined || swap == null)
      return { outcome: 'skipped', missing: 'the size of swap: /proc/meminfo or free' };
    if (swap.value === 0) return { outcome: 'pass', because: 'the node has no swap' };
    const setting = kubeletSetting(facts.agents, 'failSwapOn');
    if (setting?.value === 'false') return { outcome: 'pass', because: 'kubelet is told to run with swap' };
    const file = setting?.ref ?? kubeletFile(facts.agents);
    if (file === null) return { outcome: 'skipped', missing: "kubelet's configuration file" };
    return outcomeOf(
      [
        stateFinding(refAt(memory, swap.line), {
          rule: 'kubelet-swap',
          area: 'kubelet',
          title: 'Swap is on, and kubelet does not start with it',
          claim: `The node has ${memory.value.unit === null ? '' : `${memoryText(swap.value)} of `}swap, and failSwapOn of kubelet is ${setting === null ? 'not set, which means true' : setting.value}.`,
          severity: 'medium',
          confidence: likely('a kubelet that runs was started before swap was turned on'),
          owner: 'node OS',
          entities: [],
          userNotices:
            'At its next start kubelet ends with "running with swap on is not supported", and the node stays NotReady.',
          now: [
            'Turn swap off: `sudo swapoff -a`, and take it out of /etc/fstab',
            'Or allow it: `failSwapOn: false` and `memorySwap.swapBehavior` of kubelet',
          ],
          check: ['`swapon --show` prints nothing'],
          evidence: [file],
          explains: ['kubelet-swap-on'],
        }),
      ],
      '',
    );
  },
};
