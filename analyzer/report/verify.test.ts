import { describe, expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { ReportReference } from '../contract/report.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { LineRef } from '../core/vocabulary.ts';
import { packEntries } from './pack.ts';
import { redactedSample } from './redacted-sample.ts';
import { carriedReferences, checkReferences } from './verify.ts';

const TEXTS = { 'a.log': 'one\ntwo\nthree\n', 'b.log': 'four\r\nfünf\r\n' };
const bundle = memoryBundle(TEXTS);

function referenceTo(reader: BundleReader, path: string, line: number, endLine: number): ReportReference {
  const file = reader.fileByPath(path);
  const ref: LineRef = { fileId: file?.id as LineRef['fileId'], line, endLine };
  const [{ text: _text, note: _note, ...evidence }] = cite(reader, [ref]);
  return { label: `L${line}`, ...evidence };
}

const references = [referenceTo(bundle, 'a.log', 2, 3), referenceTo(bundle, 'b.log', 1, 2)];
const [first] = references as [ReportReference];

function checked(
  readers: readonly BundleReader[],
  cited: readonly ReportReference[] = references,
  redacted: 'yes' | 'no' = 'no',
) {
  const done = checkReferences({ references: cited, redacted }, readers);
  if (!done.ok) throw new Error(done.failure.message);
  return done.value;
}

test('on the same case all is as it was', () => {
  expect(checked([bundle])).toEqual({
    outcome: 'ok',
    sentence: 'All 2 references stand as they were.',
    ok: 2,
    changed: 0,
    missing: 0,
    references: [],
  });
  expect(checked([bundle], [first]).sentence).toBe('Its one reference stands as it was.');
  expect(checked([bundle], []).sentence).toMatch(/nothing to check/);
});

describe('not as it was', () => {
  test('a byte of the source differs: the archive is another one', () => {
    const other = memoryBundle({ ...TEXTS, 'a.log': 'one\ntwO\nthree\n' });
    const check = checked([other]);
    expect(check).toMatchObject({
      outcome: 'changed',
      changed: 2,
      sentence: '0 of 2 references stand as they were; 2 changed.',
    });
    expect(check.references.map(({ because }) => because)).toEqual([
      'The case has another archive of this node instead, in which the cited lines read otherwise.',
      'The case has another archive of this node instead, in which the cited lines read the same.',
    ]);
  });

  test('the archive is not there, or not the file', () => {
    expect(checked([])).toMatchObject({
      outcome: 'missing',
      missing: 2,
      sentence: '0 of 2 references stand as they were; 2 are not in this case.',
    });
    const gone = { ...first, file: 'c.log', fileId: 99 };
    expect(checked([bundle], [gone]).references[0]).toMatchObject({ outcome: 'missing', where: 'L2' });
  });

  test.each([
    ['other bytes', { sha256: '0'.repeat(64) }, /read otherwise/],
    ['a place behind the end', { byteEnd: 9_007_199_254_740_000 }, /ends before|more bytes/],
  ])('%s', (_, over, because) => {
    const done = checkReferences({ references: [{ ...first, ...over }], redacted: 'no' }, [bundle]);
    expect(done.ok ? done.value.references[0]?.because : done.failure.message).toMatch(because);
  });
});

test('a file that got another place is found by its path, and in a redacted report by its place', () => {
  expect(checked([bundle], [{ ...first, fileId: 2 }]).outcome).toBe('ok');
  expect(checked([bundle], [{ ...first, file: 'host-1.log' }], 'yes').outcome).toBe('ok');
  expect(checked([bundle], [{ ...first, file: 'host-1.log' }]).outcome).toBe('missing');
});

test('the manifest of a pack carries references as a report does', () => {
  const manifest = packEntries({ document: { ...redactedSample, references }, reports: [], sources: [] }).at(-1);
  const read = carriedReferences(Buffer.from(manifest?.bytes ?? []).toString('utf8'));
  expect(read.ok && read.value).toMatchObject({ redacted: 'no', references });
  for (const text of ['', '{', '{"schema":"coldcase-pack/1"}', 'hello']) {
    const none = carriedReferences(text);
    expect(none.ok ? 'ok' : none.failure.code).toBe('wrong-usage');
  }
});

test('of a damaged manifest it is told that it is one', () => {
  const entry = packEntries({ document: { ...redactedSample, references }, reports: [], sources: [] }).at(-1);
  const whole = Buffer.from(entry?.bytes ?? []).toString('utf8');
  const because = (text: string): string => {
    const read = carriedReferences(text);
    return read.ok ? 'ok' : read.failure.message;
  };
  expect(because(`\ufeff${whole}`)).toBe('ok');
  expect(because(whole.slice(0, -20))).toBe(
    'The manifest is damaged: it was cut short, or its references cannot be read.',
  );
  expect(because(whole.replace('"line": 1', '"line": "one"'))).toBe('Reference 2 of the manifest is damaged.');
});
