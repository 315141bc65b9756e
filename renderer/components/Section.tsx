import type { ReactNode } from 'react';

/**
 * A part of a screen under its heading, by which it is found without seeing it as well.
 * @param says what it holds, in a few words beside the heading; null: the heading says it. @param tools behind them.
 */
export function Section({
  title,
  says = null,
  tools = null,
  children,
}: {
  readonly title: string;
  readonly says?: ReactNode;
  readonly tools?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <section className="section" aria-label={title}>
      <div className="section__head">
        <h2>{title}</h2>
        {says === null ? null : <span className="meta">{says}</span>}
        {tools}
      </div>
      {children}
    </section>
  );
}
