/** The engine through its contract: every method on a real bundle, cancelling, importing again, what is left on disk. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTRACT, type MethodInput, type MethodName, type MethodOutput } from '../../analyzer/contract/contract.ts';
import type { Engine } from '../../analyzer/contract/engine-api.ts';
import { CaseId } from '../../analyzer/core/ids.ts';
import { sampleArchive } from '../../analyzer/core/resources.ts';
import { createEngine } from '../../analyzer/engine.ts';
import { foldAscii } from '../../analyzer/query/fold.ts';
import { inTemporaryFolder, tarGzOf } from '../support/archives.ts';

let engine: Engine;
let folder: string;
let cleanUp: () => void;
let caseId: CaseId;

/** Calls, expects success, and holds the answer against the contract's own output schema. */
async function answer<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
  const result = await engine.call(method, input);
  if (!result.ok) throw new Error(`${method}: ${result.failure.message}`);
  expect(() => CONTRACT[method].output.parse(result.value), method).not.toThrow();
  return result.value;
}

const importing = (paths: string[]) => ({ caseId, paths, node: null, layout: null, mark: null });
const partials = () => readdirSync(path.join(caseId, 'bundles')).filter((name) => !name.endsWith('.bundle'));
const threads = () => readdirSync('/proc/self/task').length;

beforeAll(async () => {
  await new Promise<void>((ready) => {
    void inTemporaryFolder(
      (made) =>
        new Promise<void>((release) => {
          folder = made;
          cleanUp = release;
          ready();
        }),
    );
  });
  engine = createEngine({ casesFolder: path.join(folder, 'cases'), stateFolder: path.join(folder, 'state') });
  const sample = await answer('case.sample', {});
  caseId = sample.case.id;
  if (sample.job !== null) await answer('job.wait', { job: sample.job });
});

afterAll(async () => {
  await engine.close();
  cleanUp();
});

