import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDiskFree } from './disk-free.ts';

test('mount and df in one file, a device on a line of its own, places with blanks', () => {
  const text = `/dev/nvme0n1p1 on / type xfs (rw,noatime)

Filesystem      Size  Used Avail Use% Mounted on
devtmpfs        3.8G     0  3.8G   0% /dev
sysfs              0     0     0    - /sys
/dev/nvme0n1p1   80G   79G  1.0G  99% /
Filesystem        Inodes  IUsed     IFree IUse% Mounted on
/dev/mapper/vg_lxcrhel6sat56-lv_root

                 6275072 124955   6150117    2% /

/dev/sdb1        1499684      6   1499678    1% /V M T o o l s
`;
  expect(parseDiskFree(text)).toMatchObject([
    { line: 4, what: 'space', mountPoint: '/dev', usedPercent: 0 },
    {
      line: 6,
      what: 'space',
      source: '/dev/nvme0n1p1',
      mountPoint: '/',
      size: '80G',
      available: '1.0G',
      usedPercent: 99,
    },
    { line: 10, what: 'inodes', source: '/dev/mapper/vg_lxcrhel6sat56-lv_root', mountPoint: '/', usedPercent: 2 },
    { line: 12, what: 'inodes', source: '/dev/sdb1', mountPoint: '/V M T o o l s' },
  ]);
});

test('without a title nothing is a file system; any text is taken', () => {
  expect(parseDiskFree('/dev/nvme0n1p1   80G   79G  1.0G  99% /\n')).toEqual([]);
  const line = fc.constantFrom(
    'Filesystem Size Used Avail Use% Mounted on',
    '/dev/a 1 2 3 4% /',
    '/dev/a',
    '1 2 3 4% /',
    '- - - - /x',
    '',
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      for (const one of parseDiskFree(lines.join('\n'))) {
        expect(lines[one.line - 1]).toContain(`${one.usedPercent}%`);
        expect(one.source).not.toBe('');
      }
    }),
  );
});
