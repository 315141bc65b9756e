/**
 * Defects that no packed case has, made by editing the dumps of healthy ones. What a kernel does with each of them is
 * reasoned in the words of the test; everything that the edit does not touch must stay as the kernel showed it.
 */
import { describe, expect, test } from 'vitest';
import { buildNodeFacts } from '../../analyzer/facts/node-facts.ts';
import { nodeProgram } from '../../analyzer/facts/node-program.ts';
import type { FlowTrace } from '../../analyzer/netfilter/flow.ts';
import { traceFlow } from '../../analyzer/netfilter/trace.ts';
import { caseDumps, caseTruth } from '../../fixtures/lib/cases.ts';
import { gradeFlow, type TruthFlow } from '../support/kernel-truth.ts';
import { memoryBundle } from '../support/memory-bundle.ts';
import { inShort } from '../support/trace-text.ts';

const SAVE = /^ip6?tables-save\.txt$/;
const NFT = /^nft-ruleset\.txt$/;
const RULES = /^ip6?tables|^nft-ruleset/;

interface Variant {
  /** By the name of a flow. */
  trace(flow: string): FlowTrace;
  readonly flows: readonly TruthFlow[];
  /** Names of flows that no longer agree with the kernel of the unedited case. */
  readonly changed: readonly string[];
}

function variant(name: string, keep: RegExp, edit: (text: string, file: string) => string): Variant {
  let edits = 0;
  const files = [...caseDumps(name)].flatMap(([file, bytes]): readonly (readonly [string, string])[] => {
    const before = bytes.toString();
    if (!RULES.test(file)) {
      const after = edit(before, file);
      if (after !== before) edits += 1;
      return [[file, after]];
    }
    if (!keep.test(file)) return [];
    const after = edit(before, file);
    if (after !== before) edits += 1;
    return [[file, after]];
  });
  if (edits === 0) throw new Error(`the edit of ${name} changed nothing`);
  const facts = buildNodeFacts(memoryBundle(Object.fromEntries(files)));
  const flows = caseTruth(name).flows as readonly TruthFlow[];
  const traced = (flow: TruthFlow): FlowTrace =>
    traceFlow(nodeProgram(facts, flow.dst.includes(':') ? 'IPv6' : 'IPv4'), {
      source: flow.src,
      destination: flow.dst,
      port: flow.dport,
      protocol: flow.proto,
      inInterface: flow.in_iface,
      state: 'new',
    });
  return {
    flows,
    changed: flows.filter((flow) => gradeFlow(flow, traced(flow)).length > 0).map((flow) => flow.name),
    trace(wanted) {
      const flow = flows.find((one) => one.name === wanted);
      if (flow === undefined) throw new Error(`${name} has no flow ${wanted}`);
      return traced(flow);
    },
  };
}

/** @returns an edit of one table of iptables-save. */
function inTable(table: string, change: (part: string) => string): (text: string) => string {
  return (text) => text.replace(new RegExp(`^\\*${table}$[\\s\\S]*?^COMMIT$`, 'm'), (part) => change(part));
}

const without =
  (rule: RegExp) =>
  (part: string): string =>
    part
      .split('\n')
      .filter((line) => !rule.test(line))
      .join('\n');

const WEB = 'KUBE-SVC-67NZLRHBNDSAWJRO';
const POD_TO_WEB = 'shop/web:http: local pod to ClusterIP';
const HAIRPIN = 'shop/web:http: endpoint pod to its own ClusterIP (hairpin)';
const NODE_TO_WEB = 'shop/web:http: node to ClusterIP';
const CLIENT_TO_WEB = 'shop/web:http: external client to ClusterIP (routed to node)';
const H3 = 'h3-rich-kubeadm';
const share = (trace: FlowTrace, verdict: string): number =>
  trace.outcomes.filter((one) => one.verdict === verdict).reduce((sum, one) => sum + one.share, 0);

