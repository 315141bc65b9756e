import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { REPORT_FORMATS } from '../contract/report.ts';
import type { FailureError } from '../core/failure.ts';
import { exportPack, exportReport } from './export.ts';
import { packZip } from './pack.ts';
import { redactedSample, sampleKnowledge } from './redacted-sample.ts';
import { RedactionMap } from './redaction/map.ts';
import { unredactReport } from './unredact-report.ts';

const choice = { profiles: ['secrets', 'identifiers', 'network'], words: ['acme'], keep: [] };
const redaction = { choice, knowledge: sampleKnowledge };
const VALUES = ['jroewright', 'worker1', '10.0.1.2', 'hunter22', 'ACME', 'anJvZXdyaWdo'];

test.each(REPORT_FORMATS)('%s: no value is left, and the map gives the report byte for byte', (format) => {
  const plain = exportReport(redactedSample, [format], null);
  const made = exportReport(redactedSample, [format], redaction);
  const text = made.reports[0]?.text ?? '';
  for (const value of VALUES) {
    if (format !== 'yaml' || value !== 'ACME') expect(plain.reports[0]?.text).toContain(value);
    expect(text + made.reports[0]?.fileName).not.toContain(value);
  }
  const back = unredactReport(text, made.map ?? '');
  if (!back.ok) throw new Error(back.failure.message);
  expect(back.value.text).toBe(plain.reports[0]?.text);
  expect(back.value.format).toBe(format);
  expect(back.value.restored).toBeGreaterThan(5);
  expect(plain.map).toBeNull();
});

test('a map tells of an export no more than what values alone do not give back', () => {
  for (const format of REPORT_FORMATS) {
    const { map, reports } = exportReport(redactedSample, [format], redaction);
    const [correction] = RedactionMap.parse(JSON.parse(map ?? '')).corrections;
    const told = correction?.lines.reduce((sum, { text }) => sum + text.length, 0) ?? 0;
    expect(told, format).toBeLessThan((reports[0]?.text.length ?? 0) / 4);
  }
});

test('the map of another case, a report that is not redacted and a text that is none are refused by name', () => {
  const made = exportReport(redactedSample, ['md'], redaction);
  const other = { choice, knowledge: { ...sampleKnowledge, key: new Uint8Array(32).fill(1) } };
  const map = exportReport(redactedSample, ['md'], other).map ?? '';
  const said = (text: string, by: string): string => {
    const done = unredactReport(text, by);
    return done.ok ? 'ok' : done.failure.message;
  };
  expect(said(made.reports[0]?.text ?? '', map)).toMatch(/another report/);
  const plain = exportReport(redactedSample, ['md'], null).reports[0]?.text ?? '';
  expect(said(plain, map)).toMatch(/not redacted/);
  expect(said('hello', map)).toMatch(/no report/);
  expect(said(plain, '{}')).toMatch(/no redaction map/);
});

test('the map of a later export undoes an earlier one', () => {
  const early = exportReport(redactedSample, ['json'], redaction);
  const knowledge = { ...sampleKnowledge, known: early.pseudonyms };
  const late = exportReport(redactedSample, ['json'], {
    choice: { ...choice, profiles: ['network'], words: [] },
    knowledge,
  });
  const back = unredactReport(early.reports[0]?.text ?? '', late.map ?? '');
  for (const value of VALUES) expect(back.ok && back.value.text).toContain(value);
});

test('an edited report gets its values back as well', () => {
  const made = exportReport(redactedSample, ['md'], redaction);
  const edited = `${made.reports[0]?.text}\nThank you.\n`;
  const back = unredactReport(edited, made.map ?? '');
  expect(back.ok && back.value.text).toContain('hunter22');
});

test('a pack holds the report, the excerpts and a manifest of them; none of it holds a value', () => {
  const pack = exportPack(redactedSample, ['html', 'md'], redaction, []);
  const files = unzipSync(packZip(pack.entries));
  const texts = Object.entries(files).map(([name, bytes]) => `${name}\n${Buffer.from(bytes).toString('utf8')}`);
  for (const value of VALUES) expect(texts.join('\n')).not.toContain(value);
  expect(Object.keys(files).map((name) => name.replace(/^why.*-report/, 'REPORT'))).toEqual([
    'REPORT.html',
    'REPORT.md',
    'excerpts/F1.1-messages.txt',
    'redaction.json',
    'manifest.json',
  ]);
  const plain = exportPack(redactedSample, ['md'], null, []);
  expect(plain.entries.map(({ path }) => path)).not.toContain('redaction.json');
});

test('a value that is also a number of the report goes where the text tells what it is, and the report says so', () => {
  const number = Number('4021998877');
  const findings = redactedSample.findings.map((one) => ({ ...one, note: `password=${number}`, count: number }));
  const [report] = exportReport({ ...redactedSample, findings }, ['json'], redaction).reports;
  expect(report?.text).not.toContain(`password=${number}`);
  expect(report?.text).toContain('1 value is very short or a word');
});

test('a value that is left fails the export, which says where and of what kind, and not what', () => {
  const sources = [{ bundle: 'ab'.repeat(32), file: 'logs/a', bytes: Buffer.from('one\ntwo 10.0.1.2') }];
  expect.assertions(2);
  try {
    exportPack(redactedSample, ['md'], redaction, sources);
  } catch (error) {
    const { failure } = error as FailureError;
    expect(failure).toMatchObject({ code: 'corrupt', where: expect.stringMatching(/logs\/a, line 2, column 5$/) });
    expect(`${failure.message} ${failure.where}`).toMatch(/^(?!.*10\.0\.1\.2).*\(IP address, as text\)/);
  }
});
