/**
 * Every fixture and every shape in a case of its own, with a second archive that holds values of each kind: the redacted exports and
 * packs hold none of them, and their maps give the unredacted ones byte for byte. What a value is, is told by test/support alone.
 * `npm test` takes some of the archives, `npm run test:long` all of them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import type { MethodInput } from '../../analyzer/contract/contract.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../analyzer/contract/report.ts';
import type { BundleId, CaseId } from '../../analyzer/core/ids.ts';
import type { ReportDraft } from '../../analyzer/core/report.ts';
import { buildFixture, buildShape } from '../../fixtures/build-fixture.ts';
import type { BundleTree } from '../../fixtures/lib/eks-tree.ts';
import { FIXTURE_IDS, type FixtureId } from '../../fixtures/scenarios/index.ts';
import { SHAPE_IDS, type ShapeId } from '../../fixtures/shapes/index.ts';
import { tarGzOf } from '../support/archives.ts';
import {
  identifying,
  leftOf,
  readings,
  spellings,
  standingIn,
  VALUE_KINDS,
  type ValueKind,
  valuesIn,
} from '../support/left-values.ts';
import {
  PLANTED_ARCHIVE,
  PLANTED_FILE,
  PLANTED_GROUP,
  type Planted,
  plantedValues,
} from '../support/planted-values.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

/** Of five layouts, those with the most kinds of values. */
const SOME: readonly (FixtureId | ShapeId)[] = [
  'eks-kube-services-empty',
  'eks-ena-allowance',
  'node-diagnostic-nftables',
  'sgfp-pod',
  'must-gather',
  'sosreport',
];
const ALL: readonly (FixtureId | ShapeId)[] = [...FIXTURE_IDS, ...SHAPE_IDS];
const WHOLE = inject('archives') === 'all';

/** What the customer of the fixtures calls things: it stands in names of pods, of namespaces and of clusters. */
const OWN_WORDS = ['shop', 'checkout'];
const PROFILES = ['secrets', 'identifiers', 'network'];
/** Groups of planted lines are shown whole, and touch each other. */
const CONTEXT = (PLANTED_GROUP - 1) / 2;
/** Lines of the archive that are kept for its values, of each kind. */
const KEPT_MAX = 4;
/** Values of the archive that are planted in other forms, of each kind. */
const HIDDEN_MAX = 3;

/** Kinds that are told by their shape alone, wherever they stand. */
const BY_SHAPE: readonly ValueKind[] = ['address', 'IPv6 address', 'MAC', 'id', 'domain'];

interface Place {
  readonly file: string;
  readonly line: number;
  readonly value: string;
}

/** @returns values of all files, and lines that show some of each kind. */
function readTree(tree: BundleTree) {
  const values = new Map<string, ValueKind>();
  const places: Place[] = [];
  const kept = new Map<ValueKind, number>();
  for (const [file, content] of tree.files) {
    const text = content.toString('utf8');
    for (const [value, kind] of valuesIn(`${file}\n${text}`)) {
      const nth = kept.get(kind) ?? 0;
      if (values.has(value)) continue;
      values.set(value, kind);
      const line = nth >= KEPT_MAX ? -1 : text.split('\n').findIndex((one) => one.includes(value));
      if (line < 0) continue;
      kept.set(kind, nth + 1);
      places.push({ file, line: line + 1, value });
    }
  }
  return { values, places };
}

