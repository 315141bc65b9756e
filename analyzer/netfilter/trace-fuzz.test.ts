/** Generated rule sets: shares always sum to 1, nothing is thrown, and a dump that lost its end never says something else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inShort, NO_NFT, POD, ROUTES, saveText, traceFiles } from '../../test/support/trace-text.ts';
import type { FlowTrace, TraceFlow } from './flow.ts';

const match = fc.constantFrom(
  '',
  '-s 10.244.1.10/32',
  '! -s 10.244.0.0/16',
  '-d 10.96.0.1/32',
  '-d 10.244.1.11/32',
  '-p tcp -m tcp --dport 443',
  '-p udp -m udp --dport 443',
  '-i eni+',
  '-o eth0',
  '-m mark --mark 0x4000/0x4000',
  '-m conntrack --ctstate NEW',
  '-m conntrack --ctstate RELATED,ESTABLISHED',
  '-m addrtype --dst-type LOCAL',
  '-m statistic --mode random --probability 0.50000000000',
  '-m statistic --mode random --probability 0.33333333349',
  '-m u32 --u32 "0x0=0x1"',
  '-m u32 --u32 "0x0=0x2"',
  '-m set --match-set NONE src',
  '-m limit --limit 1/sec',
);
const CHAINS = ['A', 'B', 'C', 'D'];
const shared = [
  ...CHAINS.flatMap((chain) => [`-j ${chain}`, `-g ${chain}`]),
  '-j ACCEPT',
  '-j RETURN',
  '-j MARK --set-xmark 0x4000/0x4000',
  '-j LOG',
  '',
];
const targets: Readonly<Record<string, fc.Arbitrary<string>>> = {
  mangle: fc.constantFrom(...shared, '-j DROP', '-j CONNMARK --save-mark --nfmask 0xff00 --ctmask 0xff00'),
  nat: fc.constantFrom(
    ...shared,
    '-p tcp -j DNAT --to-destination 10.244.1.11:80',
    '-p tcp -j DNAT --to-destination 10.244.2.11:80',
    '-p tcp -j DNAT --to-destination 10.244.1.10:80',
  ),
  filter: fc.constantFrom(...shared, '-j DROP', '-j REJECT', '-j NFQUEUE'),
};
const BASES: Readonly<Record<string, readonly string[]>> = {
  mangle: ['PREROUTING', 'POSTROUTING'],
  nat: ['PREROUTING', 'OUTPUT'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** iptables-save prints rules in the order of their chains, which tells what a cut dump lacks. */
function inOrder(lines: readonly string[]): readonly string[] {
  const order = ['-N', '-A PREROUTING', '-A INPUT', '-A FORWARD', '-A OUTPUT', '-A POSTROUTING', '-A'];
  const place = (line: string): number => order.findIndex((start) => line.startsWith(start));
  const chain = (line: string): string => line.split(' ')[1] ?? '';
  return [...lines].sort(
    (one, two) => place(one) - place(two) || (chain(one) < chain(two) ? -1 : chain(one) > chain(two) ? 1 : 0),
  );
}

function tableOf(name: string): fc.Arbitrary<string> {
  const chain = fc.constantFrom(...(BASES[name] ?? []), ...(BASES[name] ?? []), ...CHAINS);
  const rule = fc
    .tuple(chain, match, targets[name] as fc.Arbitrary<string>)
    .map(([where, when, what]) => `-A ${where} ${when} ${what}`.replace(/ +/g, ' ').trim())
    // Two protocol matches in one rule are none that iptables prints.
    .filter((line) => line.split(' -p ').length < 3);
  return fc
    .array(rule, { maxLength: 9 })
    .map((rules) => [
      ...rules,
      ...CHAINS.map((own) => `-N ${own}`),
      '-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE',
    ])
    .map((rules) => inOrder(rules.filter((line) => name === 'nat' || !line.includes('MASQUERADE'))).join('\n'));
}

const dumps = fc.record({ mangle: tableOf('mangle'), nat: tableOf('nat'), filter: tableOf('filter') }).map(saveText);
const flows = fc.constantFrom<TraceFlow>(
  POD,
  { ...POD, state: 'established' },
  { ...POD, source: null, inInterface: null },
  { ...POD, source: '203.0.113.2', inInterface: '?' },
  { ...POD, destination: '10.244.1.11', protocol: 'udp' },
  { ...POD, destination: '192.168.10.5', protocol: 'icmp', port: null },
);
const traced = (dump: string, flow: TraceFlow): FlowTrace =>
  traceFiles({ 'iptables-save.txt': dump, 'nft-ruleset.txt': NO_NFT, 'iproute.txt': ROUTES }, flow);

/** Shares by what is claimed. */
function claims(trace: FlowTrace): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { verdict, endpoint, snatTo, share } of trace.outcomes) {
    if (verdict === 'unknown') continue;
    const claim = [verdict, verdict === 'deliver' ? `${endpoint} ${snatTo}` : ''].join(' ');
    shares.set(claim, (shares.get(claim) ?? 0) + share);
  }
  return shares;
}

test('shares sum to 1, whatever the rules are', () => {
  fc.assert(
    fc.property(dumps, flows, (dump, flow) => {
      const trace = traced(dump, flow);
      const sum = trace.outcomes.reduce((total, { share }) => total + share, 0);
      expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
      for (const { share, verdict, because, steps } of trace.outcomes) {
        expect(share).toBeGreaterThan(0);
        expect(because).not.toBe('');
        if (verdict === 'unknown') expect(trace.unknown.length).toBeGreaterThan(0);
        for (const { rule } of steps) expect(rule).not.toBe('');
      }
      expect(inShort(traced(dump, flow))).toEqual(inShort(trace));
    }),
    { numRuns: 300 },
  );
});

test('a dump that lost its last lines claims no more of any outcome than the whole dump leaves room for', () => {
  fc.assert(
    fc.property(dumps, flows, fc.nat(), (dump, flow, at) => {
      const lines = dump.split('\n');
      // An empty dump is what a node without iptables rules gives.
      const kept = lines.slice(0, 1 + (at % (lines.length - 1))).join('\n');
      const whole = traced(dump, flow);
      const open = 1 - [...claims(whole).values()].reduce((sum, share) => sum + share, 0);
      for (const [claim, share] of claims(traced(kept, flow))) {
        expect(share, claim).toBeLessThanOrEqual((claims(whole).get(claim) ?? 0) + open + 1e-6);
      }
    }),
    { numRuns: 300 },
  );
});