describe('iptables mode', () => {
  test('the last endpoint chain is empty (b02): its third leaves with the cluster IP', () => {
    const { trace, changed } = variant(H3, SAVE, inTable('nat', without(/^-A KUBE-SEP-MOGHLOVWQYX4X6CX /)));
    expect(share(trace(POD_TO_WEB), 'passthrough')).toBeCloseTo(1 / 3, 6);
    expect(share(trace(POD_TO_WEB), 'deliver')).toBeCloseTo(2 / 3, 6);
    expect(changed.filter((name) => !name.startsWith('shop/web'))).toEqual([]);
  });

  test('KUBE-POSTROUTING without MASQUERADE (b05): packets arrive, the answers that need it do not', () => {
    const { trace } = variant(H3, SAVE, inTable('nat', without(/^-A KUBE-POSTROUTING .*MASQUERADE/)));
    expect(inShort(trace(CLIENT_TO_WEB))).toEqual([
      'deliver 10.244.1.11:8080 0.3333 ok',
      'deliver 10.244.2.11:8080 0.3333 broken',
      'deliver 10.244.2.12:8080 0.3333 broken',
    ]);
    expect(inShort(trace(HAIRPIN))[0]).toBe('deliver 10.244.1.11:8080 0.3333 broken');
    expect(inShort(trace(POD_TO_WEB))[0]).toBe('deliver 10.244.1.11:8080 0.3333 ok');
    for (const outcome of trace('shop/np:http: node to 127.0.0.1 NodePort').outcomes) {
      expect(outcome).toMatchObject({ verdict: 'deliver', snat: false, returnPath: 'broken' });
    }
  });

  test('POSTROUTING or OUTPUT does not call kube-proxy (b06, b08)', () => {
    const post = variant(H3, SAVE, inTable('nat', without(/^-A POSTROUTING .*KUBE-POSTROUTING$/)));
    expect(inShort(post.trace(CLIENT_TO_WEB))[1]).toBe('deliver 10.244.2.11:8080 0.3333 broken');
    const output = variant(H3, SAVE, inTable('nat', without(/^-A OUTPUT .*KUBE-SERVICES$/)));
    expect(inShort(output.trace(NODE_TO_WEB))).toEqual(['passthrough']);
    expect(inShort(output.trace('shop/np:http: node to own NodePort'))).toEqual(['local-closed']);
    expect(output.changed.every((name) => /: node to /.test(name))).toBe(true);
  });

  test('FORWARD drops by policy (b11): of forwarded connections only masqueraded ones live', () => {
    const { trace, flows, changed } = variant(
      H3,
      SAVE,
      inTable('filter', (part) => part.replace(':FORWARD ACCEPT', ':FORWARD DROP')),
    );
    expect(inShort(trace(POD_TO_WEB)).every((outcome) => outcome.startsWith('drop'))).toBe(true);
    expect(inShort(trace(HAIRPIN))).toContain('deliver 10.244.1.11:8080 0.3333 snat ok');
    expect(share(trace(HAIRPIN), 'drop')).toBeCloseTo(2 / 3, 6);
    for (const outcome of trace(CLIENT_TO_WEB).outcomes) {
      expect(outcome).toMatchObject({ verdict: 'deliver', snat: true, returnPath: 'ok' });
    }
    // What the node sends itself is not forwarded, and its answers are for the node.
    const own = new Set(flows.filter((flow) => flow.in_iface === null).map((flow) => flow.name));
    expect(changed.filter((name) => own.has(name))).toEqual([]);
  });

  test('mark 0x8000 is dropped by KUBE-FIREWALL (b14), which forwarded packets never meet', () => {
    const edit = (text: string): string =>
      inTable('filter', (part) =>
        part.replace(
          'COMMIT',
          '-A KUBE-FIREWALL -m comment --comment "marked for drop" -m mark --mark 0x8000/0x8000 -j DROP\nCOMMIT',
        ),
      )(
        inTable('nat', (part) =>
          part
            .replace(/^(-A KUBE-SVC-)/m, `-A ${WEB} -j KUBE-MARK-DROP\n$1`)
            .replace(/^:KUBE-MARK-MASQ .*$/m, '$&\n:KUBE-MARK-DROP - [0:0]')
            .replace('COMMIT', '-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000\nCOMMIT'),
        )(text),
      );
    const { trace } = variant(H3, SAVE, edit);
    expect(inShort(trace(POD_TO_WEB))[0]).toBe('deliver 10.244.1.11:8080 0.3333 ok');
    expect(inShort(trace(NODE_TO_WEB)).every((outcome) => outcome.startsWith('drop'))).toBe(true);
  });

  test('chances below 1 (b15) leave a share without endpoint', () => {
    const chances = ['0.20000000019', '0.20000000019', '0.50000000000'];
    const { trace } = variant(
      H3,
      SAVE,
      inTable('nat', (part) => {
        let at = 0;
        return part.replace(
          new RegExp(`^(-A ${WEB} )(?:(.*) -m statistic .*|(.*)) -j (KUBE-SEP-\\S+)$`, 'gm'),
          (...found) => {
            const chance = chances[at];
            at += 1;
            return `${found[1]}-m statistic --mode random --probability ${chance} -j ${found[4]}`;
          },
        );
      }),
    );
    const { outcomes } = trace(POD_TO_WEB);
    const shares = outcomes.filter(({ verdict }) => verdict === 'deliver').map((one) => Number(one.share.toFixed(6)));
    expect(shares).toEqual([0.32, 0.2, 0.16]);
    expect(share(trace(POD_TO_WEB), 'passthrough')).toBeCloseTo(0.32, 6);
  });

  test('rules that stand there twice (b18) change nothing', () => {
    const { changed } = variant(
      H3,
      SAVE,
      inTable('nat', (part) =>
        part.replace(/^-A (?:KUBE-SERVICES|PREROUTING|OUTPUT|POSTROUTING|KUBE-SEP-\S+) .*$/gm, '$&\n$&'),
      ),
    );
    expect(changed).toEqual([]);
  });

  test('no jump to KUBE-NODEPORTS (b19): node ports are closed, the rest is as before', () => {
    const { trace, changed } = variant(H3, SAVE, inTable('nat', without(/^-A KUBE-SERVICES .*KUBE-NODEPORTS$/)));
    for (const from of ['external to NodePort', 'local pod to NodePort', 'node to own NodePort']) {
      expect(inShort(trace(`shop/np:http: ${from}`))).toEqual(['local-closed']);
      expect(inShort(trace(`shop/udp:game: ${from}`))).toEqual(['reject']);
    }
    expect(changed.filter((name) => !name.includes('NodePort'))).toEqual([]);
  });

  test('AWS-SNAT-CHAIN-0 is not called (b22): packets leave with the address of the pod', () => {
    const { flows, trace } = variant(
      'b21-aws-snat-all',
      SAVE,
      inTable('nat', without(/^-A POSTROUTING .*AWS-SNAT-CHAIN-0$/)),
    );
    const out = flows.filter((flow) => /internet|1\.1\.1\.1|8\.8\.8\.8/.test(`${flow.name} ${flow.dst}`));
    const ofPods = out.filter(({ in_iface }) => in_iface?.startsWith('eni') === true);
    expect(ofPods.length).toBeGreaterThan(0);
    for (const flow of ofPods) {
      for (const outcome of trace(flow.name).outcomes) {
        expect(outcome).toMatchObject({ verdict: 'passthrough', snat: false, returnPath: 'unknown' });
      }
    }
  });

  test('every cut of a dump (b24) gives what the whole gives, or unknown', () => {
    const text = (caseDumps('h1-minimal-legacy').get('iptables-save.txt') as Buffer).toString();
    const lines = text.split('\n');
    for (let kept = 1; kept < lines.length - 1; kept += 7) {
      const cut = lines.slice(0, kept).join('\n');
      const { flows, trace } = variant('h1-minimal-legacy', SAVE, (whole, file) => (SAVE.test(file) ? cut : whole));
      const wrong = flows.flatMap((flow) => gradeFlow(flow, trace(flow.name), { unknownAllowed: true }));
      expect(wrong, `cut after line ${kept}`).toEqual([]);
    }
  });
});

