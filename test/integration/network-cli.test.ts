/** Services and traces of real dumps through the command line, as scripts use it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceRow, Trace } from '../../analyzer/contract/network.ts';
import { caseDumps, caseTruth } from '../../fixtures/lib/cases.ts';
import { gradeFlow, type TruthFlow } from '../support/kernel-truth.ts';
import { type CliRun, documentOf, runCli } from './fixtures-cli.ts';

const CASES = ['b09-stale-endpoint', 'h3-rich-kubeadm', 'nb4-endpoint-chain-empty', 'i3-rich-eks'] as const;
const H3 = 'h3-rich-kubeadm';
const flowsOf = (name: string): readonly TruthFlow[] => caseTruth(name).flows as readonly TruthFlow[];
const shown = { sticky: true };
const withoutSteps = (trace: Trace) => ({
  ...trace,
  outcomes: trace.outcomes.map((outcome) => ({ ...outcome, steps: [] })),
});
/** Of b09: these endpoints are made up, nothing answers there. */
const existing = (endpoint: string): boolean => !endpoint.includes('.250:');

let home: string;
const cli = (...words: readonly string[]): Promise<CliRun> => runCli([...words, '--quiet'], { home });
/** The case folder of a packed case, imported once for all tests. */
const folder = (name: string): string => path.join(home, 'cases', name);

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'coldcase-network-'));
  for (const name of CASES) {
    const dumps = path.join(home, 'dumps', name);
    mkdirSync(dumps, { recursive: true });
    for (const [file, bytes] of caseDumps(name)) writeFileSync(path.join(dumps, file), bytes);
    const flows = flowsOf(name).map(({ src, dst, dport, proto, in_iface }) => ({ src, dst, dport, proto, in_iface }));
    writeFileSync(path.join(home, `${name}.json`), JSON.stringify(flows));
    const imported = await cli('import', dumps, '--case', folder(name));
    expect(imported.stderr).toBe('');
    expect(imported.code).toBe(0);
  }
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('the comparison with the kernel can fail', () => {
  const flow = flowsOf(H3).find((one) => one.expect.verdict === 'deliver' && one.expect.endpoints.length === 1);
  if (flow === undefined) throw new Error('no such flow');
  const [endpoint = ''] = flow.expect.endpoints;
  const base = { share: 1, snatTo: null, returnPath: 'unknown', steps: [] };
  const outcome = { ...base, verdict: 'deliver', endpoint, snat: flow.expect.snat === true };
  const wrong = (change: object) => gradeFlow(flow, { ...shown, outcomes: [{ ...outcome, ...change }] });
  expect(wrong({})).toEqual([]);
  expect(wrong({ share: 0.5 })).not.toEqual([]);
  expect(wrong({ snat: !outcome.snat })).toHaveLength(1);
  expect(wrong({ verdict: 'drop', endpoint: null })).not.toEqual([]);
});

describe.each(CASES)('%s', (name) => {
  it('flows end as the kernel ended them, in their order and without steps', async () => {
    const run = await cli('trace', folder(name), '--flows', path.join(home, `${name}.json`), '--json');
    expect(run.code).toBe(0);
    const traces = documentOf<readonly Trace[]>(run);
    const flows = flowsOf(name);
    expect(traces.map((trace) => trace.destination)).toEqual(flows.map((flow) => flow.dst));
    expect(run.stdout).not.toContain('"steps"');
    const wrong = flows.flatMap((flow, index) => {
      const trace = traces[index];
      return trace === undefined
        ? [`no trace ${index}`]
        : gradeFlow(flow, withoutSteps(trace), { existing }).map((one) => `${flow.name}: ${one}`);
    });
    expect(wrong).toEqual([]);
  });
});

it('rules of a listing are told without their counters', async () => {
  const dumps = path.join(home, 'dumps', 'listed');
  mkdirSync(dumps);
  for (const file of ['iptables-nat.txt', 'iptables-filter.txt', 'iproute.txt'])
    writeFileSync(path.join(dumps, file), caseDumps(H3).get(file) ?? '');
  const run = await cli('trace', dumps, '--from', 'node', '--to', '10.96.0.1:443', '--json');
  const [outcome] = documentOf<Trace>(run).outcomes;
  expect(outcome?.sourceNatRule).toMatch(/^MASQUERADE 0 -- /);
  const rules = outcome?.steps.filter((step) => step.table === 'nat').map((step) => step.rule) ?? [];
  expect(rules.length).toBeGreaterThan(5);
  expect(rules.filter((rule) => /^\d/.test(rule))).toEqual([]);
});

