import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInterfaceCounters } from './interface-counters.ts';

test('several interfaces, and one without its name', () => {
  const text =
    'Interface eth0\nNIC statistics:\n     tx_timeout: 0\n     bw_in_allowance_exceeded: 12\n\n\nInterface eni1@if3\nno stats available\n';
  expect(parseInterfaceCounters(text)).toEqual([
    {
      name: 'eth0',
      line: 1,
      counters: new Map([
        ['tx_timeout', { value: 0, line: 3 }],
        ['bw_in_allowance_exceeded', { value: 12, line: 4 }],
      ]),
    },
    { name: 'eni1', line: 7, counters: new Map() },
  ]);
  const [one] = parseInterfaceCounters('NIC statistics:\n    rxq0: rx_pkts: 5000000\n');
  expect(one).toMatchObject({ name: null, line: 1 });
  expect(one?.counters.get('rxq0: rx_pkts')).toEqual({ value: 5_000_000, line: 2 });
});

test('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseInterfaceCounters(text))));
});
