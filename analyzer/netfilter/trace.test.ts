import { describe, expect, test } from 'vitest';
import {
  CLIENT,
  inShort,
  NO_NFT,
  NODE,
  POD,
  ROUTES,
  saveText,
  traceFiles,
  traceRules,
} from '../../test/support/trace-text.ts';

/** Every dump captured, no rule in them. */
const BARE = { 'iptables-save.txt': saveText({}), 'nft-ruleset.txt': NO_NFT };

const SERVICES = `
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-SVC-AAAAAAAAAAAAAAAA
`;
const one = (endpoint: string): string => `${SERVICES}
-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-AAAAAAAAAAAAAAAA
-A KUBE-SEP-AAAAAAAAAAAAAAAA -s ${endpoint}/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination ${endpoint}:6443
`;
const draws = (rules: string): string => `${SERVICES}
${rules}
-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination 10.244.1.11:80
-A KUBE-SEP-BBBBBBBBBBBBBBBB -p tcp -m tcp -j DNAT --to-destination 10.244.2.11:80
-A KUBE-SEP-CCCCCCCCCCCCCCCC -p tcp -m tcp -j DNAT --to-destination 10.244.2.12:80
`;

describe('an answer to a port that is not known', () => {
  const stopped = (ports: string) =>
    inShort(
      traceRules(
        {
          nat: one('10.244.1.11'),
          filter: `-A FORWARD -d ${POD.source}/32 -p tcp -m tcp --dport ${ports} -j REJECT --reject-with tcp-reset`,
        },
        POD,
      ),
    );

  test.each([
    ['8080', 'deliver 10.244.1.11:6443 ok'],
    ['30000:32767', 'deliver 10.244.1.11:6443 ok'],
    ['40000:50000', 'deliver 10.244.1.11:6443 unknown'],
    ['1024:65535', 'deliver 10.244.1.11:6443 unknown'],
  ])('meets a rule about port %s as one that the kernel chose', (ports, said) => {
    expect(stopped(ports)).toEqual([said]);
  });
});

describe('order of hooks', () => {
  test('filter sees the destination that nat has put in', () => {
    const nat = one('10.244.1.11');
    const stale = '-A FORWARD -d 10.96.0.1/32 -j REJECT --reject-with icmp-port-unreachable';
    expect(inShort(traceRules({ nat, filter: stale }, POD))).toEqual(['deliver 10.244.1.11:6443 ok']);
    expect(inShort(traceRules({ nat, filter: '-A FORWARD -d 10.244.1.11/32 -j DROP' }, POD))).toEqual(['drop']);
  });

  test('a decision in PREROUTING before KUBE-SERVICES leaves the service out', () => {
    const nat = `-A PREROUTING -d 10.96.0.1/32 -j ACCEPT\n${one('10.244.1.11')}`;
    expect(inShort(traceRules({ nat }, POD))).toEqual(['passthrough']);
  });

  test('an ACCEPT in one table does not spare the next', () => {
    const filter = '-A FORWARD -j DROP';
    expect(inShort(traceRules({ raw: '-A PREROUTING -j ACCEPT', filter }, POD))).toEqual(['drop']);
  });

  test('packets that are not tracked meet no nat rule', () => {
    const raw = '-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j CT --notrack';
    expect(inShort(traceRules({ raw, nat: one('10.244.1.11') }, POD))).toEqual(['passthrough']);
  });

  test('later packets keep the addresses of the first, not its mark', () => {
    const filter = '-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT\n-P FORWARD DROP';
    const nat = `${one('10.244.2.11')}`.replace(
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA',
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-MARK-MASQ\n-A KUBE-SVC-AAAAAAAAAAAAAAAA',
    );
    expect(inShort(traceRules({ nat, filter }, POD))).toEqual(['deliver 10.244.2.11:6443 snat broken']);
    expect(inShort(traceRules({ nat, filter }, { ...POD, state: 'established' }))).toEqual(['drop']);
    const known = `-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n${filter}`;
    expect(inShort(traceRules({ nat, filter: known }, { ...POD, state: 'established' }))).toEqual([
      'deliver 10.244.2.11:6443 snat ok',
    ]);
  });
});

