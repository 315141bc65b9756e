/** A query as it is typed, in the colours of its parts; what is wrong in it is underlined. */
import { queryTokens } from '../../analyzer/query/tokens.ts';
import { captured } from './Captured.tsx';

export interface Fault {
  readonly start: number;
  readonly end: number;
}

/** Text that is drawn whole; what is longer is drawn plain behind it. */
const CHARS_COLOURED = 5_000;

export function QueryText({ text, fault = null }: { readonly text: string; readonly fault?: Fault | null }) {
  const coloured = text.slice(0, CHARS_COLOURED);
  const edges = new Set([0, coloured.length]);
  const tokens = queryTokens(coloured);
  for (const token of tokens) edges.add(token.start).add(token.end);
  if (fault !== null) edges.add(Math.min(fault.start, coloured.length)).add(Math.min(fault.end, coloured.length));
  const sorted = [...edges].sort((a, b) => a - b);
  let next = 0;
  return (
    <>
      {sorted.slice(0, -1).map((start, index) => {
        const end = sorted[index + 1] ?? coloured.length;
        while ((tokens[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next += 1;
        const token = tokens[next];
        const kind = token !== undefined && token.start <= start ? token.kind : undefined;
        const wrong = fault !== null && fault.start <= start && end <= fault.end;
        return (
          <span key={start} className={`${kind === undefined ? '' : `q-${kind}`}${wrong ? ' q-fault' : ''}`}>
            {captured(coloured.slice(start, end))}
          </span>
        );
      })}
      {text.slice(CHARS_COLOURED)}
      {fault !== null && fault.start >= text.length ? <span className="q-fault q-fault--end"> </span> : null}
    </>
  );
}