describe('a case with the sample bundle', () => {
  test('answers every method in the shape of the contract', async () => {
    const about = await answer('engine.about', {});
    expect(about.rules).toBeGreaterThan(4);
    expect(about.analyzers).toBeGreaterThan(6);
    const summary = await answer('case.open', { caseId });
    expect(summary.bundles).toMatchObject([{ layout: 'eks-log-collector', outcome: 'complete' }]);
    const files = await answer('file.list', { caseId });
    expect(files.length).toBe(summary.bundles[0]?.files);
    const analysis = await answer('case.analysis', { caseId });
    expect(analysis.findings.length).toBeGreaterThan(0);
    const finding = analysis.findings[0];
    if (finding === undefined) throw new Error('no finding');
    expect(await answer('finding.get', { caseId, finding: finding.id })).toEqual(finding);
    const critical = await answer('finding.list', { caseId, severity: 'critical', node: null, rule: null });
    expect(critical.every((one) => one.severity === 'critical')).toBe(true);
    expect(await answer('finding.list', { caseId, severity: null, node: 'no such node', rule: null })).toEqual([]);
    expect(await answer('chains.analyze', { caseId, node: null })).toMatchObject([{ mode: 'iptables' }]);
    expect((await answer('kubeProxy.check', { caseId, node: null, podIp: null }))[0]?.lines.length).toBeGreaterThan(4);
    for (const format of ['html', 'md', 'json'] as const) {
      const report = await answer('report.build', { caseId, format, findings: null });
      expect(report.text).toContain(finding.title);
    }
    expect((await answer('case.recent', {}))[0]).toMatchObject({ id: caseId, verdict: analysis.verdict.sentence });
    expect((await answer('job.list', {})).every((job) => job.state !== 'running')).toBe(true);
  });

  test('evidence is the text of the file at those lines', async () => {
    const { findings } = await answer('case.analysis', { caseId });
    const all = findings.flatMap((finding) => finding.evidence);
    expect(all.length).toBeGreaterThan(3);
    for (const one of all) {
      const page = await answer('file.lines', {
        caseId,
        bundle: one.bundle,
        file: one.file,
        from: one.line,
        count: one.endLine - one.line + 1,
      });
      expect(page.lines.map((line) => line.text).join('\n')).toBe(one.text);
    }
  });

  test('search finds exactly the lines a naive scan of the files finds', async () => {
    const files = (await answer('file.list', { caseId })).filter(
      (file) => file.format !== 'binary' && file.aliasOf === null,
    );
    const texts = await Promise.all(
      files.map(async (file) => {
        const lines: string[] = [];
        for (let from = 1; from <= file.lines; from += 5_000) {
          const page = await answer('file.lines', { caseId, bundle: file.bundle, file: file.path, from, count: 5_000 });
          lines.push(...page.lines.map((line) => line.text));
        }
        expect(lines.length, file.path).toBe(file.lines);
        return { file, lines };
      }),
    );
    for (const [query, terms] of [
      ['kube-proxy', ['kube-proxy']],
      ['KUBE-SVC DNAT', ['kube-svc', 'dnat']],
      ['"failed to list" endpointslice', ['failed to list', 'endpointslice']],
      ['e', ['e']],
      ['zzz-not-there', ['zzz-not-there']],
    ] as const) {
      const naive = texts.flatMap(({ file, lines }) =>
        lines.flatMap((line, index) =>
          terms.every((term) => foldAscii(line).includes(term)) ? [`${file.path}:${index + 1}`] : [],
        ),
      );
      const found = await answer('search.run', { caseId, query, limit: 10_000 });
      expect(found.total, query).toBe(naive.length);
      expect(found.complete).toBe(true);
      expect(found.matches.map((match) => `${match.file}:${match.line}`)).toEqual(naive.slice(0, 10_000));
      expect(found.facets.file.reduce((sum, one) => sum + one.count, 0)).toBe(naive.length);
    }
  });

  test('best matches come from the event index and match the query', async () => {
    const found = await answer('search.run', { caseId, query: 'failed list', limit: 5, context: 2 });
    expect(found.best.length).toBeGreaterThan(0);
    for (const one of found.best) expect(foldAscii(one.text)).toMatch(/failed.*list|list.*failed/);
    expect(found.matches[0]?.before.length).toBeLessThanOrEqual(2);
    expect(found.total).toBeGreaterThan(found.matches.length);
  });

  test('an open quote is wrong usage that names the character', async () => {
    expect(await engine.call('search.run', { caseId, query: 'a "b' })).toMatchObject({
      ok: false,
      failure: { code: 'wrong-usage', message: 'this quote is never closed; expected a " at its end', where: '2-4' },
    });
  });

  test('the same bytes again are a no-op that says so', async () => {
    const { job } = await answer('case.import', importing([sampleArchive()]));
    const ended = await answer('job.wait', { job });
    expect(ended.imports).toMatchObject([{ outcome: 'already-imported' }]);
    expect(ended.outcome).toContain('already in the case');
    expect(ended.outcome).not.toContain('not applied');
    const { job: other } = await answer('case.import', { ...importing([sampleArchive()]), layout: 'sgfp' });
    const { outcome } = await answer('job.wait', { job: other });
    expect(outcome).toContain('The layout sgfp given was not applied');
    expect(outcome).toContain('To apply it, import into a new case.');
    expect((await answer('case.open', { caseId })).bundles).toHaveLength(1);
    expect(partials()).toEqual([]);
  });

  test('a kept analysis is used again without reading the dumps', async () => {
    const before = (await answer('job.list', {})).filter((job) => job.kind === 'analysis').length;
    const first = await answer('case.analysis', { caseId });
    const second = await answer('case.analysis', { caseId });
    expect(second).toEqual(first);
    expect((await answer('job.list', {})).filter((job) => job.kind === 'analysis').length).toBe(before);
    const other = createEngine({ casesFolder: folder, stateFolder: null });
    expect(await other.call('case.analysis', { caseId })).toEqual({ ok: true, value: first });
    await other.close();
  });
});

test('an engine that is closed opens no case and starts no job', async () => {
  const other = createEngine({ casesFolder: folder, stateFolder: null });
  expect(await other.call('case.open', { caseId })).toMatchObject({ ok: true });
  await other.close();
  const cancelled = { ok: false, failure: { code: 'cancelled' } };
  expect(await other.call('case.open', { caseId })).toMatchObject(cancelled);
  expect(await other.call('case.import', importing([sampleArchive()]))).toMatchObject(cancelled);
});

