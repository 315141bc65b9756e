/** Search over the sealed bundles of a case: every line of every file, exact totals. Runs in the search worker. */
import type { SearchAnswer, SearchMatch } from '../contract/search.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import { BEST_MATCHES } from '../core/limits.ts';
import type { Severity, SourceFile } from '../core/vocabulary.ts';
import { lineSeverity } from '../formats/severity.ts';
import { foldAscii, matchRanges, type PlainQuery } from '../query/plain.ts';
import { blockScanner } from '../search/scan.ts';
import { type BundleRef, openRef } from './bundle-ref.ts';
import type { TaskContext } from './task.ts';
import { timeOfLine } from './timed-lines.ts';

export interface SearchTask {
  /** In case order. */
  readonly bundles: readonly BundleRef[];
  readonly query: PlainQuery;
  /** Matches to return; the total is exact whatever this is. */
  readonly limit: number;
  /** Lines to show around each match. */
  readonly context: number;
}

const SEVERITIES: readonly (Severity | null)[] = [null, 'info', 'medium', 'high'];
/** A section event stands for this many lines at most; see bundle-writer. */
const SECTION_LINES = 50;

/** Throws `cancelled`, or the failure of a bundle that cannot be opened. */
export function searchCase(task: SearchTask, context: TaskContext): SearchAnswer {
  const matches: SearchMatch[] = [];
  const best: SearchMatch[] = [];
  const byFile: { bundle: SearchMatch['bundle']; node: string | null; file: string; count: number }[] = [];
  let total = 0;
  for (const ref of task.bundles) {
    const reader = openRef(ref);
    try {
      if (best.length < BEST_MATCHES) best.push(...bestOf(reader, task, BEST_MATCHES - best.length));
      for (const [id, count] of scanBundle(reader, task, matches, context)) {
        const path = reader.file(id)?.path ?? '';
        byFile.push({ bundle: reader.bundle.id, node: reader.bundle.node, file: path, count });
        total += count;
      }
    } finally {
      reader.close();
    }
  }
  byFile.sort((a, b) => b.count - a.count);
  const facets = { node: [], file: byFile, severity: [], hour: [] };
  const looked = { complete: true, stopped: null, blocksDone: 0, blocks: 0, next: null, milliseconds: 0 };
  return { total, matches, best, facets, ...looked };
}

/** Adds matches up to the limit, in file order. @returns the number of matching lines of each file that has any. */
function scanBundle(
  reader: BundleReader,
  task: SearchTask,
  matches: SearchMatch[],
  context: TaskContext,
): ReadonlyMap<FileId, number> {
  const scanner = blockScanner(task.query);
  const counts = new Map<FileId, number>();
  for (const block of reader.blocksWith(task.query.terms.map((term) => Buffer.from(term)))) {
    context.checkCancelled();
    const lines = scanner.scan(block);
    const source = reader.file(block.fileId);
    if (lines.length === 0 || source === null) continue;
    counts.set(block.fileId, (counts.get(block.fileId) ?? 0) + lines.length);
    for (const line of lines.slice(0, Math.max(0, task.limit - matches.length))) {
      matches.push(matchAt(reader, source, line, task));
    }
  }
  return counts;
}

function matchAt(reader: BundleReader, source: SourceFile, line: number, task: SearchTask): SearchMatch {
  const from = Math.max(1, line - task.context);
  const around = reader.lines(source.id, from, line - from + 1 + task.context);
  const text = around[line - from]?.text ?? '';
  const bytes = Buffer.from(text);
  const severity = lineSeverity(bytes, 0, bytes.length);
  return {
    bundle: reader.bundle.id,
    node: reader.bundle.node,
    file: source.path,
    aliases: [],
    line,
    ...timeOfLine(reader, source, line, text),
    severity: SEVERITIES[severity] ?? null,
    text,
    ranges: matchRanges(text, task.query).map(([start, end]) => [start, end] as const),
    before: around.slice(0, line - from).map((one) => one.text),
    after: around.slice(line - from + 1).map((one) => one.text),
  };
}

/** Best matches of the event index that are matches of the query too: FTS5 knows words, the query substrings. */
function bestOf(reader: BundleReader, task: SearchTask, limit: number): readonly SearchMatch[] {
  const wanted = task.query.terms.map(foldAscii);
  const best: SearchMatch[] = [];
  for (const event of reader.bestMatches({ all: task.query.terms }, limit)) {
    const source = reader.file(event.fileId);
    if (source === null) continue;
    const section = reader.lines(event.fileId, event.line, event.severity === 'info' ? SECTION_LINES : 1);
    const hit = section.find((line) => wanted.every((term) => foldAscii(line.text).includes(term)));
    if (hit !== undefined) best.push(matchAt(reader, source, hit.number, task));
  }
  return best;
}
