/** Bundles of one case held against each other, through the public engine: objects beside an archive, nodes that disagree. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { caseDumps, caseTruth } from '../../fixtures/lib/cases.ts';
import { asList, objectsOfCase } from '../../fixtures/lib/cluster-objects.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const NAME = 'b09-stale-endpoint';

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

function folderOf(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = path.join(session.folder, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(folder, file), content);
  return folder;
}

async function analysisOf(...folders: readonly string[]) {
  const { caseId, job } = await session.importNew(folders);
  expect(job.failure).toBeNull();
  return session.ask('case.analysis', { caseId });
}

test('both stale endpoints of a node are named with objects saved beside its dumps', async () => {
  const gone = caseTruth(NAME).defects.map((defect) => defect.endpoint ?? '');
  const node = folderOf('node', Object.fromEntries(caseDumps(NAME)));
  const objects = folderOf('objects', { 'all.json': asList(objectsOfCase(NAME, { gone })) });
  const { findings, verdict } = await analysisOf(node, objects);
  const stale = findings.filter((finding) => finding.rule === 'stale-endpoint');
  for (const endpoint of gone) expect(stale.some((finding) => finding.title.includes(endpoint))).toBe(true);
  const remote = stale.find((finding) => finding.title.includes('10.244.2.250'));
  expect(new Set(remote?.evidence.map((each) => each.bundle)).size).toBe(2);
  // Objects of the cluster are no node whose rules are missing.
  expect(verdict.sentence).not.toContain('not captured');
});

test('objects in the bundle itself are found by content, whatever their file is called', async () => {
  const gone = ['10.244.2.250:8080'];
  const objects = objectsOfCase(NAME, { gone, endpoints: true });
  const node = folderOf('together', { ...Object.fromEntries(caseDumps(NAME)), 'whatever.txt': asList(objects) });
  const { findings } = await analysisOf(node);
  const titles = findings.filter((finding) => finding.rule === 'stale-endpoint').map((finding) => finding.title);
  expect(titles.some((title) => title.includes('10.244.2.250'))).toBe(true);
  expect(findings.some((finding) => finding.rule === 'missing-service' || finding.rule === 'missing-endpoint')).toBe(
    false,
  );
});

test('two nodes with other endpoints of one service disagree', async () => {
  const dumps = caseDumps('h3-rich-kubeadm');
  const save = dumps.get('iptables-save.txt')?.toString() ?? '';
  const host = (name: string) => `Nov 21 19:48:34 ${name} kubelet[812]: started\n`;
  const one = folderOf('one', { 'iptables-save.txt': save, 'kubelet.log': host('n1') });
  const two = folderOf('two', {
    'iptables-save.txt': save.replaceAll('10.244.2.12:8080', '10.244.2.99:8080'),
    'kubelet.log': host('n2'),
  });
  const { findings } = await analysisOf(one, two);
  const found = findings.filter((finding) => finding.rule === 'service-disagreement');
  expect(found.map((finding) => finding.node).sort()).toEqual(['n1', 'n2']);
});
