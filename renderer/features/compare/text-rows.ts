/** Rows of two texts that are compared, side by side or one below the other. Pure. */
import type { TextHunk } from '../../model/types.ts';

export interface TextCell {
  readonly line: number;
  readonly text: string;
  /** Part of the text that the other side has not: from, to (excluded); null: all of it, or nothing. */
  readonly own: readonly [number, number] | null;
}

export type TextRow =
  | { readonly kind: 'same'; readonly left: TextCell; readonly right: TextCell }
  /** A side is null where the other one has more lines. */
  | { readonly kind: 'changed'; readonly left: TextCell | null; readonly right: TextCell | null }
  | { readonly kind: 'left-out'; readonly lines: number };

/** @returns how many lines come before those that were left out; as many come behind them. */
const headOf = ({ leftOut, lines }: TextHunk): number => (leftOut === 0 ? lines.length : Math.floor(lines.length / 2));

/** @returns rows in the order of the texts; lines that took each other's place stand beside each other. */
export function textRows(hunks: readonly TextHunk[]): readonly TextRow[] {
  const rows: TextRow[] = [];
  for (let at = 0; at < hunks.length; at += 1) {
    const hunk = hunks[at] as TextHunk;
    if (hunk.kind === 'same') {
      rows.push(...sameRows(hunk));
      continue;
    }
    const next = hunks[at + 1];
    const pairs = next !== undefined && next.kind !== 'same' && next.kind !== hunk.kind;
    const left = hunk.kind === 'only-left' ? hunk : pairs ? next : null;
    const right = hunk.kind === 'only-right' ? hunk : pairs ? next : null;
    if (pairs) at += 1;
    rows.push(...changedRows(left, right));
  }
  return rows;
}

function sameRows(hunk: TextHunk): readonly TextRow[] {
  const head = headOf(hunk);
  const [left, right] = [hunk.left ?? 1, hunk.right ?? 1];
  const row = (text: string, index: number, gap: number): TextRow => ({
    kind: 'same',
    left: { line: left + index + gap, text, own: null },
    right: { line: right + index + gap, text, own: null },
  });
  const leftOut: readonly TextRow[] = hunk.leftOut === 0 ? [] : [{ kind: 'left-out', lines: hunk.leftOut }];
  return [
    ...hunk.lines.slice(0, head).map((text, index) => row(text, index, 0)),
    ...leftOut,
    ...hunk.lines.slice(head).map((text, index) => row(text, head + index, hunk.leftOut)),
  ];
}

function changedRows(left: TextHunk | null, right: TextHunk | null): readonly TextRow[] {
  const length = Math.max(left?.lines.length ?? 0, right?.lines.length ?? 0);
  return Array.from({ length }, (_, index): TextRow => {
    const [mine, other] = [left?.lines[index], right?.lines[index]];
    return {
      kind: 'changed',
      left: cellOf(left?.left ?? 1, index, mine, other),
      right: cellOf(right?.right ?? 1, index, other, mine),
    };
  });
}

function cellOf(first: number, index: number, text: string | undefined, other: string | undefined): TextCell | null {
  if (text === undefined) return null;
  return { line: first + index, text, own: other === undefined ? null : ownPart(text, other) };
}

/** @returns what is between the beginning and the end that both have; null when they have neither. */
export function ownPart(text: string, other: string): readonly [number, number] | null {
  const most = Math.min(text.length, other.length);
  let start = 0;
  while (start < most && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < most - start && text[text.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  return start + end === 0 ? null : [start, text.length - end];
}

/** Rows of a unified view: lines of the left side of a change first, then those of the right. */
export interface UnifiedRow {
  readonly kind: 'same' | 'only-left' | 'only-right' | 'left-out';
  readonly left: TextCell | null;
  readonly right: TextCell | null;
  readonly lines: number;
}

/** @returns the same rows one below the other. */
export function unifiedRows(rows: readonly TextRow[]): readonly UnifiedRow[] {
  const unified: UnifiedRow[] = [];
  let added: UnifiedRow[] = [];
  const flush = () => {
    unified.push(...added);
    added = [];
  };
  for (const row of rows) {
    if (row.kind === 'changed') {
      if (row.left !== null) unified.push({ kind: 'only-left', left: row.left, right: null, lines: 1 });
      if (row.right !== null) added.push({ kind: 'only-right', left: null, right: row.right, lines: 1 });
      continue;
    }
    flush();
    if (row.kind === 'left-out') unified.push({ kind: 'left-out', left: null, right: null, lines: row.lines });
    else unified.push({ kind: 'same', left: row.left, right: row.right, lines: 1 });
  }
  flush();
  return unified;
}
