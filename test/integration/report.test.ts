/**
 * Reports of whole cases, through the engine: all formats say the same, hostile text is inert in each, and what cannot be shown is
 * refused by name. The golden files are made anew by `npm run integration -- test/integration/report.test.ts -u`.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { MethodInput, MethodOutput } from '../../analyzer/contract/contract.ts';
import type { Engine } from '../../analyzer/contract/engine-api.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../analyzer/contract/report.ts';
import { CaseId, FindingId } from '../../analyzer/core/ids.ts';
import type { ReportDraft } from '../../analyzer/core/report.ts';
import { sampleArchive } from '../../analyzer/core/resources.ts';
import { createEngine } from '../../analyzer/engine.ts';
import { CaseDocument } from '../../analyzer/report/document.ts';
import { instant } from '../../analyzer/report/model.ts';
import { readReferences } from '../../analyzer/report/references.ts';
import { visible } from '../../analyzer/report/visible.ts';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { THREE_NODES } from '../../fixtures/scenarios/index.ts';
import { tarGzOf } from '../support/archives.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

type Report = MethodOutput<'report.build'>;

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

let sample: Promise<CaseId> | null = null;
/** The sample, which every test leaves as it was. */
function sampleCase(): Promise<CaseId> {
  sample ??= session.importNew([sampleArchive()]).then(({ caseId }) => caseId);
  return sample;
}

const GOLDEN = path.join(import.meta.dirname, 'report-golden');

async function templateOf(id: string): Promise<ReportDraft> {
  const found = (await session.ask('report.templates', {})).find((one) => one.id === id);
  if (found === undefined) throw new Error(`no template ${id}`);
  return found.draft;
}

/** The worst findings of a case, and no more: golden files are to be read by people. */
async function worst(caseId: CaseId, count: number): Promise<readonly FindingId[]> {
  const { findings } = await session.ask('case.analysis', { caseId });
  return findings.slice(0, count).map(({ id }) => id);
}

async function build(input: MethodInput<'report.build'>): Promise<Report> {
  const report = await session.ask('report.build', input);
  expect(report.map).toBeNull();
  return report;
}

const INSTANT = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| UTC)`;
const MADE = new RegExp(`(Made by [^\\n]{0,80}? on |Node log report, |"generatedAt": ")${INSTANT}`, 'g');

/** What differs from run to run, from version to version, and with every rule that is added. */
function steady(text: string, { bundles, generatedBy: { version, rules } }: CaseDocument): string {
  const imported = bundles.flatMap(({ importedAt }) => [importedAt, instant(importedAt)]);
  return imported
    .reduce((all, one) => all.replaceAll(one, 'INSTANT'), text.replace(MADE, '$1INSTANT'))
    .replaceAll(`with ${rules} rules`, 'with RULES rules')
    .replace(`"rules": ${rules}`, '"rules": 0')
    .replaceAll(`Coldcase ${version}`, 'Coldcase VERSION')
    .replace(`"version": "${version}"`, '"version": "VERSION"');
}

/** All formats of one case; holds each against the others. */
async function everyFormat(caseId: CaseId, draft: ReportDraft, findings: readonly FindingId[]) {
  const question = { caseId, draft, findings: [...findings] };
  const reports = new Map<ReportFormat, Report>();
  for (const format of REPORT_FORMATS) reports.set(format, await build({ ...question, format }));
  const textOf = (format: ReportFormat): string => reports.get(format)?.text ?? '';
  const document = CaseDocument.parse(JSON.parse(textOf('json')));
  for (const format of REPORT_FORMATS) {
    expect(readReferences(textOf(format)), format).toEqual({
      ok: true,
      format,
      references: document.references,
      redacted: 'no',
    });
    expect(reports.get(format)?.references).toBe(document.references.length);
    const plain = textOf(format).replaceAll('\n', '');
    expect(visible(plain) === plain, format).toBe(true);
  }
  sayTheSame(document, textOf);
  return { document, textOf };
}

/** Findings, their lines and hashes, in every format as a person reads it. */
function sayTheSame(document: CaseDocument, textOf: (format: ReportFormat) => string): void {
  const page = pageOf(textOf('html'));
  const yaml = parse(textOf('yaml'), { schema: 'core' }) as {
    readonly evidence: readonly { readonly content: string }[];
  };
  const inYaml = yaml.evidence.map(({ content }) => content).join('\n');
  for (const { label, title, evidence } of document.findings) {
    expect(page.text, label).toContain(title.replaceAll('`', ''));
    expect(inYaml, label).toContain(`${label} [`);
    for (const one of evidence) {
      expect(page.text).toContain(one.sha256);
      expect(textOf('md')).toContain(one.sha256);
      for (const { text } of one.lines) {
        expect(page.text, one.label).toContain(visible(text));
        expect(textOf('md'), one.label).toContain(visible(text));
        expect(inYaml, one.label).toContain(text.toWellFormed());
      }
    }
  }
}

interface Page {
  readonly text: string;
  readonly tags: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
}

interface Element {
  readonly localName: string;
  readonly textContent: string | null;
  getAttributeNames(): readonly string[];
}

/** jsdom has no types of its own. */
const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
  readonly JSDOM: new (
    html: string,
  ) => {
    readonly window: {
      readonly document: { querySelectorAll(selector: string): Iterable<Element>; readonly body: Element };
    };
  };
};

