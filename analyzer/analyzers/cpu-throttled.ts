/**
 * Control groups that used up their share of processor time (cpu.stat: nr_throttled of nr_periods since the group was
 * made). For containers that is what a CPU limit does; for the node's own services it is a defect.
 */
import type { ThrottledGroup } from '../core/host-state.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { Captured } from '../facts/host-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, listed, outcomeOf } from './outcome.ts';
import { countText, percentOf, stateFinding } from './state-finding.ts';

const PERIODS_MIN = 100;
const SHARE = 0.25;
const NODE_SERVICE = /\/system\.slice\/(?:kubelet|containerd|crio|docker)\.service\/cpu\.stat$|\/runtime\.slice\//;

export const cpuThrottled: Analyzer = {
  id: 'cpu-throttled',
  title: 'Containers are not held back by their CPU limits',
  area: 'node',
  run(facts) {
    const lists = facts.host.throttled;
    if (lists.length === 0) return { outcome: 'skipped', missing: 'throttled control groups: cpu.stat of each' };
    const groups = lists.flatMap((list) => list.value.map((group) => ({ list, group })));
    const much = groups
      .map((one) => ({ ...one, share: shareOf(one.group) }))
      .filter(({ share }) => share >= SHARE)
      .sort((one, two) => two.share - one.share);
    const service = much.filter(({ group }) => NODE_SERVICE.test(group.path ?? ''));
    const containers = much.filter(({ group }) => !NODE_SERVICE.test(group.path ?? ''));
    const unknown = groups.filter(({ group }) => group.path === null);
    return outcomeOf(
      [
        ...service.map(({ list, group, share }) => held(list, [{ list, group, share }], 'service')),
        ...(containers[0] === undefined ? [] : [held(containers[0].list, containers, 'container')]),
      ],
      unknown.length > 0
        ? 'processes with a throttled group were listed, and not how often they were held back'
        : groups.length === 0
          ? 'no control group was throttled'
          : `${countText(groups.length, 'control group was', 'control groups were')} held back now and then, none in a quarter of its periods`,
    );
  },
};

interface Held {
  readonly list: Captured<readonly ThrottledGroup[]>;
  readonly group: ThrottledGroup;
  readonly share: number;
}

function shareOf({ periods, throttled }: ThrottledGroup): number {
  return periods === null || throttled === null || periods < PERIODS_MIN ? 0 : Math.min(1, throttled / periods);
}

function held(
  list: Captured<readonly ThrottledGroup[]>,
  groups: readonly Held[],
  kind: 'service' | 'container',
): FindingDraft {
  const [worst] = groups as [Held];
  const name = (one: Held): string =>
    one.group.processes[0]?.split(' ')[0]?.split('/').at(-1) ?? 'a group without processes';
  const names = groups.map((one) => `${name(one)} ${percentOf(one.share)} %`);
  return stateFinding(refAt(list, worst.group.line), {
    rule: 'cpu-throttled',
    area: kind === 'service' ? 'kubelet' : 'pods',
    title:
      kind === 'service'
        ? `${name(worst)} of the node is held back by a CPU limit`
        : `${countText(groups.length, 'container is', 'containers are')} held back by CPU limits`,
    claim: `In at least a quarter of its periods since it was made ${groups.length === 1 ? 'this group' : `each of these ${groups.length} groups`} had used up its processor time: ${listed(names)}.`,
    severity: kind === 'service' ? 'medium' : 'low',
    confidence:
      kind === 'service'
        ? certain('the kernel counts the periods')
        : likely('the counts run since the container started; whether it is so now they do not tell'),
    owner: kind === 'service' ? 'node OS' : 'workload',
    count: groups.length,
    entities: groups.slice(0, 10).map((one) => ({ kind: 'process', name: name(one) })),
    userNotices:
      kind === 'service'
        ? 'Pods start slowly, and the node may be NotReady for moments.'
        : 'Requests to these programs take up to some hundred milliseconds longer, again and again; probes with short timeouts fail.',
    now: [
      kind === 'service'
        ? 'Find the limit: `systemctl show kubelet containerd -p CPUQuotaPerSecUSec`'
        : 'See which pods they are, and their limits: `kubectl top pod -A --containers`, `kubectl get pod POD -o jsonpath={..resources.limits.cpu}`',
    ],
    longTerm: [
      kind === 'service'
        ? 'Give services of the node no CPU quota'
        : 'Raise or remove the CPU limit, and give the container a request near what it needs',
    ],
    check: ['nr_throttled of cpu.stat grows no more, or slowly beside nr_periods'],
    evidence: groups.map((one) => refAt(one.list, one.group.line)),
  });
}
