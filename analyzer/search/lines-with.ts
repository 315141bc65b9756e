/** Lines of a block that hold one of some texts, for who needs no query. */
import type { TextBlock } from '../core/case-reader.ts';
import type { LineHit, LineKnowledge } from './file-query.ts';
import { LineView } from './line-view.ts';
import { PlanScan } from './plan-scan.ts';
import { planOf } from './query-plan.ts';

const NOTHING_KNOWN: LineKnowledge = { carried: null, levels: null, cited: () => false };

/**
 * @param texts of at least one character each, ASCII letters in any case.
 * @returns the search for lines that hold one of them, ascending; one block at a time.
 */
export function linesWith(texts: readonly string[]): (block: TextBlock) => readonly LineHit[] {
  const parts = texts.map((text) => ({ kind: 'text', text, bounds: 'anywhere' }) as const);
  const scan = new PlanScan(planOf({ kind: 'any', parts }), new LineView());
  return (block) => scan.scan(block, NOTHING_KNOWN, null);
}
