/** A query as it is typed, in the colours of its parts; what is wrong in it is underlined. */
import { memo } from 'react';
import { queryTokens } from '../../analyzer/query/tokens.ts';
import { captured } from './Captured.tsx';

export interface Fault {
  readonly start: number;
  readonly end: number;
}

/** A longer query is drawn plain: reading its parts would take longer than a key press may. */
const CHARS_COLOURED = 2_000;

interface Part {
  readonly start: number;
  readonly end: number;
  readonly look: string;
}

/** @returns the text in parts of one look each; together they are the whole text. */
function partsOf(text: string, fault: Fault | null): readonly Part[] {
  const tokens = text.length > CHARS_COLOURED ? [] : queryTokens(text);
  const edges = new Set([0, text.length]);
  for (const token of tokens) edges.add(token.start).add(token.end);
  if (fault !== null) edges.add(Math.min(fault.start, text.length)).add(Math.min(fault.end, text.length));
  const sorted = [...edges].sort((a, b) => a - b);
  let next = 0;
  return sorted.slice(0, -1).map((start, index) => {
    const end = sorted[index + 1] ?? text.length;
    while ((tokens[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next += 1;
    const token = tokens[next];
    const kind = token !== undefined && token.start <= start ? `q-${token.kind}` : '';
    const wrong = fault !== null && fault.start <= start && end <= fault.end;
    return { start, end, look: wrong ? `${kind} q-fault` : kind };
  });
}

export const QueryText = memo(function QueryText({
  text,
  fault = null,
}: {
  readonly text: string;
  readonly fault?: Fault | null;
}) {
  return (
    <>
      {partsOf(text, fault).map(({ start, end, look }) => (
        <span key={start} className={look}>
          {captured(text.slice(start, end))}
        </span>
      ))}
      {fault !== null && fault.start >= text.length ? <span className="q-fault q-fault--end"> </span> : null}
    </>
  );
});
