/** What every report format shows, decided once: which findings, in which order, and what stays unknown. */

import { failedChecks, unusedRules } from '../core/not-run.ts';
import type {
  Analysis,
  Bundle,
  Cause,
  CompletenessEntry,
  Evidence,
  Finding,
  Gap,
  Severity,
} from '../core/vocabulary.ts';
import { SEVERITIES, severityRank } from '../core/vocabulary.ts';

export interface ReportInput {
  readonly caseTitle: string;
  readonly bundles: readonly Bundle[];
  readonly analysis: Analysis;
  /** The findings to report. Those the verdict and its causes rest on are added when they are missing here. */
  readonly findings: readonly Finding[];
  /** Name of the program; `Coldcase` unless given. */
  readonly generatedBy?: string;
  readonly version: string;
  /** ISO instant; passed in so that the same input gives the same bytes. */
  readonly generatedAt: string;
}

export interface ReportFinding {
  /** `F1`, `F2` ... in the order of the report. */
  readonly label: string;
  readonly finding: Finding;
  /** `cited`: not chosen by the engineer, but the verdict or a cause rests on it. */
  readonly chosen: 'chosen' | 'cited';
}

export interface ReportCause {
  readonly cause: Cause;
  readonly of: ReportFinding;
  readonly explains: readonly ReportFinding[];
  /** Findings it explains that this report leaves out. */
  readonly explainsElsewhere: number;
}

export interface ReportGap {
  readonly bundle: Bundle;
  readonly gap: Gap;
}

export interface ReportModel {
  readonly input: ReportInput;
  readonly generatedBy: string;
  readonly nodeOf: ReturnType<typeof nodeNamer>;
  readonly verdictFinding: ReportFinding | null;
  readonly causes: readonly ReportCause[];
  readonly findings: readonly ReportFinding[];
  /** Findings of the analysis that are not in this report. */
  readonly leftOut: number;
  readonly bySeverity: readonly { readonly severity: Severity; readonly count: number }[];
  /** Expected files that are anything but present. */
  readonly incomplete: readonly CompletenessEntry[];
  readonly gaps: readonly ReportGap[];
  readonly skipped: readonly { readonly id: string; readonly bundle: string; readonly missing: string }[];
  readonly failed: readonly { readonly id: string; readonly bundle: string; readonly why: string }[];
  /** A sentence for each file of rules that could not be used. */
  readonly unusedRules: readonly string[];
  /** Checks that ended in findings. */
  readonly found: number;
  readonly passed: readonly { readonly id: string; readonly bundle: string; readonly because: string }[];
}

/** @returns the node a bundle belongs to, or the words for not knowing it. */
export function nodeName(node: string | null): string {
  return node ?? 'node not known';
}

/**
 * @returns the words for the node of what is of a bundle: its name, or the bundle's name when the node is not known
 * and there are several bundles to tell apart.
 */
export function nodeNamer(
  bundles: readonly Bundle[],
): (of: { readonly bundle: string; readonly node?: string | null }) => string {
  return ({ bundle, node }) => {
    const found = bundles.find((one) => one.id === bundle);
    const name = node ?? found?.node ?? null;
    if (name !== null) return name;
    return found === undefined || bundles.length === 1 ? nodeName(null) : `${nodeName(null)} (${found.name})`;
  };
}

/** @returns `file:12` or `file:12-14`. */
export function reference(evidence: Pick<Evidence, 'file' | 'line' | 'endLine'>): string {
  return evidence.endLine > evidence.line
    ? `${evidence.file}:${evidence.line}-${evidence.endLine}`
    : `${evidence.file}:${evidence.line}`;
}

export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** @returns the cited lines with their numbers, and how many cited lines the excerpt leaves out. */
export function excerpt(evidence: Evidence): { readonly lines: readonly NumberedLine[]; readonly more: number } {
  const texts = evidence.text.split('\n').map((text) => text.replace(/\r$/, ''));
  // A text that ends with a line end has no further line after it.
  if (texts.length > 1 && texts.at(-1) === '' && texts.length > evidence.endLine - evidence.line + 1) texts.pop();
  const lines = texts.map((text, index) => ({ number: evidence.line + index, text }));
  return { lines, more: Math.max(0, evidence.endLine - evidence.line + 1 - lines.length) };
}

/**
 * @param input the analysis and the findings chosen for the report.
 * @returns the content of the report: causes by rank, findings by severity and then in the analysis' own order.
 */
