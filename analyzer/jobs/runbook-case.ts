/** What the steps of a runbook use of a case: its analysis, searches, the check of kube-proxy, and citing. */
import type { KubeProxyCheck } from '../contract/contract.ts';
import type { SearchAnswer, SearchMatch } from '../contract/search.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { Correlation } from '../core/correlation.ts';
import type { Result } from '../core/failure.ts';
import { SEARCH_MS_DEFAULT } from '../core/limits.ts';
import type { StepEnd } from '../core/runbook.ts';
import { statedIn } from '../core/stated-in.ts';
import { type Analysis, type Evidence, type Finding, severityRank } from '../core/vocabulary.ts';
import { type CaseView, isTied } from '../runbooks/conditions.ts';
import type { Runbook } from '../runbooks/runbook.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleRef } from './bundle-ref.ts';
import { type CitedLines, isCitedAtOnce } from './cited-lines.ts';
import type { Correlate } from './correlate-desk.ts';
import type { FileTask } from './file-task.ts';
import type { SearchDesk } from './search-desk.ts';
import { runInWorker } from './worker-job.ts';

/** How a step ended, before it is put back into its runbook. */
export interface StepOutcome {
  readonly end: StepEnd;
  readonly because: string;
  readonly evidence?: readonly Evidence[];
  readonly findings?: readonly Finding[];
  readonly commands?: readonly string[];
}

/** Pieces of evidence shown with one step; its findings hold the rest. */
export const STEP_EVIDENCE_MAX = 6;

export interface RunbookCaseParts {
  readonly store: CaseStore;
  readonly reader: BundleReader;
  readonly analysis: Analysis;
  readonly runbook: Runbook;
  readonly searches: SearchDesk;
  readonly correlate: Correlate;
  /** The check of kube-proxy on the bundle. */
  readonly check: () => Promise<Result<readonly KubeProxyCheck[]>>;
  /** Ids of rules and analyzers that exist. */
  readonly known: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

export class RunbookCase {
  readonly store: CaseStore;
  readonly reader: BundleReader;
  readonly analysis: Analysis;
  readonly runbook: Runbook;
  readonly known: ReadonlySet<string>;
  readonly view: CaseView;
  /** Of the bundle, causes first. */
  readonly findings: readonly Finding[];
  readonly #searches: SearchDesk;
  readonly #correlate: Correlate;
  readonly #check: RunbookCaseParts['check'];
  readonly #signal: AbortSignal;
  #checked: Promise<Result<readonly KubeProxyCheck[]>> | null = null;

  constructor(parts: RunbookCaseParts) {
    this.store = parts.store;
    this.reader = parts.reader;
    this.analysis = parts.analysis;
    this.runbook = parts.runbook;
    this.known = parts.known;
    this.view = viewOf(parts.store, parts.reader, parts.analysis);
    this.findings = parts.analysis.findings.filter((finding) => statedIn(parts.reader.bundle.id, finding));
    this.#searches = parts.searches;
    this.#correlate = parts.correlate;
    this.#check = parts.check;
    this.#signal = parts.signal;
  }

  /** Findings that lead to the runbook or that it asks for, notes and recoveries left out. */
  tied(): readonly Finding[] {
    return this.findings.filter(
      (finding) => isTied(finding, this.runbook) && severityRank(finding.severity) >= severityRank('low'),
    );
  }

  /** A query on the bundle alone. */
  search(query: string, limit: number, order: 'file' | 'time' = 'file'): Promise<Result<SearchAnswer>> {
    const bundles = [this.reader.bundle.id];
    const request = { query, limit, order, bundles, context: 0, search: null, timeLimitMs: SEARCH_MS_DEFAULT };
    return this.#searches.run(this.store, request, undefined, this.#signal);
  }

  /** What happened around the first line in time that matches a query, on the bundle alone. */
  correlate(query: string, windowMs: number, limit: number): Promise<Result<Correlation>> {
    const bundles = [this.reader.bundle.id];
    const request = { bundles, pivot: { text: query }, windowMs, from: null, to: null, limit };
    return this.#correlate(this.store, request, this.#signal);
  }

  /** The check of kube-proxy on this bundle, made once; null when it could not be made. */
  async kubeProxy(): Promise<KubeProxyCheck | null> {
    this.#checked ??= this.#check();
    const checked = await this.#checked;
    return checked.ok ? (checked.value.find(({ bundle }) => bundle === this.reader.bundle.id) ?? null) : null;
  }

  /** Matched lines as evidence. Reading them takes no longer than a page does; very long ones are read in a worker. */
  async cited(matches: readonly SearchMatch[]): Promise<readonly Evidence[]> {
    const evidence: Evidence[] = [];
    for (const { file, line } of matches.slice(0, STEP_EVIDENCE_MAX)) {
      const source = this.reader.fileByPath(file);
      if (source === null) continue;
      if (isCitedAtOnce(this.reader, source.id, line, line)) {
        evidence.push(...cite(this.reader, [{ fileId: source.id, line, endLine: line }]));
        continue;
      }
      const bundle = bundleRef(this.store, this.reader);
      const task: FileTask = { bundle, fileId: source.id, what: 'cite', line, endLine: line };
      const cited = await runInWorker<FileTask, CitedLines>('files', task, { signal: this.#signal });
      if (cited.ok) evidence.push(cited.value.evidence);
    }
    return evidence;
  }
}

export function viewOf(store: CaseStore, reader: BundleReader, analysis: Analysis): CaseView {
  return {
    bundle: reader.bundle.id,
    findings: analysis.findings,
    outcomes: analysis.coverage.analyzers,
    nodes: store
      .bundles()
      .filter(({ bundle }) => bundle.node !== null)
      .map(({ bundle }) => ({ bundle: bundle.id, name: bundle.node ?? bundle.name })),
  };
}

/** @returns first lines of findings, some of each. */
export function evidenceOf(findings: readonly Finding[]): readonly Evidence[] {
  const each = Math.max(1, Math.floor(STEP_EVIDENCE_MAX / Math.max(1, findings.length)));
  return findings.flatMap((finding) => finding.evidence.slice(0, each)).slice(0, STEP_EVIDENCE_MAX);
}

/** @returns `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  if (distinct.length <= 2) return distinct.join(' and ');
  return `${distinct.slice(0, 2).join(', ')} and ${distinct.length - 2} more`;
}

export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
