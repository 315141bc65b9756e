/**
 * Bundles held against each other, through the public engine: what sets a failing node apart from the same node without
 * its failure comes first; alike nodes are said to be; two bundles of one node; bundles that say nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../../analyzer/core/comparison.ts';
import { severityRank } from '../../analyzer/core/vocabulary.ts';
import { expectedOf, packTree } from '../../fixtures/build-fixture.ts';
import { type BundleTree, type EksScenario, eksTree } from '../../fixtures/lib/eks-tree.ts';
import { eksCniNotReady } from '../../fixtures/scenarios/eks-cni-not-ready/scenario.ts';
import { eksConntrackFull } from '../../fixtures/scenarios/eks-conntrack-full/scenario.ts';
import { eksHealthy } from '../../fixtures/scenarios/eks-healthy/scenario.ts';
import { eksIpvsModulesMissing } from '../../fixtures/scenarios/eks-ipvs-modules-missing/scenario.ts';
import { eksKubeServicesEmpty } from '../../fixtures/scenarios/eks-kube-services-empty/scenario.ts';
import { eksMarkMasqEmpty } from '../../fixtures/scenarios/eks-mark-masq-empty/scenario.ts';
import { eksStaleEndpoint } from '../../fixtures/scenarios/eks-stale-endpoint/scenario.ts';
import type { FixtureId } from '../../fixtures/scenarios/index.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

/** Whole rules in the address plan of the dumps whose rules are broken. */
const WHOLE_RULES = 'h3-rich-kubeadm';

interface Pair {
  readonly id: FixtureId;
  readonly affected: EksScenario;
  /** What the healthy node has instead of the scenario's rules. */
  readonly dumps?: string;
}

const PAIRS: readonly Pair[] = [
  { id: 'eks-kube-services-empty', affected: eksKubeServicesEmpty, dumps: WHOLE_RULES },
  { id: 'eks-stale-endpoint', affected: eksStaleEndpoint, dumps: WHOLE_RULES },
  { id: 'eks-mark-masq-empty', affected: eksMarkMasqEmpty, dumps: WHOLE_RULES },
  { id: 'eks-conntrack-full', affected: eksConntrackFull },
  { id: 'eks-ipvs-modules-missing', affected: eksIpvsModulesMissing },
  { id: 'eks-cni-not-ready', affected: eksCniNotReady },
];

/** The same node from the same seed without what failed. */
function healthyTree({ affected, dumps }: Pair): BundleTree {
  const { seed, addresses, routineLines, kubeProxyLogs } = affected;
  return eksTree({
    ...{ seed, addresses, routineLines, kubeProxyLogs },
    dumps: dumps ?? affected.dumps,
    logs: () => ({}),
  });
}

/** Another node of the cluster: its names and its address are its own. */
function asOtherNode(tree: BundleTree, number: number): BundleTree {
  const instance = tree.names.find((name) => name.startsWith('i-')) ?? '';
  const host = tree.names.find((name) => /^ip-[\d-]+$/.test(name)) ?? '';
  const other = `ip-192-168-11-${number}`;
  const address = (name: string): string => name.slice('ip-'.length).replaceAll('-', '.');
  const renames = [
    [instance, `i-0fffffffffffff0${number}`],
    [host, other],
    [address(host), address(other)],
  ] as const;
  const renamed = (text: string): string => renames.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const isPacked = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
  return {
    ...tree,
    archiveName: renamed(tree.archiveName),
    folderName: renamed(tree.folderName),
    files: new Map(
      [...tree.files].map(([name, bytes]) => [
        renamed(name),
        isPacked(bytes) ? bytes : Buffer.from(renamed(bytes.toString('utf8'))),
      ]),
    ),
  };
}

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

function archiveOf(tree: BundleTree, name: string = tree.archiveName): string {
  const archive = path.join(session.folder, name);
  writeFileSync(archive, packTree(tree));
  return archive;
}

type Imported = Awaited<ReturnType<typeof importAll>>;

