/** What is known of a case, as the document of its report. Pure: the same input gives the same document. */
import type { ReportReference } from '../contract/report.ts';
import { failedChecks, notRunGroups, unusedRules } from '../core/not-run.ts';
import type { PinnedAnswer, ReportDraft, ReportSectionKind } from '../core/report.ts';
import { type Analysis, type Bundle, type Evidence, type Finding, severityRank } from '../core/vocabulary.ts';
import {
  type CaseDocument,
  type DocumentAnswer,
  type DocumentCause,
  type DocumentCoverage,
  type DocumentEvidence,
  type DocumentFinding,
  type DocumentLine,
  type DocumentSection,
  REPORT_SCHEMA,
} from './document.ts';
import { checksSentence, coverageSentence, excerpt } from './model.ts';
import { placeKey } from './references.ts';

export interface ContextLines {
  readonly before: readonly DocumentLine[];
  readonly after: readonly DocumentLine[];
}
export const NO_CONTEXT: ContextLines = { before: [], after: [] };

/** A line that the engineer keeps, read from its bundle. */
export interface KeptLine {
  readonly note: string;
  readonly evidence: Evidence;
}

/** What a question was answered with this time, in words; `failed` null when it was. */
export interface AskedAnswer {
  readonly pin: Pick<PinnedAnswer, 'method' | 'title' | 'note'>;
  readonly question: string;
  readonly failed: string | null;
  readonly sentences: readonly string[];
  readonly tables: readonly {
    readonly caption: string;
    readonly columns: readonly string[];
    readonly rows: readonly { readonly cells: readonly string[]; readonly evidence: readonly Evidence[] }[];
  }[];
}

export interface DocumentInput {
  readonly draft: ReportDraft;
  readonly bundles: readonly Bundle[];
  readonly analysis: Analysis;
  /** The findings to report. Those the verdict and its causes rest on are added when they are missing here. */
  readonly findings: readonly Finding[];
  /** The engineer's notes, by the finding's id. */
  readonly notes: ReadonlyMap<string, string>;
  readonly kept: readonly KeptLine[];
  readonly answers: readonly AskedAnswer[];
  /** Lines around an excerpt. */
  readonly contextOf: (evidence: Evidence) => ContextLines;
  readonly generatedBy: CaseDocument['generatedBy'];
  /** ISO instant; passed in so that the same input gives the same bytes. */
  readonly generatedAt: string;
}

/** Where the answer to a question stands. */
const SECTION_OF: Readonly<Record<PinnedAnswer['method'], ReportSectionKind>> = {
  'network.trace': 'traces',
  'compare.run': 'comparisons',
  'runbooks.run': 'runbooks',
  'correlate.run': 'timeline',
  'timeline.lines': 'timeline',
};

/** @returns whether answers of this method have a section in the report. */
export function isShown({ sections }: ReportDraft, method: PinnedAnswer['method']): boolean {
  return sections.some(({ kind, shown }) => shown === 'yes' && kind === SECTION_OF[method]);
}

/** @returns the document, not redacted. */
export function reportDocument(input: DocumentInput): CaseDocument {
  const { draft, analysis, bundles } = input;
  const shown = draft.sections.filter((section) => section.shown === 'yes');
  const has = (...kinds: readonly ReportSectionKind[]): boolean => shown.some(({ kind }) => kinds.includes(kind));
  const references = new References(input);
  const findings = orderedFindings(input, has).map((one, index) => findingOf(one, `F${index + 1}`, input, references));
  const labelOf = new Map(findings.map(({ id, label }) => [id as string, label]));
  const cause = analysis.verdict.cause === null ? null : (labelOf.get(analysis.verdict.cause) ?? null);
  const { sentence, confidence } = analysis.verdict;
  const document: CaseDocument = {
    schema: REPORT_SCHEMA,
    title: draft.title,
    template: draft.template,
    generatedAt: input.generatedAt,
    generatedBy: input.generatedBy,
    sections: shown.map(({ kind, heading, text }) => ({ kind, heading, text })),
    verdict: has('verdict') ? { sentence, confidence, finding: cause } : null,
    causes: has('causes') ? causesOf(analysis, labelOf) : [],
    findings,
    findingsNotInReport: analysis.findings.filter(({ id }) => !labelOf.has(id)).length,
    kept: has('lines') ? input.kept.map((one, index) => keptLine(one, `L${index + 1}`, input, references)) : [],
    timeline: has('timeline') ? momentsOf(findings) : [],
    answers: answersOf(input.answers, shown, references),
    askCustomer: has('ask') ? analysis.askCustomer : [],
    coverage: has('not-known') ? coverageOf(analysis, bundles) : null,
    nodes: has('nodes') ? nodesOf(analysis, references) : [],
    bundles: bundles.map(bundleOf),
    excerpts: references.excerpts,
    references: references.all,
    redaction: null,
  };
  return { ...document, sections: document.sections.filter((section) => hasContent(section, document)) };
}