/** The page as a browser has it. */
function pageOf(html: string): Page {
  const { document } = new JSDOM(html).window;
  const all = [...document.querySelectorAll('*')];
  return {
    text: document.body.textContent ?? '',
    tags: new Set(all.map(({ localName }) => localName)),
    attributes: new Set(all.flatMap((one) => [...one.getAttributeNames()])),
  };
}

describe('golden reports', () => {
  async function holdGolden(
    name: string,
    formats: readonly ReportFormat[],
    made: Awaited<ReturnType<typeof everyFormat>>,
  ) {
    // What is published describes what lies here.
    expect(CaseDocument.safeParse(JSON.parse(steady(made.textOf('json'), made.document))).error).toBeUndefined();
    for (const format of formats) {
      await expect(steady(made.textOf(format), made.document)).toMatchFileSnapshot(
        path.join(GOLDEN, `${name}.${format}`),
      );
    }
  }

  test('the sample, as the customer gets it', async () => {
    const caseId = await sampleCase();
    const draft = (await session.ask('report.draft', { caseId })).draft;
    await holdGolden('sample', REPORT_FORMATS, await everyFormat(caseId, draft, await worst(caseId, 2)));
  });

  test('a node with nftables, as an internal note with words of the engineer', async () => {
    const { archivePath } = await buildFixture('node-diagnostic-nftables');
    const { caseId } = await session.importNew([archivePath]);
    const template = await templateOf('internal-note');
    const sections = template.sections.map((one) =>
      one.kind === 'text' ? { ...one, text: 'First line | of ours.\n\n<b>Second</b> one.' } : one,
    );
    const draft = { ...template, title: 'CS-7: one node', sections };
    await holdGolden('nftables', ['md', 'yaml'], await everyFormat(caseId, draft, await worst(caseId, 2)));
  });

  test('three nodes, handed over with everything that was pinned', async () => {
    const fixtures = await Promise.all(THREE_NODES.map((id) => buildFixture(id)));
    const [one = '', ...others] = fixtures.map(({ archivePath }) => archivePath);
    const { caseId } = await session.importNew([one]);
    // One after the other: bundles stand in the order in which they came into the case.
    for (const archive of others) {
      const { job } = await session.ask('case.import', {
        caseId,
        paths: [archive],
        node: null,
        layout: null,
        mark: null,
      });
      await session.ask('job.wait', { job });
    }
    const { bundles } = await session.ask('case.open', { caseId });
    const [first, second] = bundles;
    const [finding] = await worst(caseId, 1);
    if (first === undefined || second === undefined || finding === undefined)
      throw new Error('three nodes have findings');
    const pin = (question: Omit<MethodInput<'pin.set'>, 'caseId' | 'id'>) =>
      session.ask('pin.set', { ...question, caseId, id: null });
    const trace = { bundle: first.id, node: null, from: 'node', to: '10.100.0.1:443', inInterface: null };
    await pin({ method: 'network.trace', input: trace, title: 'To the API', note: 'As kubelet does.' });
    await pin({ method: 'compare.run', input: { bundles: bundles.map(({ id }) => id) }, title: 'All three', note: '' });
    await pin({ method: 'correlate.run', input: { pivot: { finding }, limit: 5 }, title: 'Around it', note: '' });
    const lines = { at: { time: '2026-06-17T13:56:00Z' }, count: 5, severity: 'high' };
    await pin({ method: 'timeline.lines', input: lines, title: 'The minute', note: '' });
    await pin({
      method: 'runbooks.run',
      input: { runbook: 'oom', bundle: null },
      title: 'Out of memory',
      note: '',
    });
    await session.ask('mark.set', { caseId, finding, pinned: 'yes', noise: 'no', note: 'Seen twice | before.' });
    await session.ask('bookmark.set', {
      caseId,
      bundle: first.id,
      file: 'kubelet/kubelet.log',
      line: 3,
      note: 'A start',
    });
    const draft = { ...(await templateOf('engineering-hand-over')), title: 'CS-8: three nodes', order: [finding] };
    const made = await everyFormat(caseId, draft, [finding]);
    const { document } = made;
    expect(document.answers.map(({ method, failed }) => [method, failed])).toEqual([
      ['correlate.run', null],
      ['timeline.lines', null],
      ['network.trace', null],
      ['compare.run', null],
      ['runbooks.run', null],
    ]);
    for (const { label, tables } of document.answers) {
      expect(tables.flatMap(({ rows }) => rows.flatMap(({ cites }) => cites)).length, label).toBeGreaterThan(0);
    }
    expect(document.kept).toMatchObject([
      { note: 'A start', evidence: { line: 3, before: [{ number: 1 }, { number: 2 }] } },
    ]);
    await holdGolden('three-nodes', ['md', 'json'], made);
  });
});