async function importAll(archives: readonly string[]) {
  const { caseId, job } = await session.importNew(archives);
  if (job.failure !== null) throw new Error(job.failure.message);
  const { bundles } = await session.ask('case.open', { caseId });
  const bundleOf = (archive: string) => {
    const found = bundles.find(({ name }) => name === path.basename(archive));
    if (found === undefined) throw new Error(`${archive} was not imported`);
    return found;
  };
  const compare = (of: readonly string[], affected: readonly string[] = []): Promise<Comparison> =>
    session.ask('compare.run', {
      caseId,
      bundles: of.map((archive) => bundleOf(archive).id),
      affected: affected.map((archive) => bundleOf(archive).id),
    });
  return { caseId, bundles, bundleOf, compare };
}

const first = (comparison: Comparison) => comparison.differences.find(({ id }) => id === comparison.decisive[0]);

describe('an affected node against a healthy one', () => {
  let all: Imported;
  const archives = new Map<FixtureId, readonly [affected: string, healthy: string]>();
  beforeAll(async () => {
    for (const [at, pair] of PAIRS.entries()) {
      const affected = archiveOf(asOtherNode(eksTree(pair.affected), 10 + at), `${pair.id}.tar.gz`);
      const healthy = archiveOf(asOtherNode(healthyTree(pair), 50 + at), `${pair.id} healthy.tar.gz`);
      archives.set(pair.id, [affected, healthy]);
    }
    // One import and one analysis for all pairs: each comparison is asked for two of the bundles.
    all = await importAll([...archives.values()].flat());
  }, 120_000);

  test.each(PAIRS)('$id: the planted cause is the first of what decides', async ({ id }) => {
    const [affected, healthy] = archives.get(id) ?? ['', ''];
    const { cause } = expectedOf(id);
    const comparison = await all.compare([healthy, affected]);
    const decisive = first(comparison);
    const accepted = [cause?.rule, ...(cause?.orRules ?? [])].map((rule) => `finding:${rule}`);
    expect(accepted).toContain(decisive?.id);
    expect(comparison.sentence.startsWith(decisive?.sentence ?? '?')).toBe(true);
    expect(decisive?.sentence).toContain(`On ${all.bundleOf(affected).node?.split('.')[0]}, not on `);
    expect(comparison.isSame).toBe(false);
    // Nobody said which one is affected: the findings do, and the comparison says so.
    expect(comparison.sides.map(({ part }) => part)).toEqual(['unknown', 'unknown']);
    expect(comparison.notes[0]).toContain('worst findings');
    // Every value that is there has its lines, and they are of that side.
    for (const { kind, values } of comparison.differences) {
      expect(values.map(({ bundle }) => bundle)).toEqual(comparison.sides.map(({ bundle }) => bundle));
      for (const { bundle, value, because, evidence } of values) {
        expect(evidence.every((one) => one.bundle === bundle)).toBe(true);
        if (value === null) expect(because).not.toBeNull();
        else if (!['not found', 'none'].includes(value)) expect(evidence, `${kind} ${value}`).not.toEqual([]);
      }
    }
    const weights = comparison.differences.map(({ weight }) => weight);
    expect(weights).toEqual(weights.toSorted((one, two) => two - one));
  });

  test('what the engineer says decides which side is affected', async () => {
    const [affected, healthy] = archives.get('eks-kube-services-empty') ?? ['', ''];
    const given = await all.compare([affected, healthy], [affected]);
    expect(given.sides.map(({ part }) => part)).toEqual(['affected', 'unknown']);
    expect(first(given)?.id).toBe('finding:kube-services-empty');
    const turned = await all.compare([affected, healthy], [healthy]);
    // The empty chain is on the side that works: it is told, and it is not what makes the other one fail.
    const found = turned.differences.find(({ id }) => id === 'finding:kube-services-empty');
    expect(found?.because).toContain('no affected side');
    expect(turned.decisive).not.toContain('finding:kube-services-empty');
  });

  test('an empty chain is told beside the rules of the other node, with the lines of both', async () => {
    const comparison = await all.compare(archives.get('eks-kube-services-empty') ?? []);
    const chain = comparison.differences.find(({ id }) => id === 'fact:chain IPv4 nat:KUBE-SERVICES');
    expect(chain?.values.map(({ value }) => value)).toEqual(['no rules', '21 rules']);
    expect(chain?.values[0]?.evidence[0]?.text).toMatch(/^:KUBE-SERVICES /);
    expect(comparison.decisive).toContain(chain?.id);
    expect(comparison.texts.map(({ role }) => role)).toContain('iptables-save');
  });

  test('a Service with other endpoints is told with both lists', async () => {
    const comparison = await all.compare(archives.get('eks-stale-endpoint') ?? []);
    const web = comparison.differences.find(({ kind, subject }) => kind === 'service' && subject === 'shop/web:http');
    expect(web?.values[0]?.value).toContain('10.244.2.250:8080');
    expect(web?.values[1]?.value).not.toContain('10.244.2.250:8080');
    expect(comparison.notes).toContain('All sides are of one cluster: their Services have the same addresses.');
  });

  test('captured texts line by line: what a chain holds, counters left out', async () => {
    const [affected, healthy] = archives.get('eks-kube-services-empty') ?? ['', ''];
    const file = 'networking/iptables-save.txt';
    const [left, right] = [affected, healthy].map((archive) => ({ bundle: all.bundleOf(archive).id, file }));
    const text = await session.ask('compare.text', {
      caseId: all.caseId,
      left: left ?? { bundle: '', file },
      right: right ?? { bundle: '', file },
    });
    const only = text.hunks.filter(({ kind }) => kind === 'only-right').flatMap(({ lines }) => lines);
    expect(only.filter((line) => line.startsWith('-A KUBE-SERVICES ')).length).toBeGreaterThan(10);
    expect(text.cut).toBeNull();
    const same = await session.ask('compare.text', {
      caseId: all.caseId,
      left: left ?? { bundle: '', file },
      right: left ?? { bundle: '', file },
    });
    expect({ ...same, hunks: same.hunks.map(({ kind }) => kind) }).toEqual({
      hunks: ['same'],
      onlyLeft: 0,
      onlyRight: 0,
      cut: null,
    });
    await expect(
      session.ask('compare.text', {
        caseId: all.caseId,
        left: left ?? { bundle: '', file },
        right: { bundle: right?.bundle ?? '', file: 'no/such.txt' },
      }),
    ).rejects.toThrow('not-found');
  });
});

