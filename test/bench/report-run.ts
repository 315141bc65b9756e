/**
 * A large report in a process of its own: `node report-run.cjs ask <bundle> <file>` cites lines of a bundle and writes what a
 * report is asked for with; `node report-run.cjs make <bundle> <file> <format>` does what the report worker does with it, and prints
 * how many characters the report has.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ReportFormat } from '../../analyzer/contract/report.ts';
import { cite, findingId } from '../../analyzer/core/cite.ts';
import type { Analysis, Finding } from '../../analyzer/core/vocabulary.ts';
import { type DocumentQuestion, groundedDocument } from '../../analyzer/jobs/report-document.ts';
import { finishReport } from '../../analyzer/jobs/report-finish.ts';
import { defaultDraft } from '../../analyzer/report/templates.ts';
import { openBundle } from '../../analyzer/store/bundle-reader.ts';

const FINDINGS = 200;
const EXCERPTS_EACH = 10;
const CONTEXT = 3;

type Asked = Omit<DocumentQuestion, 'notes'>;

const [step, bundle = '', file = '', format] = process.argv.slice(2);
const opened = openBundle(bundle);
if (!opened.ok) throw new Error(opened.failure.message);
const reader = opened.value;
if (step === 'ask') writeFileSync(file, JSON.stringify(asked()));
else console.log(made(JSON.parse(readFileSync(file, 'utf8')) as Asked));

/** Findings that cite lines all over the largest files, so that each excerpt is read from a block of its own. */
function asked(): Asked {
  const logs = [...reader.files()].sort((one, two) => two.lines - one.lines).slice(0, 5);
  const findings = Array.from({ length: FINDINGS }, (_, nth): Finding => {
    const log = logs[nth % logs.length];
    if (log === undefined) throw new Error('the bundle has no file');
    const refs = Array.from({ length: EXCERPTS_EACH }, (__, at) => {
      const line = 1 + Math.floor(((nth * EXCERPTS_EACH + at) / (FINDINGS * EXCERPTS_EACH)) * (log.lines - 3));
      return { fileId: log.id, line, endLine: line + 2 };
    });
    const evidence = cite(reader, refs as unknown as Parameters<typeof cite>[1]);
    return {
      id: findingId('bench', null, evidence, String(nth)),
      rule: 'bench',
      title: `Finding ${nth}`,
      claim: 'Lines of this bundle, cited for the bench.',
      severity: 'medium',
      confidence: { level: 'certain', because: 'the lines say so' },
      owner: 'kubelet',
      area: 'node',
      first: null,
      last: null,
      count: EXCERPTS_EACH,
      entities: [],
      userNotices: '',
      advice: { now: ['Look at it'], longTerm: [], check: [] },
      bundle: reader.bundle.id,
      node: reader.bundle.node,
      evidence,
      explains: [],
    };
  });
  return {
    draft: { ...defaultDraft('Bench'), context: CONTEXT },
    analysis: analysisOf(findings),
    findings: findings.map(({ id }) => id),
    bookmarks: [],
    answers: [],
    generatedBy: { name: 'Coldcase', version: 'bench', rules: 0 },
    generatedAt: '2026-01-01T00:00:00.000Z',
  };
}

function analysisOf(findings: readonly Finding[]): Analysis {
  const none = { filesRead: 0, filesEmpty: 0, filesTruncated: 0, filesBinary: 0, filesNotOpened: 0, duplicates: 0 };
  return {
    verdict: { sentence: 'Bench.', cause: null, confidence: { level: 'possible', because: 'it is a bench' } },
    causes: [],
    findings,
    coverage: { ...none, files: 0, lines: 0, bytes: 0, gaps: 0, bundlesNotOpened: [], analyzers: [] },
    completeness: [],
    askCustomer: [],
    nodes: [],
  };
}

function made(question: Asked): number {
  const document = groundedDocument({ ...question, notes: new Map() }, [reader], () => undefined);
  const finished = finishReport(document, [reader], { want: 'report', format: ReportFormat.parse(format) }, null);
  if (finished.want !== 'report') throw new Error('this is no report');
  if (finished.references !== FINDINGS * EXCERPTS_EACH) throw new Error(`${finished.references} references`);
  return finished.text.length;
}
