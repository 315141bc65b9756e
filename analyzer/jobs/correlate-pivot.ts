/** Where the pivot of a correlation stands. Texts are searched for as every search does. */
import type { MethodArguments } from '../contract/contract.ts';
import type { SearchAnswer } from '../contract/search.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { grouped } from '../core/grouped.ts';
import type { BundleId, FindingId } from '../core/ids.ts';
import { SEARCH_MS_DEFAULT } from '../core/limits.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Analysis, Finding } from '../core/vocabulary.ts';
import { aboutProgram } from '../query/about-program.ts';
import { parseQuery } from '../query/parse.ts';
import type { QueryNode } from '../query/query.ts';
import type { CaseStore } from '../store/case-store.ts';
import type { PivotPlace } from './correlate-question.ts';
import type { SearchDesk } from './search-desk.ts';
import { timeOfLine } from './timed-lines.ts';
import { instantOf } from './timeline-instant.ts';

export interface PivotScope {
  readonly store: CaseStore;
  /** In case order. */
  readonly readers: readonly BundleReader[];
  readonly analysis: Analysis;
  readonly searches: SearchDesk;
  readonly signal: AbortSignal;
}

/** @returns the place, or with `at: 'nowhere'` why there is none; fails for what cannot be a pivot. */
export async function pivotPlace(
  wanted: MethodArguments<'correlate.run'>['pivot'],
  scope: PivotScope,
): Promise<Result<PivotPlace>> {
  if ('text' in wanted) return textPivot(wanted.text, scope);
  if ('finding' in wanted) return findingPivot(wanted.finding, scope);
  if ('line' in wanted) return linePivot(wanted, scope);
  const time = instantOf(wanted.time);
  if (!time.ok) return time;
  return ok({ at: 'instant', kind: 'time', time: time.value, finding: null, sentence: 'the instant as given' });
}

/**
 * The first line in time that matches. A single word that names a program means what that program writes as well, and of
 * it the first warning or error: what it said when it started is nothing to correlate around.
 */
async function textPivot(text: string, scope: PivotScope): Promise<Result<PivotPlace>> {
  const parsed = parseQuery(text);
  const program = parsed.ok ? programOf(parsed.query) : null;
  if (program === null) {
    const found = await searched(text, scope);
    const lines = { one: `line with "${text}"`, many: `lines with "${text}"` };
    return found.ok ? ok(placeOf(found.value, { text, ...lines }, scope)) : found;
  }
  const about = aboutProgram(program);
  const loud = await searched(`${about} sev:>=warning`, scope);
  if (!loud.ok) return loud;
  const of = `with "${program}" or written by it`;
  if (loud.value.total > 0) {
    const lines = { one: `warning or error line ${of}`, many: `warning and error lines ${of}` };
    return ok(placeOf(loud.value, { text, ...lines }, scope));
  }
  const any = await searched(about, scope);
  const lines = {
    one: `line ${of}, which is no warning and no error`,
    many: `lines ${of}, none of them a warning or an error`,
  };
  return any.ok ? ok(placeOf(any.value, { text, ...lines }, scope)) : any;
}

function programOf(query: QueryNode): string | null {
  return query.kind === 'text' && /^[a-z][\w-]{2,}$/i.test(query.text) ? query.text : null;
}

function searched(query: string, { store, readers, searches, signal }: PivotScope): Promise<Result<SearchAnswer>> {
  const bundles = readers.map(({ bundle }) => bundle.id);
  const request = { query, limit: 1, order: 'time', bundles, context: 0, search: null } as const;
  return searches.run(store, { ...request, timeLimitMs: SEARCH_MS_DEFAULT }, undefined, signal);
}

/** What was looked for, and how the lines that were found are called. */
interface Called {
  readonly text: string;
  readonly one: string;
  readonly many: string;
}

function placeOf(
  { matches, total, complete, stopped }: SearchAnswer,
  { text, one, many }: Called,
  scope: PivotScope,
): PivotPlace {
  const [first] = matches;
  const part = complete ? '' : ` ${stopped?.message ?? 'Not everything was searched.'}`;
  const source = first === undefined ? null : (scope.store.bundle(first.bundle)?.fileByPath(first.file) ?? null);
  if (first === undefined || source === null) {
    return { at: 'nowhere', because: `No line in scope matches "${text}": there is no pivot.${part}` };
  }
  if (first.time === null) {
    const lines = total === 1 ? `The only ${one} has no time` : `None of the ${grouped(total)} ${many} has a time`;
    return { at: 'nowhere', because: `${lines}: there is nothing to correlate around.${part}` };
  }
  const sentence = total === 1 ? `the only ${one}` : `first of ${grouped(total)} ${many}`;
  const { bundle, line } = first;
  return { at: 'line', kind: 'text', bundle, fileId: source.id, line, finding: null, sentence: sentence + part };
}

function findingPivot(id: FindingId, { analysis, readers }: PivotScope): Result<PivotPlace> {
  const finding = analysis.findings.find((one) => one.id === id);
  if (finding === undefined) {
    const ids = analysis.findings.map((one) => one.id);
    return fail('not-found', 'no such finding in this case', id, didYouMean(id, ids));
  }
  const reader = readers.find(({ bundle }) => bundle.id === finding.bundle);
  if (reader === undefined) return ok({ at: 'nowhere', because: 'The finding is of a node that is not in scope.' });
  const dated = datedEvidence(finding, reader).toSorted((one, two) => one.time - two.time || one.line - two.line)[0];
  const { first, title } = finding;
  if (dated !== undefined && (first === null || dated.time <= Date.parse(first))) {
    const { fileId, line } = dated;
    const sentence = `first event of the finding "${title}"`;
    return ok({ at: 'line', kind: 'finding', bundle: finding.bundle, fileId, line, finding: id, sentence });
  }
  if (first === null) {
    const because = `"${title}" tells a state, not an event: none of its lines has a time, so there is nothing to correlate around.`;
    return ok({ at: 'nowhere', because });
  }
  const sentence = `first event of the finding "${title}", which is not among its cited lines`;
  return ok({ at: 'instant', kind: 'finding', time: Date.parse(first), finding: id, sentence });
}

function datedEvidence({ evidence }: Finding, reader: BundleReader) {
  return evidence.flatMap(({ bundle, fileId, line, text }) => {
    const file = reader.file(fileId);
    if (bundle !== reader.bundle.id || file === null) return [];
    const { time } = timeOfLine(reader, file, line, text.split('\n', 1)[0] ?? '');
    return time === null ? [] : [{ fileId, line, time: Date.parse(time) }];
  });
}

interface WantedLine {
  readonly bundle: BundleId;
  readonly file: string;
  readonly line: number;
}

function linePivot({ bundle, file, line }: WantedLine, { store, readers }: PivotScope): Result<PivotPlace> {
  const reader = store.bundle(bundle);
  const named = reader?.fileByPath(file) ?? null;
  const source = named === null || named.aliasOf === null ? named : (reader?.fileByPath(named.aliasOf) ?? null);
  if (reader === null || source === null) return fail('not-found', `no file ${file} in this bundle`, file);
  if (source.format === 'binary') return fail('not-found', `${file} is binary: it has no lines`, file);
  if (line > source.lines)
    return fail('not-found', `${file} has ${grouped(source.lines)} lines only`, `${file}:${line}`);
  if (!readers.includes(reader)) return ok({ at: 'nowhere', because: 'The line is of a node that is not in scope.' });
  const sentence = 'the line as given';
  return ok({ at: 'line', kind: 'line', bundle, fileId: source.id, line, finding: null, sentence });
}