describe('alike', () => {
  test('two healthy nodes of one cluster are the same, and said to be', async () => {
    const tree = eksTree(eksHealthy);
    const archives = [archiveOf(asOtherNode(tree, 30), 'one.tar.gz'), archiveOf(asOtherNode(tree, 31), 'two.tar.gz')];
    const { compare } = await importAll(archives);
    // Who asks again no longer wants the first answer.
    const before = compare(archives).catch((error: unknown) => String(error));
    const comparison = await compare(archives);
    expect(await before).toContain('cancelled');
    expect(comparison.differences).toEqual([]);
    expect(comparison.isSame).toBe(true);
    expect(comparison.decisive).toEqual([]);
    expect(comparison.texts).toEqual([]);
    expect(comparison.sentence).toMatch(
      /are the same in what was compared: \d{2,} facts, \d+ Services and the findings\.$/,
    );
    expect(comparison.facts).toBeGreaterThan(80);
    expect(comparison.sameFacts).toBe(comparison.facts);
  });

  test('two bundles of one node are told apart by their times, and what changed is told', async () => {
    const pair = PAIRS[0] as Pair;
    const later = eksTree(pair.affected);
    const before = healthyTree(pair);
    const earlier = (name: string): string => name.replace('_1505-UTC', '_1205-UTC');
    const archives = [
      archiveOf({ ...before, archiveName: earlier(before.archiveName), folderName: earlier(before.folderName) }),
      archiveOf(later),
    ];
    const { compare } = await importAll(archives);
    const comparison = await compare(archives);
    const labels = comparison.sides.map(({ label }) => label);
    expect(labels[0]).toMatch(/^ip-[\d-]+ \(\d{4}-\d\d-\d\d 12:05:00 UTC\)$/);
    expect(labels[1]).toMatch(/ 15:05:00 UTC\)$/);
    expect(comparison.notes.some((note) => /^All are of one node: .* was captured 3 h after /.test(note))).toBe(true);
    expect(first(comparison)?.id).toBe('finding:kube-services-empty');
  });
});

