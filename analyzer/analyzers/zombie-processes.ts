/**
 * Processes that ended and whose parent does not ask how. Each keeps a process id and nothing else; many of them fill
 * the limit. The node monitoring agent of EKS reports 20 and more.
 */
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

const LOW = 20;
const MEDIUM = 1_000;

export const zombieProcesses: Analyzer = {
  id: 'zombie-processes',
  title: 'Programs take care of their children that ended',
  area: 'node',
  run(facts) {
    const lists = facts.host.processes;
    const [most] = [...lists].sort((one, two) => two.value.zombies - one.value.zombies);
    if (most === undefined) return { outcome: 'skipped', missing: 'a list of processes: ps aux' };
    const { zombies, zombiesSeen, line } = most.value;
    if (zombies < LOW)
      return {
        outcome: 'pass',
        because: `${countText(zombies, 'process', 'processes')} that ended ${zombies === 1 ? 'is' : 'are'} still listed`,
      };
    const parents = Map.groupBy(zombiesSeen, ({ parent }) => parent);
    const [worst] = [...parents]
      .filter(([parent]) => parent !== null)
      .sort((one, two) => two[1].length - one[1].length);
    const parent = worst?.[0];
    return outcomeOf(
      [
        stateFinding(refAt(most, zombiesSeen[0]?.line ?? line), {
          rule: 'zombie-processes',
          area: 'pods',
          title: `${zombies} processes have ended and are not taken care of`,
          claim: `${zombies} zombie processes were there when the node was captured${parent == null ? '' : `; the parent of most that were looked at is process ${parent}`}.`,
          severity: zombies >= MEDIUM ? 'medium' : 'low',
          confidence: certain('they were listed'),
          owner: 'workload',
          count: zombies,
          entities: [...new Set(zombiesSeen.map(({ command }) => command))]
            .slice(0, 5)
            .map((name) => ({ kind: 'process', name })),
          userNotices: 'Nothing at first; when they use up the process ids, no program can be started on the node.',
          now: [
            "Find their parents: `ps -eo ppid=,stat= | awk '$2 ~ /^Z/ {print $1}' | sort | uniq -c | sort -rn | head`",
            'Restart the pod of that parent: its zombies go with it',
          ],
          longTerm: [
            'Start such containers with an init that reaps children (`tini`), or set `shareProcessNamespace: true`',
          ],
          check: ['`ps -eo stat | grep -c ^Z` stays small'],
          evidence: zombiesSeen.map((one) => refAt(most, one.line)),
        }),
      ],
      '',
    );
  },
};