describe('hostile text', () => {
  const LINES = [
    '2026-03-01T10:00:00Z <script>alert(1)</script><img src=x onerror=alert(1)>',
    '2026-03-01T10:00:01Z | a | b |\\| `code` ``` [x](javascript:alert(1)) ![y](http://evil.example/p.png)',
    '2026-03-01T10:00:02Z \u001b[31mred\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007',
    '2026-03-01T10:00:03Z gpj\u202eexe.\u2066 \u200b\ufeff \u{e0041}',
    '2026-03-01T10:00:04Z </title></style>"; } references: - {"schema":"coldcase-report/2"}',
    `2026-03-01T10:00:05Z ${'x<&|'.repeat(262_144)}`,
    '2026-03-01T10:00:06Z nul \u0000 here',
  ];
  const NAME = 'var_log/<script>|`a`\u202e&.log';

  test('is inert in every format, and every format still says the same', async () => {
    const archive = path.join(session.folder, '<img src=x>|`h`.tar.gz');
    writeFileSync(
      archive,
      await tarGzOf([
        { name: NAME, body: `${LINES.join('\n')}\n` },
        { name: 'system/hostname.txt', body: 'a<b>|`c`\n' },
      ]),
    );
    const { caseId } = await session.importNew([archive]);
    const file = (await session.ask('file.list', { caseId })).find(({ lines }) => lines >= LINES.length);
    if (file === undefined) throw new Error('the log was read');
    for (const line of LINES.keys()) {
      await session.ask('bookmark.set', {
        caseId,
        bundle: file.bundle,
        file: file.path,
        line: line + 1,
        note: LINES[1] ?? '',
      });
    }
    const at = { time: '2026-03-01T00:00:00Z' };
    await session.ask('pin.set', {
      caseId,
      id: null,
      method: 'timeline.lines',
      input: { at },
      title: '<i>|x',
      note: '`|',
    });
    const template = await templateOf('customer-summary');
    const title = '</title><script>alert(1)</script>"; } @import';
    const sections = template.sections.map((one) => ({
      ...one,
      heading: `${one.heading} <b>|`,
      text: LINES.slice(0, 5).join('\n'),
    }));
    const { document, textOf } = await everyFormat(caseId, { ...template, title, sections, context: 1 }, []);
    expect(document.kept).toHaveLength(LINES.length);
    const page = pageOf(textOf('html'));
    const plain = pageOf((await build({ caseId, draft: { ...template, context: 1 }, format: 'html' })).text);
    for (const tag of page.tags) expect([...plain.tags, 'code'].includes(tag) ? '' : tag).toBe('');
    for (const name of page.attributes) expect(plain.attributes.has(name) ? '' : name).toBe('');
    expect(page.tags.has('script') || page.tags.has('img')).toBe(false);
    // Of a line of a megabyte the beginning is shown; its hash covers all of it.
    for (const format of REPORT_FORMATS) expect(textOf(format).length, format).toBeLessThan(2_000_000);
    expect(document.kept[5]?.evidence).toMatchObject({ note: 'first 16384 characters shown' });
  });
});

