/**
 * Open file handles of the whole node: `fs.file-nr` holds allocated, free (always 0 since Linux 2.6) and the maximum
 * (Documentation/admin-guide/sysctl/fs.rst). At the maximum every open fails with ENFILE.
 */
import { sysctlOf } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { percentOf, stateFinding } from './state-finding.ts';

const SHARE_MEDIUM = 0.7;
const SHARE_HIGH = 0.9;

export const fileHandlesNearLimit: Analyzer = {
  id: 'file-handles-near-limit',
  title: 'There are file handles left',
  area: 'node',
  run(facts) {
    const captured = sysctlOf(facts.state, 'fs.file-nr');
    const found = /^(\d{1,19})\s+\d{1,19}\s+(\d{1,19})$/.exec(captured?.value ?? '');
    if (captured === null || found === null || Number(found[2]) === 0)
      return { outcome: 'skipped', missing: 'fs.file-nr of sysctl' };
    const used = Number(found[1]);
    const share = used / Number(found[2]);
    if (share < SHARE_MEDIUM) return { outcome: 'pass', because: `${used} of ${found[2]} file handles are in use` };
    const max = sysctlOf(facts.state, 'fs.file-max');
    return outcomeOf(
      [
        stateFinding(captured.ref, {
          rule: 'file-handles-near-limit',
          area: 'kernel',
          title: `${percentOf(share)} % of the file handles of the node are in use`,
          claim: `${used} of ${found[2]} file handles were in use when the node was captured (${percentOf(share)} %).`,
          severity: share >= SHARE_HIGH ? 'high' : 'medium',
          confidence: certain('the kernel counts both'),
          owner: 'workload',
          count: used,
          entities: [],
          userNotices: 'At the limit programs fail with "Too many open files in system", connections included.',
          now: [
            'See who has them: `for p in /proc/[0-9]*; do echo "$(ls $p/fd 2>/dev/null | wc -l) $(cat $p/comm)"; done | sort -rn | head`',
            'Raise the limit for the time being: `sudo sysctl -w fs.file-max=N`',
          ],
          longTerm: ['Mend the program that does not close its files or connections'],
          check: ['`cat /proc/sys/fs/file-nr` stays well below its third number'],
          evidence: max === null ? [] : [max.ref],
          explains: ['kernel-file-max-reached'],
        }),
      ],
      '',
    );
  },
};