describe('one trace', () => {
  it('by name is the trace by address, with every rule it met at its line', async () => {
    const json = ['trace', folder(H3), '--from', '10.244.1.11', '--json'];
    const byName = documentOf<Trace>(await cli(...json, '--to', 'shop/web'));
    const byAddress = documentOf<Trace>(await cli(...json, '--to', '10.96.10.20:80'));
    expect(byName.outcomes).toEqual(byAddress.outcomes);
    const lines = (caseDumps(H3).get('iptables-save-c.txt') ?? Buffer.of()).toString().split('\n');
    const steps = byName.outcomes.flatMap((outcome) => outcome.steps).filter((step) => step.table === 'nat');
    expect(steps.length).toBeGreaterThan(5);
    for (const step of steps) expect(lines[(step.line ?? 0) - 1]).toContain(step.rule);
    // Its own endpoint is the one that sees the node's address (hairpin).
    expect(byName.outcomes.filter((one) => one.snat).map((one) => one.endpoint)).toEqual(['10.244.1.11:8080']);
  });

  it('in words begins with what happens', async () => {
    const run = await cli('trace', folder(H3), '--from', 'node', '--to', '10.96.0.1:443');
    const [packet = '', verdict = ''] = run.stdout.split('\n');
    expect(packet).toContain('to 10.96.0.1:443, made on the node, first packet');
    expect(verdict).toContain('192.168.11.6:6443');
    expect(run.stdout).toMatch(/KUBE-SERVICES {2}iptables-save-c\.txt:\d+ {2}[\d,]+ packets/);
  });

  it.each([
    [['--to', 'shop/wbe'], 'Did you mean shop/'],
    [['--to', 'nonsense'], 'Services here:'],
    [['--to', '[fd00::1]:80'], 'is IPv4, and fd00::1 is IPv6'],
    [['--to', 'kube-system/kube-dns'], 'kube-system/kube-dns:dns-tcp 53/tcp'],
    [['--to', '10.96.0.1:443', '--proto', 'tpc'], 'Did you mean tcp?'],
    [['--to', '10.96.0.1:443', '--node', 'other'], 'No bundle of this case'],
  ])('%j exits 2 with the nearest names', async (words, said) => {
    const run = await cli('trace', folder(H3), '--from', '10.244.1.11', ...words);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(said);
    expect(run.stdout).toBe('');
  });

  it('a flow that is none ends the whole run by its place', async () => {
    const file = path.join(home, 'bad.json');
    writeFileSync(
      file,
      JSON.stringify([
        { dst: '10.96.0.1', dport: 443 },
        { dst: '10.96.0', dport: 443 },
      ]),
    );
    const run = await cli('trace', folder(H3), '--flows', file, '--json');
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('flow 1: dst "10.96.0" is no address');
    expect(run.stdout).toBe('');
  });
});

describe('services', () => {
  const rows = async (name: string): Promise<readonly ServiceRow[]> =>
    documentOf<readonly ServiceRow[]>(await cli('services', folder(name), '--json'));

  it.each(CASES)(
    '%s: shares of a service with endpoints sum to at most 1, every endpoint has its lines',
    async (name) => {
      const all = await rows(name);
      expect(all.length).toBeGreaterThan(1);
      for (const row of all) {
        expect(row.evidence.length).toBeGreaterThan(0);
        const sum = row.endpoints.reduce((total, one) => total + (one.share ?? 0), 0);
        expect(sum).toBeLessThan(1 + 1e-6);
        for (const endpoint of row.endpoints) expect(endpoint.evidence.length).toBeGreaterThan(0);
      }
    },
  );

  it('a stale endpoint impairs its service, a healthy node has none', async () => {
    const stale = await rows('b09-stale-endpoint');
    const impaired = stale.filter((row) => row.health.level === 'impaired');
    expect(impaired.map((row) => row.id)).toEqual(['shop/np:http']);
    expect(impaired[0]?.health.findings.length).toBeGreaterThan(0);
    const levels = new Set((await rows(H3)).map((row) => row.health.level));
    expect([...levels].sort()).toEqual(['no-endpoints', 'ok']);
  });
});

describe('raw chains', () => {
  it('of a table, and the rules of one chain with their lines', async () => {
    const list = await cli('chains', folder(H3), '--table', 'nat', '--family', 'IPv4');
    expect(list.stdout).toMatch(/^IPv4 nat {2}PREROUTING +\d+ rules? +policy ACCEPT +iptables-save-c\.txt:\d+$/m);
    expect(list.stdout).not.toContain('filter');
    const chain = await cli('chains', folder(H3), '--chain', 'KUBE-MARK-MASQ', '--family', 'IPv4');
    expect(chain.stdout).toMatch(/^ {2}\d+ {2}\[\d+:\d+\] -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000\/0x4000$/m);
  });

  it('that are not there exit 2 with the nearest names', async () => {
    const run = await cli('chains', folder(H3), '--chain', 'KUBE-SERVICE');
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('Did you mean KUBE-SERVICES');
  });
});