describe('nftables mode', () => {
  test('masquerading is empty (nb2)', () => {
    const { trace } = variant('n2-rich', NFT, (text) => text.replace(/^\s*masquerade .*\n/gm, ''));
    expect(inShort(trace(CLIENT_TO_WEB))).toEqual([
      'deliver 10.244.1.11:8080 0.3333 ok',
      'deliver 10.244.2.11:8080 0.3333 broken',
      'deliver 10.244.2.12:8080 0.3333 broken',
    ]);
  });

  test('a hole in the draw (nb5) ends in the REJECT of cluster-ips-check', () => {
    const { trace, changed } = variant('n2-rich', NFT, (text) =>
      text.replaceAll('numgen random mod 3 ', 'numgen random mod 4 '),
    );
    expect(share(trace(POD_TO_WEB), 'reject')).toBeCloseTo(1 / 4, 9);
    expect(share(trace(POD_TO_WEB), 'deliver')).toBeCloseTo(3 / 4, 9);
    expect(changed.some((name) => name.startsWith('shop/sticky'))).toBe(true);
  });

  // The case's iptables rules are older than those of nft: it shows which of the two decides.
  const BOTH = 'nb6-iptables-beside-nftables';
  const reached = (trace: FlowTrace): readonly (string | null)[] =>
    [...new Set(trace.outcomes.map(({ verdict, endpoint }) => (verdict === 'deliver' ? endpoint : verdict)))].sort();
  const inOld = (file: RegExp): ReadonlySet<string> =>
    new Set(
      [...caseDumps(BOTH)].flatMap(([name, bytes]) =>
        file.test(name)
          ? [...bytes.toString().matchAll(/shop\/web:http".* --to-destination (\S+)/g)].map(
              (found) => found[1] as string,
            )
          : [],
      ),
    );

  test('iptables is asked after nft (nb7), as its counters tell: its old endpoints get nothing', () => {
    const { trace } = variant(BOTH, /./, (text) =>
      text.replace(/^\[\d+:\d+\] (.*-j DNAT .*)$/gm, '[0:0] $1').replace(/^( *)\d+ +\d+ (DNAT )/gm, '$10 0 $2'),
    );
    const old = inOld(/^iptables-save\.txt$/);
    const got = reached(trace(POD_TO_WEB));
    expect(old.size).toBeGreaterThan(0);
    expect(got.length).toBeGreaterThan(1);
    expect(got).not.toEqual([...old].sort());
    expect(trace(POD_TO_WEB).assumptions.join()).toContain('those of nft run first');
  });

  test('without counters only what both agree on is claimed', () => {
    const { trace } = variant(BOTH, /^iptables-save\.txt$|^nft-ruleset\.txt$/, (text) => `${text}\n`);
    const traced = trace(POD_TO_WEB);
    expect(reached(traced)).toContain('unknown');
    expect(traced.unknown.join()).toContain('run first');
    expect(reached(trace('default/kubernetes:https: local pod to ClusterIP'))).toEqual(['192.168.11.6:6443']);
  });
});

describe('IPVS mode', () => {
  test('a virtual server without real servers (ib2) answers "port unreachable", from the node as from a pod', () => {
    const { trace } = variant('i3-rich-eks', /./, (text, file) => {
      if (!/^ipvsadm/.test(file)) return text;
      let inside = false;
      return text
        .split('\n')
        .filter((line) => {
          if (/^(?:TCP|UDP|SCTP|-A)\s/.test(line)) inside = line.includes('172.20.10.20:');
          if (/^-a /.test(line)) return !/172\.20\.10\.20:/.test(line);
          return !(inside && /^\s+->/.test(line));
        })
        .join('\n');
    });
    expect(inShort(trace(POD_TO_WEB))).toEqual(['reject']);
    expect(inShort(trace(NODE_TO_WEB))).toEqual(['reject']);
  });
});