export function reportModel(input: ReportInput): ReportModel {
  const { analysis } = input;
  const known = new Map(analysis.findings.map((finding) => [finding.id as string, finding]));
  const chosen = new Map(input.findings.map((finding) => [finding.id as string, finding]));
  for (const [id, finding] of chosen) known.set(id, finding);
  const wanted = new Map(chosen);
  for (const id of [analysis.verdict.cause, ...analysis.causes.map((cause) => cause.finding)]) {
    const finding = id === null ? undefined : known.get(id);
    if (finding !== undefined) wanted.set(finding.id, finding);
  }
  const order = new Map([...known.keys()].map((id, index) => [id, index]));
  const rankOf = new Map(analysis.causes.map((cause) => [cause.finding as string, cause.rank]));
  const place = (finding: Finding): readonly [number, number, number] => [
    rankOf.get(finding.id) ?? Number.MAX_SAFE_INTEGER,
    -severityRank(finding.severity),
    order.get(finding.id) ?? 0,
  ];
  const sorted = [...wanted.values()].sort((a, b) => {
    const [x, y] = [place(a), place(b)];
    return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
  });
  const findings = sorted.map(
    (finding, index): ReportFinding => ({
      label: `F${index + 1}`,
      finding,
      chosen: chosen.has(finding.id) ? 'chosen' : 'cited',
    }),
  );
  const byId = new Map(findings.map((entry) => [entry.finding.id as string, entry]));
  const present = (entry: ReportFinding | undefined): entry is ReportFinding => entry !== undefined;
  const causes = [...analysis.causes]
    .sort((a, b) => a.rank - b.rank)
    .flatMap((cause): ReportCause[] => {
      const of = byId.get(cause.finding);
      if (of === undefined) return [];
      const explains = cause.explains.map((id) => byId.get(id)).filter(present);
      return [{ cause, of, explains, explainsElsewhere: cause.explains.length - explains.length }];
    });
  const outcomes = analysis.coverage.analyzers;
  return {
    input,
    generatedBy: input.generatedBy ?? 'Coldcase',
    nodeOf: nodeNamer(input.bundles),
    verdictFinding: analysis.verdict.cause === null ? null : (byId.get(analysis.verdict.cause) ?? null),
    causes,
    findings,
    leftOut: analysis.findings.filter((finding) => !byId.has(finding.id)).length,
    bySeverity: SEVERITIES.map((severity) => ({
      severity,
      count: findings.filter((entry) => entry.finding.severity === severity).length,
    })).filter((entry) => entry.count > 0),
    incomplete: analysis.completeness.filter((entry) => entry.state !== 'present'),
    gaps: input.bundles.flatMap((bundle) => bundle.gaps.map((gap) => ({ bundle, gap }))),
    skipped: outcomes.flatMap(({ id, bundle, outcome }) =>
      outcome.outcome === 'skipped' ? [{ id, bundle, missing: outcome.missing }] : [],
    ),
    failed: failedChecks(outcomes),
    unusedRules: unusedRules(outcomes),
    found: outcomes.filter(({ outcome }) => outcome.outcome === 'finding').length,
    passed: outcomes.flatMap(({ id, bundle, outcome }) =>
      outcome.outcome === 'pass' ? [{ id, bundle, because: outcome.because }] : [],
    ),
  };
}

/** @returns the number with its noun: `1 file`, `1,204 files`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

const STATE_WORDS: Readonly<Record<CompletenessEntry['state'], string>> = {
  present: 'present',
  empty: 'empty',
  'not-collected': 'not collected',
  'not-installed': 'not installed',
  'timed-out': 'timed out',
  truncated: 'truncated',
};

/** @returns the state of an expected file in words. */
export function stateWords(state: CompletenessEntry['state']): string {
  return STATE_WORDS[state];
}

/** @returns one sentence on what was read; sizes in bytes with thousands separators. */
export function coverageSentence(analysis: Analysis): string {
  const { coverage } = analysis;
  const parts = [
    `${coverage.filesRead.toLocaleString('en-US')} of ${counted(coverage.files, 'file')} read`,
    `${counted(coverage.lines, 'line')}`,
    `${counted(coverage.bytes, 'byte')}`,
  ];
  const others: readonly (readonly [number, string])[] = [
    [coverage.filesEmpty, 'empty'],
    [coverage.filesTruncated, 'truncated'],
    [coverage.filesBinary, 'binary'],
    [coverage.filesNotOpened, 'not opened'],
    [coverage.duplicates, 'the same bytes as another file'],
  ];
  const rest = others.filter(([count]) => count > 0).map(([count, word]) => `${count.toLocaleString('en-US')} ${word}`);
  return `${parts.join(', ')}${rest.length > 0 ? `; ${rest.join(', ')}` : ''}. ${counted(coverage.gaps, 'gap')}.`;
}

/** @returns `2026-01-02 03:04:05 UTC` for an ISO instant; anything else as it is. */
export function instant(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]}${match[3] === '.000' ? '' : (match[3] ?? '')} UTC`;
}

/** @returns when the events of a finding happened, or that it is about captured state. */
export function spanWords(finding: Finding): string {
  if (finding.first === null) return 'state at collection time, no event time';
  if (finding.last === null || finding.last === finding.first) return instant(finding.first);
  return `${instant(finding.first)} to ${instant(finding.last)}`;
}

/** @returns how the checks ended, in one sentence. */
export function checksSentence(model: ReportModel): string {
  const { passed, skipped, failed, found } = model;
  return `${counted(passed.length, 'check')} passed, ${found.toLocaleString('en-US')} with findings, ${skipped.length.toLocaleString('en-US')} skipped, ${failed.length.toLocaleString('en-US')} failed.`;
}
