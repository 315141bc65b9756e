/** Every layout of which bundles arrive, imported through the engine: what it is, whose it is, when, and what its files are. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Analysis, type Bundle, type SourceFile, severityRank } from '../../analyzer/core/vocabulary.ts';
import { layoutDefinitions } from '../../analyzer/layouts/definitions.ts';
import { buildFixture, buildShape } from '../../fixtures/build-fixture.ts';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import type { BundleTree } from '../../fixtures/lib/eks-tree.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

interface Imported {
  readonly bundle: Bundle;
  readonly files: readonly SourceFile[];
  readonly analysis: Analysis;
  readonly tree: MadeTree;
}

type MadeTree = Pick<BundleTree, 'files' | 'collectedAt'>;

let session: EngineSession;
const imported = new Map<string, Imported>();

/** What a bundle is known to be. */
interface Known {
  readonly because: RegExp;
  /** Part of the node's name and of the reason for it; null for bundles of a cluster. */
  readonly node: readonly [name: string, because: string] | null;
  readonly collected: 'as made' | 'not known';
  /** End of a path -> role. */
  readonly roles: Readonly<Record<string, string>>;
  /** Expected files that the bundle lacks. */
  readonly lacks: readonly string[];
}

/** One row a layout of the ingest contract (what the archives really contain). */
const TABLE: Readonly<Record<string, Known>> = {
  'eks-log-collector': {
    because: /^system\/instance-id\.txt matches its marker system\/instance-id\*$/,
    node: ['compute.internal', 'host name in kubelet/kubelet.log'],
    collected: 'as made',
    roles: {
      'networking/iptables-save.txt': 'iptables-save',
      'networking/iptables-nat.txt': 'iptables-list',
      'networking/ifconfig.txt': 'ip-addr',
      'networking/ethtool.txt': 'interface-counters',
      'networking/curl_api_server.txt': 'api-server-check',
      'kubelet/kubelet.log': 'kubelet-log',
      'kubelet/config.json': 'kubelet-config',
      'containerd/containerd-log.txt': 'container-runtime-log',
      'kernel/dmesg.current': 'kernel-log',
      'var_log/messages': 'system-log',
      'var_log/aws-routed-eni/ipamd.log': 'ipamd-log',
      'kube-proxy/0.log': 'kube-proxy-log',
      'coredns/0.log': 'container-log',
      'sysctls/sysctl_all.txt': 'sysctl',
      'modinfo/ip_vs': 'modules',
      'ipamd/enis.json': 'cloud',
      'ipamd/pods.json': 'cloud',
      'system/last_reboot.txt': 'node-time',
      'storage/mounts.txt': 'storage',
    },
    // Not installed, and empty: iptables mode needs neither.
    lacks: ['networking/ipvsadm*', 'networking/ipset*'],
  },
  'eks-node-diagnostic': {
    because: /^networking\/get_api_server\.txt matches its marker networking\/get_api_server\*$/,
    node: ['compute.internal', 'host name in kubelet/kubelet.log'],
    collected: 'as made',
    roles: {
      'kubelet/kubelet.log': 'kubelet-log',
      'networking/nftables-ip-nat.txt': 'nft-ruleset',
      'networking/get_api_server.txt': 'api-server-check',
      'automode/kube-proxy.txt': 'kube-proxy-log',
      'automode/coredns.txt': 'container-log',
      'system/pressure_memory.txt': 'pressure',
      'modinfo/lustre': 'other',
      'bottlerocket-logs.tar.gz/bottlerocket-logs/journalctl.log': 'system-log',
      'bottlerocket-logs.tar.gz/bottlerocket-logs/iptables-nat': 'iptables-list',
      'bottlerocket-logs.tar.gz/bottlerocket-logs/dmesg': 'search-only',
    },
    // The agent collects nothing of IPVS, and Bottlerocket has no ifconfig, last and lsmod.
    lacks: ['networking/ipvsadm*', 'networking/ipset*', 'networking/ifconfig*', 'modinfo/ip_vs*'],
  },
  sgfp: {
    because: /pod_\S+\/pod_ip\.txt matches its marker pod_\*\//,
    node: ['compute.internal', 'folder node_'],
    collected: 'as made',
    roles: {
      'node_iptables_nat.txt': 'iptables-list',
      'pod_ip.txt': 'pod-ip',
      'node_conntrack_table.txt': 'conntrack',
    },
    lacks: ['node_*/node_conntrack_table*'],
  },
  'support-bundle': {
    because: /version\.yaml says "kind: SupportBundle"$/,
    node: null,
    collected: 'as made',
    roles: {
      'cluster-resources/nodes.json': 'cluster-resources',
      'cluster-resources/services/shop.json': 'cluster-resources',
      'cluster-resources/endpoints/shop.json': 'cluster-resources',
      'cluster-resources/endpointslices/shop.json': 'cluster-resources',
      'cluster-resources/pods/default.json': 'cluster-resources',
      'cluster-resources/events/shop.json': 'cluster-events',
      'cluster-resources/namespaces.json': 'cluster-objects',
      'kube-proxy.log': 'kube-proxy-log',
      'coredns.log': 'container-log',
      'sysctl/ip-192-168-10-9.other.compute.internal': 'search-only',
    },
    lacks: [],
  },
  'must-gather': {
    because: /^must-gather\.local\.\d+\/event-filter\.html matches its marker event-filter\.html$/,
    node: null,
    collected: 'as made',
    roles: {
      'namespaces/shop/core/services.yaml': 'cluster-resources',
      'namespaces/shop/discovery.k8s.io/endpointslices.yaml': 'cluster-resources',
      'compute.internal.yaml': 'cluster-resources',
      'namespaces/shop/core/events.yaml': 'cluster-events',
      'namespaces/shop/shop.yaml': 'cluster-objects',
      'coredns/logs/current.log': 'container-log',
      'kube-proxy/logs/current.log': 'kube-proxy-log',
      'host_service_logs/masters/kubelet_service.log': 'kubelet-log',
      'host_service_logs/masters/crio_service.log': 'container-runtime-log',
      timestamp: 'node-time',
    },
    lacks: [],
  },
  sosreport: {
    because: /sos_commands\/date\/date matches its marker sos_commands\/\*\*$/,
    node: ['compute.internal', 'sos_commands/host/hostname'],
    collected: 'as made',
    roles: {
      'iptables_-t_nat_-nvL': 'iptables-list',
      nft_list_ruleset: 'nft-ruleset',
      'conntrack_-L_-o_extended': 'conntrack',
      'networking/ip_-4_rule_list': 'ip-rule',
      'networking/ip_route_show_table_all': 'ip-route',
      'networking/ip_-d_address': 'ip-addr',
      '_iptables-save': 'search-only',
      '_sysctl_-a': 'search-only',
      'logs/journalctl_--no-pager': 'system-log',
      'logs/journalctl_--no-pager_--boot': 'search-only',
      'journalctl_--no-pager_--unit_kubelet': 'kubelet-log',
      'journalctl_--no-pager_--unit_containerd': 'container-runtime-log',
      'kernel/lsmod': 'modules',
      'kernel/sysctl_-a': 'sysctl',
      'netstat_-W_-neopa': 'sockets',
      'kube-proxy/0.log': 'kube-proxy-log',
    },
    lacks: [],
  },
  'cluster-resources': {
    because: /^all 3 files hold Kubernetes objects$/,
    node: null,
    collected: 'not known',
    roles: {
      'svc-and-slices.json': 'cluster-resources',
      'pods-nodes.yaml': 'cluster-resources',
      'deploy.yaml': 'cluster-objects',
    },
    lacks: [],
  },
  generic: {
    because: /^no marker of a known layout was found$/,
    node: null,
    collected: 'as made',
    roles: { 'networking/iptables-save.txt': 'iptables-save', 'networking/conntrack.txt': 'conntrack' },
    lacks: [],
  },
};

