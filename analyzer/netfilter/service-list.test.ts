/** Services from rules that no packed case holds: older kube-proxy, lost comments, odd shares, cut dumps, weights. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEALTHY_SAVE } from '../../test/support/sample-node.ts';
import type { FileId } from '../core/ids.ts';
import type { IpvsDump } from '../core/node-network.ts';
import { parseIptablesSave } from '../parsers/iptables-save.ts';
import { serviceHash } from './kube-names.ts';
import type { KnownService, NodeService, ServiceInput } from './node-service.ts';
import type { RuleTable } from './rule-table.ts';
import { listServices } from './service-list.ts';

const FILE = { fileId: 1 as FileId, file: 'iptables-save.txt' };

function tablesOf(text: string): readonly RuleTable[] {
  return parseIptablesSave(text).tables.map((table) => ({
    ...table,
    ...FILE,
    family: table.family ?? 'IPv4',
    table: table.table ?? 'nat',
  }));
}

const EMPTY: Omit<ServiceInput, 'tables'> = {
  modes: ['iptables'],
  others: [],
  nft: [],
  ipvs: [],
  ipsets: [],
  resources: [],
};

const fromSave = (text: string, resources: readonly KnownService[] = []): readonly NodeService[] =>
  listServices({ ...EMPTY, tables: tablesOf(text), resources });

const HASH = serviceHash('shop/web:http', 'tcp');
const SVC = `KUBE-SVC-${HASH}`;
const sep = (letter: string): string => `KUBE-SEP-${letter.repeat(16)}`;

/** A nat table with one service; `draws` are [endpoint letter, probability], all of them at 10.244.1.N:8080. */
function drawing(draws: readonly (readonly [string, number | null])[], more: readonly string[] = []): string {
  const letters = [...new Set(draws.map(([letter]) => letter))];
  return [
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    `:${SVC} - [0:0]`,
    ...letters.map((letter) => `:${sep(letter)} - [0:0]`),
    `-A KUBE-SERVICES -d 10.96.10.20/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j ${SVC}`,
    ...draws.map(
      ([letter, chance]) =>
        `-A ${SVC} ${chance === null ? '' : `-m statistic --mode random --probability ${chance.toFixed(11)} `}-j ${sep(letter)}`,
    ),
    ...letters.map(
      (letter) => `-A ${sep(letter)} -p tcp -m tcp -j DNAT --to-destination 10.244.1.${letter.charCodeAt(0) - 64}:8080`,
    ),
    ...more,
    'COMMIT',
    '',
  ].join('\n');
}

const shares = (service: NodeService | undefined): readonly (number | null)[] =>
  (service?.endpoints ?? []).map(({ share }) => (share === null ? null : Number(share.toFixed(6))));

