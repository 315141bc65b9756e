/** What is concluded from each fixture: the planted cause first, on exact lines, and nothing invented. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Analysis, type Finding, severityRank } from '../../analyzer/core/vocabulary.ts';
import { type BuiltFixture, buildFixture, expectedOf } from '../../fixtures/build-fixture.ts';
import { FIXTURE_IDS, type FixtureId } from '../../fixtures/scenarios/index.ts';
import { analyseTogether, type BundleAnalysis } from './fixtures-analysed.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';
import { evidenceFaults } from './fixtures-evidence.ts';
import { essence, rename, renamedArchive, renamesOf } from './fixtures-renamed.ts';

interface Analysed extends BuiltFixture, BundleAnalysis {}

let session: EngineSession;
const analysed = new Map<FixtureId, Analysed>();
/** Each takes a second of import: those that differ from another one by their network dumps alone are left out. */
const RENAMED = FIXTURE_IDS.filter(
  (id) => !/^(?:eks-kube-proxy|eks-mark-masq|eks-chain-not|eks-healthy$|sgfp)/.test(id),
);
/** The same nodes under other names, packed in another order. */
const renamed = new Map<FixtureId, BundleAnalysis>();

beforeAll(async () => {
  session = await startEngine();
  const fixtures = await Promise.all(FIXTURE_IDS.map((id) => buildFixture(id)));
  const asMade = await analyseTogether(
    session,
    fixtures.map(({ archivePath }) => archivePath),
  );
  for (const fixture of fixtures)
    analysed.set(fixture.id, { ...fixture, ...of(asMade, path.basename(fixture.archivePath)) });
  const others = RENAMED.map((id, index) => renamedArchive(session.folder, id, index));
  const asRenamed = await analyseTogether(session, others);
  RENAMED.forEach((id, index) => {
    renamed.set(id, of(asRenamed, path.basename(others[index] ?? '')));
  });
}, 240_000);
afterAll(() => session?.close());

function of<Key, Value>(all: ReadonlyMap<Key, Value>, key: Key): Value {
  const found = all.get(key);
  if (found === undefined) throw new Error(`${String(key)} was not analysed`);
  return found;
}

/** Everything a finding shows a person. */
const shown = (finding: Finding): string =>
  [
    finding.title,
    finding.claim,
    ...finding.entities.map((entity) => entity.name),
    ...finding.evidence.map((evidence) => evidence.text),
  ].join('\n');

const broken = FIXTURE_IDS.filter((id) => expectedOf(id).cause !== null);
const healthy = FIXTURE_IDS.filter((id) => expectedOf(id).cause === null);

describe.each(broken)('%s', (id) => {
  test('the planted cause is named first', () => {
    const { causes, findings, expected } = of(analysed, id);
    const first = findings.find((finding) => finding.id === causes[0]?.finding);
    expect(expected.cause).not.toBeNull();
    expect([expected.cause?.rule, ...(expected.cause?.orRules ?? [])]).toContain(first?.rule);
    expect(expected.cause?.confidence).toContain(first?.confidence.level);
    expect(first?.confidence.because).not.toBe('');
    expect(causes[0]?.rank).toBe(1);
  });

  test('the cause cites the lines that show it', () => {
    const { findings, expected } = of(analysed, id);
    const finding = findings.find((candidate) => candidate.rule === expected.cause?.rule);
    if (finding === undefined) throw new Error(`${expected.cause?.rule} is not among the findings`);
    for (const name of expected.cause?.names ?? []) expect(shown(finding)).toContain(name);
    expect(finding.evidence.map((evidence) => evidence.file)).toContain(expected.cause?.file);
  });
});

describe.each(healthy)('%s', (id) => {
  test('a node with nothing wrong has at most three findings of medium severity, each with what makes it normal', () => {
    const worth = of(analysed, id).findings.filter(({ severity }) => severityRank(severity) >= severityRank('medium'));
    expect(worth.length).toBeLessThanOrEqual(3);
    for (const finding of worth) {
      expect([finding.rule, finding.severity]).toEqual([finding.rule, 'medium']);
      expect([finding.rule, finding.advice.check.length > 0]).toEqual([finding.rule, true]);
      expect([finding.rule, finding.confidence.level]).not.toEqual([finding.rule, 'certain']);
    }
  });
});