async function trees(): Promise<Readonly<Record<string, { readonly archivePath: string; readonly tree: MadeTree }>>> {
  const folder = path.join(session.folder, 'dumps');
  const files = new Map(
    ['iptables-save.txt', 'conntrack.txt', 'iproute.txt'].map((name) => [
      `networking/${name}`,
      caseDumps('h2-minimal-nft-eks').get(name) as Buffer,
    ]),
  );
  mkdirSync(path.join(folder, 'networking'), { recursive: true });
  for (const [name, content] of files) writeFileSync(path.join(folder, name), content);
  return {
    'eks-log-collector': await buildFixture('eks-healthy'),
    'eks-node-diagnostic': buildShape('node-diagnostic'),
    sgfp: await buildFixture('sgfp-pod'),
    'support-bundle': buildShape('support-bundle'),
    'must-gather': buildShape('must-gather'),
    sosreport: buildShape('sosreport'),
    'cluster-resources': buildShape('cluster-objects'),
    generic: { archivePath: folder, tree: { files, collectedAt: Date.now() } },
  };
}

beforeAll(async () => {
  session = await startEngine();
  for (const [layout, { archivePath, tree }] of Object.entries(await trees())) {
    const { caseId, job } = await session.importNew([archivePath]);
    const [bundle] = job.imports.map((one) => one.bundle);
    if (bundle === undefined || bundle === null) throw new Error(`${layout}: ${job.outcome}`);
    const analysis = await session.ask('case.analysis', { caseId });
    imported.set(layout, { bundle, files: await session.ask('file.list', { caseId }), analysis, tree });
  }
}, 120_000);
afterAll(() => session?.close());