describe('comparisons at once', () => {
  async function threeInAReport() {
    const tree = eksTree(eksHealthy);
    const archives = [40, 41, 42].map((number) => archiveOf(asOtherNode(tree, number), `at once ${number}.tar.gz`));
    const { caseId, bundles, compare } = await importAll(archives);
    const build = async (format: 'md' | 'html') => (await session.ask('report.build', { caseId, format })).text;
    // What reports need is loaded now: below, their questions are asked at once.
    expect(await build('md')).not.toContain('All three');
    const input = { bundles: bundles.map(({ id }) => id) };
    await session.ask('pin.set', { caseId, id: null, method: 'compare.run', input, title: 'All three', note: '' });
    return { archives, compare, build };
  }

  test('a preview and an export both tell the pinned one', async () => {
    const { build } = await threeInAReport();
    const [preview, exported] = await Promise.all([build('html'), build('md')]);
    for (const text of [preview, exported]) {
      expect(text).toContain('All three');
      expect(text).not.toContain('could not be answered again');
    }
  });

  test('those of the screen end none of a report, and a report none of them', async () => {
    const { archives, compare, build } = await threeInAReport();
    const exported = build('md').catch(String);
    const onScreen: Promise<unknown>[] = [];
    // Before and after the report asks its question.
    for (const archive of archives) {
      const sides = compare(archives, [archive]).then((one) => one.sides.map(({ part }) => part));
      onScreen.push(sides.catch(String));
      await setTimeout(100);
    }
    const [text, last] = await Promise.all([exported, onScreen.at(-1)]);
    expect(text).toContain('All three');
    expect(last).toEqual(['unknown', 'unknown', 'affected']);
  });
});

