/** Names and order carry no meaning: the same node under another name, packed in another order, gets the same findings. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Analysis } from '../../analyzer/core/vocabulary.ts';
import { packTree } from '../../fixtures/build-fixture.ts';
import type { BundleTree } from '../../fixtures/lib/eks-tree.ts';
import { createPrng } from '../../fixtures/lib/prng.ts';
import { type FixtureId, fixtureTree } from '../../fixtures/scenarios/index.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

async function analyse(tree: BundleTree, archiveName: string): Promise<Analysis> {
  const archive = path.join(session.folder, archiveName);
  writeFileSync(archive, packTree(tree));
  const { caseId } = await session.importNew([archive]);
  return session.ask('case.analysis', { caseId });
}

/** Findings and causes without ids, which depend on node and bundle. */
function essence(analysis: Analysis, rename: (text: string) => string): unknown {
  const ruleOf = new Map(analysis.findings.map((finding) => [finding.id, finding.rule]));
  const findings = analysis.findings.map((finding) => ({
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence.level,
    count: finding.count,
    evidence: finding.evidence.map((evidence) => rename(evidence.text)).sort(),
  }));
  return {
    findings: findings.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
    causes: analysis.causes.map((cause) => ({
      rule: ruleOf.get(cause.finding),
      explains: cause.explains.map((id) => ruleOf.get(id) ?? id).sort(),
    })),
  };
}

describe.each<FixtureId>(['eks-kube-services-empty', 'eks-stale-endpoint'])('%s', (id) => {
  test('archive renamed, node and instance renamed throughout, members shuffled', async () => {
    const tree = fixtureTree(id);
    const [instanceId = '', , host = ''] = tree.names;
    const renames: readonly (readonly [string, string])[] = [
      [instanceId, 'i-0ffffffffffffffff'],
      [host, 'worker-seven-of-nine'],
    ];
    const rename = (text: string): string => renames.reduce((all, [from, to]) => all.replaceAll(from, to), text);
    const renamed: BundleTree = {
      ...tree,
      files: new Map(
        createPrng(id)
          .shuffle([...tree.files])
          .map(([name, bytes]) => [rename(name), Buffer.from(rename(bytes.toString('utf8')))]),
      ),
    };
    const before = await analyse(tree, tree.archiveName);
    const after = await analyse(renamed, `upload of the customer (${id}).bin`);
    expect(before.causes.length).toBeGreaterThan(0);
    expect(essence(after, (text) => text)).toEqual(essence(before, rename));
  });
});
