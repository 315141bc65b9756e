/**
 * Memory that programs can still have. kubelet evicts pods below 100 MiB of available memory unless it is told
 * otherwise (kubelet's evictionHard), and counts available memory as MemAvailable does, roughly. With
 * vm.overcommit_memory 2 the kernel refuses memory at CommitLimit, however much is free.
 */
import type { MemoryUse } from '../core/host-state.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { Captured } from '../facts/host-state.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { refAt, sysctlOf } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { memoryText, percentOf, stateFinding } from './state-finding.ts';

const SHARE_LOW = 0.1;
const SHARE_MEDIUM = 0.05;
const SHARE_HIGH = 0.02;
const COMMITTED_MEDIUM = 0.95;

export const memoryLow: Analyzer = {
  id: 'memory-low',
  title: 'The node has memory left',
  area: 'node',
  run(facts) {
    const memory = facts.host.memory.find(({ value }) => value.available !== null);
    if (memory === undefined)
      return { outcome: 'skipped', missing: 'available memory: /proc/meminfo, free, or top with avail Mem' };
    const share = (memory.value.available?.value ?? 0) / memory.value.total.value;
    const findings = [...low(memory, share), ...committed(facts, memory)];
    return outcomeOf(findings, `${percentOf(share)} % of the node's memory is available`);
  },
};

function low(memory: Captured<MemoryUse>, share: number): readonly FindingDraft[] {
  const { available, total, unit } = memory.value;
  if (available === null || share >= SHARE_LOW) return [];
  const amounts = unit === null ? '' : ` (${memoryText(available.value)} of ${memoryText(total.value)})`;
  return [
    stateFinding(refAt(memory, available.line), {
      rule: 'memory-low',
      area: 'oom',
      title: `${percentOf(share)} % of the memory was available`,
      claim: `${percentOf(share)} % of the node's memory was available when it was captured${amounts}.`,
      severity: share < SHARE_HIGH ? 'high' : share < SHARE_MEDIUM ? 'medium' : 'low',
      confidence: certain('the kernel says how much it could give without swapping'),
      owner: 'workload',
      entities: [],
      userNotices:
        'Pods are evicted or killed, and before that the node becomes slow because it reads programs from disk again and again.',
      now: [
        'See which pods take it: `kubectl top pod -A --sort-by=memory | head`, on the node `systemd-cgtop -m -n 1`',
        'Move pods away: `kubectl cordon NODE`, then delete the largest ones',
      ],
      longTerm: [
        'Give every pod a memory request near what it needs, so that the scheduler knows',
        'Reserve memory for the system: `systemReserved` and `kubeReserved` of kubelet',
      ],
      check: ['`grep MemAvailable /proc/meminfo` stays above a tenth of MemTotal'],
      evidence: [refAt(memory, total.line)],
    }),
  ];
}

function committed(facts: NodeFacts, memory: Captured<MemoryUse>): readonly FindingDraft[] {
  const mode = sysctlOf(facts.state, 'vm.overcommit_memory');
  const { committed: promised, commitLimit } = memory.value;
  if (mode?.value !== '2' || promised === null || commitLimit === null || commitLimit.value === 0) return [];
  const share = promised.value / commitLimit.value;
  if (share < COMMITTED_MEDIUM) return [];
  return [
    stateFinding(refAt(memory, promised.line), {
      rule: 'memory-low',
      area: 'oom',
      title: `${percentOf(share)} % of the memory that may be promised is promised`,
      claim: `Programs were promised ${memoryText(promised.value)}, and with vm.overcommit_memory 2 the kernel promises ${memoryText(commitLimit.value)} at most (${percentOf(share)} %).`,
      severity: 'medium',
      confidence: certain('the kernel printed both, and the setting that makes the limit count'),
      owner: 'node OS',
      entities: [],
      userNotices: 'Programs fail with "Cannot allocate memory" though memory is free.',
      now: ['Let the kernel promise more, as kubelet expects it: `sudo sysctl -w vm.overcommit_memory=1`'],
      longTerm: ['Find what sets it: `grep -rn overcommit /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d`'],
      check: ['`sysctl vm.overcommit_memory` prints 1'],
      evidence: [refAt(memory, commitLimit.line), mode.ref],
    }),
  ];
}
