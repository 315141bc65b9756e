import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import type { IpSet } from '../core/node-network.ts';
import { parseIpset } from './ipset.ts';

const CAPTURED = caseDumps('i3-rich-eks').get('ipset.txt')?.toString('utf8') ?? '';
const LISTED = CAPTURED.slice(0, CAPTURED.indexOf('create '));
const SAVED = CAPTURED.slice(CAPTURED.indexOf('create '));

const content = (sets: readonly IpSet[]) =>
  sets.map(({ name, type, family, entries }) => [name, type, family, entries.map((entry) => entry.text)]);

describe('captured sets', () => {
  test('list and save say the same', () => {
    const { sets, junkLines } = parseIpset(CAPTURED);
    expect(junkLines).toBe(0);
    expect(sets).toHaveLength(16);
    expect(sets.every((set) => set.complete && set.declaredEntries === set.entries.length)).toBe(true);
    expect(content(parseIpset(LISTED).sets)).toEqual(content(sets));
    expect(content(parseIpset(SAVED).sets)).toEqual(content(sets));
    expect(parseIpset(SAVED).sets.every((set) => set.declaredEntries === null && set.complete)).toBe(true);
  });
  test('lines of the list form are cited', () => {
    const set = parseIpset(CAPTURED).sets.find((each) => each.name === 'KUBE-CLUSTER-IP');
    const lines = CAPTURED.split('\n');
    expect(lines[(set?.line ?? 0) - 1]).toBe('Name: KUBE-CLUSTER-IP');
    for (const entry of set?.entries ?? []) expect(lines[entry.line - 1]).toBe(entry.text);
  });
});

test('options of entries are left out, nomatch is kept', () => {
  const { sets } = parseIpset(`create S hash:net family inet6 hashsize 64 maxelem 100 timeout 60 comment counters
add S fd00::/64 timeout 10 packets 1 bytes 52 nomatch
add S fd00:1::/64 comment "nomatch here"
add S fd00:2::/64 comment "x" nomatch
`);
  expect(sets[0]).toMatchObject({ name: 'S', type: 'hash:net', family: 'IPv6' });
  expect(sets[0]?.entries.map(({ text, nomatch }) => [text, nomatch])).toEqual([
    ['fd00::/64', true],
    ['fd00:1::/64', false],
    ['fd00:2::/64', true],
  ]);
});

test('a netmask is part of the type: an entry stands for a network', () => {
  expect(parseIpset('create S hash:ip family inet netmask 24 hashsize 64\n').sets[0]?.type).toBe('hash:ip netmask 24');
});

describe('what is cut', () => {
  const list = (entries: number, tail: string) =>
    `Name: S\nType: hash:ip\nHeader: family inet\nNumber of entries: ${entries}\nMembers:\n10.0.0.1\n${tail}`;
  test('a list with fewer entries than it declares is not complete', () => {
    expect(parseIpset(list(2, '')).sets[0]).toMatchObject({ complete: false, declaredEntries: 2 });
    expect(parseIpset(list(1, '')).sets[0]?.complete).toBe(true);
  });
  test('the save form fills in what the list form lacks', () => {
    const both = `${list(2, '')}\ncreate S hash:ip family inet\nadd S 10.0.0.1\nadd S 10.0.0.2\n`;
    expect(parseIpset(both).sets).toHaveLength(1);
    expect(parseIpset(both).sets[0]).toMatchObject({ complete: true, declaredEntries: 2 });
    expect(parseIpset(both).sets[0]?.entries).toHaveLength(2);
  });
  test('an entry that may go on is not taken', () => {
    expect(parseIpset(list(2, '10.0.0.1')).sets[0]).toMatchObject({ complete: false, entries: [{ text: '10.0.0.1' }] });
  });
  test('a save without its last line ending is not complete', () => {
    const { sets } = parseIpset('create A hash:ip family inet\ncreate S hash:ip family inet\nadd S 10.0.0.1');
    expect(sets.map((set) => [set.complete, set.entries.length])).toEqual([
      [true, 0],
      [false, 0],
    ]);
  });
});

test('other lines are counted', () => {
  expect(parseIpset('ipset v7.15: Kernel error\nadd NOBODY 10.0.0.1\n')).toEqual({ sets: [], junkLines: 2 });
});

test('any prefix of a capture claims nothing beyond it', () => {
  fc.assert(
    fc.property(fc.nat(LISTED.length), (length) => {
      const { sets } = parseIpset(LISTED.slice(0, length));
      for (const set of sets.filter((each) => each.complete && each.declaredEntries !== null))
        expect(set.entries.length).toBe(set.declaredEntries);
    }),
    { numRuns: 40 },
  );
  fc.assert(fc.property(fc.string(), (text) => parseIpset(text).junkLines >= 0));
});

test('what is saved is read', () => {
  const name = fc.stringMatching(/^[A-Z][A-Z-]{0,30}$/);
  const entry = fc.stringMatching(/^10\.0\.\d\.\d,tcp:\d{1,4}$/);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, fc.array(entry)), { selector: ([one]) => one }), (sets) => {
      const text = sets.map(
        ([one, entries]) =>
          `create ${one} hash:ip,port family inet\n${entries.map((each) => `add ${one} ${each}\n`).join('')}`,
      );
      expect(content(parseIpset(text.join('')).sets)).toEqual(
        sets.map(([one, entries]) => [one, 'hash:ip,port', 'IPv4', entries]),
      );
    }),
  );
});