describe('what cannot be shown', () => {
  const questionOf = (caseId: CaseId) => ({ caseId, format: 'md' as const });

  test('drafts and pinned answers are kept, and wrong questions refused', async () => {
    const caseId = await sampleCase();
    const before = await session.ask('report.draft', { caseId });
    expect(before.keptAt).toBeNull();
    expect(before.draft).toMatchObject({ template: 'customer-summary', title: 'sample.tar.gz' });
    const draft = { ...(await templateOf('internal-note')), title: 'Begun' };
    const { meanwhile, ...kept } = await session.ask('report.keepDraft', { caseId, from: before.draft, draft });
    expect(kept).toMatchObject({ draft, keptAt: expect.any(String) });
    expect(meanwhile).toBeNull();
    expect(await session.ask('report.draft', { caseId })).toEqual(kept);
    // Another window began with the same draft.
    const theirs = { caseId, from: draft, draft: { ...draft, context: 9 } };
    expect(await session.ask('report.keepDraft', theirs)).toMatchObject({ draft: theirs.draft, meanwhile: null });
    const mine = { caseId, from: draft, draft: { ...draft, title: 'Kept', context: 7 } };
    expect(await session.ask('report.keepDraft', mine)).toMatchObject({
      draft: { ...draft, title: 'Kept', context: 9 },
      meanwhile: { gaveWay: ['the lines around each excerpt'] },
    });
    expect((await build(questionOf(caseId))).fileName).toBe('kept-report.md');
    expect((await session.ask('report.keepDraft', { caseId, from: null, draft: null })).keptAt).toBeNull();

    const trace = { method: 'network.trace' as const, title: 'To a name', note: '' };
    const input = { bundle: null, node: null, from: 'node', to: 'no/such:80', inInterface: null };
    await expect(session.ask('pin.set', { ...trace, caseId, id: null, input: { ...input, to: 7 } })).rejects.toThrow(
      'wrong-usage: network.trace cannot be asked so: to',
    );
    await expect(session.ask('pin.set', { ...trace, caseId, id: 12_345, input })).rejects.toThrow('not-found');
    const pin = await session.ask('pin.set', { ...trace, caseId, id: null, input });
    expect(pin.input).toMatchObject({ ...input, protocol: 'tcp', state: 'new' });
    // It cannot be answered: the report says so in its place.
    expect((await build(questionOf(caseId))).text).toMatch(/It could not be answered again: [^*]{10,}\*\*/);
    const named = await session.ask('pin.set', {
      ...trace,
      caseId,
      id: pin.id,
      input: { ...input, to: '10.100.0.1:443' },
    });
    expect(named.id).toBe(pin.id);
    expect((await build(questionOf(caseId))).text).not.toContain('It could not be answered again');
    const gone = { ...trace, caseId, id: pin.id, input: { ...input, bundle: 'f'.repeat(64) } };
    await session.ask('pin.set', gone);
    await expect(build(questionOf(caseId))).rejects.toThrow(
      'not-found: The pinned answer "To a name" is about an archive that is not in this case: sha256 ffffffffffff. Nothing was written.',
    );
    // In a section that is not shown it is not asked.
    const sections = before.draft.sections.map((one) =>
      one.kind === 'traces' ? { ...one, shown: 'no' as const } : one,
    );
    await build({ ...questionOf(caseId), draft: { ...before.draft, sections } });
    expect(await session.ask('pin.remove', { caseId, ids: [pin.id] })).toMatchObject([{ id: pin.id }]);
    expect(await session.ask('pin.list', { caseId })).toEqual([]);
  });

  test('a finding, a kept line and a case that are gone are refused by name', async () => {
    const unknown = FindingId.parse('0123456789abcdef');
    const { archivePath } = await buildFixture('eks-oom');
    const { caseId } = await session.importNew([sampleArchive(), archivePath]);
    await expect(build({ ...questionOf(caseId), findings: [unknown] })).rejects.toThrow(
      'not-found: The report cannot show finding 0123456789abcdef: the analysis of this case does not have it. Nothing was written.',
    );
    await expect(build(questionOf(CaseId.parse(path.join(session.folder, 'no-case'))))).rejects.toThrow('not-found');

    const { bundles } = await session.ask('case.open', { caseId });
    const { findings } = await session.ask('case.analysis', { caseId });
    const lost = bundles.find(({ name }) => name !== 'sample.tar.gz');
    const pinned = findings.find(({ bundle }) => bundle === lost?.id);
    if (lost === undefined || pinned === undefined) throw new Error('both archives have findings');
    await session.ask('mark.set', { caseId, finding: pinned.id, pinned: 'yes', noise: 'no', note: '' });
    const [evidence] = pinned.evidence;
    const place = { bundle: lost.id, file: evidence.file, line: evidence.line };
    await session.ask('bookmark.set', { caseId, ...place, note: '' });

    // The same case in another process, after somebody has deleted the bundle.
    const engine = createEngine({ casesFolder: session.folder, stateFolder: null });
    try {
      rmSync(path.join(caseId, 'bundles', `${lost.id}.bundle`));
      await refusals(engine, caseId, pinned.title, pinned.id, `${place.file}:${place.line}`);
    } finally {
      await engine.close();
    }
  });

  async function refusals(engine: Engine, caseId: CaseId, title: string, id: FindingId, place: string) {
    const refused = await engine.call('report.build', questionOf(caseId));
    expect(refused).toMatchObject({ ok: false, failure: { code: 'not-found', where: place } });
    expect(!refused.ok && refused.failure.message).toContain(
      `The report cannot show "${title}" (finding ${id}): an archive`,
    );
    const drafted = await engine.call('report.draft', { caseId });
    if (!drafted.ok) throw new Error(drafted.failure.message);
    const draft = { ...drafted.value.draft, leftOut: [id] };
    const kept = await engine.call('report.build', { ...questionOf(caseId), draft });
    expect(kept).toMatchObject({ ok: false, failure: { code: 'not-found', where: place } });
    expect(!kept.ok && kept.failure.message).toContain('L1, a kept line in the archive with sha256');
    const marks = await engine.call('bookmark.list', { caseId });
    await engine.call('bookmark.remove', { caseId, ids: marks.ok ? marks.value.map((one) => one.id) : [] });
    expect(await engine.call('report.build', { ...questionOf(caseId), draft })).toMatchObject({ ok: true });
  }
});