describe.each(FIXTURE_IDS)('%s', (id) => {
  test('every evidence reference is exact: bytes, hash, line numbers and text are those of the member', () => {
    const { findings, facts, tree } = of(analysed, id);
    // Members of an archive within the archive are not members of the tree.
    const outer = ({ file }: { readonly file: string }): boolean => !file.includes('.tar.gz/');
    const all = findings.flatMap((finding) => [...finding.evidence]).filter(outer);
    expect(all.flatMap((evidence) => evidenceFaults(evidence, tree.files))).toEqual([]);
    const ofFacts = facts.flatMap((fact) => [...fact.evidence]).filter(outer);
    expect(ofFacts.flatMap((evidence) => evidenceFaults(evidence, tree.files))).toEqual([]);
  });

  test('reports what must be found, and nothing that is not there', () => {
    const { findings, expected } = of(analysed, id);
    const rules = findings.map((finding) => finding.rule);
    for (const rule of expected.present) expect(rules).toContain(rule);
    for (const rule of expected.absent) expect(rules).not.toContain(rule);
    if (expected.severityAtMost !== null) {
      const limit = severityRank(expected.severityAtMost);
      const above = findings.filter((finding) => severityRank(finding.severity) > limit);
      expect(above.map((finding) => `${finding.severity} ${finding.rule}: ${finding.claim}`)).toEqual([]);
    }
  });

  test('what failed inside is said: no analyzer crashed', () => {
    expect(of(analysed, id).outcomes.filter(({ outcome }) => outcome.outcome === 'failed')).toEqual([]);
  });
});

describe.each(RENAMED)('%s', (id) => {
  test('names and order carry no meaning: archive, node and instance renamed, members shuffled', () => {
    const names = renamesOf(id, RENAMED.indexOf(id));
    expect(essence(of(renamed, id), (text) => text)).toEqual(essence(of(analysed, id), (text) => rename(text, names)));
  });
});

test('an undisturbed node gets no cause', () => {
  expect(healthy.length).toBeGreaterThanOrEqual(5);
  for (const id of healthy.filter((one) => one.includes('healthy')))
    expect([id, of(analysed, id).causes]).toEqual([id, []]);
});

test('a failed sync explains the endpoint it left behind', () => {
  const { causes, findings } = of(analysed, 'eks-stale-endpoint');
  const stale = findings.find((finding) => finding.rule === 'stale-endpoint');
  expect(stale).toBeDefined();
  expect(causes[0]?.explains).toContain(stale?.id);
  expect(causes.map((cause) => cause.finding)).not.toContain(stale?.id);
});

test('recognised as what they are, on the node they name', () => {
  for (const id of FIXTURE_IDS) {
    const { bundle, tree } = of(analysed, id);
    expect([id, bundle.layout]).toEqual([id, layoutOf(id)]);
    expect(bundle.outcome).toBe('complete');
    expect(tree.names).toContain(bundle.node);
    // The archive within the archive has members of its own.
    if (!id.startsWith('node-diagnostic')) expect(bundle.files).toBe(tree.files.size);
  }
});

function layoutOf(id: FixtureId): string {
  if (id.startsWith('node-diagnostic')) return 'eks-node-diagnostic';
  return id.startsWith('sgfp') ? 'sgfp' : 'eks-log-collector';
}

test('a pod log under its two names is one file and its copy', async () => {
  const { caseId, bundle, tree } = of(analysed, 'eks-kube-services-empty');
  const files = (await session.ask('file.list', { caseId })).filter((file) => file.bundle === bundle.id);
  const copies = files.filter((file) => file.aliasOf !== null && file.path.includes('coredns'));
  expect(copies).toHaveLength(1);
  expect([...tree.files.keys()]).toContain(copies[0]?.aliasOf);
});

test('search counts lines as grep does, folded copies once', async () => {
  const { archivePath, tree } = of(analysed, 'eks-kube-services-empty');
  const { caseId } = await session.importNew([archivePath]);
  const texts = new Set([...tree.files.values()].map((bytes) => bytes.toString('utf8')));
  const grep = (needle: string): number =>
    [...texts].reduce(
      (sum, text) => sum + text.split('\n').filter((line) => line.toLowerCase().includes(needle)).length,
      0,
    );
  for (const needle of ['failed to watch', 'i/o timeout', 'kube-services', '10.244.1.14']) {
    const answer = await session.ask('search.run', { caseId, query: `"${needle}"`, limit: 3 });
    expect({ needle, total: answer.total }).toEqual({ needle, total: grep(needle) });
    expect(answer.complete).toBe(true);
  }
});

test('the command line says the same as the engine, in the documented shape', async () => {
  const { archivePath, causes, findings, tree } = of(analysed, 'eks-kube-services-empty');
  const home = path.join(session.folder, 'home');
  const run = await runCli(['analyze', archivePath, '--json', '--fail-on', 'critical'], { home });
  expect(run.code).toBe(3);
  const said = documentOf<Analysis>(run);
  for (const key of ['verdict', 'causes', 'findings', 'coverage', 'completeness', 'askCustomer'])
    expect(said).toHaveProperty(key);
  expect(said.causes).toEqual(causes);
  expect(said.findings.map(({ id }) => id).sort()).toEqual(findings.map(({ id }) => id).sort());
  expect(said.verdict.cause).toBe(said.causes[0]?.finding);
  for (const finding of said.findings) {
    for (const { file, line, text } of finding.evidence) {
      const lines = tree.files.get(file)?.toString('utf8').split('\n') ?? [];
      expect(lines[line - 1]).toBe(text.split('\n')[0]);
    }
  }
});
