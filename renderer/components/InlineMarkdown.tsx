/** One line of a runbook's Markdown: bold and code. Everything else stays as it was written, as text. */
import { Fragment, type ReactNode } from 'react';
import { captured } from './Captured.tsx';

const PARTS = /(`[^`]+`|\*\*[^*]+\*\*)/;

export function InlineMarkdown({ text }: { readonly text: string }): ReactNode {
  return text.split(PARTS).map((part, index) => {
    const key = `${index} ${part}`;
    if (/^`[^`]+`$/.test(part))
      return (
        <code key={key} className="inline">
          {captured(part.slice(1, -1))}
        </code>
      );
    if (/^\*\*[^*]+\*\*$/.test(part)) return <b key={key}>{captured(part.slice(2, -2))}</b>;
    return <Fragment key={key}>{captured(part)}</Fragment>;
  });
}