/** A section that depends on what was pinned or asked is left out when there is nothing to be told in it. */
function hasContent({ kind, text }: DocumentSection, document: CaseDocument): boolean {
  if (text.trim() !== '') return true;
  switch (kind) {
    case 'text':
      return false;
    case 'lines':
      return document.kept.length > 0;
    case 'timeline':
      return document.timeline.length > 0 || document.answers.some(({ section }) => section === kind);
    case 'traces':
    case 'comparisons':
    case 'runbooks':
      return document.answers.some(({ section }) => section === kind);
    case 'ask':
      return document.askCustomer.length > 0;
    case 'nodes':
      return document.nodes.length > 0;
    default:
      return true;
  }
}

/** Every cited place of a report, each under its label. */
class References {
  readonly #input: DocumentInput;
  readonly all: ReportReference[] = [];
  readonly excerpts: DocumentEvidence[] = [];
  readonly #told = new Set<string>();

  constructor(input: DocumentInput) {
    this.#input = input;
  }

  /** The caller shows the lines. */
  add(label: string, evidence: Evidence): string {
    const { bundle, node, file, fileId, line, endLine, byteStart, byteEnd, sha256 } = evidence;
    this.all.push({ label, bundle, node, file, fileId, line, endLine, byteStart, byteEnd, sha256 });
    this.#told.add(placeKey(evidence));
    return label;
  }

