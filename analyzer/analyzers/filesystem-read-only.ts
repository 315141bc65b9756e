/**
 * A file system the node must write to that is mounted read-only. The kernel does that by itself after an error of a
 * disk (ext4 with errors=remount-ro; xfs shuts down instead). Systems that are made so are none: Bottlerocket and
 * Flatcar mount / or /usr read-only, and write to /local or /var.
 */
import type { Mount } from '../core/host-state.ts';
import type { Captured } from '../facts/host-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

const DISKS = /^(?:ext[234]|xfs|btrfs|f2fs|jfs|reiserfs)$/;
const WRITTEN = /^\/(?:var(?:\/(?:lib(?:\/(?:kubelet|containerd|containers|docker))?|log))?|local|run)?$/;

export const filesystemReadOnly: Analyzer = {
  id: 'filesystem-read-only',
  title: 'What the node writes to can be written',
  area: 'node',
  run(facts) {
    const lists = facts.host.mounts;
    if (lists.length === 0) return { outcome: 'skipped', missing: 'mounted file systems: mount' };
    const findings = lists.flatMap((list) =>
      readOnly(list).map((mount) =>
        stateFinding(refAt(list, mount.line), {
          rule: 'filesystem-read-only',
          area: 'disk',
          title: `${mount.mountPoint} is mounted read-only`,
          claim: `${mount.source} (${mount.type}) was mounted read-only at ${mount.mountPoint} when the node was captured.`,
          severity: 'high',
          confidence: certain('the option ro is printed for a place that kubelet or the container runtime writes to'),
          owner: 'node OS',
          entities: [{ kind: 'device', name: mount.source }],
          userNotices:
            'Pods cannot be started or removed on this node, logs are not written, and running containers fail when they write.',
          now: [
            'See why: `sudo dmesg -T | grep -iE "remount|I/O error|ext4|xfs"`',
            'Move pods away: `kubectl drain NODE --ignore-daemonsets --delete-emptydir-data`',
            'Replace the node, or its volume: a file system that the kernel gave up should be checked before it is used again',
          ],
          longTerm: ['On EBS watch the status checks of the volume (VolumeStatus, VolumeStalledIOCheck)'],
          check: [`\`findmnt -no OPTIONS ${mount.mountPoint}\` begins with rw`],
          evidence: [],
        }),
      ),
    );
    return outcomeOf(findings, 'no place that kubelet or the container runtime writes to is mounted read-only');
  },
};

/** Of several mounts at one place the last counts. A read-only / matters when nothing else holds /var. */
function readOnly({ value }: Captured<readonly Mount[]>): readonly Mount[] {
  const last = new Map(value.map((mount) => [mount.mountPoint, mount]));
  const separate = ['/var', '/var/lib', '/local', '/var/lib/kubelet'].some(
    (place) => last.get(place)?.options[0] === 'rw',
  );
  return [...last.values()].filter(
    (mount) =>
      WRITTEN.test(mount.mountPoint) &&
      DISKS.test(mount.type) &&
      mount.options[0] === 'ro' &&
      !(mount.mountPoint === '/' && (separate || isSealed(mount.source))),
  );
}

/** Verified or packed root devices are never written. */
function isSealed(source: string): boolean {
  return /^\/dev\/(?:root|dm-\d+|mapper\/(?:root|usr)|loop\d+)$/.test(source);
}
