/** Best matches of one bundle: events of its full-text index that hold a line the query matches. */
import type { WantedWords } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import type { QueryNode } from '../query/query.ts';
import type { PlannedBlock } from './search-plan.ts';
import type { BestLine } from './search-protocol.ts';
import { type Reading, readFirstLine } from './search-scan.ts';

/** Events looked at for each match that is wanted: the index knows words, the query knows more. */
const EVENTS_PER_MATCH = 4;

/** @returns what the index is asked for: an event without it is no match; null when the query has no such words. */
export function wantedWords(query: QueryNode): WantedWords | null {
  switch (query.kind) {
    case 'text':
      return query.text;
    case 'entity':
      return query.name;
    case 'all': {
      const all = query.parts.map(wantedWords).filter((part) => part !== null);
      return all.length === 0 ? null : { all };
    }
    case 'any': {
      const any = query.parts.map(wantedWords);
      return any.every((part) => part !== null) ? { any } : null;
    }
    default:
      return null;
  }
}

/** @param bundle its place in `ask.bundles`. @returns the best first. */
export function bestLines(reading: Reading, bundle: number): readonly BestLine[] {
  const { ask, plan } = reading;
  const words = wantedWords(ask.query);
  const inBundle = plan.filter((block) => block.bundle === bundle);
  const reader = inBundle[0]?.open.reader;
  if (words === null || reader === undefined) return [];
  const blocks = byFile(inBundle);
  const best: BestLine[] = [];
  const isStopped = (): boolean => reading.shared.isStopped;
  for (const event of reader.bestMatches(words, ask.best * EVENTS_PER_MATCH, isStopped)) {
    if (best.length >= ask.best || isStopped()) break;
    const block = blockAt(blocks.get(event.fileId) ?? [], event.line);
    const match = block === null ? null : readFirstLine(reading, block, event.line, event.line + event.lines - 1);
    if (match !== null) best.push({ score: event.score, match });
  }
  return best;
}

function byFile(plan: readonly PlannedBlock[]): ReadonlyMap<FileId, readonly PlannedBlock[]> {
  const blocks = Map.groupBy(plan, ({ place }) => place.fileId);
  for (const some of blocks.values()) some.sort((one, other) => one.place.firstLine - other.place.firstLine);
  return blocks;
}

/** @param blocks of one file, ascending. @returns the one that holds the line; null: the query matches nothing there. */
function blockAt(blocks: readonly PlannedBlock[], line: number): PlannedBlock | null {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle] as PlannedBlock).place.firstLine <= line) low = middle + 1;
    else high = middle;
  }
  const found = blocks[low - 1];
  return found !== undefined && line < found.place.firstLine + found.place.lines ? found : null;
}
