/**
 * Threads against the limits of the kernel: each takes a process id (kernel.pid_max) and counts for kernel.threads-max.
 * At the limit fork and clone fail with EAGAIN, in every container. The node monitoring agent of EKS warns at 70 %.
 * Limits of control groups (TasksMax of systemd, podPidsLimit of kubelet) are not in such outputs.
 */
import type { ProcessList } from '../core/host-state.ts';
import type { Captured } from '../facts/host-state.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { refAt, type StateValue, sysctlOf } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, listed, outcomeOf } from './outcome.ts';
import { percentOf, stateFinding } from './state-finding.ts';

const SHARE_MEDIUM = 0.7;
const SHARE_HIGH = 0.9;
/** A process with fewer threads is not what fills a limit of thousands. */
const MANY_THREADS = 500;

export const pidsNearLimit: Analyzer = {
  id: 'pids-near-limit',
  title: 'There are process ids left',
  area: 'node',
  run(facts) {
    const limit = smallestLimit(facts);
    if (limit === null) return { outcome: 'skipped', missing: 'kernel.pid_max or kernel.threads-max of sysctl' };
    const list = mostThreads(facts.host.processes);
    if (list === null) return { outcome: 'skipped', missing: 'a list of processes or threads: ps -eTF' };
    const used = list.value.threads ?? list.value.processes;
    const share = used / limit.max;
    const what = list.value.threads === null ? 'processes (threads were not listed)' : 'threads';
    const known = `${used} ${what} of ${limit.max} that ${limit.key} allows`;
    if (share < SHARE_MEDIUM) return { outcome: 'pass', because: `the node runs ${known}` };
    const busiest = list.value.busiest.filter(({ threads }) => threads >= MANY_THREADS);
    return outcomeOf(
      [
        stateFinding(limit.captured.ref, {
          rule: 'pids-near-limit',
          area: 'kernel',
          title: `${percentOf(share)} % of the process ids of the node are in use`,
          claim: `${known} were there when the node was captured (${percentOf(share)} %).${
            busiest.length === 0
              ? ''
              : ` Most of them: ${listed(busiest.map(({ command, threads }) => `${shortName(command)} ${threads}`))}.`
          }`,
          severity: share >= SHARE_HIGH ? 'high' : 'medium',
          confidence:
            list.value.threads === null
              ? likely('processes were counted, threads are more')
              : certain('the kernel printed the limit, and the threads were listed'),
          owner: 'workload',
          count: used,
          entities: busiest.slice(0, 10).map(({ command }) => ({ kind: 'process', name: shortName(command) })),
          userNotices:
            'At the limit no program can start a process or thread: "Resource temporarily unavailable", exec probes fail, pods do not start, nobody can log in.',
          now: [
            'See who has them: `ps -eo pid,nlwp,comm --sort=-nlwp | head`',
            'Restart the program that keeps making threads or leaves its children behind',
            `Raise the limit for the time being: \`sudo sysctl -w ${limit.key}=${limit.max * 2}\``,
          ],
          longTerm: ['Limit the process ids of each pod: `podPidsLimit` in the configuration of kubelet'],
          check: [`\`ps -eT --no-headers | wc -l\` stays well below \`sysctl -n ${limit.key}\``],
          evidence: [refAt(list, list.value.line), ...busiest.map(({ line }) => refAt(list, line))],
          explains: ['process-fork-failed'],
        }),
      ],
      '',
    );
  },
};

interface Limit {
  readonly key: string;
  readonly max: number;
  readonly captured: StateValue;
}

function smallestLimit(facts: NodeFacts): Limit | null {
  const limits = ['kernel.pid_max', 'kernel.threads-max'].flatMap((key) => {
    const captured = sysctlOf(facts.state, key);
    const max = captured !== null && /^\d{1,12}$/.test(captured.value) ? Number(captured.value) : 0;
    return captured === null || max === 0 ? [] : [{ key, max, captured }];
  });
  return limits.reduce<Limit | null>((least, each) => (least === null || each.max < least.max ? each : least), null);
}

function mostThreads(lists: readonly Captured<ProcessList>[]): Captured<ProcessList> | null {
  const used = ({ value }: Captured<ProcessList>): number => value.threads ?? value.processes;
  return lists.reduce<Captured<ProcessList> | null>(
    (most, each) => (most === null || used(each) > used(most) ? each : most),
    null,
  );
}

/** `/usr/bin/java -jar x` is java. */
function shortName(command: string): string {
  const [first = ''] = command.replace(/^[\\_| ]+/, '').split(' ', 1);
  return first.slice(first.lastIndexOf('/') + 1).slice(0, 40) || command.slice(0, 40);
}
