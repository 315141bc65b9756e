/** Bundles and outputs of real clusters (fixtures/data): recognised, nothing lost, nothing claimed that they do not show. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Analysis, type Bundle, type SourceFile, severityRank } from '../../analyzer/core/vocabulary.ts';
import { REAL } from '../../fixtures/lib/real-outputs.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

interface Known {
  readonly layout: string;
  /** Counted with tar and wc, not with our own reader. Lines: a last one without an end counts. */
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
  /** Links, which are not followed: what they lead to is in the archive as well. */
  readonly links: number;
  readonly because: RegExp;
  readonly node: string | null;
  /** ISO instant; null: not known, or only from the time of our copy. */
  readonly collectedAt: string | null;
  /** Role -> how many files. */
  readonly roles: Readonly<Record<string, number>>;
}

/** `oc adm must-gather` that was stopped early, packed four ways. */
const STOPPED: Known = {
  layout: 'must-gather',
  ...{ files: 1, lines: 0, bytes: 0, links: 0 },
  because: /^must-gather\.sample\/event-filter\.html matches its marker event-filter\.html$/,
  node: null,
  collectedAt: '2023-11-10T08:12',
  roles: { other: 1 },
};

/**
 * Findings of medium severity and above (`severity rule` -> why a reader of the data would sign it). None: the clusters
 * are baselines, or were saved for other reasons. Below that, and right: a container of insights-operator that ended
 * again and again until it was started anew, dropped packets of three interfaces of insights-core, and the CoreDNS of
 * troubleshoot-k3d, which waited for the API server after a start and then ran.
 */
const SIGNED: Readonly<Record<string, Readonly<Record<string, string>>>> = {};

const TABLE: Readonly<Record<string, Known>> = {
  'troubleshoot-supportbundle.tar.gz': {
    layout: 'support-bundle',
    // Two of the files are empty tar archives of 1,024 zero bytes: no text.
    ...{ files: 147, lines: 44_539, bytes: 1_527_741, links: 2 },
    because: /^supportbundle\/version\.yaml says "kind: SupportBundle"$/,
    node: null,
    collectedAt: '2025-12-10T17:27:11.000Z',
    roles: { 'cluster-resources': 21, 'cluster-events': 4, 'container-log': 3, 'search-only': 2 },
  },
  'troubleshoot-preflight.tar.gz': {
    layout: 'support-bundle',
    ...{ files: 122, lines: 43_914, bytes: 1_486_164, links: 0 },
    because: /^preflightbundle-2025-12-10T17_26_34\/version\.yaml says "kind: SupportBundle"$/,
    node: null,
    collectedAt: '2025-12-10T17:27:16.000Z',
    roles: { 'cluster-resources': 21, 'cluster-events': 4 },
  },
  'troubleshoot-k3d.tar.gz': {
    layout: 'support-bundle',
    ...{ files: 102, lines: 35_228, bytes: 1_281_088, links: 19 },
    because: /^support-bundle\/version\.yaml says "kind: SupportBundle"$/,
    node: null,
    collectedAt: '2022-12-21T16:44:51.000Z',
    roles: { 'cluster-resources': 9, 'cluster-events': 4, 'container-log': 19 },
  },
  'troubleshoot-missing-version.tar.gz': {
    layout: 'support-bundle',
    ...{ files: 1, lines: 209, bytes: 8_315, links: 0 },
    because: /^support-bundle\/analysis\.json says ""insight""$/,
    node: null,
    collectedAt: '2022-12-21T16:44:51.000Z',
    roles: { other: 1 },
  },
  'omc-must-gather.tar': STOPPED,
  'omc-must-gather.tar.gz': STOPPED,
  'omc-must-gather.tar.xz': STOPPED,
  'omc-must-gather.zip': STOPPED,
  'omc-multiple-namespaces.tar.gz': {
    layout: 'must-gather',
    ...{ files: 2, lines: 146, bytes: 4_231, links: 0 },
    because: /openshift-etcd\.yaml says "kind: Namespace"$/,
    node: null,
    collectedAt: null,
    roles: { 'cluster-objects': 2 },
  },
  'omc-testdata.tar.gz': {
    layout: 'must-gather',
    // One log is compressed: 136 bytes packed, 110 and one line unpacked.
    ...{ files: 7, lines: 206, bytes: 9_985, links: 0 },
    because: /current\.log matches its marker namespaces\/\*\/pods\/\*\/\*\/\*\/logs\/\*\*$/,
    node: null,
    collectedAt: null,
    roles: { 'container-log': 3, 'cluster-objects': 2, config: 2 },
  },
  'insights-operator.tar.gz': {
    layout: 'insights',
    ...{ files: 224, lines: 37_967, bytes: 1_440_014, links: 0 },
    because: /^insights-operator\/insights-operator\/gathers\.json matches its marker/,
    node: null,
    collectedAt: null,
    roles: { 'container-log': 11, 'kubelet-log': 1, 'cluster-resources': 37, 'cluster-events': 1 },
  },
  'insights-core-outputs.tar.gz': {
    layout: 'generic',
    ...{ files: 207, lines: 2_745, bytes: 156_174, links: 0 },
    because: /^no marker of a known layout was found$/,
    node: null,
    collectedAt: null,
    roles: {
      'iptables-save': 3,
      'ip6tables-save': 1,
      'nft-ruleset': 4,
      'ip-route': 5,
      'ip-addr': 8,
      processes: 8,
      modules: 1,
    },
  },
  'kubelet.log.gz': {
    layout: 'generic',
    ...{ files: 1, lines: 25_521, bytes: 3_194_000, links: 0 },
    because: /^no marker of a known layout was found$/,
    node: 'e2e-test-ramosalex-windows-node-group-tz6r',
    collectedAt: null,
    roles: { 'kubelet-log': 1 },
  },
};

