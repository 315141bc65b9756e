/**
 * How long tasks waited for processor, memory or disk in the minute before the capture (pressure stall information of
 * the kernel, Documentation/accounting/psi.rst): `some` at least one task, `full` all of them at once.
 */
import type { FindingDraft, Severity } from '../core/vocabulary.ts';
import type { PressureFact } from '../facts/host-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { type StateArea, stateFinding } from './state-finding.ts';

/** Percent of a minute: low, medium, high. A disk that is waited for is usual, memory that is waited for is not. */
const STEPS = {
  memory: { some: [5, 15, 40], full: [2, 8, 20] },
  io: { some: [30, 60, 101], full: [15, 35, 101] },
  cpu: { some: [40, 70, 101], full: [101, 101, 101] },
} as const;

const WORDS = {
  memory: {
    area: 'oom',
    notices: 'Programs on the node stall for seconds, probes time out, and pods are killed or evicted soon.',
    now: 'See who takes the memory: `systemd-cgtop -m -n 1`, `kubectl top pod -A --sort-by=memory | head`',
    later: 'Give pods memory requests near what they need',
  },
  io: {
    area: 'disk',
    notices: 'Containers start slowly, kubelet and containerd answer late, images are pulled slowly.',
    now: 'See who reads and writes: `sudo iotop -o -b -n 3`, and how busy the disks are: `iostat -x 5 3`',
    later: 'Give the volume more throughput (EBS gp3: IOPS and throughput are set apart from its size)',
  },
  cpu: {
    area: 'kernel',
    notices: 'Everything on the node is slower than it should be; probes with short timeouts fail now and then.',
    now: 'See who takes the processors: `top -b -n 1 | head -20`, `kubectl top pod -A --sort-by=cpu | head`',
    later: 'Give pods processor requests near what they need, or the node more processors',
  },
} as const satisfies Record<string, { area: StateArea; notices: string; now: string; later: string }>;

export const pressureStall: Analyzer = {
  id: 'pressure-stall',
  title: 'Nothing waits long for processor, memory or disk',
  area: 'node',
  run(facts) {
    const known = facts.host.pressure.filter(({ resource }) => resource !== null);
    if (known.length === 0) return { outcome: 'skipped', missing: 'pressure of cpu, io and memory: /proc/pressure' };
    return outcomeOf(
      known.flatMap(stalled),
      `in the last minute tasks waited little for ${known.map(({ resource }) => resource).join(', ')}`,
    );
  },
};

function stalled(fact: PressureFact): readonly FindingDraft[] {
  const resource = fact.resource;
  if (resource === null) return [];
  const worst = fact.value
    .map((line) => ({ line, step: STEPS[resource][line.kind].filter((least) => line.avg60 >= least).length }))
    .reduce((one, two) => (two.step > one.step ? two : one));
  const severity = ([null, 'low', 'medium', 'high'] as const)[worst.step] as Severity | null;
  if (severity === null) return [];
  const { line } = worst;
  const words = WORDS[resource];
  const who = line.kind === 'full' ? 'every task' : 'at least one task';
  return [
    stateFinding(refAt(fact, line.line), {
      rule: 'pressure-stall',
      area: words.area,
      title: `Tasks waited for ${resource === 'io' ? 'disks' : resource} ${line.avg60} % of a minute`,
      claim: `In the minute before the capture ${who} waited for ${resource} ${line.avg60} % of the time (${line.avg300} % of the last five minutes).`,
      severity,
      confidence: certain('the kernel measures it'),
      owner: 'workload',
      entities: [],
      userNotices: words.notices,
      now: [words.now],
      longTerm: [words.later],
      check: [`\`cat /proc/pressure/${resource}\` shows less in avg60`],
      evidence: fact.value.map((each) => refAt(fact, each.line)),
    }),
  ];
}
