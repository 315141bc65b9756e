/** What is concluded from each fixture: the planted cause first, on exact lines, and nothing invented. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { type Analysis, type Finding, severityRank } from '../../analyzer/core/vocabulary.ts';
import { type BuiltFixture, buildFixture, expectedOf } from '../../fixtures/build-fixture.ts';
import { FIXTURE_IDS, type FixtureId } from '../../fixtures/scenarios/index.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';
import { evidenceFaults } from './fixtures-evidence.ts';

interface Analysed extends BuiltFixture {
  readonly caseId: CaseId;
  readonly analysis: Analysis;
}

let session: EngineSession;
const analysed = new Map<FixtureId, Analysed>();

beforeAll(async () => {
  session = await startEngine();
  for (const id of FIXTURE_IDS) {
    const fixture = await buildFixture(id);
    const { caseId, job } = await session.importNew([fixture.archivePath]);
    expect(job.failure).toBeNull();
    analysed.set(id, { ...fixture, caseId, analysis: await session.ask('case.analysis', { caseId }) });
  }
}, 240_000);
afterAll(() => session?.close());

function of(id: FixtureId): Analysed {
  const found = analysed.get(id);
  if (found === undefined) throw new Error(`${id} was not analysed`);
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

describe.each(broken)('%s', (id) => {
  test('the planted cause is named first', () => {
    const { analysis, expected } = of(id);
    const first = analysis.findings.find((finding) => finding.id === analysis.causes[0]?.finding);
    expect(expected.cause).not.toBeNull();
    expect([expected.cause?.rule, ...(expected.cause?.orRules ?? [])]).toContain(first?.rule);
    expect(expected.cause?.confidence).toContain(first?.confidence.level);
    expect(first?.confidence.because).not.toBe('');
    expect(analysis.causes[0]?.rank).toBe(1);
    expect(analysis.verdict.cause).toBe(first?.id);
  });

  test('the cause cites the lines that show it', () => {
    const { analysis, expected } = of(id);
    const finding = analysis.findings.find((candidate) => candidate.rule === expected.cause?.rule);
    if (finding === undefined) throw new Error(`${expected.cause?.rule} is not among the findings`);
    for (const name of expected.cause?.names ?? []) expect(shown(finding)).toContain(name);
    expect(finding.evidence.map((evidence) => evidence.file)).toContain(expected.cause?.file);
  });
});

describe.each(FIXTURE_IDS)('%s', (id) => {
  test('every evidence reference is exact: bytes, hash, line numbers and text are those of the member', () => {
    const { analysis, tree } = of(id);
    const all = analysis.findings.flatMap((finding) => [...finding.evidence]);
    expect(all.flatMap((evidence) => evidenceFaults(evidence, tree.files))).toEqual([]);
    expect(
      analysis.nodes.flatMap((node) =>
        node.facts.flatMap((fact) => fact.evidence.flatMap((evidence) => evidenceFaults(evidence, tree.files))),
      ),
    ).toEqual([]);
  });

  test('reports what must be found, and nothing that is not there', () => {
    const { analysis, expected } = of(id);
    const rules = analysis.findings.map((finding) => finding.rule);
    for (const rule of expected.present) expect(rules).toContain(rule);
    for (const rule of expected.absent) expect(rules).not.toContain(rule);
    if (expected.severityAtMost !== null) {
      const limit = severityRank(expected.severityAtMost);
      const above = analysis.findings.filter((finding) => severityRank(finding.severity) > limit);
      expect(above.map((finding) => `${finding.severity} ${finding.rule}: ${finding.claim}`)).toEqual([]);
    }
  });

  test('what failed inside is said: no analyzer crashed', () => {
    const failed = of(id).analysis.coverage.analyzers.filter(({ outcome }) => outcome.outcome === 'failed');
    expect(failed).toEqual([]);
  });
});

test('an undisturbed node gets no cause', () => {
  expect(of('eks-healthy').analysis.causes).toEqual([]);
  expect(of('eks-healthy').analysis.verdict.cause).toBeNull();
});

test('a failed sync explains the endpoint it left behind', () => {
  const { analysis } = of('eks-stale-endpoint');
  const stale = analysis.findings.find((finding) => finding.rule === 'stale-endpoint');
  expect(stale).toBeDefined();
  expect(analysis.causes[0]?.explains).toContain(stale?.id);
  expect(analysis.causes.map((cause) => cause.finding)).not.toContain(stale?.id);
});

test('recognised as what they are, on the node they name', async () => {
  for (const id of FIXTURE_IDS) {
    const { caseId, tree } = of(id);
    const bundle = (await session.ask('case.open', { caseId })).bundles[0];
    expect(bundle?.layout).toBe(id.startsWith('eks-') ? 'eks-log-collector' : 'sgfp');
    expect(bundle?.outcome).toBe('complete');
    expect(tree.names).toContain(bundle?.node);
    expect(bundle?.files).toBe(tree.files.size);
  }
});

test('a pod log under its two names is one file and its copy', async () => {
  const { caseId, tree } = of('eks-kube-services-empty');
  const files = await session.ask('file.list', { caseId });
  const copies = files.filter((file) => file.aliasOf !== null && file.path.includes('coredns'));
  expect(copies).toHaveLength(1);
  expect([...tree.files.keys()]).toContain(copies[0]?.aliasOf);
});

test('search counts lines as grep does, folded copies once', async () => {
  const { caseId, tree } = of('eks-kube-services-empty');
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
  const { archivePath, analysis, tree } = of('eks-kube-services-empty');
  const home = path.join(session.folder, 'home');
  const run = await runCli(['analyze', archivePath, '--json', '--fail-on', 'critical'], { home });
  expect(run.code).toBe(3);
  const said = documentOf<Analysis>(run);
  for (const key of ['verdict', 'causes', 'findings', 'coverage', 'completeness', 'askCustomer'])
    expect(said).toHaveProperty(key);
  expect(said.causes.map((cause) => cause.finding)).toEqual(analysis.causes.map((cause) => cause.finding));
  expect(said.verdict.cause).toBe(said.causes[0]?.finding);
  for (const finding of said.findings) {
    for (const { file, line, text } of finding.evidence) {
      const lines = tree.files.get(file)?.toString('utf8').split('\n') ?? [];
      expect(lines[line - 1]).toBe(text.split('\n')[0]);
    }
  }
});