  /** The caller shows no lines: they go to `excerpts`, unless the report has them already. */
  cite(label: string, evidence: Evidence): string {
    if (this.#told.has(placeKey(evidence))) return this.add(label, evidence);
    this.excerpts.push(evidenceOf(evidence, label, this.#input, this));
    return label;
  }
}

interface OrderedFinding {
  readonly finding: Finding;
  readonly chosen: DocumentFinding['chosen'];
}

/** Those of the draft's order first, then causes by their rank, the others by severity and the analysis' own order. */
function orderedFindings(
  { draft, analysis, findings }: DocumentInput,
  has: (...kinds: readonly ReportSectionKind[]) => boolean,
): readonly OrderedFinding[] {
  const known = new Map([...analysis.findings, ...findings].map((finding) => [finding.id as string, finding]));
  const chosen = new Set<string>(findings.map(({ id }) => id));
  const told = findings.filter(({ first }) => has('findings') || (has('timeline') && first !== null));
  const wanted = new Set<string>(told.map(({ id }) => id));
  if (has('verdict', 'causes', 'findings')) {
    for (const id of [analysis.verdict.cause, ...analysis.causes.map((cause) => cause.finding)]) {
      if (id !== null && known.has(id)) wanted.add(id);
    }
  }
  const first = new Map(draft.order.map((id, index) => [id as string, index]));
  const rank = new Map(analysis.causes.map((cause) => [cause.finding as string, cause.rank]));
  const place = new Map([...known.keys()].map((id, index) => [id, index]));
  const key = ({ id, severity }: Finding): readonly number[] => [
    first.get(id) ?? Number.MAX_SAFE_INTEGER,
    rank.get(id) ?? Number.MAX_SAFE_INTEGER,
    -severityRank(severity),
    place.get(id) ?? 0,
  ];
  return [...wanted]
    .flatMap((id) => known.get(id) ?? [])
    .map((finding) => ({ finding, key: key(finding) }))
    .sort((one, two) => one.key.reduce((sum, value, index) => sum || value - (two.key[index] ?? 0), 0))
    .map(({ finding }) => ({ finding, chosen: chosen.has(finding.id) ? 'chosen' : 'cited' }));
}

function findingOf(
  { finding, chosen }: OrderedFinding,
  label: string,
  input: DocumentInput,
  references: References,
): DocumentFinding {
  const { id, rule, title, claim, severity, confidence, owner, node, bundle } = finding;
  const { first, last, count, evidence, entities, userNotices, advice, alsoOn } = finding;
  return {
    label,
    id,
    rule,
    title,
    claim,
    severity,
    confidence,
    owner,
    node,
    bundle,
    chosen,
    first,
    last,
    count,
    evidence: evidence.map((one, index) => evidenceOf(one, `${label}.${index + 1}`, input, references)),
    entities,
    userNotices,
    advice,
    alsoOn: alsoOn ?? [],
    note: input.notes.get(id) ?? '',
  };
}

function evidenceOf(
  evidence: Evidence,
  label: string,
  { contextOf }: DocumentInput,
  references: References,
): DocumentEvidence {
  const { bundle, node, file, fileId, line, endLine, byteStart, byteEnd, sha256, note } = evidence;
  const { lines, more } = excerpt(evidence);
  return {
    label: references.add(label, evidence),
    file,
    line,
    endLine,
    lines: lines.map(({ number, text }) => ({ number, text, more: 0 })),
    sha256,
    bundle,
    node,
    fileId,
    byteStart,
    byteEnd,
    note,
    moreLines: more,
    ...contextOf(evidence),
  };
}

function keptLine({ note, evidence }: KeptLine, label: string, input: DocumentInput, references: References) {
  return { label, note, evidence: evidenceOf(evidence, label, input, references) };
}

function causesOf({ causes }: Analysis, labelOf: ReadonlyMap<string, string>): readonly DocumentCause[] {
  return [...causes]
    .sort((one, two) => one.rank - two.rank)
    .flatMap(({ finding, rank, because, explains, changesIf }) => {
      const label = labelOf.get(finding);
      if (label === undefined) return [];
      const here = explains.flatMap((id) => labelOf.get(id) ?? []);
      return [
        { rank, finding: label, because, explains: here, explainsElsewhere: explains.length - here.length, changesIf },
      ];
    });
}

function momentsOf(findings: readonly DocumentFinding[]): CaseDocument['timeline'] {
  return findings
    .flatMap(({ label, title, node, first, last }) =>
      first === null ? [] : [{ finding: label, title, node, first, last: last ?? first }],
    )
    .sort((one, two) => (one.first < two.first ? -1 : one.first > two.first ? 1 : 0));
}

/** Numbered as they stand in the report. */
function answersOf(
  answers: readonly AskedAnswer[],
  shown: readonly { readonly kind: ReportSectionKind }[],
  references: References,
): readonly DocumentAnswer[] {
  const kinds = [...new Set(shown.map(({ kind }) => kind))];
  return kinds
    .flatMap((kind) => answers.filter(({ pin }) => SECTION_OF[pin.method] === kind))
    .map(({ pin, question, failed, sentences, tables }, index) => {
      const label = `A${index + 1}`;
      let cited = 0;
      return {
        label,
        method: pin.method,
        section: SECTION_OF[pin.method],
        title: pin.title,
        question,
        note: pin.note,
        failed,
        sentences,
        tables: tables.map(({ caption, columns, rows }) => ({
          caption,
          columns,
          rows: rows.map(({ cells, evidence }) => ({
            cells,
            cites: evidence.map((one) => references.cite(`${label}.${++cited}`, one)),
          })),
        })),
      };
    });
}

function coverageOf(analysis: Analysis, bundles: readonly Bundle[]): DocumentCoverage {
  const outcomes = analysis.coverage.analyzers;
  const ended = (how: string): number => outcomes.filter(({ outcome }) => outcome.outcome === how).length;
  return {
    sentence: coverageSentence(analysis),
    bundlesNotOpened: analysis.coverage.bundlesNotOpened,
    gaps: bundles.flatMap(({ id, gaps }) => gaps.map((gap) => ({ ...gap, bundle: id }))),
    gapsNotListed: bundles.reduce((sum, { gapsNotListed }) => sum + gapsNotListed, 0),
    incomplete: analysis.completeness.filter(({ state }) => state !== 'present'),
    expected: analysis.completeness.length,
    checks: checksSentence({
      passed: ended('pass'),
      found: ended('finding'),
      skipped: ended('skipped'),
      failed: failedChecks(outcomes).length,
    }),
    unusedRules: unusedRules(outcomes),
    notRun: notRunGroups(outcomes),
  };
}

function nodesOf({ nodes }: Analysis, references: References): CaseDocument['nodes'] {
  return nodes.map(({ bundle, node, mode, modeBecause, facts }, index) => {
    let cited = 0;
    return {
      bundle,
      node,
      mode,
      modeBecause,
      facts: facts.map(({ name, value, because, evidence }) => ({
        name,
        value,
        because,
        cites: evidence.map((one) => references.cite(`N${index + 1}.${++cited}`, one)),
      })),
    };
  });
}

function bundleOf(bundle: Bundle): CaseDocument['bundles'][number] {
  const { id, sha256, name, node, nodeBecause, layout, layoutBecause, collectedAt, importedAt } = bundle;
  const { files, lines, bytes, outcome, markedHealthy } = bundle;
  return {
    id,
    sha256,
    name,
    node,
    nodeBecause,
    layout,
    layoutBecause,
    collectedAt,
    importedAt,
    files,
    lines,
    bytes,
    outcome,
    markedHealthy,
  };
}
