/** The pane on the right: what is selected, why it is claimed, its evidence, and what to do. */
import type { ReactNode } from 'react';
import { useScreens } from '../stores/stores.tsx';
import { InlineMarkdown } from './InlineMarkdown.tsx';

export function Inspector({
  kind,
  title,
  actions,
  children,
}: {
  readonly kind: ReactNode;
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const open = useScreens((state) => state.inspector === 'open');
  if (!open) return null;
  return (
    <aside className="inspector" aria-label="Inspector">
      <div className="inspector__head">
        <div className="inspector__kind">{kind}</div>
        <h2 className="inspector__title">{title}</h2>
        {actions === undefined ? null : <div className="inspector__actions">{actions}</div>}
      </div>
      {children}
    </aside>
  );
}

export function InspectorBlock({
  title,
  meta,
  children,
}: {
  readonly title: string;
  readonly meta?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="inspector__block">
      <h3>
        {title}
        {meta === undefined ? null : <span className="meta">{meta}</span>}
      </h3>
      {children}
    </section>
  );
}

/** Sentences of a runbook, one below the other; nothing when there is none. */
export function InspectorList({ title, items }: { readonly title: string; readonly items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <InspectorBlock title={title}>
      <ul className="plain">
        {items.map((one) => (
          <li key={one}>
            <InlineMarkdown text={one} />
          </li>
        ))}
      </ul>
    </InspectorBlock>
  );
}
