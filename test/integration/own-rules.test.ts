/** Rules of the user's own folders, settings, and what became visible of broken files and damaged bundles. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { CONTRACT, type MethodInput, type MethodName, type MethodOutput } from '../../analyzer/contract/contract.ts';
import type { Engine } from '../../analyzer/contract/engine-api.ts';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { createEngine } from '../../analyzer/engine.ts';
import { inTemporaryFolder, tarGzOf } from '../support/archives.ts';
import { runCli } from './fixtures-cli.ts';

const RULE = `id: own-flux-lost
title: The flux capacitor lost its flux
claim: "It was lost: {lines}, {when}."
severity: medium
confidence: { level: certain, because: it says so itself }
area: pods
part: cause
owner: workload
source: { component: flux, version: "1", where: a captured line, verified: "yes" }
where:
  - roles: [kubelet-log]
match:
  - literals: ["flux capacitor: lost"]
userNotices: Time stands still.
advice: { now: [look], longTerm: [], check: [look again] }
samples: { match: ["flux capacitor: lost"], miss: ["flux capacitor: fine"] }
`;
const LOG = Array.from(
  { length: 40 },
  (_, nth) => `E0501 12:00:${10 + nth}.000000    3127 flux.go:1] "flux capacitor: ${nth === 7 ? 'lost' : 'fine'}"\n`,
).join('');
const archive = (): Promise<Buffer> =>
  tarGzOf([
    { name: 'kubelet/kubelet.log', body: LOG },
    { name: 'system/instance-id.txt', body: 'i-0abc12345678\n' },
  ]);

interface Surroundings {
  readonly folder: string;
  /** Writes a file of the rules folder. */
  readonly put: (name: string, text: string) => void;
  readonly rules: string;
  readonly source: string;
}

function surrounded(work: (around: Surroundings) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const rules = path.join(folder, 'rules');
    mkdirSync(rules);
    const source = path.join(folder, 'node.tar.gz');
    writeFileSync(source, await archive());
    await work({ folder, rules, source, put: (name, text) => writeFileSync(path.join(rules, name), text) });
  });
}

const callOf =
  (engine: Engine) =>
  async <M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> => {
    const result = await engine.call(method, input);
    if (!result.ok) throw new Error(`${method}: ${result.failure.message}`);
    expect(() => CONTRACT[method].output.parse(result.value), method).not.toThrow();
    return result.value;
  };

async function withoutCase(
  { folder }: Surroundings,
  work: (call: ReturnType<typeof callOf>) => Promise<void>,
): Promise<void> {
  const engine = createEngine({ casesFolder: path.join(folder, 'cases'), stateFolder: path.join(folder, 'state') });
  try {
    await work(callOf(engine));
  } finally {
    await engine.close();
  }
}

function withEngine(
  around: Surroundings,
  work: (call: ReturnType<typeof callOf>, caseId: CaseId) => Promise<void>,
): Promise<void> {
  return withoutCase(around, async (call) => {
    const { id: caseId } = await call('case.create', { title: null, dir: null });
    const paths = [around.source];
    const { job } = await call('case.import', { caseId, paths, node: null, layout: null, mark: null });
    await call('job.wait', { job });
    await work(call, caseId);
  });
}

const failures = (analysis: MethodOutput<'case.analysis'>): string[] =>
  analysis.coverage.analyzers.flatMap(({ outcome }) => (outcome.outcome === 'failed' ? [outcome.why] : []));
const own = (analysis: MethodOutput<'case.analysis'>) =>
  analysis.findings.filter(({ rule }) => rule === 'own-flux-lost');

describe('settings', () => {
  test('are kept for the next engine of this machine, and a damaged file is told and not fatal', () =>
    surrounded(async (around) => {
      await withoutCase(around, async (call) => {
        const usual = await call('settings.get', {});
        expect(usual).toMatchObject({ settings: { ruleFolders: [], limits: { members: 200_000 } }, damaged: null });
        expect(usual.limits.map(({ name }) => name)).toEqual(['unpackedGib', 'members', 'expansion']);
        await call('settings.set', {
          settings: { ruleFolders: [around.rules], runbookFolders: [], limits: { members: 300_000 } },
        });
      });
      await withoutCase(around, async (call) => {
        const { settings, file } = await call('settings.get', {});
        expect(settings).toMatchObject({ ruleFolders: [around.rules], limits: { members: 300_000 } });
        writeFileSync(file ?? '', '{"ruleFolders": 7}');
        const damaged = await call('settings.get', {});
        expect(damaged.damaged).toContain('ruleFolders');
        expect(damaged.settings.ruleFolders).toEqual([]);
      });
    }));

  test('refuse a folder that is no absolute path, and a limit below the usual one', () =>
    surrounded(async (around) => {
      await withoutCase(around, async (call) => {
        await expect(call('settings.set', { settings: { ruleFolders: ['rules'] } })).rejects.toThrow('not absolute');
        await expect(call('settings.set', { settings: { limits: { members: 10 } } })).rejects.toThrow('members');
      });
    }));
});

