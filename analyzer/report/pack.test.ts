import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { CaseDocument } from './document.ts';
import { MANIFEST, type PackEntry, packEntries, packZip } from './pack.ts';
import { redactedSample, sampleEvidence } from './redacted-sample.ts';

const withFiles = (...files: readonly string[]): CaseDocument => ({
  ...redactedSample,
  kept: files.map((file, at) => ({
    label: `L${at + 1}`,
    note: '',
    evidence: { ...sampleEvidence, label: `L${at + 1}`, file },
  })),
});
const pathsOf = (entries: readonly PackEntry[]): readonly string[] => entries.map(({ path }) => path);
const reports = [{ fileName: 'a-report.md', text: 'text' }];

test('the same entries are the same bytes, and come back as they were', () => {
  const entries = packEntries({ document: redactedSample, reports, sources: [] });
  const zip = packZip(entries);
  expect(Buffer.compare(zip, packZip(entries))).toBe(0);
  const back = unzipSync(zip);
  expect(Object.keys(back)).toEqual(pathsOf(entries));
  for (const { path, bytes } of entries) expect(Buffer.compare(back[path] ?? Buffer.alloc(0), bytes)).toBe(0);
});

test('the manifest names every other file with its sha256 and size, and every reference', () => {
  const entries = packEntries({ document: redactedSample, reports, sources: [] });
  const manifest = JSON.parse(Buffer.from(entries.at(-1)?.bytes ?? []).toString('utf8'));
  expect(entries.at(-1)?.path).toBe(MANIFEST);
  expect(manifest).toMatchObject({ schema: 'coldcase-pack/1', redacted: 'no', references: redactedSample.references });
  expect(manifest.files).toEqual(
    entries.slice(0, -1).map(({ path, bytes }) => ({
      path,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })),
  );
});

test('an excerpt shows its lines with their numbers, the cited ones marked', () => {
  const [, excerpt] = packEntries({ document: redactedSample, reports, sources: [] });
  expect(excerpt?.path).toBe('excerpts/F1.1-messages.txt');
  expect(
    Buffer.from(excerpt?.bytes ?? [])
      .toString('utf8')
      .split('\n')
      .slice(0, 8),
  ).toEqual([
    'F1.1: logs/worker1/messages, lines 7 to 8',
    'Node: worker1',
    `Archive, sha256: ${sampleEvidence.bundle}`,
    `Cited bytes, sha256: ${sampleEvidence.sha256}`,
    '',
    '  6  -----BEGIN RSA PRIVATE KEY-----',
    '> 7  Accepted publickey for jroewright from 10.0.1.2',
    '> 8  x-token of jroewright: anJvZXdyaWdodA==',
  ]);
});

test('a place that only an answer cites has its excerpt, and one that is cited twice tells by whom', () => {
  const excerpts = [{ ...sampleEvidence, label: 'A1.2', file: 'logs/worker1/syslog', byteStart: 5, byteEnd: 9 }];
  const cited = (label: string, over: object = {}) => {
    const { bundle, node, file, fileId, line, endLine, byteStart, byteEnd, sha256 } = { ...sampleEvidence, ...over };
    return { label, bundle, node, file, fileId, line, endLine, byteStart, byteEnd, sha256 };
  };
  const references = [cited('F1.1'), cited('A1.1'), cited('A1.2', excerpts[0]), cited('N1.1', excerpts[0])];
  const entries = packEntries({ document: { ...redactedSample, excerpts, references }, reports: [], sources: [] });
  const heads = entries.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('utf8').split('\n')[0]]);
  expect(heads.slice(0, 2)).toEqual([
    ['excerpts/F1.1-messages.txt', 'F1.1, A1.1: logs/worker1/messages, lines 7 to 8'],
    ['excerpts/A1.2-syslog.txt', 'A1.2, N1.1: logs/worker1/syslog, lines 7 to 8'],
  ]);
});

test('whatever a member is called, its excerpt and its source get names that every file system has, inside of the pack', () => {
  const hostile = [
    '../../etc/passwd',
    'C:\\x\\y:z',
    '..',
    '',
    'a/\u202egpj.exe',
    `${'n'.repeat(5000)}.log`,
    'a\nb',
    'A\nB',
  ];
  const document = withFiles(...hostile);
  const sources = hostile.map((file) => ({ bundle: sampleEvidence.bundle, file, bytes: Buffer.from(file) }));
  const paths = pathsOf(packEntries({ document, reports, sources }));
  expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
  expect(
    paths.filter(
      (path) => !/^(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,140}\/){0,20}[A-Za-z0-9_-][A-Za-z0-9._-]{0,140}$/.test(path),
    ),
  ).toEqual([]);
  expect(paths.filter((path) => path.split('/').includes('..'))).toEqual([]);
});

test('escape sequences in a line do nothing', () => {
  const lines = [{ number: 7, text: '\u001b[2Jgone', more: 0 }];
  const kept = [{ label: 'L1', note: '', evidence: { ...sampleEvidence, label: 'L1', lines } }];
  const text = packEntries({ document: { ...redactedSample, kept }, reports, sources: [] })
    .map(({ bytes }) => Buffer.from(bytes).toString('utf8'))
    .join('');
  expect(text).toContain('\\x1b[2Jgone');
  expect(text).not.toContain('\u001b');
});
