import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { filesystemNearlyFull } from './filesystem-nearly-full.ts';

const SPACE = 'Filesystem      Size  Used Avail Use% Mounted on\n';
const INODES = 'Filesystem       Inodes  IUsed    IFree IUse% Mounted on\n';
const df = (...rows: readonly string[]) => ({ 'df.txt': `${SPACE}${rows.map((row) => `${row}\n`).join('')}` });

test.each([
  ['/dev/nvme0n1p1 80G 66G 14G 84% /', []],
  ['/dev/nvme0n1p1 80G 68G 12G 85% /', ['low']],
  ['/dev/nvme0n1p1 80G 72G 8G 90% /', ['medium']],
  ['/dev/nvme1n1 80G 79G 1G 99% /var/lib/containerd', ['high']],
  ['/dev/nvme2n1 80G 76G 4G 95% /data', ['low']],
  ['/dev/nvme2n1 80G 80G 0 100% /var/lib/kubelet/pods/1-2/volumes/kubernetes.io~csi/pvc-1/mount', ['medium']],
  ['/dev/loop3 62M 62M 0 100% /snap/core20/1', []],
  ['overlay 80G 79G 1G 99% /run/containerd/io.containerd.runtime.v2.task/k8s.io/x/rootfs', []],
  ['tmpfs 3.8G 3.8G 0 100% /run', []],
  ['efivarfs 128K 120K 4K 97% /sys/firmware/efi/efivars', []],
] as const)('%s: %o', (row, expected) => {
  expect(severities(filesystemNearlyFull, df('devtmpfs 3.8G 0 3.8G 0% /dev', row, '/dev/sdz1 1G 0 1G 1% /ok'))).toEqual(
    expected,
  );
});

test('inodes are told apart from space', () => {
  const [one, ...more] = found(filesystemNearlyFull, {
    'storage/df.txt': `${SPACE}/dev/a 80G 11G 69G 14% /\n${INODES}/dev/a 100 98 2 98% /\n`,
  });
  expect(more).toEqual([]);
  expect(one).toMatchObject({ severity: 'high', evidence: [{ line: 4 }] });
  expect(one?.title).toBe('98 % of the inodes of / are used');
});

test('a device at many places is told once', () => {
  const rows = ['/dev/a 80G 79G 1G 99% /var/lib/kubelet', '/dev/a 80G 79G 1G 99% /', '/dev/a 80G 79G 1G 99% /var/log'];
  expect(found(filesystemNearlyFull, df(...rows)).map(({ title }) => title)).toEqual([
    '99 % of the space of / is used',
  ]);
});

test('what is never written is full by design', () => {
  const root = { ...df('/dev/dm-0 904M 904M 0 100% /'), 'mounts.txt': '/dev/dm-0 on / type erofs (ro,relatime)\n' };
  expect(severities(filesystemNearlyFull, root)).toEqual([]);
  expect(severities(filesystemNearlyFull, { ...root, 'mounts.txt': '/dev/dm-0 on / type xfs (rw)\n' })).toEqual([
    'high',
  ]);
});

test('without df it is skipped', () => {
  expect(check(filesystemNearlyFull, { 'mounts.txt': '/dev/a on / type xfs (rw)\n' })).toMatchObject({
    outcome: 'skipped',
  });
});
