import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import { FailureError } from '../core/failure.ts';
import { BundleId, FileId } from '../core/ids.ts';
import type { Bookmark } from '../core/notebook.ts';
import type { ReportDraft } from '../core/report.ts';
import type { Analysis, Evidence, Finding } from '../core/vocabulary.ts';
import { sampleInput } from '../report/report-sample.ts';
import { lineHash } from './find-line.ts';
import { type DocumentQuestion, groundedDocument } from './report-document.ts';

const LOG = 'var_log/messages';
const TEXT = ['one', 'two', 'three', 'four', `five ${'x'.repeat(3_000)}`, 'six'].join('\n');
const here = memoryBundle({ [LOG]: `${TEXT}\n`, other: 'else\n' }, 'node-1.tar.gz');
const other = memoryBundle({ [LOG]: 'another text\n' }, 'node-2.tar.gz');

/** The sample's findings, citing the third and fourth line, and the last line, of a bundle that is there. */
function question(
  over: (evidence: Evidence, index: number) => Evidence = (evidence) => evidence,
  draft: Partial<ReportDraft> = {},
): DocumentQuestion {
  const input = sampleInput();
  const [first, second] = [
    { fileId: FileId.parse(1), line: 3, endLine: 4 },
    { fileId: FileId.parse(1), line: 6, endLine: 6 },
  ].map((ref, index) => over(cite(here, [ref])[0], index)) as [Evidence, Evidence];
  const [cause, sync] = input.analysis.findings as readonly [Finding, Finding];
  const findings: readonly Finding[] = [
    { ...cause, bundle: first.bundle, evidence: [first] },
    { ...sync, bundle: second.bundle, evidence: [second] },
  ];
  const analysis: Analysis = { ...input.analysis, findings, nodes: [] };
  return {
    draft: { ...input.draft, ...draft },
    analysis,
    findings: findings.map(({ id }) => id),
    notes: new Map(),
    bookmarks: [],
    answers: [],
    generatedBy: input.generatedBy,
    generatedAt: input.generatedAt,
  };
}

const nothing = () => undefined;
const grounded = (asked: DocumentQuestion, readers: readonly BundleReader[] = [here, other]) =>
  groundedDocument(asked, readers, nothing);

function failureOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}

function bookmark(line: number, over: Partial<Bookmark> = {}): Bookmark {
  const file = here.fileByPath(LOG);
  const sha256 = file === null ? null : lineHash(here, file.id, line);
  if (sha256 === null) throw new Error('there is no such line');
  const [{ bundle, text }] = cite(here, [{ fileId: FileId.parse(1), line, endLine: line }]);
  return { id: line, bundle, file: LOG, line, sha256, text, note: 'look here', markedAt: '', ...over };
}

describe('the document of a report', () => {
  it('stands when every reference reads as it was cited', () => {
    const { references, findings } = grounded(question());
    expect(references.map(({ label, file, line, endLine }) => [label, file, line, endLine])).toEqual([
      ['F1.1', LOG, 3, 4],
      ['F2.1', LOG, 6, 6],
    ]);
    expect(findings[0]?.evidence[0]?.lines.map(({ text }) => text)).toEqual(['three', 'four']);
  });

  it('shows as many lines around an excerpt as the draft says, cut where they are long', () => {
    const { findings } = grounded(question(undefined, { context: 2 }));
    expect(findings[0]?.evidence[0]).toMatchObject({
      before: [
        { number: 1, text: 'one', more: 0 },
        { number: 2, text: 'two', more: 0 },
      ],
      after: [
        { number: 5, text: `five ${'x'.repeat(995)}`, more: 2_005 },
        { number: 6, text: 'six', more: 0 },
      ],
    });
    expect(findings[1]?.evidence[0]?.after).toEqual([]);
  });

  it('holds kept lines with their notes, where they are shown', () => {
    const asked = { ...question(), bookmarks: [bookmark(2)] };
    const { kept, references } = grounded(asked);
    expect(kept).toMatchObject([{ label: 'L1', note: 'look here', evidence: { line: 2, lines: [{ text: 'two' }] } }]);
    expect(references.map(({ label }) => label)).toEqual(['F1.1', 'F2.1', 'L1']);
    const sections = asked.draft.sections.filter(({ kind }) => kind !== 'lines');
    expect(grounded({ ...asked, draft: { ...asked.draft, sections } }).kept).toEqual([]);
  });

  it.each([
    ['bytes that read otherwise', (one: Evidence) => ({ ...one, sha256: 'b'.repeat(64) }), 'corrupt'],
    ['a place that is another one', (one: Evidence) => ({ ...one, byteStart: one.byteStart + 1 }), 'corrupt'],
    ['lines that are not there', (one: Evidence) => ({ ...one, line: 600, endLine: 601 }), 'corrupt'],
    ['bytes behind the file', (one: Evidence) => ({ ...one, byteEnd: 1e9 }), 'corrupt'],
    ['a file that has another name', (one: Evidence) => ({ ...one, file: 'other' }), 'not-found'],
    ['a file that is not there', (one: Evidence) => ({ ...one, fileId: FileId.parse(9) }), 'not-found'],
  ])('is refused for %s: finding, archive and line are named', (_, change, code) => {
    const changed = question((one, index) => (index === 1 ? change(one) : one));
    const evidence = changed.analysis.findings[1]?.evidence[0];
    const failure = failureOf(() => grounded(changed));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain('F2 (iptables-restore failed)');
    expect(failure.message).toContain('node-1.tar.gz');
    expect(failure.message).toContain('Nothing was written.');
    const place = evidence?.line === evidence?.endLine ? `${evidence?.line}` : `${evidence?.line}-${evidence?.endLine}`;
    expect(failure.where).toBe(`${evidence?.file}:${place}`);
  });

  it('is refused when the archive is gone, and the first finding of the report is named', () => {
    const bundle = BundleId.parse('c'.repeat(64));
    const failure = failureOf(() => grounded(question((one) => ({ ...one, bundle }))));
    expect(failure).toMatchObject({ code: 'not-found', where: `${LOG}:3-4` });
    expect(failure.message).toContain('F1 (KUBE-SERVICES has no rules) in the archive with sha256 cccccccccccc');
  });

  it.each([
    ['reads otherwise', bookmark(2, { sha256: 'd'.repeat(64) }), 'corrupt'],
    ['is gone', bookmark(2, { line: 99 }), 'not-found'],
    ['is in a file that is gone', bookmark(2, { file: 'gone.log' }), 'not-found'],
    ['is in an archive that is gone', bookmark(2, { bundle: BundleId.parse('e'.repeat(64)) }), 'not-found'],
  ])('is refused when a kept line %s', (_, mark, code) => {
    const failure = failureOf(() => grounded({ ...question(), bookmarks: [bookmark(1), mark] }));
    expect(failure).toMatchObject({ code, where: `${mark.file}:${mark.line}` });
    expect(failure.message).toContain('L2, a kept line');
  });

  it('ends when it is cancelled', () => {
    const stop = () => {
      throw new Error('stopped');
    };
    expect(() => groundedDocument(question(), [here], stop)).toThrow('stopped');
  });
});
