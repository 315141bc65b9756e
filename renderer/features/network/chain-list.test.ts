import { describe, expect, it } from 'vitest';
import { CHAIN, CHAINS, makeChain } from '../../bridge/fake/fake-network.ts';
import {
  chainNamed,
  filterChains,
  filterRules,
  questionOfChain,
  rowText,
  tableName,
  tableNames,
} from './chain-list.ts';
import { chainOf, chainRoute } from './routes.ts';

describe('chains', () => {
  it('are filtered by words and table', () => {
    const names = (text: string, table: string | null = null) =>
      filterChains(CHAINS, text, table).map((chain) => chain.name);
    expect(names('')).toHaveLength(3);
    expect(names('kube serv')).toEqual(['KUBE-SERVICES']);
    expect(names('', 'filter')).toEqual(['FORWARD']);
    expect(tableNames(CHAINS)).toEqual(['nat', 'filter']);
    expect(tableName({ family: 'IPv6', table: 'nat' })).toBe('IPv6 nat');
  });
  it('are found by name in their own table only', () => {
    const nat = makeChain('X');
    const all = [makeChain('X', { table: 'filter' }), makeChain('X', { family: 'IPv6' }), nat];
    expect(chainNamed(all, questionOfChain(makeChain('PREROUTING')), 'X')).toBe(nat);
    expect(chainNamed(all, questionOfChain(nat), 'Y')).toBeUndefined();
  });
  it('come back from their route', () => {
    const question = questionOfChain(makeChain('a b/ü'));
    expect(chainOf(chainRoute(question).params)).toEqual(question);
    expect(chainOf({ tab: 'chains', chain: 'X' })).toBeNull();
  });
});

describe('rules', () => {
  it('are filtered by words', () => {
    expect(filterRules(CHAIN.rules, 'ENI accept').map((rule) => rule.position)).toEqual([2]);
    expect(filterRules(CHAIN.rules, ' ')).toBe(CHAIN.rules);
  });
  it('show in their row what differs, whatever printed them', () => {
    expect(rowText('[51:3060] -A KUBE-SERVICES -d 10.96.0.1/32 -j X')).toBe('-d 10.96.0.1/32 -j X');
    expect(rowText('-A KUBE-SERVICES -j X')).toBe('-j X');
    expect(rowText('ip daddr 10.96.0.1 counter packets 5 bytes 300 jump x')).toContain('ip daddr');
  });
});
