/** Holds what the engine finds against the oracle: totals, facets, the lines themselves, both orders, and pages. */
import { expect } from 'vitest';
import type { SearchAnswer, SearchMatch, SearchOrder } from '../../../analyzer/contract/search.ts';
import type { Severity } from '../../../analyzer/core/vocabulary.ts';
import { createPrng } from '../../../fixtures/lib/prng.ts';
import type { EngineSession } from '../../integration/fixtures-engine.ts';
import type { OracleCorpus } from './corpus.ts';
import { QueryMaker } from './queries.ts';
import type { OracleLine, OracleQuery } from './terms.ts';

/** Lines of a first answer. */
const FIRST = 60;
/** Up to so many matches are all compared, in both orders. */
const ALL_MAX = 600;
/** Up to so many matches are also turned over page by page. */
const PAGED_MAX = 300;
const HOUR_MS = 3_600_000;
const SHOWN_SEVERITY: readonly (Severity | null)[] = [null, 'info', 'medium', 'high'];

/** Compares so many generated queries. @param seed the same text gives the same queries. @returns their totals. */
export async function compareQueries(
  session: EngineSession,
  corpus: OracleCorpus,
  seed: string,
  count: number,
): Promise<readonly number[]> {
  const totals: number[] = [];
  for (const query of new QueryMaker(corpus, createPrng(seed)).queries(count)) {
    totals.push(await expectSame(session, corpus, query));
  }
  return totals;
}

/** @returns how many lines match; the test fails when the engine finds others. */
export async function expectSame(session: EngineSession, corpus: OracleCorpus, query: OracleQuery): Promise<number> {
  const inOrder = corpus.lines.filter((line) => query.holds(line));
  const input = { caseId: corpus.caseId, query: query.written };
  const first = await session.ask('search.run', { ...input, limit: FIRST });
  expect(counts(first), query.written).toEqual(expectedCounts(inOrder));
  expect(first.matches.map(found), query.written).toEqual(inOrder.slice(0, FIRST).map(expected));
  expect(first.next === null, query.written).toBe(inOrder.length <= FIRST);
  for (const match of [...first.matches, ...first.best]) expectRanges(match, query);
  const places = new Set(inOrder.map(place));
  expect(
    first.best.filter((match) => !places.has(foundPlace(match))),
    query.written,
  ).toEqual([]);
  if (inOrder.length <= ALL_MAX) {
    const inTime = byTime(inOrder);
    const timed = await session.ask('search.run', { ...input, order: 'time', limit: ALL_MAX });
    expect(timed.total, query.written).toBe(inOrder.length);
    expect(timed.matches.map(found), query.written).toEqual(inTime.map(expected));
    if (inOrder.length <= PAGED_MAX && inOrder.length > 1) {
      await expectPages(session, input, 'file', inOrder);
      await expectPages(session, input, 'time', inTime);
    }
  } else if (first.next !== null) {
    const next = await session.ask('search.page', { ...input, limit: FIRST, after: first.next });
    expect(next.matches.map(found), query.written).toEqual(inOrder.slice(FIRST, 2 * FIRST).map(expected));
  }
  return inOrder.length;
}

async function expectPages(
  session: EngineSession,
  input: { readonly caseId: OracleCorpus['caseId']; readonly query: string },
  order: SearchOrder,
  lines: readonly OracleLine[],
): Promise<void> {
  const limit = Math.ceil(lines.length / 3);
  const first = await session.ask('search.run', { ...input, order, limit });
  const matches = [...first.matches];
  for (let { next } = first; next !== null; ) {
    const page = await session.ask('search.page', { ...input, order, limit, after: next });
    matches.push(...page.matches);
    next = page.matches.length === 0 ? null : page.next;
  }
  expect(matches.map(found), `${input.query} in pages, by ${order}`).toEqual(lines.map(expected));
}

/** Lines without an instant are last; equal instants stand as in the files. */
function byTime(lines: readonly OracleLine[]): readonly OracleLine[] {
  const last = Number.MAX_VALUE;
  return [...lines].sort((one, other) => (one.time ?? last) - (other.time ?? last));
}

function place({ file, number }: OracleLine): string {
  return `${file.bundle} ${file.paths[0]} ${number}`;
}

function foundPlace({ bundle, file, line }: SearchMatch): string {
  return `${bundle} ${file} ${line}`;
}

function expected(line: OracleLine) {
  const { file, text, time, level } = line;
  const at = { place: place(line), node: file.node, aliases: file.paths.slice(1) };
  return {
    ...at,
    text,
    time: time === null ? null : new Date(time).toISOString(),
    severity: SHOWN_SEVERITY[level] ?? null,
  };
}

function found(match: SearchMatch): ReturnType<typeof expected> {
  const { node, aliases, text, time, severity } = match;
  return { place: foundPlace(match), node, aliases: [...aliases], text, time, severity };
}

/** What is marked lies in the line. */
function expectRanges({ text, ranges }: SearchMatch, query: OracleQuery): void {
  let before = 0;
  for (const [start, end] of ranges) {
    expect(start >= before && end > start && end <= text.length, `${query.written}: ${start}-${end}`).toBe(true);
    before = end;
  }
}

function counts({ total, complete, stopped, facets }: SearchAnswer) {
  return {
    total,
    complete,
    stopped,
    byFile: new Map(facets.file.map(({ bundle, file, count }) => [`${bundle} ${file}`, count])),
    byBundle: new Map(facets.node.map(({ bundle, count }) => [`${bundle}`, count])),
    bySeverity: new Map(facets.severity.map(({ severity, count }) => [severity, count])),
    byHour: new Map(facets.hour.map(({ hour, count }) => [hour, count])),
  };
}

function expectedCounts(lines: readonly OracleLine[]): ReturnType<typeof counts> {
  return {
    total: lines.length,
    complete: true,
    stopped: null,
    byFile: countBy(lines, ({ file }) => `${file.bundle} ${file.paths[0]}`),
    byBundle: countBy(lines, ({ file }) => `${file.bundle}`),
    bySeverity: countBy(lines, ({ level }) => SHOWN_SEVERITY[level] ?? null),
    byHour: countBy(lines, ({ time }) =>
      time === null ? null : new Date(Math.floor(time / HOUR_MS) * HOUR_MS).toISOString(),
    ),
  };
}

function countBy<K>(lines: readonly OracleLine[], key: (line: OracleLine) => K): Map<K, number> {
  const counted = new Map<K, number>();
  for (const line of lines) counted.set(key(line), (counted.get(key(line)) ?? 0) + 1);
  return counted;
}
