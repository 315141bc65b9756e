import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCniConfig } from './cni-config.ts';

test('a list, a single plugin, an unreadable one', () => {
  expect(
    parseCniConfig(
      '\n{"cniVersion":"0.4.0","name":"aws-cni","plugins":[{"type":"aws-cni","mtu":"9001"},{"type":"portmap"}]}',
    ),
  ).toEqual({
    line: 2,
    name: 'aws-cni',
    plugins: [
      { type: 'aws-cni', mtu: 9001 },
      { type: 'portmap', mtu: null },
    ],
  });
  expect(parseCniConfig('{"cniVersion":"0.3.1","type":"bridge"}')).toMatchObject({ plugins: [{ type: 'bridge' }] });
  expect(parseCniConfig('{"cniVersion":"0.3.1","plug')).toEqual({ line: 1, name: null, plugins: [] });
  expect(parseCniConfig('{"a":1}')).toBeNull();
});

test('any text is taken', () => {
  fc.assert(
    fc.property(fc.json(), (text) => (parseCniConfig(`{"cniVersion":"1","plugins":${text}}`)?.line ?? 0) === 1),
  );
});