describe('rules of a folder of one’s own', () => {
  test('are run, are listed with their folder, and are read again when a file changes', () =>
    surrounded(async (around) => {
      await withEngine(around, async (call, caseId) => {
        expect(own(await call('case.analysis', { caseId }))).toEqual([]);
        around.put('flux.yaml', RULE);
        await call('settings.set', { settings: { ruleFolders: [around.rules] } });
        const [finding] = own(await call('case.analysis', { caseId }));
        expect(finding).toMatchObject({ severity: 'medium', count: 1, evidence: [{ line: 8 }] });
        const listed = await call('rules.list', {});
        expect(listed.rules.find(({ id }) => id === 'own-flux-lost')).toMatchObject({
          folder: around.rules,
          file: 'flux.yaml',
          area: 'pods',
          source: { component: 'flux' },
        });
        expect(listed.rules.some(({ folder, file }) => folder === null && file.startsWith('kube-proxy/'))).toBe(true);
        around.put('flux.yaml', RULE.replace('severity: medium', 'severity: low'));
        const [lowered] = own(await call('case.analysis', { caseId }));
        expect(lowered).toMatchObject({ severity: 'low', id: finding?.id });
        rmSync(path.join(around.rules, 'flux.yaml'));
        expect(own(await call('case.analysis', { caseId }))).toEqual([]);
      });
    }));

  test('that are broken stop no other, and are failed outcomes with line and column', () =>
    surrounded(async (around) => {
      around.put(
        'broken.yaml',
        RULE.replace('severity: medium', 'severity: dreadful').replace('part: cause', 'part: 7'),
      );
      around.put('flux.yaml', RULE.replace('severity: medium', 'severity: low'));
      around.put('taken.yaml', RULE.replace('id: own-flux-lost', 'id: kube-proxy-sync-failure'));
      const gone = path.join(around.folder, 'gone');
      await withEngine(around, async (call, caseId) => {
        await call('settings.set', { settings: { ruleFolders: [around.rules, gone] } });
        const analysis = await call('case.analysis', { caseId });
        expect(own(analysis)).toHaveLength(1);
        const told = failures(analysis);
        expect(told).toEqual([
          expect.stringMatching(
            /^Rules not used: .*rules\/broken\.yaml:4:1 severity must be one of critical, .*, and 1 more in this file$/,
          ),
          expect.stringMatching(/^Rules not used: .*taken\.yaml:1:1 id kube-proxy-sync-failure is used by a rule that/),
          `Rules not used: ${gone}: cannot be read (it is not there)`,
        ]);
        expect(analysis.verdict.sentence).toContain('3 rule files or folders could not be used');
        expect(analysis.verdict.sentence).not.toMatch(/\d failed/);
        const { rejected } = await call('rules.list', {});
        expect(rejected.map(({ file, line }) => `${file}:${line}`)).toEqual([
          ...['broken.yaml:4', 'broken.yaml:7', 'taken.yaml:1', ':1'],
        ]);
      });
    }));

  test('are run by the command line, and a broken one makes it end with 4', () =>
    surrounded(async ({ rules, source, folder, put }) => {
      put('flux.yaml', RULE);
      const home = path.join(folder, 'home');
      const fine = await runCli(['analyze', source, '--rules', rules, '--json'], { home });
      expect(fine.code).toBe(0);
      expect(fine.stdout).toContain('"own-flux-lost"');
      put('broken.yaml', 'id: [');
      const broken = await runCli(['analyze', source, '--rules', rules], { home });
      expect(broken.code).toBe(4);
      const told = broken.stdout.replaceAll(/\s+/g, ' ');
      expect(told).toMatch(/- Rules not used: .*broken\.yaml:\d+:\d+ /);
      expect(told).toContain('1 rule file or folder not used');
      expect(told).not.toMatch(/checks? failed/);
      const none = await runCli(['findings', source, '--rules', source], { home });
      expect(none.code).toBe(2);
    }));
});

describe('a bundle that is damaged on the disk', () => {
  test('makes the rules that would read it failed outcomes, over the contract and on the command line', () =>
    surrounded(async (around) => {
      let folder = '';
      await withEngine(around, async (call, caseId) => {
        folder = caseId;
        const bundles = path.join(caseId, 'bundles');
        const [name = ''] = readdirSync(bundles);
        // Text of the log, of which nothing is known from the import any more: whatever reads it throws.
        const db = new Database(path.join(bundles, name));
        db.exec("UPDATE block_text SET frame = zeroblob(40); DELETE FROM meta WHERE key = 'literals'");
        db.close();
        const analysis = await call('case.analysis', { caseId });
        const told = failures(analysis);
        expect(told.find((why) => why.startsWith('kubelet-'))).toMatch(/block \d+ of the bundle is damaged/);
        expect(analysis.verdict.sentence).toMatch(/could not run/);
        expect(analysis.coverage.analyzers.length).toBeGreaterThan(50);
      });
      const run = await runCli(['analyze', folder], { home: path.join(around.folder, 'home') });
      expect(run.code).toBe(4);
      expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(/checks? failed: .*of the bundle is damaged/);
    }));
});