interface Imported {
  readonly bundle: Bundle;
  readonly files: readonly SourceFile[];
}

let session: EngineSession;
let analysis: Analysis;
const imported = new Map<string, Imported>();

beforeAll(async () => {
  session = await startEngine();
  const { caseId, job } = await session.importNew(Object.keys(TABLE).map((name) => path.join(REAL, name)));
  const files = Map.groupBy(await session.ask('file.list', { caseId }), (file) => file.bundle);
  for (const { source, bundle } of job.imports) {
    if (bundle === null) throw new Error(`${source}: ${job.outcome}`);
    imported.set(path.basename(source), { bundle, files: files.get(bundle.id) ?? [] });
  }
  analysis = await session.ask('case.analysis', { caseId });
}, 180_000);
afterAll(() => session?.close());

function of(name: string): Imported {
  const found = imported.get(name);
  if (found === undefined) throw new Error(`${name} was not imported`);
  return found;
}

describe.each(Object.entries(TABLE))('%s', (name, known) => {
  test('is recognised, and says why', () => {
    const { bundle } = of(name);
    expect(bundle.layout).toBe(known.layout);
    expect(bundle.layoutBecause).toMatch(known.because);
    expect(bundle.node).toBe(known.node);
    if (known.collectedAt !== null) expect(bundle.collectedAt).toContain(known.collectedAt);
  });

  test('nothing is lost: files, lines and bytes are those of the archive', () => {
    const { bundle, files } = of(name);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const lines = files.reduce((sum, file) => sum + file.lines, 0);
    expect({ files: files.length, lines, bytes }).toEqual({
      files: known.files,
      lines: known.lines,
      bytes: known.bytes,
    });
    expect([bundle.files, bundle.lines, bundle.bytes]).toEqual([known.files, known.lines, known.bytes]);
    const links = bundle.gaps.filter((gap) => gap.kind === 'link').length;
    expect(links).toBe(known.links);
    const others = bundle.gaps.filter((gap) => gap.kind !== 'link' && gap.kind !== 'not-a-log-archive');
    expect(others).toEqual([]);
  });

  test('its files are what they are', () => {
    const counts = Map.groupBy(of(name).files, (file) => file.role);
    for (const [role, count] of Object.entries(known.roles))
      expect([role, counts.get(role)?.length]).toEqual([role, count]);
  });

  test('nothing worth an alarm is claimed but what a reader of the data would sign', () => {
    const { bundle } = of(name);
    const worth = analysis.findings.filter(
      (finding) => finding.bundle === bundle.id && severityRank(finding.severity) >= severityRank('medium'),
    );
    expect(worth.map((finding) => `${finding.severity} ${finding.rule}`)).toEqual(Object.keys(SIGNED[name] ?? {}));
  });
});

test('what is signed is of a bundle that there is, and has a reason', () => {
  for (const [name, signed] of Object.entries(SIGNED)) {
    expect(Object.keys(TABLE)).toContain(name);
    for (const because of Object.values(signed)) expect(because.length).toBeGreaterThan(20);
  }
});

test('every check ran or said what it lacked, and none is the cause of anything', () => {
  expect(analysis.coverage.analyzers.length).toBeGreaterThan(100);
  expect(analysis.coverage.analyzers.filter(({ outcome }) => outcome.outcome === 'failed')).toEqual([]);
  expect(analysis.verdict.cause).toBeNull();
});
