import { Copy } from 'lucide-react';
import { useCopy } from './copy.ts';
import { IconButton } from './IconButton.tsx';

/** An icon button that copies `text`; `what` names it, e.g. "the command for the customer". */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = useCopy();
  return <IconButton icon={Copy} look="quiet" label={`Copy ${what}`} title="Copy" onClick={() => copy(text, what)} />;
}