function of(layout: string): Imported {
  const found = imported.get(layout);
  if (found === undefined) throw new Error(`no bundle of ${layout} was imported`);
  return found;
}

test('the table has a row for every layout; the one of Insights is shown by a real archive', () => {
  expect([...Object.keys(TABLE), 'insights'].sort()).toEqual([...layoutDefinitions().keys()].sort());
});

describe.each(Object.entries(TABLE))('%s', (layout, known) => {
  test('is recognised, and says why', () => {
    const { bundle } = of(layout);
    expect(bundle.layout).toBe(layout);
    expect(bundle.layoutBecause).toMatch(known.because);
    expect(bundle.outcome).toBe('complete');
  });

  test('tells whose it is and when it was collected', () => {
    const { bundle, tree } = of(layout);
    if (known.node === null) expect(bundle.node).toBeNull();
    else
      expect([bundle.node, bundle.nodeBecause]).toEqual([
        expect.stringContaining(known.node[0]),
        expect.stringContaining(known.node[1]),
      ]);
    expect(bundle.nodeBecause).not.toBe('');
    if (known.collected === 'not known') expect(bundle.collectedAt).toBeNull();
    // Names give it to the minute, files of the archive to the second.
    else expect(Math.abs(Date.parse(bundle.collectedAt ?? '') - tree.collectedAt)).toBeLessThan(60_000);
  });

  test.each(Object.entries(known.roles))('%s is %s', (end, role) => {
    const found = of(layout).files.filter((file) => file.path.endsWith(end));
    expect(found.map((file) => [file.role, file.path])).toEqual([[role, expect.stringContaining(end)]]);
  });

  test('every file is there with all of its bytes', () => {
    const { files, tree } = of(layout);
    const whole = [...tree.files].filter(([name]) => !/\.(?:gz|tar)$/.test(name));
    const sizes = new Map(files.map((file) => [file.path, file.bytes]));
    expect(whole.filter(([name, content]) => sizes.get(name) !== content.length).map(([name]) => name)).toEqual([]);
    expect(files.every((file) => file.roleBecause !== '')).toBe(true);
  });

  test('what it lacks is said, with the command to ask for', () => {
    const { analysis } = of(layout);
    const absent = analysis.completeness.filter((entry) => entry.state !== 'present');
    expect(absent.map((entry) => entry.expected).sort()).toEqual([...known.lacks].sort());
    for (const entry of absent) expect(entry.prevents).not.toBe('');
    for (const ask of analysis.askCustomer) expect(ask.command).toMatch(/^(?:sudo|kubectl|ip|lsmod) /);
  });

  test('nothing is found on a healthy node that a reader would not sign', () => {
    const { analysis } = of(layout);
    const grave = analysis.findings.filter((finding) => severityRank(finding.severity) >= severityRank('medium'));
    expect(grave.map((finding) => `${finding.rule}: ${finding.title}`)).toEqual([]);
    expect(analysis.coverage.analyzers.filter(({ outcome }) => outcome.outcome === 'failed')).toEqual([]);
  });
});

