/** Redacted reports hold no value of a customer, in no format and no spelling; their map and the case bring everything back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { REPORT_FORMATS, type ReportFormat } from '../../analyzer/contract/report.ts';
import type { CaseId } from '../../analyzer/core/ids.ts';
import type { ReportDraft } from '../../analyzer/core/report.ts';
import { learnNetworks, learnServiceNetworks } from '../../analyzer/report/redaction/networks.ts';
import { createRedactor } from '../../analyzer/report/redaction/redactor.ts';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { FIXTURE_IDS, fixtureTree } from '../../fixtures/scenarios/index.ts';
import { SHAPE_IDS, shapeTree } from '../../fixtures/shapes/index.ts';
import { tarGzOf } from '../support/archives.ts';
import { identifying, leftOf, readings } from '../support/left-values.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const PROFILES = ['secrets', 'identifiers', 'network'];
const KEY = new Uint8Array(32).fill(77);

describe.each([
  ...FIXTURE_IDS.map((id) => [id, () => fixtureTree(id)] as const),
  ...SHAPE_IDS.map((id) => [id, () => shapeTree(id)] as const),
])('every file of %s', (_, treeOf) => {
  test('holds no value any more', () => {
    const texts = [...treeOf().files].map(([name, content]) => `${name}\n${Buffer.from(content).toString('utf8')}`);
    const lines = texts.flatMap((text) => text.split('\n'));
    const redactor = createRedactor({
      key: KEY,
      profiles: PROFILES,
      words: [],
      keep: learnServiceNetworks(lines),
      networks: learnNetworks(lines),
    });
    const own = identifying(texts.join('\n'));
    const left = identifying(texts.map((text) => redactor.redact(text)).join('\n'));
    expect(own.size).toBeGreaterThan(0);
    expect(leftOf(own, left, redactor.entries())).toEqual([]);
  });
});

/** Values with the words that give them away, some hundred of each kind. */
function generated(count: number): { readonly values: readonly string[]; readonly lines: readonly string[] } {
  const values: string[] = [];
  const lines: string[] = [];
  let second = 0;
  const say = (text: string): void => {
    const at = new Date(Date.UTC(2026, 1, 15, 7, 0, second++)).toISOString().slice(11, 19);
    lines.push(`Feb 15 ${at} worker-berlin kubelet[812]: ${text}`);
  };
  const own = <T extends string>(value: T): T => {
    values.push(value);
    return value;
  };
  own('worker-berlin');
  own('Acme');
  for (let nth = 0; nth < count; nth++) {
    const hex = (nth * 2_654_435_761).toString(16).padStart(17, 'ac17e9').slice(-17);
    const password = own(`hunt<er>&${nth}*Qx/${hex.slice(0, 5)}`);
    const user = own(`jroe${nth}xyz`);
    say(`db_password="${password}" for the Acme shop`);
    say(`Accepted publickey for ${user} from 10.77.${nth % 250}.${(nth * 7) % 250}`);
    say(`who is ${user} at ${own(`${user}.mail@corp${nth}.initech.com`)}`);
    say(`hidden ${Buffer.from(`${'xyz'.slice(0, nth % 3)}${password}!`).toString('base64')} end`);
    say(`url ?p=${encodeURIComponent(password)} hex ${Buffer.from(password).toString('hex')}`);
    say(
      `json ${JSON.stringify(JSON.stringify(password))} ${password.replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)}`,
    );
    say(`Authorization: Bearer ${own(`k8s-aws-v1.${Buffer.from(`token ${hex}`).toString('base64url')}`)}`);
    say(
      `aws_secret_access_key = ${own(`wJalr${hex}K7MDENG/bPxRfiCY`)} AKIA${own(
        `Q${hex
          .toUpperCase()
          .replace(/[^A-Z2-7]/g, 'B')
          .slice(0, 15)}`,
      )}`,
    );
    say(`eni-${own(hex)} in arn:aws:iam::${own(String(470_000_000_000 + nth))}:role/${own(`shop-node-${nth}x`)}`);
    say(
      `PTR ${(nth * 7) % 250}.${nth % 250}.77.10.in-addr.arpa. of ip-10-77-${nth % 250}-${(nth * 7) % 250}.eu-west-1.compute.internal`,
    );
    say(
      `mac 0a:1b:${(nth % 90) + 10}:3d:4e:${(nth % 80) + 11} postgres://app:${own(`pw${hex}`)}@db${nth}.initech.com/shop`,
    );
  }
  return { values, lines };
}

