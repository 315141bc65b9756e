import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNftChains } from './nft-chains.ts';

const TEXT = `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.10 . tcp . 53 : goto service-A,
			     10.96.0.1 . tcp . 443 : goto service-B }
	}

	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}

	chain endpoint-X-shop/web/tcp/http__10.244.1.11/8080 {
		comment "an endpoint"
	}
}
table ip filter {
	chain INPUT {
	}
}
`;

test('chains with their rules and hooks', () => {
  expect(
    parseNftChains(TEXT).chains.map((chain) => [chain.table, chain.name, chain.line, chain.hook, chain.rules]),
  ).toEqual([
    ['ip kube-proxy', 'nat-prerouting', 8, 'prerouting', [{ line: 10, text: 'jump services' }]],
    ['ip kube-proxy', 'endpoint-X-shop/web/tcp/http__10.244.1.11/8080', 13, null, []],
    ['ip filter', 'INPUT', 18, null, []],
  ]);
});

test('a whole ruleset leaves no table open', () => {
  expect(parseNftChains(TEXT).openTable).toBeNull();
});

test('a cut ruleset keeps the chain it ends in', () => {
  expect(parseNftChains(TEXT.slice(0, TEXT.indexOf('jump') + 4)).chains.map((chain) => chain.name)).toEqual([
    'nat-prerouting',
  ]);
});

test('never throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('table ip x {', 'chain a {', 'set b {', '}', '{', 'jump c', '')),
      (lines) => parseNftChains(lines.join('\n')).chains.length >= 0,
    ),
  );
});
