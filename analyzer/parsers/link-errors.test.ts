import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLinkErrors } from './link-errors.ts';

test('ifconfig in its two layouts', () => {
  const text = `eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        RX packets 8123455  bytes 91234 (89.0 KiB)
        RX errors 3  dropped 12  overruns 0  frame 0
        TX packets 5  bytes 1 (1.0 B)
        TX errors 0  dropped 0 overruns 0  carrier 2  collisions 0
eth1      Link encap:Ethernet  HWaddr 02:42:AC:11:00:02
          RX packets:7 errors:1 dropped:0 overruns:0 frame:0
`;
  expect(parseLinkErrors(text)).toEqual([
    {
      name: 'eth0',
      line: 1,
      packets: 8_123_460,
      counts: [
        { name: 'rx errors', count: 3, line: 3 },
        { name: 'rx dropped', count: 12, line: 3 },
        { name: 'rx overruns', count: 0, line: 3 },
        { name: 'rx frame', count: 0, line: 3 },
        { name: 'tx errors', count: 0, line: 5 },
        { name: 'tx dropped', count: 0, line: 5 },
        { name: 'tx overruns', count: 0, line: 5 },
        { name: 'tx carrier', count: 2, line: 5 },
      ],
    },
    expect.objectContaining({
      name: 'eth1',
      packets: 7,
      counts: expect.arrayContaining([{ name: 'rx errors', count: 1, line: 7 }]),
    }),
  ]);
});

test('ip -s link', () => {
  const text = `2: enp0s25@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP
    link/ether 1c:75:08:a5:7e:25 brd ff:ff:ff:ff:ff:ff
    RX: bytes  packets  errors  dropped overrun mcast
    1112747593 1492476  0       72813   0       7
    TX: bytes  packets  errors  dropped carrier collsns
    216483610  969514   0       0       4       0
`;
  const [one] = parseLinkErrors(text);
  expect(one).toMatchObject({ name: 'enp0s25', line: 1, packets: 2_461_990 });
  expect(one?.counts.filter(({ count }) => count > 0)).toEqual([
    { name: 'rx dropped', count: 72_813, line: 4 },
    { name: 'tx carrier', count: 4, line: 6 },
  ]);
});

test('ip addr has no counters; any text is taken', () => {
  expect(parseLinkErrors('2: eth0: <UP> mtu 9001\n    inet 10.0.0.1/24 scope global eth0\n')).toEqual([]);
  const line = fc.constantFrom('2: eth0: <UP>', '  RX: bytes packets errors', ' 1 2 3', 'RX packets 1', 'x', '');
  fc.assert(fc.property(fc.array(line), (lines) => parseLinkErrors(lines.join('\n')).every((one) => one.line > 0)));
});
