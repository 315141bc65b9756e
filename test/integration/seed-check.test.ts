/** `check kube-proxy` on a pod bundle: the checks of the sgfp document, in the words of its output examples, counted right. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFixture } from '../../fixtures/build-fixture.ts';
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
