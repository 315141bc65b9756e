import { instant, shortInstant } from '../model/format.ts';

/** An instant in UTC; the full one on hover. A claim about captured state has none, and says so. */
export function When({ iso, length = 'short' }: { readonly iso: string | null; readonly length?: 'short' | 'full' }) {
  if (iso === null) return <span className="meta">state</span>;
  return (
    <time dateTime={iso} title={`${instant(iso)} UTC`}>
      {length === 'short' ? shortInstant(iso) : `${instant(iso)} UTC`}
    </time>
  );
}
