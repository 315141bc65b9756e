/**
 * Processes with more than 1,000 environment variables. kubelet gives each container some for every service of its
 * namespace unless `enableServiceLinks` is false; at the limit of the kernel (a quarter of the stack) a program cannot be
 * started: "argument list too long".
 */
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

export const largeEnvironments: Analyzer = {
  id: 'large-environments',
  title: 'No process has thousands of environment variables',
  area: 'node',
  run(facts) {
    const [list] = facts.host.environments;
    if (list === undefined) return { outcome: 'skipped', missing: 'the list of large environments' };
    const rows = [...list.value].sort((one, two) => two.variables - one.variables);
    const [first] = rows;
    if (first === undefined)
      return { outcome: 'pass', because: 'no process has more than 1,000 environment variables' };
    return outcomeOf(
      [
        stateFinding(refAt(list, first.line), {
          rule: 'large-environments',
          area: 'pods',
          title: `${countText(rows.length, 'process has', 'processes have')} more than 1,000 environment variables`,
          claim: `${countText(rows.length, 'process has', 'processes have')} more than 1,000 environment variables, the most ${first.variables} (process ${first.pid}).`,
          severity: 'low',
          confidence: certain('the collector counted them'),
          owner: 'workload',
          count: rows.length,
          entities: [],
          userNotices: 'Programs start slowly; with still more services they do not start: "argument list too long".',
          now: ['See what they are: `sudo tr "\\0" "\\n" < /proc/PID/environ | cut -d= -f1 | sort | head -40`'],
          longTerm: ['Set `enableServiceLinks: false` in pods of namespaces with many services'],
          check: ['A new container has fewer: `kubectl exec POD -- env | wc -l`'],
          evidence: rows.map(({ line }) => refAt(list, line)),
        }),
      ],
      '',
    );
  },
};
