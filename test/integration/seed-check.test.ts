/** `check kube-proxy` on a pod bundle: the checks of the sgfp document, in the words of its output examples, counted right. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodOutput } from '../../analyzer/contract/contract.ts';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

let session: EngineSession;
let home: string;
beforeAll(async () => {
  session = await startEngine();
  home = mkdtempSync(path.join(tmpdir(), 'coldcase-home-'));
});
afterAll(async () => {
  await session?.close();
  rmSync(home, { recursive: true, force: true });
});

/** @returns the check's lines as `[LEVEL] text`. */
async function checked(
  id: 'sgfp-pod' | 'sgfp-nat-not-collected' | 'eks-kube-services-empty',
  podIp: string | null,
): Promise<string[]> {
  const { archivePath } = await buildFixture(id);
  const { caseId } = await session.importNew([archivePath]);
  const answers = await session.ask('kubeProxy.check', { caseId, node: null, podIp });
  expect(answers).toHaveLength(1);
  return (answers[0]?.lines ?? []).map((line) => `[${line.level}] ${line.text}`);
}

describe('a pod bundle under traffic', () => {
  test('on the command line, in the words of the document', async () => {
    const { archivePath } = await buildFixture('sgfp-pod');
    const run = await runCli(['check', 'kube-proxy', archivePath, '--quiet'], { home });
    expect(run.code).toBe(0);
    const lines = run.stdout.split('\n');
    expect(lines).toContain('[OK] kube-proxy mode: iptables');
    // By hand, in node_iptables_nat.txt: chain KUBE-SERVICES has five rules; the first (shop/orders, 2675K packets)
    // and the second (default/kubernetes, 8131) have counters above zero, the three others stand at 0.
    // The jumps to the chain from PREROUTING and OUTPUT, inserted anew, stand at 0: they add none and hide none.
    expect(lines).toContain('[OK] KUBE-SERVICES chain active (2 rule(s) with traffic, sample: 2675K packets)');
    // The pod's own address comes from pod_ip.txt. By hand: the endpoint rule of shop/orders names it in its comment,
    // its KUBE-SEP chain twice (source of KUBE-MARK-MASQ, target of DNAT). 10.4.198.17 (shop/stock) and
    // 110.4.198.175 (an external address of shop/stock) are other addresses.
    expect(lines).toContain('[OK] Found 3 iptables rule(s) for pod IP 10.4.198.175 (service rules present)');
    expect(lines.filter((line) => line.startsWith('[ISSUE]') || line.startsWith('[WARN]'))).toEqual([]);
  });

  test('as JSON: the same lines, with the lines of the file they rest on', async () => {
    const { archivePath } = await buildFixture('sgfp-pod');
    const run = await runCli(['check', 'kube-proxy', archivePath, '--json', '--pod-ip', '10.4.198.17'], { home });
    const { lines } = documentOf<{
      lines: { level: string; text: string; evidence: { file: string; text: string }[] }[];
    }>(run);
    // By hand: the endpoint rule, the source rule and the DNAT rule of shop/stock; not those of 10.4.198.175.
    const pod = lines.find((line) => line.text.includes('10.4.198.17 '));
    expect(`[${pod?.level}] ${pod?.text}`).toBe(
      '[OK] Found 3 iptables rule(s) for pod IP 10.4.198.17 (service rules present)',
    );
    const active = lines.find((line) => line.text.startsWith('KUBE-SERVICES chain active'));
    expect(active?.evidence.some((evidence) => evidence.text.includes('2675K'))).toBe(true);
  });

  test('a pod without rules: said, and no neighbour is taken for it', async () => {
    const lines = await checked('sgfp-pod', '10.4.198.1');
    expect(lines.filter((line) => line.includes('10.4.198.1 ') || line.endsWith('10.4.198.1')).length).toBeGreaterThan(
      0,
    );
    expect(lines.filter((line) => /Found \d+ iptables rule/.test(line))).toEqual([]);
  });
});

test('a listing of one newline was not collected: nothing is claimed about its chains', async () => {
  const lines = await checked('sgfp-nat-not-collected', null);
  expect(lines.some((line) => /not collected/i.test(line))).toBe(true);
  expect(lines.filter((line) => line.startsWith('[ISSUE]'))).toEqual([]);
  expect(
    lines.filter((line) => /chain active|Masquerade.*(missing|not found)/i.test(line) && line.startsWith('[OK]')),
  ).toEqual([]);
});

test('KUBE-SERVICES without rules is never called active', async () => {
  const lines = await checked('eks-kube-services-empty', null);
  expect(lines.some((line) => line.includes('chain active'))).toBe(false);
  expect(lines.some((line) => /^\[(WARN|ISSUE)\] .*KUBE-SERVICES/.test(line))).toBe(true);
});

type Line = MethodOutput<'kubeProxy.check'>[number]['lines'][number];

/** @returns the check's lines for a folder with the dumps of a kernel, each changed by `edit`. */
async function checkedDumps(
  name: string,
  label: string,
  edit: (file: string, text: string) => string | null,
  podIp: string | null = null,
): Promise<readonly Line[]> {
  const folder = path.join(session.folder, 'checked', label);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of caseDumps(name)) {
    const text = edit(file, bytes.toString());
    if (text !== null) writeFileSync(path.join(folder, file), text);
  }
  const { caseId } = await session.importNew([folder]);
  const [answer] = await session.ask('kubeProxy.check', { caseId, node: null, podIp });
  return answer?.lines ?? [];
}