describe.each(WHOLE ? ALL : SOME)('%s', (id) => {
  let session: EngineSession;
  let caseId: CaseId;
  let planted: Planted;
  let own: ReadonlyMap<string, ValueKind>;
  let draft: ReportDraft;
  let truth: Awaited<ReturnType<typeof packOf>>;
  let made: Awaited<ReturnType<typeof packOf>>;
  const plain = () => ({ caseId, draft: { ...draft, redaction: null } });
  const redacted = () => ({
    caseId,
    draft: { ...draft, redaction: { profiles: PROFILES, words: [...planted.words, ...OWN_WORDS], keep: [] } },
  });

  beforeAll(async () => {
    session = await startEngine();
    const built = FIXTURE_IDS.includes(id as FixtureId)
      ? await buildFixture(id as FixtureId)
      : buildShape(id as ShapeId);
    const { values, places } = readTree(built.tree);
    own = values;
    const hidden = BY_SHAPE.flatMap((kind) => [...own].filter(([, one]) => one === kind).slice(0, HIDDEN_MAX)).map(
      ([value]) => value,
    );
    planted = plantedValues(id, hidden);
    const archive = path.join(session.folder, PLANTED_ARCHIVE);
    mkdirSync(path.dirname(archive), { recursive: true });
    writeFileSync(archive, await tarGzOf([{ name: `./${PLANTED_FILE}`, body: `${planted.lines.join('\n')}\n` }]));
    ({ caseId } = await session.importNew([built.archivePath, archive]));
    await keepLines(places);
    await pinAnswers();
    draft = await everything();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 22) });
    truth = await packOf({ ...plain(), formats: [...REPORT_FORMATS], sources: 'yes' });
    made = await packOf({ ...redacted(), formats: [...REPORT_FORMATS] });
  }, 240_000);
  afterAll(async () => {
    vi.useRealTimers();
    await session?.close();
  });

  async function bundles(): Promise<{ readonly fixture: BundleId; readonly planted: BundleId }> {
    const all = (await session.ask('case.open', { caseId })).bundles;
    const found = all.find(({ name }) => name === PLANTED_ARCHIVE)?.id;
    const fixture = all.find((one) => one.id !== found)?.id;
    if (found === undefined || fixture === undefined) throw new Error('both archives are in the case');
    return { fixture, planted: found };
  }

  /** Lines with values of every kind of the archive, and all that is planted. */
  async function keepLines(places: readonly Place[]): Promise<void> {
    const { fixture, planted: bundle } = await bundles();
    const files = await session.ask('file.list', { caseId });
    const keep = (bundle: BundleId, file: string, line: number, value = '') =>
      session.ask('bookmark.set', { caseId, bundle, file, line, note: `of ${planted.words[0]}: ${value}` });
    for (const { file, line, value } of places) {
      const found = files.find((one) => one.bundle === fixture && one.path === file && one.lines >= line);
      if (found !== undefined) await keep(fixture, file, line, value);
    }
    for (let line = CONTEXT + 1; line <= planted.lines.length + CONTEXT; line += PLANTED_GROUP)
      await keep(
        bundle,
        PLANTED_FILE,
        Math.min(line, planted.lines.length),
        planted.named[line % planted.named.length],
      );
  }

  async function pinAnswers(): Promise<void> {
    const { fixture: bundle } = await bundles();
    const address = [...own].find(([, kind]) => kind === 'address')?.[0] ?? '10.0.0.9';
    const flow = { bundle, node: null, from: 'node', to: `${address}:443`, inInterface: null };
    const note = `${planted.words[1]} asked for ${address}`;
    const pin = { caseId, id: null, note, title: `To ${address}` };
    await session.ask('pin.set', { ...pin, method: 'network.trace', input: flow });
    const at = { time: '2026-02-15T07:00:00Z' };
    await session.ask('pin.set', { ...pin, method: 'timeline.lines', input: { at, count: 20 } });
  }

  /** All sections with all findings, in the words of an engineer who names the customer. */
  async function everything(): Promise<ReportDraft> {
    const template = (await session.ask('report.templates', {})).find((one) => one.id === 'engineering-hand-over');
    if (template === undefined) throw new Error('the template is shipped');
    const names = `${planted.words.join(', ')}: ${[...own.keys()].slice(0, 40).join(' ')}`;
    const sections = template.draft.sections.map((one) => ({ ...one, shown: 'yes' as const, text: names }));
    const title = `${planted.words[0]}: ${planted.values[1]}`;
    return { ...template.draft, title, sections, context: CONTEXT, leftOut: [] };
  }

  /** Texts of the files of a pack, by path. */
  async function packOf(question: MethodInput<'report.pack'>) {
    const pack = await session.ask('report.pack', question);
    const zipped = Object.entries(unzipSync(Buffer.from(pack.base64, 'base64')));
    const files = new Map(zipped.map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]));
    expect([...files.keys()]).toEqual(pack.files);
    return { ...pack, files };
  }

  function reportIn(files: ReadonlyMap<string, string>, format: ReportFormat): string {
    return [...files].find(([name]) => name.endsWith(`-report.${format}`))?.[1] ?? '';
  }

  test('nothing is left in any file of the pack, reports among them', () => {
    const files = [...truth.files].filter(([name]) => !name.startsWith('sources/'));
    expect(truth.files.size - files.length).toBeGreaterThan(1);
    expect(made.files.size).toBe(files.length + 1);
    const shownValues = valuesIn(files.flat().join('\n'));
    const sought = new Map([...planted.values, ...OWN_WORDS].map((value) => [value, value]));
    for (const [value, kind] of shownValues) for (const one of spellings(kind, value)) sought.set(one, value);

    // There is something to be found: all that was planted, and values of each kind that the archive has.
    const kindsOf = (values: readonly (readonly [string, ValueKind])[]) =>
      VALUE_KINDS.filter((kind) => values.some((one) => one[1] === kind));
    expect(kindsOf([...own].filter(([value]) => shownValues.has(value)))).toEqual(kindsOf([...own]));
    const unseen = new Set(planted.values);
    for (const text of readings(files.flat().join('\n')))
      for (const value of standingIn(text, unseen)) unseen.delete(value);
    expect([...unseen]).toEqual([]);

    const { entries } = JSON.parse(made.map ?? '') as { entries: readonly { original: string; pseudonym: string }[] };
    expect(entries.filter(({ original, pseudonym }) => original === pseudonym)).toEqual([]);
    const shown = readings([made.fileName, ...[...made.files].flat()].join('\n'));
    // In any spelling: what is planted, and what the unredacted report shows.
    const standing = shown.flatMap((text) => standingIn(text, sought.keys()));
    const left = new Set(standing.map((one) => sought.get(one) ?? one));
    expect(leftOf(left, left, entries)).toEqual([]);
    // And by its shape any value of the archive at all.
    expect(leftOf(own.keys(), identifying(shown.join('\n')), entries)).toEqual([]);
  });

  test.each(REPORT_FORMATS)('%s: the map gives the report byte for byte, and both stand', async (format) => {
    const text = reportIn(made.files, format);
    const wanted = reportIn(truth.files, format);
    expect(wanted.length).toBeGreaterThan(1000);
    const back = await session.ask('report.unredact', { text, map: made.map ?? '' });
    expect(back.text === wanted).toBe(true);
    expect(back.format).toBe(format);
    expect(made.references).toBe(truth.references);
    const check = await session.ask('report.verify', { caseId, text });
    expect(check).toMatchObject({ outcome: 'ok', ok: truth.references, changed: 0, missing: 0 });
  });

  test('the manifest of the redacted pack stands, and files as they were captured never go into it', async () => {
    const check = await session.ask('report.verify', { caseId, text: made.files.get('manifest.json') ?? '' });
    expect(check).toMatchObject({ outcome: 'ok', ok: made.references, changed: 0, missing: 0 });
    const withSources = session.ask('report.pack', { ...redacted(), formats: ['md'], sources: 'yes' });
    await expect(withSources).rejects.toThrow(/never redacted/);
  });

  test.each(WHOLE ? REPORT_FORMATS : [])('%s: an export by itself is the one of the pack', async (format) => {
    const plainly = await session.ask('report.build', { ...plain(), format });
    expect(plainly.text === reportIn(truth.files, format)).toBe(true);
    const alone = await session.ask('report.build', { ...redacted(), format });
    expect(alone.text === reportIn(made.files, format)).toBe(true);
    const back = await session.ask('report.unredact', { text: alone.text, map: alone.map ?? '' });
    expect(back.text === plainly.text).toBe(true);
  });
});
