/**
 * The runbook "kube-proxy iptables/IPVS sync issues" (D2): on a bundle of a node whose kube-proxy fails to sync, the
 * network part gives the mode, the missing KUBE-SVC chains and the API's reachability, each with its lines.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseId } from '../../analyzer/core/ids.ts';
import type { Finding } from '../../analyzer/core/vocabulary.ts';
import { type FixtureId, fixtureTree } from '../../fixtures/scenarios/index.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

const LISTING = /networking\/ip6?tables(-nat|-filter|-mangle)?\.txt$/;
const SAVE = /networking\/iptables-save\.txt$/;
const PROXY_LOG = /kube-proxy.*\.log$/;

type Edit = (file: string, text: string) => string | null;

/** Imports a fixture as a folder, some of its files changed as the same fault would have left them. */
async function imported(id: FixtureId, label: string, edit: Edit): Promise<CaseId> {
  const folder = path.join(session.folder, 'd2', label);
  for (const [file, bytes] of fixtureTree(id).files) {
    const changed = SAVE.test(file) || LISTING.test(file) || file.endsWith('.log') || file.endsWith('.txt');
    const content = changed ? edit(file, bytes.toString()) : bytes;
    if (content === null) continue;
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  const { caseId, job } = await session.importNew([folder]);
  expect(job.failure).toBeNull();
  return caseId;
}

/** Rules of a kube-proxy that never wrote a service: its fixed chains alone. */
const withoutServices: Edit = (file, text) => {
  if (LISTING.test(file)) return null;
  return SAVE.test(file) ? text.replace(/^.*KUBE-(?:SVC|SVL|SEP|EXT|FW)-.*\n/gm, '') : text;
};

/** Lines as kube-proxy 1.29 wrote them, in the form and at the time of the log's last line. */
function syncFailures(log: string): string {
  const [stamp = ''] = log.trimEnd().split('\n').at(-1)?.split(' ') ?? [];
  const klog = `${stamp.slice(5, 7)}${stamp.slice(8, 10)} ${stamp.slice(11, 26)}`;
  const line = (text: string): string => `${stamp} stderr F ${text}\n`;
  return [1, 2, 3]
    .map(
      () =>
        line(
          `E${klog}       1 proxier.go:1556] "Failed to execute iptables-restore" err="exit status 4" ipFamily="IPv4"`,
        ) + line(`I${klog}       1 proxier.go:833] "Sync failed" ipFamily="IPv4" retryingTime="30s"`),
    )
    .join('');
}

const texts = (findings: readonly Finding[], rule: string): string =>
  findings
    .filter((finding) => finding.rule === rule)
    .flatMap((finding) => finding.evidence.map((evidence) => evidence.text))
    .join('\n');

describe('kube-proxy that lost the API and never wrote a service', () => {
  let caseId: CaseId;
  beforeAll(async () => {
    caseId = await imported('eks-kube-services-empty', 'no services', (file, text) =>
      PROXY_LOG.test(file) ? text + syncFailures(text) : withoutServices(file, text),
    );
  });

  test('mode: told by its chains and its log', async () => {
    const [chains] = await session.ask('chains.analyze', { caseId, node: null });
    expect(chains?.mode).toBe('iptables');
    expect(chains?.modeBecause).toContain('Using iptables Proxier');
  });

  test('missing KUBE-SVC chains: a critical finding at KUBE-SERVICES, and no service in the list', async () => {
    const [chains] = await session.ask('chains.analyze', { caseId, node: null });
    const missing = chains?.findings.find((finding) => finding.rule === 'kube-services-empty');
    expect(missing).toMatchObject({ severity: 'critical' });
    expect(missing?.claim).toContain('no service chain exists');
    expect(missing?.evidence.some((evidence) => evidence.text.startsWith(':KUBE-SERVICES'))).toBe(true);
    const { services, nodes } = await session.ask('network.services', { caseId, node: null });
    // The only one left is the service that kube-proxy itself refuses in filter.
    expect(services.filter((service) => service.endpoints.length > 0)).toEqual([]);
    expect(nodes.map(({ mode }) => mode)).toEqual(['iptables']);
  });

  test('API connectivity and sync errors: the lines of the log', async () => {
    const { findings } = await session.ask('case.analysis', { caseId });
    expect(texts(findings, 'kube-proxy-api-unreachable')).toMatch(/connection refused|i\/o timeout/);
    expect(texts(findings, 'kube-proxy-sync-failure')).toContain('Failed to execute iptables-restore');
  });

  test('root cause: the sync that failed; missing rules and the API stand behind it, with what to do', async () => {
    const { findings, causes, verdict } = await session.ask('case.analysis', { caseId });
    const ranked = causes.map((cause) => findings.find((finding) => finding.id === cause.finding)?.rule);
    expect(ranked[0]).toBe('kube-proxy-sync-failure');
    expect(ranked).toContain('kube-proxy-api-unreachable');
    // The missing rules are what the failed sync explains: told, but no cause of their own.
    expect(ranked).not.toContain('kube-services-empty');
    expect(findings.find((finding) => finding.rule === 'kube-services-empty')?.severity).toBe('critical');
    const cause = findings.find((finding) => finding.id === verdict.cause);
    expect(cause?.advice.now.join('\n')).toContain('Restart kube-proxy on this node');
    expect(cause?.advice.check.join('\n')).toContain('KUBE-SVC');
  });

  test('the runbook’s searches find what it looks for', async () => {
    const hits = async (query: string): Promise<number> => {
      const { total } = await session.ask('search.run', { caseId, query });
      return total;
    };
    expect(await hits('"Failed to execute iptables-restore"')).toBeGreaterThan(0);
    expect(await hits('kube-proxy')).toBeGreaterThan(0);
  });
});

test('without a failed sync in the log: the missing rules first, the API as their possible reason', async () => {
  const caseId = await imported('eks-kube-services-empty', 'only the API', withoutServices);
  const { findings, verdict } = await session.ask('case.analysis', { caseId });
  expect(findings.find((finding) => finding.id === verdict.cause)?.rule).toBe('kube-services-empty');
  expect(verdict.sentence).toContain('kube-proxy cannot reach the Kubernetes API');
});

test('a kube-proxy that does not run is named as such', async () => {
  const caseId = await imported('eks-kube-services-empty', 'crash loop', (file, text) => {
    if (!/kubelet\.log$|kubelet.*\.log$/.test(file)) return withoutServices(file, text);
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    const stamp = /[IWE]\d{4} \d\d:\d\d:\d\d\.\d{6}/.exec(last)?.[0].slice(1) ?? '0303 13:50:00.000000';
    const prefix = /^.*?kubelet\[\d+\]: /.exec(last)?.[0] ?? '';
    const crash = `${prefix}E${stamp}     914 pod_workers.go:1298] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"kube-proxy\\" with CrashLoopBackOff: \\"back-off 5m0s restarting failed container=kube-proxy pod=kube-proxy-qc52k_kube-system(790ba9bd-b211-4463-a6cf-07600d898af5)\\"" pod="kube-system/kube-proxy-qc52k"\n`;
    return text + crash.repeat(3);
  });
  const { findings } = await session.ask('case.analysis', { caseId });
  expect(texts(findings, 'kube-proxy-crash-looping')).toContain('CrashLoopBackOff');
});

test('a healthy bundle has none of this', async () => {
  const caseId = await imported('eks-healthy', 'healthy', (_file, text) => text);
  const { findings } = await session.ask('case.analysis', { caseId });
  const named = findings.map((finding) => finding.rule);
  for (const rule of [
    'kube-services-empty',
    'kube-proxy-api-unreachable',
    'kube-proxy-sync-failure',
    'kube-proxy-crash',
    'kube-proxy-crash-looping',
    'kube-proxy-config-error',
  ])
    expect(named).not.toContain(rule);
  const { services } = await session.ask('network.services', { caseId, node: null });
  expect(services.filter((service) => service.endpoints.length > 0).length).toBeGreaterThan(3);
});
