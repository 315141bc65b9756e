import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIpamdMetrics, parseIpamdStore } from './ipamd-store.ts';

const eni = (...cidrs: readonly boolean[]) => ({
  AvailableIPv4Cidrs: Object.fromEntries(cidrs.map((IsPrefix, index) => [`10.0.0.${index}/32`, { IsPrefix }])),
});

test('the answer of ipamd, as one or for each network card', () => {
  const one = { TotalIPs: 29, AssignedIPs: 12, ENIs: { a: eni(true, false), b: eni(true) } };
  expect(parseIpamdStore(JSON.stringify(one, null, 1))).toEqual({
    line: 2,
    totalIps: 29,
    assignedIps: 12,
    enis: 2,
    prefixes: 2,
  });
  expect(parseIpamdStore(JSON.stringify({ 0: one, 1: one }))).toMatchObject({ line: 1, totalIps: 58, enis: 4 });
  expect(parseIpamdStore('{"TotalIPs":29}')).toBeNull();
  expect(parseIpamdStore('{"TotalIPs":')).toBeNull();
});

test('metrics', () => {
  const text =
    '# TYPE awscni_ip_max gauge\nawscni_ip_max 58\nawscni_eni_allocated{card="0"} 2\nawscni_eni_allocated{card="1"} 1\ngo_goroutines 9\nawscni_add_ip_req_count 1.5e+06\n';
  expect([...parseIpamdMetrics(text)]).toEqual([
    ['awscni_ip_max', { value: 58, line: 2 }],
    ['awscni_eni_allocated', { value: 3, line: 3 }],
    ['awscni_add_ip_req_count', { value: 1_500_000, line: 6 }],
  ]);
});

test('any text is taken', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseIpamdStore(`{"TotalIPs":1,"AssignedIPs":1,"ENIs":${text}}`)?.totalIps ?? 1).toBe(1);
      expect(parseIpamdMetrics(text).size).toBe(0);
    }),
  );
});
