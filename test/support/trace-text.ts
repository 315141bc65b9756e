/** Traces through dumps written in a test. */
import { buildNodeFacts } from '../../analyzer/facts/node-facts.ts';
import { nodeProgram } from '../../analyzer/facts/node-program.ts';
import type { FlowTrace, TraceFlow } from '../../analyzer/netfilter/flow.ts';
import { traceFlow } from '../../analyzer/netfilter/trace.ts';
import { memoryBundle } from './memory-bundle.ts';

/** A node 192.168.10.5 on eth0 with pods 10.244.1.10 to .14 on veths; 10.244.2.0/24 lies behind the router. */
export const ROUTES = `default via 192.168.10.1 dev eth0
blackhole 10.244.1.0/24
10.244.1.10 dev eni0 scope link
10.244.1.11 dev eni1 scope link
192.168.10.0/24 dev eth0 proto kernel scope link src 192.168.10.5
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
local 192.168.10.5 dev eth0 table local proto kernel scope host src 192.168.10.5
`;

const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** @param rules table -> lines as iptables-save prints them; chains are declared as they are used. */
export function saveText(rules: Readonly<Record<string, string>>): string {
  return ['raw', 'mangle', 'nat', 'filter']
    .map((table) => {
      const lines = (rules[table] ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
      const policies = new Map(
        lines.flatMap((line) => (line.startsWith('-P ') ? [line.split(' ').slice(1, 3) as [string, string]] : [])),
      );
      const made = [
        ...new Set(lines.flatMap((line) => /^-A (\S+)/.exec(line)?.[1] ?? /^-N (\S+)/.exec(line)?.[1] ?? [])),
      ];
      const builtIn = BUILT_IN[table] ?? [];
      return [
        `*${table}`,
        ...builtIn.map((chain) => `:${chain} ${policies.get(chain) ?? 'ACCEPT'} [0:0]`),
        ...made.filter((chain) => !builtIn.includes(chain)).map((chain) => `:${chain} - [0:0]`),
        ...lines.filter((line) => line.startsWith('-A ')),
        'COMMIT',
        '',
      ].join('\n');
    })
    .join('');
}

export const POD: TraceFlow = {
  source: '10.244.1.10',
  destination: '10.96.0.1',
  port: 443,
  protocol: 'tcp',
  inInterface: 'eni0',
  state: 'new',
};
export const NODE: TraceFlow = { ...POD, source: null, inInterface: null };
export const CLIENT: TraceFlow = { ...POD, source: '203.0.113.2', inInterface: 'eth0' };

/** @param files besides `iproute.txt`, which is ROUTES unless given. */
export function traceFiles(files: Readonly<Record<string, string>>, flow: TraceFlow): FlowTrace {
  const facts = buildNodeFacts(memoryBundle({ 'iproute.txt': ROUTES, ...files }));
  return traceFlow(nodeProgram(facts, flow.destination.includes(':') ? 'IPv6' : 'IPv4'), flow);
}

/** Says that no nft rules stand beside the dumps of a test. */
export const NO_NFT = 'table ip none {\n}\n';

/** @param rules as for saveText. */
export function traceRules(rules: Readonly<Record<string, string>>, flow: TraceFlow): FlowTrace {
  return traceFiles({ 'iptables-save.txt': saveText(rules), 'nft-ruleset.txt': NO_NFT }, flow);
}

/** `deliver 10.0.0.1:80 0.5 snat ok`, one word list an outcome, for short comparisons. */
export function inShort(trace: FlowTrace): readonly string[] {
  return trace.outcomes.map(({ verdict, endpoint, share, snat, returnPath }) =>
    [
      verdict,
      endpoint,
      share === 1 ? null : Number(share.toFixed(4)),
      snat === true ? 'snat' : null,
      verdict === 'deliver' ? returnPath : null,
    ]
      .filter((word) => word !== null)
      .join(' '),
  );
}