describe('chains', () => {
  const thirds = `
-A KUBE-SVC-AAAAAAAAAAAAAAAA -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-AAAAAAAAAAAAAAAA
-A KUBE-SVC-AAAAAAAAAAAAAAAA -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-BBBBBBBBBBBBBBBB
-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-CCCCCCCCCCCCCCCC`;

  test('chances multiply along the way', () => {
    const { outcomes } = traceRules({ nat: draws(thirds) }, POD);
    expect(outcomes).toHaveLength(3);
    for (const { share } of outcomes) expect(share).toBeCloseTo(1 / 3, 8);
  });

  test('an endpoint chain without rules falls to the next endpoint', () => {
    const nat = draws(thirds).replace(/^-A KUBE-SEP-BBBBBBBBBBBBBBBB .*$/m, '-N KUBE-SEP-BBBBBBBBBBBBBBBB');
    const { outcomes } = traceRules({ nat }, POD);
    const shares = new Map<string, number>();
    for (const { endpoint, share } of outcomes) shares.set(endpoint ?? '', (shares.get(endpoint ?? '') ?? 0) + share);
    expect(shares.get('10.244.2.12:80')).toBeCloseTo(2 / 3, 8);
    // Both ways to it are told apart: by the empty chain, and past it.
    expect(outcomes.filter(({ endpoint }) => endpoint === '10.244.2.12:80')).toHaveLength(2);
  });

  test('the last one without rules leaves the packet as it was', () => {
    const nat = draws('-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-ZZZZZZZZZZZZZZZZ\n-N KUBE-SEP-ZZZZZZZZZZZZZZZZ');
    expect(inShort(traceRules({ nat }, POD))).toEqual(['passthrough']);
  });

  test('a rule without chance ends the draw; chances below 1 leave a share without endpoint', () => {
    expect(
      inShort(
        traceRules(
          {
            nat: draws(
              '-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-AAAAAAAAAAAAAAAA\n-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-BBBBBBBBBBBBBBBB',
            ),
          },
          POD,
        ),
      ),
    ).toEqual(['deliver 10.244.1.11:80 ok']);
    const low = draws(
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m statistic --mode random --probability 0.20000000019 -j KUBE-SEP-AAAAAAAAAAAAAAAA',
    );
    expect(inShort(traceRules({ nat: low }, POD))).toEqual(['passthrough 0.8', 'deliver 10.244.1.11:80 0.2 ok']);
  });

  test('RETURN goes back to the caller, goto does not', () => {
    const back = `${SERVICES}
-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-AAAAAAAAAAAAAAAA
-A KUBE-SVC-AAAAAAAAAAAAAAAA -p tcp -j DNAT --to-destination 10.244.1.11:1
-A KUBE-SEP-AAAAAAAAAAAAAAAA -j RETURN`;
    expect(inShort(traceRules({ nat: back }, POD))).toEqual(['deliver 10.244.1.11:1 ok']);
    const gone = back.replace(
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-AAAAAAAAAAAAAAAA',
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -g KUBE-SEP-AAAAAAAAAAAAAAAA',
    );
    expect(inShort(traceRules({ nat: gone }, POD))).toEqual(['passthrough']);
  });

  test('hundreds of draws that come to nothing end in one answer', () => {
    const many = Array.from(
      { length: 400 },
      () => '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m statistic --mode random --probability 0.01 -j KUBE-SEP-ZZZZZZZZZZZZZZZZ',
    ).join('\n');
    const trace = traceRules({ nat: draws(`${many}\n-N KUBE-SEP-ZZZZZZZZZZZZZZZZ`) }, POD);
    expect(trace.outcomes.every(({ verdict }) => verdict === 'passthrough')).toBe(true);
    expect(trace.outcomes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  test('chains that jump in a circle end as unknown', () => {
    const nat = '-A PREROUTING -j A-X\n-A A-X -j B-X\n-A B-X -j A-X';
    expect(inShort(traceRules({ nat }, POD))).toEqual(['unknown']);
  });

  test('a jump to a chain that is not there leaves its share open, with the reason', () => {
    const nat = draws(
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-ZZZZZZZZZZZZZZZZ\n-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-AAAAAAAAAAAAAAAA',
    );
    const trace = traceRules({ nat }, POD);
    expect(inShort(trace)).toEqual(['unknown 0.5', 'deliver 10.244.1.11:80 0.5 ok']);
    expect(trace.unknown).toEqual(['chain KUBE-SEP-ZZZZZZZZZZZZZZZZ is not in iptables-save.txt']);
  });

  test('rules without target are met and passed', () => {
    const trace = traceRules(
      {
        nat: one('10.244.1.11').replace(
          '-A KUBE-SVC-AAAAAAAAAAAAAAAA',
          '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "other traffic"\n-A KUBE-SVC-AAAAAAAAAAAAAAAA',
        ),
      },
      POD,
    );
    expect(trace.outcomes[0]?.steps.map(({ rule }) => rule)).toContain(
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "other traffic"',
    );
  });
});

describe('what cannot be decided', () => {
  const maybe = (target: string): string => `-A FORWARD -m u32 --u32 "0x0=0x1" -j ${target}`;

  test('is unknown only where it matters', () => {
    const nat = one('10.244.1.11');
    const drop = traceRules({ nat, filter: maybe('DROP') }, POD);
    expect(inShort(drop)).toEqual(['unknown']);
    expect(drop.unknown).toEqual(['the match --u32 0x0=0x1 is not modelled']);
    const accept = traceRules({ nat, filter: maybe('ACCEPT') }, POD);
    expect(inShort(accept)).toEqual(['deliver 10.244.1.11:6443 ok']);
    const log = traceRules({ nat, filter: maybe('LOG') }, POD);
    expect(log.unknown).toEqual([]);
    expect(log.outcomes[0]?.steps.some(({ maybe: unsure }) => unsure)).toBe(true);
  });

  test('leaves the share that does not depend on it', () => {
    const nat = draws(
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-AAAAAAAAAAAAAAAA\n-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-BBBBBBBBBBBBBBBB',
    );
    const filter = '-A FORWARD -d 10.244.1.11/32 -m u32 --u32 "0x0=0x1" -j DROP';
    expect(inShort(traceRules({ nat, filter }, POD))).toEqual(['unknown 0.5', 'deliver 10.244.2.11:80 0.5 ok']);
  });

  test('targets that are not modelled, NFQUEUE, DNAT to a range', () => {
    expect(inShort(traceRules({ filter: '-A FORWARD -j NFQUEUE --queue-num 0' }, POD))).toEqual(['unknown']);
    expect(inShort(traceRules({ mangle: '-A PREROUTING -p tcp -j TPROXY --on-port 1' }, POD))).toEqual(['unknown']);
    expect(
      inShort(traceRules({ nat: '-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.9' }, POD)),
    ).toEqual(['unknown']);
  });

  test('tables, routes and sets that were not captured', () => {
    const save = saveText({ nat: one('10.244.1.11') });
    const natOnly = save.slice(save.indexOf('*nat'), save.indexOf('*filter'));
    expect(traceFiles({ 'iptables-save.txt': natOnly }, POD).unknown).toEqual([
      'the IPv4 filter table was not captured',
    ]);
    expect(inShort(traceFiles({ 'iptables-save.txt': save, 'iproute.txt': '' }, POD))).toEqual([
      'unknown 10.244.1.11:6443',
    ]);
    const set = traceRules(
      { nat: one('10.244.1.11'), filter: '-A FORWARD -m set --match-set BLOCKED dst -j DROP' },
      POD,
    );
    expect(set.unknown).toEqual(['ipset BLOCKED was not captured']);
  });

  test('every cut of a dump gives the whole answer or unknown, never another one', () => {
    const save = saveText({ nat: one('10.244.1.11'), filter: '-A FORWARD -m conntrack --ctstate INVALID -j DROP' });
    const lines = save.split('\n');
    for (let kept = 1; kept < lines.length; kept += 1) {
      const trace = traceFiles({ 'iptables-save.txt': lines.slice(0, kept).join('\n') }, POD);
      expect([['deliver 10.244.1.11:6443 ok'], ['unknown 10.244.1.11:6443'], ['unknown']]).toContainEqual(
        inShort(trace),
      );
    }
  });
});

describe('marks and source NAT', () => {
  test('a service to its own pod comes back as the node (hairpin)', () => {
    const trace = traceRules({ nat: one('10.244.1.10') }, POD);
    expect(trace.outcomes[0]).toMatchObject({
      endpoint: '10.244.1.10:6443',
      snat: true,
      snatTo: '192.168.10.5',
      returnPath: 'ok',
    });
    const bare = traceRules(
      { nat: one('10.244.1.10').replace('-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000', '-N KUBE-MARK-MASQ') },
      POD,
    );
    expect(bare.outcomes[0]).toMatchObject({ snat: false, returnPath: 'broken' });
  });

  test('a masquerade of the node keeps its address and is named', () => {
    const nat = one('10.244.2.11').replace(
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA',
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-MARK-MASQ\n-A KUBE-SVC-AAAAAAAAAAAAAAAA',
    );
    const [outcome] = traceRules({ nat }, NODE).outcomes;
    expect(outcome).toMatchObject({ snat: false, returnPath: 'ok' });
    expect(outcome?.sourceNatRule).toBe('-A KUBE-POSTROUTING -j MASQUERADE --random-fully');
  });

  test('without masquerade a stranger never hears from an endpoint elsewhere', () => {
    expect(inShort(traceRules({ nat: one('10.244.2.11') }, CLIENT))).toEqual(['deliver 10.244.2.11:6443 broken']);
    expect(inShort(traceRules({ nat: one('10.244.1.11') }, CLIENT))).toEqual(['deliver 10.244.1.11:6443 ok']);
  });

  test('connection marks travel from one packet to the next', () => {
    const mangle = `
-A PREROUTING -i eni+ -j CONNMARK --set-xmark 0x80/0x80
-A PREROUTING -i eni+ -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80`;
    expect(inShort(traceRules({ mangle, filter: '-A FORWARD -m mark --mark 0x80/0x80 -j DROP' }, POD))).toEqual([
      'drop',
    ]);
  });

  test('a reset in answer meets the nat rules of POSTROUTING without the mark', () => {
    const nat = one('10.244.1.11').replace(
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA',
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-MARK-MASQ\n-A KUBE-SVC-AAAAAAAAAAAAAAAA',
    );
    const filter = '-A FORWARD -d 10.244.1.11/32 -p tcp -j REJECT --reject-with tcp-reset';
    const rules = traceRules({ nat, filter }, POD).outcomes[0]?.steps.map(({ rule }) => rule);
    expect(rules?.at(-1)).toBe('-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN');
  });
});

describe('what is said of a stop', () => {
  test('the rule by its comment, or by its beginning', () => {
    const because = (rule: string): string | undefined => traceRules({ filter: rule }, POD).outcomes[0]?.because;
    expect(because('-A FORWARD -m comment --comment "no east-west" -j DROP')).toBe(
      'rule "no east-west" in filter FORWARD',
    );
    expect(because('-A FORWARD -d 10.96.0.1/32 -j DROP')).toBe(
      'rule "-A FORWARD -d 10.96.0.1/32 -j DROP" in filter FORWARD',
    );
  });

  test('an element of a map is met at its own line', () => {
    const nft = `table ip kube-proxy {
\tmap blocked {
\t\ttype ipv4_addr . inet_proto . inet_service : verdict
\t\telements = { 10.96.0.2 . tcp . 80 : drop,
\t\t\t     10.96.0.1 . tcp . 443 : drop }
\t}
\tchain filter-forward {
\t\ttype filter hook forward priority filter; policy accept;
\t\tip daddr . meta l4proto . th dport vmap @blocked
\t}
}
`;
    const [outcome] = traceFiles({ 'iptables-save.txt': saveText({}), 'nft-ruleset.txt': nft }, POD).outcomes;
    expect(outcome?.verdict).toBe('drop');
    expect(outcome?.steps.slice(-2).map(({ rule, line }) => [rule, line])).toEqual([
      ['ip daddr . meta l4proto . th dport vmap @blocked', 9],
      ['@blocked: 10.96.0.1 . tcp . 443 : drop', 5],
    ]);
  });
});

describe('ends', () => {
  test('un-NATed packets pass, are closed, refused by a route, or reach a pod of the node', () => {
    const to = (destination: string): readonly string[] => inShort(traceRules({}, { ...POD, destination }));
    expect(to('10.96.0.1')).toEqual(['passthrough']);
    expect(to('192.168.10.5')).toEqual(['local-closed']);
    expect(to('10.244.1.250')).toEqual(['drop']);
    expect(to('10.244.1.11')).toEqual(['deliver 10.244.1.11:443 ok']);
  });

  test('no route, and packets that may not be forwarded', () => {
    const routes = ROUTES.replace(/^default.*\n/, '');
    const trace = traceFiles({ ...BARE, 'iproute.txt': routes }, POD);
    expect(trace.outcomes[0]).toMatchObject({ verdict: 'drop', because: 'no route to 10.96.0.1' });
    const off = traceFiles(
      { ...BARE, 'sysctl.txt': 'net.ipv4.ip_forward = 0\nnet.ipv4.conf.all.rp_filter = 0\n' },
      POD,
    );
    expect(off.outcomes[0]).toMatchObject({
      verdict: 'drop',
      because: 'net.ipv4.ip_forward is 0: this node forwards nothing',
    });
  });

  test('policy rules choose the table of the route', () => {
    const iprule = '0:\tfrom all lookup local\n1536:\tfrom 10.244.1.10 lookup 2\n32766:\tfrom all lookup main\n';
    const routes = `${ROUTES}default via 192.168.20.1 dev eth1 table 2\n`;
    const traced = (rules: string): string | undefined =>
      traceFiles({ ...BARE, 'iprule.txt': rules, 'iproute.txt': routes }, POD).outcomes[0]?.because;
    expect(traced(iprule)).toBe('leaves by eth1 with its own destination 10.96.0.1:443');
    expect(traced(iprule.replace('1536:\tfrom 10.244.1.10', '1536:\tfrom 10.244.1.11'))).toContain('leaves by eth0');
    expect(traced(iprule.replace('lookup 2', 'blackhole'))).toContain('blackhole" drops it');
    expect(traced(iprule.replace('lookup 2', 'unreachable'))).toContain('unreachable" refuses it');
    const without = traceFiles({ ...BARE, 'iproute.txt': routes }, POD);
    expect(without.unknown).toEqual(['policy rules were not captured, and table 2 routes it otherwise']);
  });

  test('routes whose device is down, with several next hops, or cut off', () => {
    const traced = (routes: string): string | undefined =>
      traceFiles({ ...BARE, 'iproute.txt': routes }, POD).outcomes[0]?.because;
    expect(traced(`${ROUTES}10.96.0.0/12 via 192.168.20.1 dev eth1 dead linkdown\n`)).toContain('leaves by eth0');
    const hops =
      'default\n\tnexthop via 192.168.10.1 dev eth0 weight 1\n\tnexthop via 192.168.20.1 dev eth1 weight 1\n';
    expect(traced(ROUTES.replace(/^default.*\n/, hops))).toContain('has several next hops, by eth0 or eth1');
    expect(traced(`${ROUTES}10.96.0.0/1`)).toBe('the end of the captured routes is missing');
  });

  test('nothing of the other family, nothing that is no address', () => {
    expect(inShort(traceRules({}, { ...POD, destination: 'nonsense' }))).toEqual(['unknown']);
  });
});
