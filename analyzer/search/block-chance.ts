/** Whether a block can have a matching line, from its times and levels. */
import type { BlockPlace } from '../core/case-reader.ts';
import { LINE_SEVERITY } from '../formats/severity.ts';
import type { Condition, Plan } from './query-plan.ts';

/** @returns false when no line of the block can match. */
export function mayMatch(plan: Plan, block: BlockPlace): boolean {
  switch (plan.kind) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'all':
      return plan.parts.every((part) => mayMatch(part, block));
    case 'any':
      return plan.parts.some((part) => mayMatch(part, block));
    case 'term':
      return plan.holds === 'yes' ? mayHold(plan.condition, block) : mayFail(plan.condition, block);
  }
}

function mayHold(condition: Condition, block: BlockPlace): boolean {
  if (condition.kind === 'severity') {
    return levelCounts(block).some(({ from, to, lines }) => lines > 0 && from <= condition.to && to >= condition.from);
  }
  if (condition.kind !== 'time') return true;
  const { timeMin, timeMax } = block;
  return timeMin !== null && timeMax !== null && timeMax >= condition.from && timeMin < condition.to;
}

/** Of times it is not known whether every line has one. */
function mayFail(condition: Condition, block: BlockPlace): boolean {
  if (condition.kind !== 'severity') return true;
  return levelCounts(block).some(({ from, to, lines }) => lines > 0 && (from < condition.from || to > condition.to));
}

interface LevelCount {
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

/** Lines without a level and of level info are counted as one. */
function levelCounts({ lines, warnings, errors }: BlockPlace): readonly LevelCount[] {
  const { none, low, warning, error } = LINE_SEVERITY;
  return [
    { from: none, to: low, lines: lines - warnings - errors },
    { from: warning, to: warning, lines: warnings },
    { from: error, to: error, lines: errors },
  ];
}
