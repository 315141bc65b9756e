/**
 * A node that booted several times within a day. wtmp notes boots, not why: updates and the making of an image count as
 * well. `crash` says that the run before ended without a shutdown being noted.
 */
import type { BootSeen } from '../core/host-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { likely, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

const DAY_MS = 24 * 3600 * 1000;
const MANY = 3;
/** Older ones are history. */
const RECENT_MS = 14 * DAY_MS;

export const rebootsMany: Analyzer = {
  id: 'reboots-many',
  title: 'The node does not boot again and again',
  area: 'node',
  run(facts) {
    const lists = facts.host.boots;
    if (lists.length === 0) return { outcome: 'skipped', missing: 'boots of the node: last reboot' };
    const findings = lists.flatMap((list) => {
      const boots = [...list.value].sort((one, two) => two.time - one.time);
      const day = densestDay(boots);
      const [newest] = day;
      if (newest === undefined || day.length < MANY) return [];
      const crashes = day.filter(({ crashed }) => crashed).length;
      const last = facts.host.capturedAt ?? boots[0]?.time ?? newest.time;
      const recent = last - newest.time < RECENT_MS;
      return [
        stateFinding(refAt(list, newest.line), {
          rule: 'reboots-many',
          area: 'kernel',
          title: `The node booted ${day.length} times within a day`,
          claim: `${countText(day.length, 'boot')} within 24 hours, the last at ${new Date(newest.time).toISOString().slice(0, 16).replace('T', ' ')} of the node's clock${crashes === 0 ? '' : `; before ${crashes} of them no shutdown was noted`}.`,
          severity: recent && crashes > 0 ? 'medium' : 'low',
          confidence: likely('a restart that was asked for counts as well'),
          owner: 'node OS',
          count: day.length,
          entities: [],
          userNotices: 'All pods of the node stop and start each time.',
          now: [
            'See how the last run ended: `journalctl -b -1 -n 100 --no-pager`, and whether the kernel left a record: `ls /sys/fs/pstore /var/crash`',
            'On EC2 look at the console and the status checks: `aws ec2 get-console-output --latest --instance-id ID`, `aws ec2 describe-instance-status --instance-ids ID`',
          ],
          longTerm: [
            'Replace the instance when its hardware fails; let a panic be written to the console (kernel.panic)',
          ],
          check: ['`last reboot | head -3` shows no new line'],
          evidence: day.map(({ line }) => refAt(list, line)),
        }),
      ];
    });
    return outcomeOf(
      findings,
      `${countText(lists[0]?.value.length ?? 0, 'boot')} of the node noted, never ${MANY} within a day`,
    );
  },
};

/** @param boots newest first. @returns the most boots within 24 hours, newest first; of equal ones the latest. */
function densestDay(boots: readonly BootSeen[]): readonly BootSeen[] {
  let best: readonly BootSeen[] = [];
  let end = 0;
  for (const [start, boot] of boots.entries()) {
    while (end < boots.length && boot.time - (boots[end] as BootSeen).time < DAY_MS) end += 1;
    if (end - start > best.length) best = boots.slice(start, end);
  }
  return best;
}