const { values, lines } = generated(25);

describe('reports', () => {
  let session: EngineSession;
  let caseId: CaseId;
  let draft: ReportDraft;
  const built = (redaction: ReportDraft['redaction'], format: ReportFormat) =>
    session.ask('report.build', { caseId, draft: { ...draft, redaction }, format });
  const redaction = { profiles: PROFILES, words: ['acme'], keep: [] };

  beforeAll(async () => {
    session = await startEngine();
    const own = path.join(session.folder, 'eks_i-0ac17e9ac17e90001_2026-02-15_0730-UTC_0.7.9.tar.gz');
    mkdirSync(path.dirname(own), { recursive: true });
    writeFileSync(own, await tarGzOf([{ name: './var_log/messages', body: `${lines.join('\n')}\n` }]));
    const ids = ['eks-stale-endpoint', 'eks-irsa-refused', 'sgfp-pod'] as const;
    const fixtures = await Promise.all(ids.map((id) => buildFixture(id)));
    const made = await session.importNew([own, ...fixtures.map(({ archivePath }) => archivePath)]);
    caseId = made.caseId;
    const { bundles } = await session.ask('case.open', { caseId });
    const bundle = bundles.find(({ name }) => own.endsWith(name))?.id;
    if (bundle === undefined) throw new Error('the generated archive was not imported');
    // With the lines around them, the kept lines are all there are.
    for (let line = 4; line <= lines.length; line += 7) {
      await session.ask('bookmark.set', {
        caseId,
        bundle,
        file: 'var_log/messages',
        line,
        note: `Acme's jroe${line % 25}xyz`,
      });
    }
    ({ draft } = await session.ask('report.draft', { caseId }));
    draft = { ...draft, title: 'Acme: worker-berlin and 10.77.3.21', context: 4 };
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 22) });
  });
  afterAll(async () => {
    vi.useRealTimers();
    await session.close();
  });

  test.each(REPORT_FORMATS)('%s: nothing is left, and the map gives the report byte for byte', async (format) => {
    const plain = await built(null, format);
    const made = await built(redaction, format);
    const { entries } = JSON.parse(made.map ?? '') as { readonly entries: readonly { readonly pseudonym: string }[] };
    const shown = readings(`${made.fileName}\n${made.text}`).join('\n');
    expect(values.filter((value) => shown.includes(value))).toEqual([]);
    const own = identifying(plain.text);
    expect(own.size).toBeGreaterThan(20);
    expect(values.filter((value) => plain.text.includes(value)).length).toBeGreaterThan(20);
    expect(leftOf(own, identifying(shown), entries)).toEqual([]);
    const back = await session.ask('report.unredact', { text: made.text, map: made.map ?? '' });
    expect(back.text === plain.text).toBe(true);
    expect(back.format).toBe(format);
    expect(made.references).toBe(plain.references);
  });

  test('nothing is left in the pack, nor in the names of its files', async () => {
    const pack = await session.ask('report.pack', {
      caseId,
      draft: { ...draft, redaction },
      formats: [...REPORT_FORMATS],
    });
    const files = Object.entries(unzipSync(Buffer.from(pack.base64, 'base64')));
    expect(files.map(([name]) => name)).toEqual(pack.files);
    expect(files.length).toBeGreaterThan(50);
    const shown = readings(
      files.map(([name, bytes]) => `${name}\n${Buffer.from(bytes).toString('utf8')}`).join('\n'),
    ).join('\n');
    expect(values.filter((value) => shown.includes(value))).toEqual([]);
    const manifest = Buffer.from(files.find(([name]) => name === 'manifest.json')?.[1] ?? []).toString('utf8');
    const check = await session.ask('report.verify', { caseId, text: manifest });
    expect(check.sentence).toBe(`All ${pack.references.toLocaleString('en-US')} references stand as they were.`);
  });

  test('the preview tells what the report then says; a value that is kept stays', async () => {
    const preview = await session.ask('report.redaction', { caseId, draft: { ...draft, redaction } });
    const jroe = preview.entries.find(({ original }) => original === 'jroe3xyz');
    expect(jroe).toMatchObject({ kind: 'user name', profile: 'identifiers' });
    const { text } = await built({ ...redaction, keep: ['jroe3xyz'] }, 'md');
    expect(text).toContain('jroe3xyz');
    const { text: without } = await built(redaction, 'md');
    expect(without.split(jroe?.pseudonym ?? '?').length - 1).toBeGreaterThan(1);
  });

  test('reports made at once share their pseudonyms', async () => {
    const made = await Promise.all([
      built({ ...redaction, words: ['acme', 'publickey'] }, 'yaml'),
      built({ ...redaction, words: ['initech', 'shop'] }, 'md'),
    ]);
    const maps = made.map(({ map }) => JSON.parse(map ?? '').entries as { original: string; pseudonym: string }[]);
    const originals = new Map<string, Set<string>>();
    for (const { original, pseudonym } of maps.flat()) {
      originals.set(pseudonym, (originals.get(pseudonym) ?? new Set()).add(original));
    }
    expect([...originals.values()].filter((values) => values.size > 1)).toEqual([]);
  });

  test('verify: ok on the case, missing where the archive is not, changed where one byte differs', async () => {
    const texts = [(await built(redaction, 'html')).text, (await built(null, 'md')).text] as const;
    for (const text of texts)
      expect(await session.ask('report.verify', { caseId, text })).toMatchObject({
        outcome: 'ok',
        changed: 0,
        missing: 0,
      });
    const other = path.join(session.folder, 'eks_i-0ac17e9ac17e90001_2026-02-15_0731-UTC_0.7.9.tar.gz');
    const body = `${lines.join('\n')}\n`.replace('hidden ', 'hiddeN ');
    writeFileSync(other, await tarGzOf([{ name: './var_log/messages', body }]));
    const { caseId: elsewhere } = await session.importNew([other]);
    const check = await session.ask('report.verify', { caseId: elsewhere, text: texts[1] });
    expect(check.outcome).toBe('missing');
    const because = new Set(check.references.filter(({ outcome }) => outcome === 'changed').map((one) => one.because));
    expect([...because].join(' ')).toMatch(/read otherwise.*read the same|read the same.*read otherwise/);
    expect(check.ok).toBe(0);
  });

  test('what is no report, no map, or not to be packed is refused by name', async () => {
    const { text } = await built(null, 'md');
    await expect(session.ask('report.verify', { caseId, text: 'hello' })).rejects.toThrow(/no report of Coldcase/);
    await expect(session.ask('report.unredact', { text, map: '{}' })).rejects.toThrow(/no redaction map/);
    await expect(session.ask('report.redaction', { caseId, draft: { ...draft, redaction: null } })).rejects.toThrow(
      /not redacted/,
    );
    await expect(
      session.ask('report.pack', { caseId, draft: { ...draft, redaction }, formats: ['md'], sources: 'yes' }),
    ).rejects.toThrow(/never redacted/);
    const whole = await session.ask('report.pack', {
      caseId,
      draft: { ...draft, redaction: null },
      formats: ['md'],
      sources: 'yes',
    });
    expect(whole.files.filter((name) => name.startsWith('sources/')).length).toBeGreaterThan(3);
  });
});
