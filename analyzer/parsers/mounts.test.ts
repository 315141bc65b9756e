import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMounts } from './mounts.ts';

test('the three forms, with places that look like more', () => {
  const text = `/dev/nvme0n1p1 on / type xfs (rw,noatime)
/dev/sr1 on /run/media/Disk on C type NFS type iso9660 (ro,uid=0) [C type Disk]
/dev/sda1 /boot\\040here ext4 ro,relatime 0 0
21 1 253:1 / /data rw,relatime shared:1 - ext4 /dev/mapper/vgsys-data rw,barrier=1
Filesystem Size Used Avail Use% Mounted on
/dev/sda2 17813504 2127172 15686332 12% /
hugetlbfs /dev/hugepages type hugetlbfs (rw)
`;
  expect(parseMounts(text)).toEqual([
    { line: 1, source: '/dev/nvme0n1p1', mountPoint: '/', type: 'xfs', options: ['rw', 'noatime'] },
    {
      line: 2,
      source: '/dev/sr1',
      mountPoint: '/run/media/Disk on C type NFS',
      type: 'iso9660',
      options: ['ro', 'uid=0'],
    },
    { line: 3, source: '/dev/sda1', mountPoint: '/boot here', type: 'ext4', options: ['ro', 'relatime'] },
    { line: 4, source: '/dev/mapper/vgsys-data', mountPoint: '/data', type: 'ext4', options: ['rw', 'relatime'] },
  ]);
});

test('any text is taken', () => {
  const word = fc.constantFrom(' on /', 'a', ' type ', ' (', ')', 'rw', '1', '1:1', '-', '/x', ' ', '\n');
  fc.assert(
    fc.property(fc.array(word), (words) => {
      for (const one of parseMounts(words.join(''))) expect(one.mountPoint.startsWith('/')).toBe(true);
    }),
  );
});
