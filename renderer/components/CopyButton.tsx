import { Copy } from 'lucide-react';
import { useCopy } from './copy.ts';

/** An icon button that copies `text`; `what` names it, e.g. "the command for the customer". */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = useCopy();
  return (
    <button
      type="button"
      className="btn btn--s btn--icon btn--quiet"
      aria-label={`Copy ${what}`}
      title="Copy"
      onClick={() => copy(text, what)}
    >
      <Copy className="icon" aria-hidden="true" />
    </button>
  );
}
