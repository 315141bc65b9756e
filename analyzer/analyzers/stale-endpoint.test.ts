import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { staleEndpoint } from './stale-endpoint.ts';

const ROUTES = `default via 192.168.10.1 dev eth0
blackhole 10.244.1.0/24
10.244.1.11 dev eni1abc1f scope link
local 192.168.10.5 dev eth0 table local proto kernel scope host src 192.168.10.5
`;

describe.each(FORMS)('stale-endpoint from %s', (form) => {
  test('endpoints with routes pass', () => {
    const routes = `${ROUTES}10.244.1.12 dev eni2abc2f scope link\n`;
    expect(findingsOf(staleEndpoint, sampleFacts(HEALTHY_SAVE, form, { 'iproute.txt': routes }))).toEqual([]);
  });

  test('an endpoint that falls into a blackhole is found', () => {
    const found = findingsOf(staleEndpoint, sampleFacts(HEALTHY_SAVE, form, { 'iproute.txt': ROUTES }));
    expect(found).toHaveLength(1);
    expect(entityNames(found[0] as never, 'endpoint')).toEqual(['10.244.1.12:8080']);
    expect(entityNames(found[0] as never, 'service')).toEqual(['shop/np:http']);
  });

  test('without routes it is skipped', () => {
    expect(staleEndpoint.run(sampleFacts(HEALTHY_SAVE, form))).toEqual({
      outcome: 'skipped',
      missing: 'the routes of the node',
    });
  });
});
