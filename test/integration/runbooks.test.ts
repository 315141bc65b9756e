/**
 * Runbooks over the engine: the seed D2 from its own file names the planted cause of each fixture in its own output
 * format, with the order of causes it asks for; broken files are told; a run can be ended.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { dataFolder } from '../../analyzer/core/resources.ts';
import type { RunbookResult } from '../../analyzer/core/runbook.ts';
import { createEngine } from '../../analyzer/engine.ts';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { type FixtureId, fixtureTree } from '../../fixtures/scenarios/index.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const SEED = path.join(dataFolder('runbooks'), 'seed', 'D2-kube-proxy-sync.md');

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

const cases = new Map<string, Promise<CaseId>>();
async function imported(ids: readonly FixtureId[]): Promise<CaseId> {
  const built = await Promise.all(ids.map((id) => buildFixture(id)));
  return (await session.importNew(built.map(({ archivePath }) => archivePath))).caseId;
}

/** The case of a fixture, imported once. */
function caseOf(id: FixtureId): Promise<CaseId> {
  const made = cases.get(id) ?? imported([id]);
  cases.set(id, made);
  return made;
}

type Edit = (file: string, text: string) => string | null;

/** A fixture as a folder, some of its text files changed. */
async function changed(id: FixtureId, label: string, edit: Edit): Promise<CaseId> {
  const folder = path.join(session.folder, 'changed', label);
  for (const [file, bytes] of fixtureTree(id).files) {
    const content = /\.(?:log|txt)$/.test(file) ? edit(file, bytes.toString()) : bytes;
    if (content === null) continue;
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  return (await session.importNew([folder])).caseId;
}

const run = async (caseId: CaseId, runbook = 'D2'): Promise<RunbookResult> =>
  session.ask('runbooks.run', { caseId, runbook });
const step = (result: RunbookResult, id: string) => result.steps.find((one) => one.id === id);
const endOf = (result: RunbookResult, id: string) => step(result, id)?.end;

const PROCESSES = /system\/(?:ps|top|allprocstat)/;
const PROXY_LOG = /kube-proxy.*\.log$/;
/** Lines behind those of a log, in its form, so many seconds after its last line. */
function later(log: string, seconds: number, texts: readonly string[]): string {
  const last = Date.parse(log.trimEnd().split('\n').at(-1)?.split(' ', 1)[0] ?? '');
  const stamp = new Date(last + seconds * 1000).toISOString().replace('Z', '000000Z');
  return log + texts.map((text) => `${stamp} stderr F ${text}\n`).join('');
}
const PANIC = ['panic: runtime error: index out of range [3] with length 3', '', 'goroutine 1 [running]:'];

describe('D2 names the planted cause', () => {
  test.each([
    ['eks-kube-proxy-api-timeout', 'kube-proxy sync failure — api_connectivity'],
    ['eks-kube-services-empty', 'kube-proxy sync failure — api_connectivity'],
    ['eks-kube-proxy-crash-looping', 'kube-proxy sync failure — crash'],
    ['eks-kube-proxy-config-error', 'kube-proxy sync failure — config_error'],
  ] as const)('%s: %s', async (id, rootCause) => {
    const result = await run(await caseOf(id));
    expect(result.rootCause).toBe(rootCause);
    const document = parse(result.document) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual(['root_cause', 'evidence', 'severity', 'mitigation']);
    expect(document).toEqual(result.output);
    expect(document).toMatchObject({
      root_cause: rootCause,
      severity: 'HIGH',
      mitigation: {
        immediate: 'Operator: restart kube-proxy pods',
        long_term: 'Monitor kube-proxy health, ensure API server connectivity',
      },
    });
    expect(result.output.evidence.some(({ type }) => type === 'network_diagnostics')).toBe(true);
    expect(result.findings.length).toBeGreaterThan(0);
    // Every line of the document is in the case.
    expect(result.output.evidence.filter(({ content }) => /\.log:\d+: /.test(content)).length).toBeGreaterThan(0);
  });

  test('on a healthy node nothing is established, and the steps that need the customer are told', async () => {
    const result = await run(await caseOf('eks-healthy'));
    expect(result.rootCause).toBe('not established');
    expect(result.established).toBe('no');
    expect(result.output.root_cause).toBe('not established');
    expect(result.steps.filter(({ end }) => end === 'finding' || end === 'failed')).toEqual([]);
    expect(result.output.evidence.map(({ type }) => type)).toEqual(result.output.evidence.map(() => 'needs_customer'));
    expect(result.askCustomer.map(({ command }) => command)).toContain('kubectl get nodes');
    expect(result.mitigation).toEqual([]);
    expect(parse(result.document)).toMatchObject({ mitigation: { immediate: '', long_term: '' } });
    expect(result.document).not.toContain('Safety');
    expect(result.markdown).toContain('Nothing is advised before the root cause is established.');
    expect(endOf(result, '3.3')).toBe('not-applicable');
  });
});

describe('every step ends, with what it rests on', () => {
  test('ends, levels and evidence of a node whose kube-proxy lost the API', async () => {
    const result = await run(await caseOf('eks-kube-services-empty'));
    const seed = readFileSync(SEED, 'utf8').split('\n');
    for (const one of result.steps) {
      expect(one.because).not.toBe('');
      expect(seed[one.line - 1]).toMatch(/^\s*- /);
      if (one.end === 'needs-customer' && one.kind !== 'group') expect(one.commands).not.toEqual([]);
    }
    expect(endOf(result, '1.1.1')).toBe('needs-customer');
    expect(step(result, '1.2.1')).toMatchObject({ end: 'pass', kind: 'check' });
    expect(endOf(result, '1.3')).toBe('not-applicable');
    expect(endOf(result, '1.5')).toBe('finding');
    expect(step(result, '1.6')?.because).toContain('KUBE-SERVICES');
    expect(step(result, '1.7')?.evidence[0]?.text).toMatch(/failed to list/i);
    expect(step(result, '2.3')?.evidence.length).toBeGreaterThan(1);
    expect(endOf(result, '2.6')).toBe('needs-customer');
    expect(endOf(result, '3.2')).toBe('finding');
    expect(step(result, '1.1')).toMatchObject({ kind: 'group', end: 'needs-customer' });
  });

  test('evidence can be verified: the hash is that of the bytes in the archive', async () => {
    const id = 'eks-kube-proxy-crash-looping';
    const result = await run(await caseOf(id));
    const { files } = fixtureTree(id);
    const all = result.steps.flatMap(({ evidence }) => evidence);
    expect(all.length).toBeGreaterThan(10);
    for (const { file, byteStart, byteEnd, sha256 } of all) {
      const bytes = [...files].find(([name]) => file.endsWith(name))?.[1].subarray(byteStart, byteEnd) ?? Buffer.of();
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  });

  test('escalation conditions and safety ratings of the seed are in the result and in its text', async () => {
    const result = await run(await caseOf('eks-kube-services-empty'));
    expect(result.escalation.map(({ condition, state }) => [condition, state])).toEqual([
      ['kube-proxy restart does not restore service rules', 'not-known'],
      ['API server unreachable from kube-proxy pods', 'holds'],
      // One node is not all nodes.
      ['All nodes missing service iptables rules', 'not-known'],
    ]);
    expect(result.mitigation.find(({ when }) => when === 'immediate')).toMatchObject({
      safety: 'YELLOW',
      because: 'Restart kube-proxy pods: YELLOW — operator action, not available via MCP tools',
    });
    expect(result.mitigation.every(({ safety }) => ['GREEN', 'YELLOW', 'RED'].includes(safety))).toBe(true);
    for (const text of [result.document, result.markdown]) {
      expect(text).toContain('API server unreachable from kube-proxy pods');
      expect(text).toContain('YELLOW');
    }
    expect(result.commonIssues.map(({ state }) => state)).toEqual(['not-seen', 'seen', 'seen']);
  });

  test('what a finding and the check of kube-proxy both say is told once', async () => {
    const result = await run(await caseOf('eks-kube-services-empty'));
    const said = result.steps.filter(({ because }) => because.includes('iptables: '));
    expect(said.length).toBeGreaterThan(0);
    for (const { because } of said) {
      expect(because).toContain('iptables: KUBE-SERVICES is empty in the nat table.');
      expect(because.split('KUBE-SERVICES')).toHaveLength(2);
    }
  });

  test('the sentence that the seed asks for when kube-proxy does not run', async () => {
    const result = await run(await caseOf('eks-kube-proxy-crash-looping'));
    const sentence = 'kube-proxy not running on node — iptables/IPVS rules will not be synced';
    expect(step(result, '1.2.2')?.because).toContain(sentence);
    expect(result.output.evidence).toContainEqual({ type: 'check', content: sentence });
  });
});

describe('which cause comes first', () => {
  test('a configuration that was refused before, then a panic in the last log: a crash', async () => {
    const caseId = await changed('eks-kube-proxy-config-error', 'panic after', (file, text) =>
      PROXY_LOG.test(file) ? later(text, 90, PANIC) : text,
    );
    expect((await run(caseId)).rootCause).toBe('kube-proxy sync failure — crash');
  });

  test('a panic before, then a configuration that is refused: the configuration, the crash is its symptom', async () => {
    const caseId = await changed('eks-kube-proxy-crash-looping', 'config after', (file, text) =>
      PROXY_LOG.test(file) ? later(text, 90, ['Error: unknown flag: --proxy-moed']) : text,
    );
    const result = await run(caseId);
    expect(result.rootCause).toBe('kube-proxy sync failure — config_error');
    expect(result.because).toContain('Its symptoms: kube-proxy is started again and again');
  });

  test('crash before API', async () => {
    const caseId = await changed('eks-kube-proxy-api-timeout', 'api and panic', (file, text) =>
      PROXY_LOG.test(file) ? later(text, 5, PANIC) : text,
    );
    expect((await run(caseId)).rootCause).toBe('kube-proxy sync failure — crash');
  });

  test('no kube-proxy among the processes while its log is there: a crash without a line that says so', async () => {
    const caseId = await changed('eks-healthy', 'not in ps', (file, text) =>
      PROCESSES.test(file) ? text.replace(/^.*kube-proxy.*\n/gm, '') : text,
    );
    const result = await run(caseId);
    expect(result.rootCause).toBe('kube-proxy sync failure — crash');
    expect(step(result, '1.2.1')).toMatchObject({ end: 'finding' });
    expect(result.because).toContain('kube-proxy not running on node');
  });

  test('no processes and no log of kube-proxy: nothing is claimed, the customer is asked', async () => {
    const caseId = await changed('eks-healthy', 'nothing of it', (file, text) =>
      PROCESSES.test(file) || /kube-proxy/.test(file) ? null : text,
    );
    const result = await run(caseId);
    expect(result.rootCause).toBe('not established');
    expect(step(result, '1.2.1')).toMatchObject({ end: 'needs-customer' });
  });
});

describe('several nodes', () => {
  let caseId: CaseId;
  beforeAll(async () => {
    caseId = await imported(['eks-healthy', 'eks-kube-services-empty']);
  }, 120_000);

  test('it runs on the node that has the trouble, and says why; nodes are compared', async () => {
    const result = await run(caseId);
    expect(result.rootCause).toBe('kube-proxy sync failure — api_connectivity');
    expect(result.nodeBecause).toContain('kube-proxy cannot reach the Kubernetes API');
    expect(endOf(result, '2.6')).toBe('finding');
    expect(step(result, '2.6')?.because).toContain('only here');
    expect(result.escalation.at(-1)).toMatchObject({ state: 'does-not-hold' });
  });

  test('on the other node, when asked for', async () => {
    const { bundles } = await session.ask('case.open', { caseId });
    const first = await run(caseId);
    const bundle = bundles.find(({ id }) => id !== first.bundle)?.id ?? null;
    expect(bundle).not.toBeNull();
    const result = await session.ask('runbooks.run', { caseId, runbook: 'D2', bundle });
    expect(result.rootCause).toBe('not established');
  });
});

describe('the list', () => {
  test('what a case leads to comes first, each with its reasons', async () => {
    const caseId = await caseOf('eks-kube-services-empty');
    const { runbooks, broken, notSuggested } = await session.ask('runbooks.list', { caseId });
    expect(broken).toEqual([]);
    expect(notSuggested).toBeNull();
    const seed = runbooks.find(({ runbook }) => runbook.id === 'D2');
    const reasons = seed?.suggested.map(({ because }) => because).join('\n');
    expect(reasons).toContain('kube-proxy cannot reach the Kubernetes API');
    expect(reasons).toContain('Trigger "KUBE-SVC chains missing": KUBE-SERVICES is empty');
    const first = runbooks.slice(0, 3).map(({ runbook }) => runbook.id);
    expect(first).toContain('kube-proxy-sync');
    const suggested = runbooks.map((one) => one.suggested.length > 0);
    expect(suggested).toEqual([...suggested].sort((one, two) => Number(two) - Number(one)));
  });

  test('healthy nodes lead to no runbook; without a case they are only listed', async () => {
    const caseId = await imported(['eks-healthy', 'eks-healthy-al2023', 'eks-healthy-ubuntu', 'eks-healthy-ipvs']);
    const healthy = await session.ask('runbooks.list', { caseId });
    const led = healthy.runbooks.flatMap(({ runbook, suggested }) => suggested.map((one) => [runbook.id, one.because]));
    expect(led).toEqual([]);
    const { runbooks } = await session.ask('runbooks.list', { caseId: null });
    expect(runbooks.length).toBe(healthy.runbooks.length);
  });

  test('own folders: what is broken is listed with line and column, and cannot be run; the others can', async () => {
    const folder = path.join(session.folder, 'own');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'mine.md'), readFileSync(SEED, 'utf8').replace('title: "D2 — ', 'title: "M1 — '));
    writeFileSync(path.join(folder, 'bad.md'), readFileSync(SEED, 'utf8').replace('query=`ipvs|ipvsadm`', 'query=`(`'));
    const folders = [folder];
    const { runbooks, broken } = await session.ask('runbooks.list', { caseId: null, folders });
    expect(runbooks.map(({ runbook }) => runbook.id)).toContain('M1');
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatchObject({ file: path.join(folder, 'bad.md'), origin: 'own' });
    expect(broken[0]?.mistakes[0]).toMatchObject({ line: 36 });
    expect(broken[0]?.mistakes[0]?.column).toBeGreaterThan(20);
    const caseId = await caseOf('eks-healthy');
    const own = await session.ask('runbooks.run', { caseId, runbook: 'M1', folders });
    expect(own.runbook).toMatchObject({ id: 'M1', origin: 'own' });
    const run = session.ask('runbooks.run', { caseId, runbook: path.join(folder, 'bad.md'), folders });
    await expect(run).rejects.toThrow('wrong-usage');
    await expect(session.ask('runbooks.run', { caseId, runbook: 'D9' })).rejects.toThrow('not-found');
  });

  test('folders of the settings count as well', async () => {
    const folder = path.join(session.folder, 'of the settings');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 's1.md'), readFileSync(SEED, 'utf8').replace('title: "D2 — ', 'title: "S1 — '));
    const { settings } = await session.ask('settings.get', {});
    await session.ask('settings.set', { settings: { ...settings, runbookFolders: [folder] } });
    const { runbooks } = await session.ask('runbooks.list', { caseId: null });
    await session.ask('settings.set', { settings });
    expect(runbooks.find(({ runbook }) => runbook.id === 'S1')?.runbook.origin).toBe('own');
  });

  test('a runbook that asks for a rule that does not exist: that step failed, the others ran', async () => {
    const folder = path.join(session.folder, 'unknown rule');
    mkdirSync(folder, { recursive: true });
    const text = readFileSync(path.join(dataFolder('runbooks'), 'kube-proxy-sync.yaml'), 'utf8');
    const other = text
      .replace('id: kube-proxy-sync', 'id: other')
      .replace('findings: [kube-proxy-config-error]', 'findings: [no-such-rule]');
    writeFileSync(path.join(folder, 'other.yaml'), other);
    const caseId = await caseOf('eks-healthy');
    const result = await session.ask('runbooks.run', { caseId, runbook: 'other', folders: [folder] });
    expect(step(result, 'config')).toMatchObject({ end: 'failed', because: expect.stringContaining('no-such-rule') });
    expect(endOf(result, 'api')).toBe('pass');
    expect(result.because).toContain('One step failed');
  });

  test('to be read', async () => {
    const { phases, commonIssues, safetyRatings } = await session.ask('runbooks.get', { runbook: 'D2' });
    expect(phases.flatMap(({ steps }) => steps)).toHaveLength(29);
    expect([commonIssues.length, safetyRatings.length]).toEqual([3, 2]);
  });
});