describe('importing', () => {
  test('can be cancelled at any time: no partial file and no thread is left, and it can be imported afterwards', async () => {
    const big = path.join(folder, 'big.tar.gz');
    const text = Array.from(
      { length: 400_000 },
      (_, index) => `${index % 50 === 0 ? 'E' : 'I'}0501 12:00:00.000000 1 a.go:1] ${index} ${(index * 7919) % 65_521}`,
    ).join('\n');
    writeFileSync(
      big,
      await tarGzOf([
        { name: 'var_log/kube-proxy.log', body: text },
        { name: 'b.log', body: `${text}b` },
      ]),
    );
    const idle = threads();
    const { job } = await answer('case.import', importing([big]));
    while (partials().length === 0) {
      const running = (await answer('job.list', {})).find((one) => one.id === job);
      expect(running?.state).toBe('running');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await answer('job.cancel', { job });
    const ended = await answer('job.wait', { job });
    expect(ended).toMatchObject({ state: 'cancelled', imports: [{ outcome: 'cancelled', bundle: null }] });
    expect(partials()).toEqual([]);
    expect(threads()).toBeLessThanOrEqual(idle);
    const again = await answer('case.import', importing([big]));
    expect(await answer('job.wait', { job: again.job })).toMatchObject({
      state: 'done',
      imports: [{ outcome: 'imported' }],
    });
  });

  test('of two imports of the same bytes at once one is kept, and the other says so', async () => {
    const made = await answer('case.create', { title: null, dir: path.join(folder, 'twice') });
    const other = createEngine({ casesFolder: folder, stateFolder: null });
    const request = { ...importing([sampleArchive()]), caseId: made.id };
    const mine = await answer('case.import', request);
    const theirs = await other.call('case.import', request);
    if (!theirs.ok) throw new Error(theirs.failure.message);
    const ended = await answer('job.wait', { job: mine.job });
    const otherEnded = await other.call('job.wait', { job: theirs.value.job });
    await other.close();
    const outcomes = [ended, otherEnded.ok ? otherEnded.value : null].map((job) => job?.imports[0]?.outcome);
    expect(outcomes.sort()).toEqual(['already-imported', 'imported']);
    expect(readdirSync(path.join(made.id, 'bundles'))).toHaveLength(1);
  });

  test('a disk that cannot be written fails the import and says so', async () => {
    const made = await answer('case.create', { title: null, dir: path.join(folder, 'no-room') });
    rmSync(path.join(made.id, 'bundles'), { recursive: true });
    writeFileSync(path.join(made.id, 'bundles'), 'a file where the folder should be');
    const idle = threads();
    const { job } = await answer('case.import', { ...importing([sampleArchive()]), caseId: made.id });
    const ended = await answer('job.wait', { job });
    expect(ended).toMatchObject({ state: 'failed', failure: { code: 'disk' } });
    expect(ended.failure?.message).toContain('could not be stored');
    expect(threads()).toBeLessThanOrEqual(idle);
  });

  test('what cannot be imported fails alone and says where and what to do', async () => {
    const empty = path.join(folder, 'empty.tar.gz');
    writeFileSync(empty, '');
    const bare = path.join(folder, 'bare');
    mkdirSync(bare);
    const pdf = path.join(folder, 'invoice.pdf');
    writeFileSync(pdf, `%PDF-1.4\n${'1 0 obj\n'.repeat(50)}%%EOF`);
    const { job } = await answer('case.import', importing([path.join(folder, 'nope.tar.gz'), empty, pdf, bare]));
    const ended = await answer('job.wait', { job });
    expect(ended.state).toBe('done-with-gaps');
    expect(ended.imports.map((one) => one.outcome)).toEqual(['failed', 'failed', 'imported', 'failed']);
    expect(ended.imports[0]?.failure).toMatchObject({ code: 'not-found', where: path.join(folder, 'nope.tar.gz') });
    expect(ended.imports[1]?.failure).toMatchObject({ code: 'empty' });
    expect(ended.imports[3]?.failure).toMatchObject({ code: 'empty', advice: 'Check that it is the right folder.' });
    expect(ended.imports[2]?.bundle).toMatchObject({ files: 1, lines: 0, outcome: 'with-gaps' });
    expect(ended.imports[2]?.bundle?.gaps[0]?.message).toContain('not a log archive');
    expect(partials()).toEqual([]);
  });

  test('wrong input never reaches a handler', async () => {
    for (const method of ['constructor', '__proto__', 'toString', 'case.nope']) {
      expect(await engine.call(method as MethodName, {} as never)).toMatchObject({
        ok: false,
        failure: { code: 'wrong-usage' },
      });
    }
    expect(await engine.call('case.import', { caseId, paths: [], node: null, layout: null, mark: null })).toMatchObject(
      { ok: false },
    );
    expect(await engine.call('case.open', { caseId: CaseId.parse(path.join(folder, 'no-case')) })).toMatchObject({
      ok: false,
      failure: { code: 'not-found' },
    });
    expect(readFileSync(sampleArchive()).length).toBeGreaterThan(0);
  });
});

describe('closing', () => {
  test('cancels the reports that are built, and ends after them', async () => {
    const other = createEngine({ casesFolder: path.join(folder, 'cases'), stateFolder: null });
    const kept = await other.call('report.draft', { caseId });
    if (!kept.ok) throw new Error(kept.failure.message);
    const redaction = { profiles: ['secrets', 'network'], words: [], keep: [] };
    const { sections, leftOut, order, ...rest } = kept.value.draft;
    const draft = { ...rest, sections: [...sections], leftOut: [...leftOut], order: [...order], redaction };
    // Redacted ones are made one after the other.
    const asked = (['html', 'md', 'json'] as const).map((format) =>
      other.call('report.build', { caseId, format, draft }),
    );
    asked.push(other.call('report.build', { caseId, format: 'html', draft: { ...draft, redaction: null } }));
    let ended = 0;
    const answers = asked.map((answer) => answer.finally(() => ended++));
    await other.close();
    expect(ended).toBe(asked.length);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toEqual({ ok: false, failure: expect.objectContaining({ code: 'cancelled' }) });
    }
  });
});
