import { describe, expect, test } from 'vitest';
import { CaseDocument } from '../document.ts';
import {
  SAMPLE_BUNDLE as BUNDLE,
  redactedSample as document,
  sampleEvidence as evidence,
  sampleKnowledge as knowledge,
} from '../redacted-sample.ts';
import { changeTexts } from './redact-document.ts';
import { leaksOf, redactionPreview, redactReport } from './redacted-report.ts';

const choice = { profiles: ['secrets', 'identifiers', 'network'], words: ['acme'], keep: [] };
const filesOf = (one: CaseDocument): readonly string[] => [JSON.stringify(one)];
const redacted = redactReport(document, choice, knowledge, filesOf);
const text = JSON.stringify(redacted.document);

test('the document stays one, and what is not text stays as it is', () => {
  expect(CaseDocument.safeParse(redacted.document).error).toBeUndefined();
  const [finding] = redacted.document.findings;
  expect(finding).toMatchObject({
    id: '0123456789abcdef',
    rule: 'kubelet-dead',
    severity: 'high',
    first: '2026-11-22T09:00:00.000Z',
  });
  expect(redacted.document.references[0]).toMatchObject({ bundle: BUNDLE, sha256: evidence.sha256, fileId: 3 });
});

test('a value met once goes wherever it stands, also where nothing tells what it is, and as base64', () => {
  for (const value of ['jroewright', 'worker1', '10.0.1.2', 'hunter22', 'ACME', 'anJvZXdyaWdo'])
    expect(text).not.toContain(value);
  expect(redacted.document.references[0]?.file).toBe(redacted.document.findings[0]?.evidence[0]?.file);
  expect(leaksOf([{ name: 'a.json', text }], redacted)).toEqual([]);
});

test('a value that is a word of the report itself goes where the text tells what it is', () => {
  expect(redacted.document.findings[0]?.note).not.toContain('user=high');
  expect(redacted.document.findings[0]?.severity).toBe('high');
  expect(redacted.document.redaction?.kept.join('\n')).toContain('1 value is very short');
});

test('a key that an excerpt begins does not go on behind it', () => {
  expect(redacted.document.findings[0]?.title).toMatch(/^kubelet is dead on host-\d+$/);
  expect(redacted.document.findings[0]?.confidence.level).toBe('likely');
});

test('what is left is told by its place and its kind, never by itself', () => {
  const leaks = leaksOf([{ name: 'jroewright.json', text: 'one\nof hunter22' }], redacted);
  expect(leaks.map(({ line: at, title }) => [at, title])).toEqual([
    [0, 'user name'],
    [2, 'password'],
  ]);
});

test('later exports use the same pseudonyms', () => {
  const again = redactReport(
    { ...document, title: 'mail from a@b.example.org' },
    choice,
    { ...knowledge, known: redacted.all },
    filesOf,
  );
  const pseudonymOf = (from: typeof again) => from.entries.find(({ original }) => original === 'jroewright')?.pseudonym;
  expect(pseudonymOf(again)).toBe(pseudonymOf(redacted));
  expect(again.document.findings[0]?.title).toBe(redacted.document.findings[0]?.title);
});

describe('the preview', () => {
  const preview = redactionPreview(redacted, choice);
  test('counts places', () => {
    const jroewright = preview.entries.find(({ original }) => original === 'jroewright');
    expect(jroewright).toMatchObject({ kind: 'user name', profile: 'identifiers', count: 3 });
    expect(preview.entries.map(({ kind }) => kind)).toEqual(preview.entries.map(({ kind }) => kind).sort());
  });
  test('says what is kept', () => {
    const kept = redactReport(document, { ...choice, keep: ['jroewright'] }, knowledge, filesOf);
    expect(JSON.stringify(kept.document)).toContain('jroewright');
    expect(redactionPreview(kept, { ...choice, keep: ['jroewright'] })).toMatchObject({ kept: 1 });
  });
});

test('every text of a document is changed, but for words of our own', () => {
  const changed = changeTexts(document, { text: () => '', lines: (all) => all.map(() => ''), path: () => '' });
  const own = JSON.stringify(changed);
  for (const word of ['worker1', 'jroewright', 'ACME', 'messages', 'ping', 'Findings']) expect(own).not.toContain(word);
  for (const word of ['kubelet-dead', 'coldcase-report/2', BUNDLE]) expect(own).toContain(word);
});

test('the word in which a long line was cut goes as a whole', () => {
  const long = { ...evidence, lines: [{ number: 7, text: 'token is abcdefghij', more: 9 }] };
  const [finding] = document.findings;
  const cut = changeTexts(
    { ...document, findings: finding === undefined ? [] : [{ ...finding, evidence: [long] }] },
    { text: (one) => one, lines: (all) => all, path: (one) => one },
  );
  expect(cut.findings[0]?.evidence[0]?.lines).toEqual([{ number: 7, text: 'token is ', more: 19 }]);
});