test('own runbook: kube-proxy-sync gives its own root cause and asks what the bundle does not hold', async () => {
  const result = await run(await caseOf('eks-kube-proxy-config-error'), 'kube-proxy-sync');
  expect(result.rootCause).toBe('kube-proxy does not accept its configuration');
  expect(endOf(result, 'cluster')).toBe('needs-customer');
  expect(parse(result.document)).toMatchObject({
    severity: 'high',
    mitigation: { immediate: expect.stringContaining('ConfigMap') },
  });
});

test('a run is a job: it has progress, it can be ended, and then says so', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'coldcase-runbook-job-'));
  const engine = createEngine({ casesFolder: path.join(folder, 'cases'), stateFolder: null });
  try {
    const made = await engine.call('case.create', { title: null, dir: null });
    if (!made.ok) throw new Error(made.failure.message);
    const caseId = made.value.id;
    const paths = [(await buildFixture('eks-healthy')).archivePath];
    const started = await engine.call('case.import', { caseId, paths, node: null, layout: null, mark: null });
    if (!started.ok) throw new Error(started.failure.message);
    await engine.call('job.wait', { job: started.value.job });
    const phases = new Set<string>();
    const stop = engine.on('onDidChangeJob', (job) => {
      if (job.kind !== 'runbook' || job.state !== 'running') return;
      phases.add(job.progress.phase);
      if (job.progress.bytesDone === 3) void engine.call('job.cancel', { job: job.id });
    });
    const ended = await engine.call('runbooks.run', { caseId, runbook: 'D2' });
    stop();
    expect(ended).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
    expect([...phases]).toContain('Phase 1 — Triage');
    const again = await engine.call('runbooks.run', { caseId, runbook: 'D2' });
    expect(again.ok).toBe(true);
    const jobs = await engine.call('job.list', {});
    const states = jobs.ok ? jobs.value.filter(({ kind }) => kind === 'runbook').map(({ state }) => state) : [];
    expect(states).toEqual(['cancelled', 'done']);
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the command line', () => {
  let target: CaseId;
  beforeAll(async () => {
    // The case that is there: importing is not what these are about.
    target = await caseOf('eks-kube-proxy-config-error');
  }, 120_000);
  const cli = (...words: readonly string[]) =>
    runCli([...words, '--quiet'], { home: path.join(session.folder, 'home') });

  test('a file in the seed’s form, whatever its ending, gives its document', async () => {
    const file = path.join(session.folder, 'given.txt');
    writeFileSync(file, readFileSync(SEED));
    const { code, stdout, stderr } = await cli('runbook', target, file);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(parse(stdout)).toMatchObject({ root_cause: 'kube-proxy sync failure — config_error' });
  });

  test('json and Markdown', async () => {
    const json = documentOf<RunbookResult>(await cli('runbook', target, 'D2', '--format', 'json'));
    expect(json.steps.length).toBe(29);
    const text = await cli('runbook', target, 'D2', '--format', 'md');
    expect(text.stdout).toContain('**Root cause: kube-proxy sync failure — config\\_error**');
    expect(text.stdout).toContain('needs the customer');
  });

  test('the list tells broken files; an unknown runbook is wrong usage', async () => {
    const folder = path.join(session.folder, 'cli-own');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'notes.md'), 'no runbook');
    const listed = await cli('runbooks', '--runbooks', folder);
    expect(listed.code).toBe(0);
    expect(listed.stdout).toContain('D2');
    expect(listed.stderr).toContain('notes.md:1:1');
    const unknown = await cli('runbook', target, 'D7');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('Did you mean');
  });
});