describe('bundles that say little or nothing', () => {
  function folderOf(name: string, files: Readonly<Record<string, string | Buffer>>): string {
    const folder = path.join(session.folder, 'small', name);
    mkdirSync(folder, { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(path.join(folder, file), content);
    return folder;
  }
  const sysctl = (forward: string): string =>
    ['net.core.somaxconn = 4096', `net.ipv4.ip_forward = ${forward}`, 'vm.swappiness = 60', ''].join('\n');
  const host = (name: string): string => `Nov 21 19:48:34 ${name} kubelet[812]: started\n`;

  test('one of twenty nodes is the odd one', async () => {
    const folders = Array.from({ length: 20 }, (_, at) =>
      folderOf(`n${at}`, { 'sysctl.txt': sysctl(at === 7 ? '0' : '1'), 'kubelet.log': host(`n${at}`) }),
    );
    const { compare, bundles, caseId } = await importAll(folders);
    const comparison = await compare(folders);
    const odd = comparison.differences.find(({ id }) => id === 'fact:sysctl:net.ipv4.ip_forward');
    expect(odd?.sentence).toBe('net.ipv4.ip_forward: 0 only on n7; 1 on the 19 others.');
    expect(comparison.decisive).toContain(odd?.id);
    expect(odd?.values.map(({ evidence }) => evidence[0]?.line)).toEqual(folders.map(() => 2));
    const [one] = bundles;
    if (one === undefined) throw new Error('nothing was imported');
    await expect(session.ask('compare.run', { caseId, bundles: [one.id, one.id] })).rejects.toThrow('wrong-usage');
    await expect(session.ask('compare.run', { caseId, bundles: [one.id] })).rejects.toThrow('wrong-usage');
    const stranger = 'f'.repeat(64) as typeof one.id;
    await expect(session.ask('compare.run', { caseId, bundles: [one.id, stranger] })).rejects.toThrow('not-found');
    await expect(
      session.ask('compare.run', { caseId, bundles: bundles.slice(0, 2).map(({ id }) => id), affected: [stranger] }),
    ).rejects.toThrow('wrong-usage');
  });

  test('what one side did not capture is not known there, and no difference', async () => {
    const folders = [
      folderOf('with', { 'sysctl.txt': sysctl('1'), 'kubelet.log': host('n1') }),
      folderOf('without', { 'kubelet.log': host('n2') }),
    ];
    const { compare } = await importAll(folders);
    const comparison = await compare(folders);
    expect(comparison.differences.filter(({ kind }) => kind === 'fact')).toEqual([]);
    expect(comparison.notCompared).toContainEqual({
      what: 'kernel settings of n2',
      because: 'no kernel settings were captured',
    });
  });

  test('an empty bundle and one without facts: nothing could be compared', async () => {
    const folders = [
      folderOf('empty', { 'nothing.txt': '' }),
      folderOf('words', { 'notes.txt': 'hello\nworld\n', 'blob.bin': Buffer.from([0, 1, 2, 255, 254, 0, 0, 7]) }),
    ];
    const { compare, caseId, bundleOf } = await importAll(folders);
    const comparison = await compare(folders);
    expect(comparison.isSame).toBe(false);
    expect(comparison.sentence).toMatch(/^Nothing could be compared between empty and words/);
    expect(comparison.facts).toBe(0);
    const bundle = bundleOf(folders[1] ?? '').id;
    await expect(
      session.ask('compare.text', {
        caseId,
        left: { bundle, file: 'notes.txt' },
        right: { bundle, file: 'blob.bin' },
      }),
    ).rejects.toThrow('is binary');
  });
});

describe('coldcase compare', () => {
  test('two archives: the answer first, its lines below; the JSON is the contract', async () => {
    const pair = PAIRS[0] as Pair;
    const targets = [
      archiveOf(asOtherNode(eksTree(pair.affected), 70), 'cli affected.tar.gz'),
      archiveOf(asOtherNode(healthyTree(pair), 71), 'cli healthy.tar.gz'),
    ];
    const home = path.join(session.folder, 'home');
    const text = await runCli(['compare', ...targets, '--quiet', '--limit', '5', '--keep'], { home });
    expect(text.code).toBe(0);
    const [answer] = text.stdout.split('\n');
    expect(answer).toContain('KUBE-SERVICES is empty in the nat table');
    expect(text.stdout).toMatch(
      /\n\[critical\] .*\n(?: {2}.*\n)* {2}ip-192-168-11-70 .* networking\/iptables-save\.txt:\d+/,
    );
    expect(text.stdout).toMatch(/more differences \(--json lists them/);
    const kept = /Case kept: (\S+)/.exec(text.stderr)?.[1] ?? '';
    const whole = await runCli(['compare', kept, '--json'], { home });
    const document = documentOf<Comparison>(whole);
    expect(document.decisive[0]).toBe('finding:kube-services-empty');
    expect(document.differences.filter(({ severity }) => severity !== null && severityRank(severity) > 3)).not.toEqual(
      [],
    );
    const node = document.sides.find(({ label }) => label === 'ip-192-168-11-70')?.node ?? '';
    const lines = await runCli(['compare', kept, '--text', 'iptables-save', '--affected', node, '--quiet'], { home });
    expect(lines.stdout).toMatch(/^--- .*networking\/iptables-save\.txt$/m);
    expect(lines.stdout).toMatch(/^\+-A KUBE-SERVICES /m);
  }, 90_000);
});
