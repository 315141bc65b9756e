import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { readServices } from './services.ts';

const RULES = [
  '*nat',
  ':PREROUTING ACCEPT [0:0]',
  ':KUBE-SERVICES - [0:0]',
  ':KUBE-SVC-LOLE4ISW44XBNF3G - [0:0]',
  ':KUBE-SEP-IT2ZTR26TO4XFPTO - [0:0]',
  '-A PREROUTING -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G',
  '-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "shop/web:http" -j KUBE-SEP-IT2ZTR26TO4XFPTO',
  '-A KUBE-SEP-IT2ZTR26TO4XFPTO -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.0.1.2:8080',
];

const read = (lines: readonly string[]) =>
  readServices(buildNodeFacts(memoryBundle({ 'networking/iptables-save.txt': `${lines.join('\n')}\n` })));

test('Services of whole rules are known, with their endpoints', () => {
  const { services, notKnown } = read([...RULES, 'COMMIT']);
  expect(notKnown).toBeNull();
  expect([...services.values()].map(({ name, endpoints }) => [name, endpoints])).toEqual([
    ['shop/web:http', ['10.0.1.2:8080']],
  ]);
});

test('of rules that end in the middle no Service and no endpoint is known to be missing', () => {
  expect(read(RULES)).toEqual({
    ...{ services: new Map(), rules: null },
    notKnown: expect.stringContaining('a part of the rules is missing'),
  });
});
