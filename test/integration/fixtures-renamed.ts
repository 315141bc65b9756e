/** The same node under another name, packed in another order, must get the same findings: what is compared, and how it is made. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { packTree } from '../../fixtures/build-fixture.ts';
import type { BundleTree } from '../../fixtures/lib/eks-tree.ts';
import { createPrng } from '../../fixtures/lib/prng.ts';
import { type FixtureId, fixtureTree } from '../../fixtures/scenarios/index.ts';
import type { BundleAnalysis } from './fixtures-analysed.ts';

type Renames = readonly (readonly [string, string])[];

const isPacked = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * None where an archive lies within the archive: it would keep the old names.
 * @param index makes the new names differ from those of the other fixtures in the case.
 */
export function renamesOf(id: FixtureId, index: number): Renames {
  const { files, names } = fixtureTree(id);
  if ([...files.values()].some(isPacked)) return [];
  const instance = names.find((name) => name.startsWith('i-'));
  // The shortest name of the host is part of the longer ones.
  const [host] = names.filter((name) => name !== instance).sort((one, other) => one.length - other.length);
  const number = String(index).padStart(2, '0');
  return [
    ...(instance === undefined ? [] : [[instance, `i-0ffffffffffffff${number}`] as const]),
    ...(host === undefined ? [] : [[host, `worker-${number}-of-many`] as const]),
  ];
}

export const rename = (text: string, names: Renames): string =>
  names.reduce((all, [from, to]) => all.replaceAll(from, to), text);

/** Packs the renamed tree into the folder. @returns the path of the archive. */
export function renamedArchive(folder: string, id: FixtureId, index: number): string {
  const tree = fixtureTree(id);
  const names = renamesOf(id, index);
  const renamed: BundleTree = {
    ...tree,
    files: new Map(
      createPrng(id)
        .shuffle([...tree.files])
        .map(([name, bytes]) => [
          rename(name, names),
          isPacked(bytes) ? bytes : Buffer.from(rename(bytes.toString('utf8'), names)),
        ]),
    ),
  };
  const archive = path.join(folder, `upload of the customer (${id}).bin`);
  writeFileSync(archive, packTree(renamed));
  return archive;
}

/** Findings and causes without ids, which depend on node and bundle. */
export function essence({ findings, causes }: BundleAnalysis, renamed: (text: string) => string): unknown {
  const ruleOf = new Map(findings.map((finding) => [finding.id, finding.rule]));
  const said = findings.map((finding) => ({
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence.level,
    count: finding.count,
    evidence: finding.evidence.map((evidence) => renamed(evidence.text)).sort(),
  }));
  return {
    findings: said.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
    causes: causes.map((cause) => ({
      rule: ruleOf.get(cause.finding),
      explains: cause.explains.map((id) => ruleOf.get(id) ?? id).sort(),
    })),
  };
}
