/** Services as the captured rules make them, against the services the kernel's rules were written from. */
import { describe, expect, test } from 'vitest';
import { type CaseService, caseDumps, caseModels, caseNames, caseTruth } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { NodeService } from '../netfilter/node-service.ts';
import { buildNodeFacts } from './node-facts.ts';
import { nodeServices } from './services.ts';

const SUBSETS = {
  'all dumps': /./,
  'only iptables-save': /^ip6?tables-save(-c)?\.txt$/,
  'only listings': /^ip6?tables(-nat|-filter|-mangle)?\.txt$/,
} as const;

function servicesOf(name: string, files: RegExp = /./): readonly NodeService[] {
  const dumps = [...caseDumps(name)].filter(([file]) => files.test(file));
  return nodeServices(
    buildNodeFacts(memoryBundle(Object.fromEntries(dumps.map(([file, bytes]) => [file, bytes.toString()])))),
  );
}

interface Expected {
  readonly id: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly service: CaseService;
  readonly protocol: string;
  readonly port: CaseService['ports'][number];
  readonly endpoints: readonly string[];
}

/** The ports kube-proxy makes rules for, with the endpoints the cluster IP leads to, by the rules of the API. */
function expectedOf(name: string): readonly Expected[] {
  return caseModels(name).flatMap((one) =>
    one.services
      .filter((service) => service.headless !== true)
      .flatMap((service) =>
        service.ports.map((port): Expected => {
          const ready = service.endpoints.filter((endpoint) => endpoint.ready !== false);
          const usable = ready.length > 0 ? ready : service.endpoints.filter((endpoint) => endpoint.serving);
          const mine = service.internalTrafficPolicy === 'Local' ? usable.filter((endpoint) => endpoint.local) : usable;
          const target = port.targetPort ?? port.port;
          return {
            id: port.name === '' ? `${service.ns}/${service.name}` : `${service.ns}/${service.name}:${port.name}`,
            family: one.family === 'ipv6' ? 'IPv6' : 'IPv4',
            service,
            protocol: port.protocol.toLowerCase(),
            port,
            endpoints: mine.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${target}` : `${ip}:${target}`)).sort(),
          };
        }),
      ),
  );
}

const find = (services: readonly NodeService[], expected: Pick<Expected, 'id' | 'family'>): NodeService | undefined =>
  services.find((one) => one.id === expected.id && one.family === expected.family);

const sharesOf = (service: NodeService | undefined): Record<string, number | null> =>
  Object.fromEntries(
    (service?.endpoints ?? []).map(({ address, share }) => [address, share === null ? null : Number(share.toFixed(6))]),
  );

// The rules of these services are what the case broke.
const BROKEN_SERVICE: Readonly<Record<string, readonly string[]>> = {
  'b01-sep-empty-middle': ['shop/web:http'],
  'b03-svc-chain-empty': ['shop/web:http'],
  'b09-stale-endpoint': ['shop/web:http', 'shop/np:http'],
  'b16-probability-missing-first': ['shop/web:http'],
  'b25-dangling-jump-text': ['shop/web:http'],
  'nb4-endpoint-chain-empty': ['shop/web:http'],
};

const RULED = caseNames().filter((name) => caseTruth(name).mode !== 'ipvs' && name !== 'b12-kube-services-empty');

describe.each(Object.entries(SUBSETS))('%s', (subset, files) => {
  const names = RULED.filter((name) => caseTruth(name).mode === 'iptables' || subset === 'all dumps').filter(
    (name) => subset === 'all dumps' || !name.startsWith('s'),
  );
  test.each(names)('%s: ports, addresses and endpoints are those of the cluster', (name) => {
    const services = servicesOf(name, files).filter(({ mode }) =>
      caseTruth(name).mode === 'nft' ? mode === 'nftables' : mode === 'iptables',
    );
    const expected = expectedOf(name);
    expect(services.map(({ family, id }) => `${family} ${id}`).sort()).toEqual(
      expected.map(({ family, id }) => `${family} ${id}`).sort(),
    );
    for (const each of expected) {
      const { id, service, port, protocol } = each;
      const found = find(services, each);
      const broken = BROKEN_SERVICE[name]?.includes(id) === true;
      // Of addresses that are refused, the rules do not tell which kind they are.
      const outside = [...(service.externalIPs ?? []), ...(service.lbIPs ?? [])].sort();
      expect({ id, ...pick(found) }).toEqual({
        id,
        protocol,
        clusterIP: service.clusterIP,
        servicePort: port.port,
        nodePort: port.nodePort ?? null,
        outside,
        sourceRanges: each.endpoints.length === 0 ? [] : (service.sourceRanges ?? []),
        affinity: service.affinity ?? null,
        namespace: service.ns,
        name: service.name,
        port: port.name === '' ? null : port.name,
      });
      if (broken) continue;
      const all = found?.endpoints.filter(({ share }) => share !== 0) ?? [];
      expect({ id, endpoints: all.map(({ address }) => address).sort() }).toEqual({ id, endpoints: each.endpoints });
      for (const { share, verified } of found?.endpoints ?? []) {
        if (share !== 0) expect(Math.abs((share ?? -1) - 1 / each.endpoints.length)).toBeLessThan(1e-6);
        expect(verified).toBe('same');
      }
      expect({ id, lost: found?.lostShare }).toEqual({ id, lost: each.endpoints.length === 0 ? null : 0 });
      if (each.endpoints.length === 0) expect(found?.refused).toMatch(/^(reject|drop)$/);
      // b20: a REJECT that was left behind is not met, because nat is asked first.
      else expect({ id, refused: found?.refused }).toEqual({ id, refused: null });
    }
  });
});

function pick(found: NodeService | undefined) {
  return {
    protocol: found?.protocol,
    clusterIP: found?.clusterIP,
    servicePort: found?.servicePort,
    nodePort: found?.nodePort,
    outside: [...(found?.externalIPs ?? []), ...(found?.loadBalancerIPs ?? [])].sort(),
    sourceRanges: found?.sourceRanges,
    affinity: found?.affinity,
    namespace: found?.namespace,
    name: found?.name,
    port: found?.port,
  };
}

describe('shares of broken services', () => {
  test.each([
    // Kernel truth: an empty endpoint chain gives its packets to the rules behind it.
    ['b01-sep-empty-middle', { '10.244.1.11:8080': 0.333333, '10.244.2.11:8080': 0, '10.244.2.12:8080': 0.666667 }, 0],
    ['b16-probability-missing-first', { '10.244.1.11:8080': 1, '10.244.2.11:8080': 0, '10.244.2.12:8080': 0 }, 0],
    ['b03-svc-chain-empty', {}, 1],
    [
      'b25-dangling-jump-text',
      { '10.244.1.11:8080': 0.333333, '10.244.2.11:8080': null, '10.244.2.12:8080': 0.333333 },
      null,
    ],
    // After goto nothing comes back: what an empty endpoint chain gets is lost.
    [
      'nb4-endpoint-chain-empty',
      { '10.244.1.11:8080': 0.333333, '10.244.2.11:8080': 0, '10.244.2.12:8080': 0.333333 },
      0.333333,
    ],
  ] as const)('%s', (name, shares, lost) => {
    const web = servicesOf(name).find(({ id }) => id === 'shop/web:http');
    expect(sharesOf(web)).toEqual(shares);
    expect(web?.lostShare == null ? null : Number(web.lostShare.toFixed(6))).toBe(lost);
  });
});

test('services whose entries were emptied are listed by their chains, and it is said', () => {
  const services = servicesOf('b12-kube-services-empty');
  const web = services.find(({ id }) => id === 'shop/web:http');
  expect(web).toMatchObject({ clusterIP: null, entries: [] });
  expect(web?.notes.join()).toContain('No rule of KUBE-SERVICES sends packets to a cluster IP here');
  expect(web?.endpoints).toHaveLength(3);
});

describe('only the nft ruleset of an iptables-nft node', () => {
  const cases = ['h2-minimal-nft-eks', 'h3-rich-kubeadm', 'h6-dualstack'];
  test.each(cases.flatMap((name) => [[name, /^nft-ruleset\.txt$/] as const]))(
    '%s: ports and endpoints are those of the cluster, names only where a hash gives them',
    (name, files) => {
      const services = servicesOf(name, files);
      for (const { id, service, port, protocol, endpoints, family } of expectedOf(name)) {
        const found = services.find(
          (one) => one.clusterIP === service.clusterIP && one.servicePort === port.port && one.protocol === protocol,
        );
        const shown = found?.endpoints.filter(({ share }) => share !== 0) ?? [];
        if (family === 'IPv6' && endpoints.length > 0) {
          // This nft shows nothing of the rules that hold the addresses.
          expect(found).toMatchObject({ endpoints: [], lostShare: null });
          expect(found?.notes.join()).toContain('does not show the address');
          continue;
        }
        expect({ id, endpoints: shown.map(({ address }) => address).sort() }).toEqual({ id, endpoints });
        for (const { share } of shown) expect(Math.abs((share ?? -1) - 1 / endpoints.length)).toBeLessThan(1e-6);
        if (endpoints.length > 0) expect(found?.nodePort).toBe(port.nodePort ?? null);
        else expect(found?.refused).toMatch(/^(reject|drop)$/);
        expect(found?.family).toBe(family);
        expect(found?.namedBy).toMatch(/^(hash|address only)$/);
      }
    },
  );
});

describe('policies and kinds of addresses', () => {
  test('iptables mode tells external from load-balancer addresses by its comments', () => {
    const services = servicesOf('h3-rich-kubeadm');
    const by = (id: string) => services.find((one) => one.id === id);
    expect(by('shop/ext:http')).toMatchObject({ externalIPs: ['192.0.2.55'], loadBalancerIPs: [] });
    expect(by('shop/lblocal:http')).toMatchObject({
      loadBalancerIPs: ['198.51.100.8'],
      internalTrafficPolicy: 'Cluster',
      externalTrafficPolicy: 'Local',
    });
    expect(by('shop/intlocal:http')).toMatchObject({ internalTrafficPolicy: 'Local', externalTrafficPolicy: null });
    expect(by('shop/np:http')).toMatchObject({ externalTrafficPolicy: 'Cluster', namedBy: 'comment' });
    expect(by('shop/intnolocal:http')).toMatchObject({ refused: 'drop', internalTrafficPolicy: 'Local' });
    // Its own drop is met: packets from outside find no local endpoint (the kernel counted four).
    expect(by('shop/lbnolocal:http')?.refusals.map(({ met, action }) => ({ met, action }))).toEqual([
      { met: true, action: 'drop' },
      { met: true, action: 'drop' },
    ]);
    expect(by('shop/lbnolocal:http')?.refused).toBeNull();
    expect(by('shop/web:http')?.packets).toBe(196);
  });

  test('a reject beside endpoints is listed as not met', () => {
    const web = servicesOf('b20-filter-on-endpoints').find(({ id }) => id === 'shop/web:http');
    expect(web?.refusals).toMatchObject([{ action: 'reject', met: false }]);
    expect(web?.refused).toBeNull();
  });

  test('counters of the listings complete a save without counters', () => {
    const web = servicesOf('h3-rich-kubeadm', /^iptables(-save|-nat|-filter)\.txt$/).find(
      ({ id }) => id === 'shop/web:http',
    );
    expect(web?.packets).toBe(196);
    expect(web?.endpoints.map(({ packets }) => packets)).toEqual([61, 75, 60]);
    for (const one of [web, ...(web?.endpoints ?? [])]) expect(one?.countedAt?.file).toBe('iptables-nat.txt');
  });
});

describe('IPVS mode', () => {
  const cases = caseNames().filter((name) => caseTruth(name).mode === 'ipvs');

  test.each(cases)('%s: virtual servers are the services of the cluster', (name) => {
    const services = servicesOf(name);
    const missing = caseTruth(name).defects.map((defect) => defect.service);
    for (const each of expectedOf(name)) {
      const found = services.find(
        ({ clusterIP, servicePort, protocol }) =>
          clusterIP === each.service.clusterIP && servicePort === each.port.port && protocol === each.protocol,
      );
      const endpoints = found?.endpoints
        .filter(({ share }) => share !== 0)
        .map(({ address }) => address)
        .sort();
      if (missing.includes(each.id)) {
        expect(found?.notes.join()).toContain('No virtual server');
        expect(endpoints).toEqual([]);
        continue;
      }
      expect({ id: each.id, endpoints }).toEqual({ id: each.id, endpoints: each.endpoints });
      expect(found?.affinity).toBe(each.service.affinity ?? null);
      for (const { share } of found?.endpoints ?? [])
        if (share !== 0) expect(Math.abs((share ?? -1) - 1 / each.endpoints.length)).toBeLessThan(1e-6);
      // Without endpoints nothing shows which service a node port belongs to.
      if (each.endpoints.length === 0) {
        expect(found).toMatchObject({ refused: 'reject', lostShare: 1 });
        continue;
      }
      expect(found?.nodePort).toBe(each.port.nodePort ?? null);
      expect(found?.loadBalancerIPs).toEqual(each.service.lbIPs ?? []);
      expect(found?.externalIPs).toEqual(each.service.externalIPs ?? []);
      expect(found?.sourceRanges).toEqual(each.service.sourceRanges ?? []);
    }
  });
});

test('a thousand services: every one with the endpoints of the cluster', () => {
  const services = servicesOf('s2-1000-services-nft-backend', /^iptables-save-c\.txt$/);
  expect(services).toHaveLength(1004);
  const expected = new Map(expectedOf('s2-1000-services-nft-backend').map((each) => [each.id, each]));
  for (const { id, endpoints, lostShare, refused } of services) {
    const mine = expected.get(id)?.endpoints ?? [];
    expect({ id, endpoints: endpoints.map(({ address }) => address).sort() }).toEqual({ id, endpoints: mine });
    expect({ id, lostShare, refused }).toEqual(
      mine.length > 0 ? { id, lostShare: 0, refused: null } : { id, lostShare: null, refused: 'reject' },
    );
  }
});