test.each(['support-bundle', 'must-gather', 'cluster-resources'])(
  '%s is of a cluster: no node lacks its rules',
  (layout) => {
    const { analysis } = of(layout);
    expect(analysis.verdict.sentence).toContain('only objects and logs of the cluster were captured');
    expect(analysis.askCustomer.filter(({ command }) => /iptables|nft/.test(command))).toEqual([]);
  },
);

test.each(['support-bundle', 'must-gather', 'cluster-resources'])(
  'objects of a %s are held against the rules of a node beside it',
  async (layout) => {
    const objects = layout === 'cluster-resources' ? 'cluster-objects' : layout;
    const node = await buildFixture('eks-healthy');
    const { caseId } = await session.importNew([node.archivePath, buildShape(objects as 'support-bundle').archivePath]);
    const { coverage, findings } = await session.ask('case.analysis', { caseId });
    const across = coverage.analyzers.filter(({ id }) =>
      /^(?:stale-endpoint|missing-service|missing-endpoint)$/.test(id),
    );
    expect(across.map(({ outcome }) => outcome.outcome)).toContain('pass');
    expect(findings.filter(({ severity }) => severityRank(severity) >= severityRank('medium'))).toEqual([]);
  },
);

test('logs that were rotated and compressed keep their role, and their lines', () => {
  const rotated = of('must-gather').files.filter((file) => /\/rotated\/0\.log\.\d{8}-\d{6}\.gz$/.test(file.path));
  expect(rotated.map((file) => file.role).sort()).toEqual(['container-log', 'kube-proxy-log']);
  for (const file of rotated) expect(file.lines).toBeGreaterThan(8);
});

test('a journal that says its zone is placed by it', () => {
  const { files, bundle } = of('eks-node-diagnostic');
  const kubelet = files.find((file) => file.path === 'kubelet/kubelet.log');
  // Its last line was written half an hour before collection; with its local time read as UTC it would lie after it.
  const behind = Date.parse(bundle.collectedAt ?? '') - Date.parse(kubelet?.lastTime ?? '');
  expect(behind).toBeGreaterThan(0);
  expect(behind).toBeLessThan(3_600_000);
});

test('the engineer can choose another layout, and an unknown one is refused', async () => {
  const { archivePath } = buildShape('sosreport');
  const made = await session.ask('case.create', { title: null, dir: null });
  const { job } = await session.ask('case.import', {
    caseId: made.id,
    paths: [archivePath],
    node: null,
    layout: 'generic',
    mark: null,
  });
  const done = await session.ask('job.wait', { job });
  expect(done.imports[0]?.bundle).toMatchObject({ layout: 'generic', layoutBecause: 'chosen by the engineer' });
  const wrong = session.ask('case.import', {
    caseId: made.id,
    paths: [archivePath],
    node: null,
    layout: 'sos',
    mark: null,
  });
  await expect(wrong).rejects.toThrow('there is no layout sos');
});
