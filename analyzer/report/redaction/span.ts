/** A value found in a text: where it stands, and which kind it is by its place in the redactor's list. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: number;
}

/**
 * @returns spans that do not overlap, in the order in which they stand. Of two that begin together the longer one stays; what
 * reaches beyond the one before it keeps its end as a value of its own, so that nothing of it is left.
 */
export function apart(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort((one, two) => one.start - two.start || two.end - one.end || one.kind - two.kind);
  const kept: Span[] = [];
  let end = 0;
  for (const span of sorted) {
    if (span.end <= end) continue;
    kept.push(span.start >= end ? span : { ...span, start: end });
    end = span.end;
  }
  return kept;
}