const SAVE = 'iptables-save-c.txt';
const LISTINGS = /^iptables(-nat|-filter|-mangle)?\.txt$/;
const textOf = (line: Line): string => `[${line.level}] ${line.text}`;

describe('the four cases the document gives advice for', () => {
  test('chains not found: the pod, its log, the daemonset and a restart are named', async () => {
    const lines = await checkedDumps('h3-rich-kubeadm', 'chains not found', (file, text) =>
      file === SAVE ? text.replace(/^.*KUBE-NODEPORTS.*\n/gm, '') : null,
    );
    const missing = lines.find((line) => line.text.startsWith('KUBE-NODEPORTS chain not found'));
    expect(missing?.level).toBe('WARN');
    for (const step of ['get pods -n kube-system', 'logs -n kube-system', 'get daemonset', 'rollout restart'])
      expect(missing?.actions.join('\n')).toContain(step);
  });

  test('chains have no packet counts: said although the jumps to them count', async () => {
    // Counters stand in column 0 of a listing; those of KUBE-SERVICES' own rules are set to 0.
    const lines = await checkedDumps('h3-rich-kubeadm', 'no counts', (file, text) => {
      if (!LISTINGS.test(file)) return null;
      return text.replace(/^Chain KUBE-SERVICES [\s\S]*?\n\n/m, (chain) =>
        chain.replace(/^ *\d+[KMG]? +\d+[KMG]? /gm, '    0     0 '),
      );
    });
    const warning = lines.find((line) => line.text.includes('none of its own rules has packet counts'));
    expect(warning?.level).toBe('WARN');
    expect(warning?.actions.join('\n')).toContain('iptables -t nat -L KUBE-SERVICES -v -n');
    const every = await checkedDumps('h3-rich-kubeadm', 'no counts at all', (file, text) =>
      LISTINGS.test(file) ? text.replace(/^ *\d+[KMG]? +\d+[KMG]? /gm, '    0     0 ') : null,
    );
    expect(every.map(textOf)).toContain(
      '[WARN] KUBE-SERVICES chain has no packet counts (kube-proxy may not be processing traffic)',
    );
    expect(every.some((line) => line.text.includes('chain active'))).toBe(false);
  });

  test('masquerade rules missing: settings and modules are named', async () => {
    const lines = await checkedDumps('h3-rich-kubeadm', 'no masquerade', (file, text) =>
      file === SAVE ? text.replace(/^.*-j MASQUERADE.*\n/gm, '') : null,
    );
    const missing = lines.find((line) => line.text.startsWith('Masquerade rules missing'));
    expect(missing?.level).toBe('ISSUE');
    expect(missing?.actions.join('\n')).toMatch(/masqueradeAll[\s\S]*lsmod/);
    // By hand, `grep -c -- "-j KUBE-MARK-MASQ"` of the saved rules.
    expect(lines.map(textOf)).toContain('[OK] KUBE-MARK-MASQ chain found (57 references)');
  });

  test('lines that are missing from a listing are not called missing rules', async () => {
    // The collector counts its lines below the listing: this one is cut.
    const lines = await checkedDumps('h3-rich-kubeadm', 'cut listing', (file, text) =>
      LISTINGS.test(file) ? text.replace(/^.*\bMASQUERADE\b.*\n/gm, '') : null,
    );
    expect(lines.filter((line) => line.level === 'ISSUE')).toEqual([]);
    expect(lines.map(textOf)).toContain('[INFO] Masquerade rules not seen, the nat dump is incomplete');
  });

  test('pod service rules not found: service, selector and endpoints are to be looked at', async () => {
    const lines = await checkedDumps('h3-rich-kubeadm', 'no pod', (_file, text) => text, '10.244.1.1');
    const none = lines.find((line) => line.text.startsWith('No rules found for pod IP 10.244.1.1 '));
    expect(none?.actions.join('\n')).toMatch(/get endpoints -A[\s\S]*--show-labels[\s\S]*get endpoints <service>/);
  });
});

test('the command line prints what to do next below the line', async () => {
  const { archivePath } = await buildFixture('eks-kube-services-empty');
  const run = await runCli(['check', 'kube-proxy', archivePath, '--quiet'], { home });
  const lines = run.stdout.split('\n');
  const at = lines.findIndex((line) => line.startsWith('[ISSUE] KUBE-SERVICES chain in nat table is empty'));
  expect(lines.slice(at, at + 4).some((line) => line.startsWith('    next: '))).toBe(true);
});

test.each([
  ['n2-rich', '[OK] map service-ips found in table ip kube-proxy (20 element(s))', '10.244.1.11'],
  ['i3-rich-eks', '[OK] ipset KUBE-CLUSTER-IP found (16 entries)', '192.168.32.11'],
] as const)('%s: the other modes get checks of their own', async (name, expected, podIp) => {
  const lines = (await checkedDumps(name, name, (_file, text) => text, podIp)).map(textOf);
  expect(lines).toContain(expected);
  expect(lines.some((line) => line.includes(`for pod IP ${podIp} (service rules present)`))).toBe(true);
  expect(lines.filter((line) => line.startsWith('[ISSUE]'))).toEqual([]);
});
