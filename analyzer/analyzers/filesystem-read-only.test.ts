import { expect, test } from 'vitest';
import { check, severities } from '../../test/support/node-check.ts';
import { filesystemReadOnly } from './filesystem-read-only.ts';

const mounts = (...lines: readonly string[]) => ({ 'mounts.txt': `${lines.join('\n')}\n` });

test.each([
  ['a node that can write', ['/dev/nvme0n1p1 on / type xfs (rw,noatime)'], []],
  ['the root was remounted', ['/dev/nvme0n1p1 on / type ext4 (ro,relatime,errors=remount-ro)'], ['high']],
  [
    'an own disk of containerd',
    ['/dev/nvme0n1p1 on / type xfs (rw)', '/dev/nvme1n1 on /var/lib/containerd type xfs (ro)'],
    ['high'],
  ],
  [
    'Bottlerocket',
    ['/dev/root / ext4 ro,seclabel,relatime,stripe=1024 0 0', '/dev/nvme1n1p1 /local ext4 rw,seclabel 0 0'],
    [],
  ],
  ['a read-only root with /var beside it', ['/dev/sda1 on / type ext4 (ro)', '/dev/sda2 on /var type ext4 (rw)'], []],
  ['an image', ['/dev/loop3 on /snap/core20/1 type squashfs (ro,nodev)', '/dev/sr0 on /media type iso9660 (ro)'], []],
  ['mounted again', ['/dev/sda1 on / type ext4 (ro)', '/dev/sda1 on / type ext4 (rw)'], []],
  [
    'a volume that is meant to be read',
    ['/dev/sdb on /var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/a/mount type ext4 (ro)'],
    [],
  ],
] as const)('%s', (_what, lines, expected) => {
  expect(severities(filesystemReadOnly, mounts(...lines))).toEqual(expected);
});

test('without mounts it is skipped', () => {
  expect(check(filesystemReadOnly, {})).toMatchObject({ outcome: 'skipped' });
});
