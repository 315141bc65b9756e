import type { ReactNode } from 'react';
import { count } from '../../model/format.ts';

/** A list that shows its beginning and folds the rest away; the rest is counted, never dropped. */
export function Bullets({ items, shown }: { readonly items: readonly ReactNode[]; readonly shown: number }) {
  const rest = items.slice(shown);
  return (
    <>
      <ul className="bullets">{items.slice(0, shown)}</ul>
      {rest.length === 0 ? null : (
        <details className="more">
          <summary>{count(rest.length)} more</summary>
          <ul className="bullets">{rest}</ul>
        </details>
      )}
    </>
  );
}