describe('shares', () => {
  test('probabilities that do not add up leave a lost share (0.2, 0.16, 0.32)', () => {
    const [web] = fromSave(
      drawing([
        ['A', 0.2],
        ['B', 0.2],
        ['C', 0.5],
      ]),
    );
    expect(shares(web)).toEqual([0.2, 0.16, 0.32]);
    expect(web?.lostShare).toBeCloseTo(0.32, 9);
  });

  test('two jumps to one endpoint add up', () => {
    const [web] = fromSave(
      drawing([
        ['A', 0.25],
        ['B', 1 / 3],
        ['A', null],
      ]),
    );
    expect(shares(web)).toEqual([0.75, 0.25]);
    expect(web?.lostShare).toBe(0);
  });

  test('a rule that asks for something unknown leaves the shares behind it undecided', () => {
    const rule = `-A ${SVC} -s 10.244.7.0/24 -j ${sep('A')}\n`;
    const text = drawing([
      ['B', null],
      ['A', null],
    ]).replace(`-A ${SVC} -j ${sep('B')}\n`, `${rule}-A ${SVC} -j ${sep('B')}\n`);
    const [web] = fromSave(text);
    expect(shares(web)).toEqual([null, null]);
    expect(web?.lostShare).toBeNull();
  });

  test('chains that jump in a circle, or hundreds of times to each other, end', () => {
    const loop = drawing([['A', null]], [`-A ${SVC} -j ${SVC}`, '-A KUBE-SERVICES -j KUBE-SERVICES']);
    expect(fromSave(loop.replace(`-A ${SVC} -j ${sep('A')}\n`, ''))).toHaveLength(1);
    const many = [
      '*nat',
      ':KUBE-SERVICES - [0:0]',
      `-A KUBE-SERVICES -d 10.96.0.9/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-${'A'.repeat(16)}`,
    ];
    for (const letter of ['A', 'B', 'C', 'D', 'E', 'F'])
      for (let at = 0; at < 60; at += 1)
        many.push(
          `-A KUBE-SVC-${letter.repeat(16)} -m statistic --mode random --probability 0.5 -j KUBE-SVC-${String.fromCharCode(letter.charCodeAt(0) + 1).repeat(16)}`,
        );
    const services = fromSave(`${many.join('\n')}\nCOMMIT\n`);
    expect(services.find(({ clusterIP }) => clusterIP === '10.96.0.9')?.lostShare).toBeNull();
  });

  test('what a cut dump does not show is not called lost', () => {
    const text = drawing([
      ['A', 0.5],
      ['B', null],
    ]);
    const cut = text.slice(0, text.indexOf(`-A ${sep('B')}`));
    const [web] = fromSave(cut);
    expect(web?.endpoints.find(({ address }) => address === '10.244.1.1:8080')?.share).toBeCloseTo(0.5, 9);
    expect(web?.lostShare).toBeNull();
    expect(web?.notes.join()).toContain(sep('B'));
    const bare = fromSave(text.slice(0, text.indexOf(`-A ${SVC}`)));
    expect(bare[0]?.lostShare).toBeNull();
  });

  test('property: n rules of kube-proxy give each endpoint 1/n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 26 }), (count) => {
        const draws = Array.from({ length: count }, (_, at): readonly [string, number | null] => [
          String.fromCharCode(65 + at),
          at === count - 1 ? null : 1 / (count - at),
        ]);
        const [web] = fromSave(drawing(draws));
        expect(web?.endpoints).toHaveLength(count);
        for (const { share } of web?.endpoints ?? []) expect(Math.abs((share ?? -1) - 1 / count)).toBeLessThan(1e-9);
        expect(web?.lostShare).toBe(0);
      }),
      { numRuns: 26 },
    );
  });

  test('property: whatever the probabilities, shares and loss are one', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }), (chances) => {
        const [web] = fromSave(drawing(chances.map((chance, at) => [String.fromCharCode(65 + at), chance])));
        const sum = (web?.endpoints ?? []).reduce((all, { share }) => all + (share ?? Number.NaN), 0);
        expect(sum + (web?.lostShare ?? Number.NaN)).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe('names', () => {
  const bare = HEALTHY_SAVE.replace(/ -m comment --comment "[^"]*"/g, '').replace(/ -m comment --comment \S+/g, '');

  test('without comments: well-known services by hash, others by captured Services, else by address', () => {
    const services = fromSave(bare);
    expect(services.find(({ id }) => id === 'default/kubernetes:https')).toMatchObject({ namedBy: 'hash' });
    expect(services.find(({ id }) => id === '10.96.10.20:80/tcp')).toMatchObject({
      namedBy: 'address only',
      name: null,
    });
    const known: KnownService = { service: 'shop/web:http', protocol: 'tcp', addresses: [], port: 80, nodePort: null };
    const named = fromSave(bare, [known]).find(({ id }) => id === 'shop/web:http');
    expect(named).toMatchObject({ namedBy: 'cluster resources', namespace: 'shop', name: 'web', port: 'http' });
    // The name makes it possible to check every endpoint chain.
    expect(named?.endpoints.map(({ verified }) => verified)).toEqual(['same', 'same', 'same']);
  });

  test('a comment that does not hash to the chain takes no other service’s name', () => {
    const other = `KUBE-SVC-${'Q'.repeat(16)}`;
    const text = drawing(
      [['A', null]],
      [
        `-A KUBE-SERVICES -d 10.96.0.77/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j ${other}`,
      ],
    );
    const services = fromSave(text);
    expect(services.map(({ id }) => id)).toEqual(['shop/web:http', '10.96.0.77:80/tcp']);
  });
});

describe('kube-proxy before 1.24', () => {
  const text = [
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-NODEPORTS - [0:0]',
    `:KUBE-SVC-${HASH} - [0:0]`,
    `:KUBE-FW-${HASH} - [0:0]`,
    `:KUBE-XLB-${HASH} - [0:0]`,
    `:${sep('A')} - [0:0]`,
    `:${sep('B')} - [0:0]`,
    `-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/web:http" -m tcp --dport 30080 -j KUBE-XLB-${HASH}`,
    `-A KUBE-SERVICES -d 10.96.10.20/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-${HASH}`,
    `-A KUBE-SERVICES -d 198.51.100.7/32 -p tcp -m comment --comment "shop/web:http loadbalancer IP" -m tcp --dport 80 -j KUBE-FW-${HASH}`,
    `-A KUBE-FW-${HASH} -s 203.0.113.0/25 -m comment --comment "shop/web:http loadbalancer IP" -j KUBE-XLB-${HASH}`,
    `-A KUBE-FW-${HASH} -m comment --comment "shop/web:http loadbalancer IP" -j KUBE-MARK-DROP`,
    `-A KUBE-XLB-${HASH} -s 10.244.0.0/16 -m comment --comment "Redirect pods trying to reach external loadbalancer VIP to clusterIP" -j KUBE-SVC-${HASH}`,
    `-A KUBE-XLB-${HASH} -m comment --comment "Balancing rule 0 for shop/web:http" -j ${sep('A')}`,
    `-A KUBE-SVC-${HASH} -m statistic --mode random --probability 0.50000000000 -j ${sep('A')}`,
    `-A KUBE-SVC-${HASH} -j ${sep('B')}`,
    `-A ${sep('A')} -p tcp -m tcp -j DNAT --to-destination 10.244.1.1:8080`,
    `-A ${sep('B')} -p tcp -m tcp -j DNAT --to-destination 10.244.1.2:8080`,
    'COMMIT',
    '',
  ].join('\n');

  test('KUBE-XLB is the policy Local, KUBE-FW holds the source ranges', () => {
    expect(fromSave(text)).toMatchObject([
      {
        id: 'shop/web:http',
        clusterIP: '10.96.10.20',
        nodePort: 30080,
        loadBalancerIPs: ['198.51.100.7'],
        sourceRanges: ['203.0.113.0/25'],
        externalTrafficPolicy: 'Local',
        internalTrafficPolicy: 'Cluster',
        endpoints: [
          { address: '10.244.1.1:8080', share: 0.5 },
          { address: '10.244.1.2:8080', share: 0.5 },
        ],
      },
    ]);
  });
});

describe('IPVS weights and schedulers', () => {
  const server = (address: string, weight: number | null) => ({
    line: 2,
    address,
    port: 8080,
    forward: 'masquerade' as const,
    weight,
    activeConnections: null,
    inactiveConnections: null,
    connections: null,
  });
  const services = (scheduler: string | null, weights: readonly (number | null)[]): readonly NodeService[] => {
    const dump: IpvsDump = {
      services: [
        {
          line: 1,
          protocol: 'tcp',
          address: '10.96.0.9',
          port: 80,
          mark: null,
          scheduler,
          persistent: null,
          connections: null,
          realServers: weights.map((weight, at) => server(`10.244.1.${at + 1}`, weight)),
        },
      ],
      unresolved: [],
      junkLines: 0,
    };
    return listServices({ ...EMPTY, tables: [], modes: ['ipvs'], ipvs: [{ ...FILE, value: dump }] });
  };

  test.each([
    ['rr', [1, 3, 0], [0.5, 0.5, 0], false],
    ['wrr', [1, 3, 0], [0.25, 0.75, 0], false],
    ['lc', [1, 1], [0.5, 0.5], true],
    [null, [null, null], [0.5, 0.5], true],
  ] as const)('%s of weights %j', (scheduler, weights, expected, noted) => {
    const [found] = services(scheduler, weights);
    expect(shares(found)).toEqual(expected);
    expect(found?.notes.join().includes('equal parts')).toBe(noted);
    expect(found?.notes.join()).toContain('The ipsets do not tell');
  });

  test('only weights of 0: every connection is refused', () => {
    expect(services('rr', [0, 0])[0]).toMatchObject({ lostShare: 1, refused: 'reject', clusterIP: null });
  });
});

test('work grows with the rules, not with their square', () => {
  // Steps are counted by a table whose chains report every look-up.
  const looked = (count: number): number => {
    const lines = ['*nat', ':KUBE-SERVICES - [0:0]'];
    const rules: string[] = [];
    for (let at = 0; at < count; at += 1) {
      const hash = serviceHash(`shop/s${at}:http`, 'tcp');
      lines.push(`:KUBE-SVC-${hash} - [0:0]`, `:KUBE-SEP-${hash} - [0:0]`);
      rules.push(
        `-A KUBE-SERVICES -d 10.${Math.floor(at / 250)}.${at % 250}.1/32 -p tcp -m comment --comment "shop/s${at}:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-${hash}`,
        `-A KUBE-SVC-${hash} -j KUBE-SEP-${hash}`,
        `-A KUBE-SEP-${hash} -p tcp -m tcp -j DNAT --to-destination 10.244.1.1:8080`,
      );
    }
    let reads = 0;
    const tables = tablesOf([...lines, ...rules, 'COMMIT', ''].join('\n')).map((table) => ({
      ...table,
      chains: new Proxy(table.chains, {
        get(target, key) {
          reads += 1;
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    }));
    expect(listServices({ ...EMPTY, tables })).toHaveLength(count);
    return reads;
  };
  expect(looked(800) / looked(200)).toBeLessThan(4.5);
});
