/** The report laid out for reading: elements and text nodes only, whatever the captured text says. */
import { memo, useMemo } from 'react';
import { type Block, blocksOf, type Span } from './paper.ts';

function Spans({ spans }: { readonly spans: readonly Span[] }) {
  return spans.map((span, index) => {
    const key = `${index} ${span.kind}`;
    if (span.kind === 'code') {
      return (
        <code key={key} className="inline">
          {span.text}
        </code>
      );
    }
    return span.kind === 'strong' ? (
      <strong key={key}>
        <Spans spans={span.spans} />
      </strong>
    ) : (
      span.text
    );
  });
}

function One({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'heading': {
      // The screen has the first heading; the document's come below it.
      const Tag = (['h2', 'h3', 'h4'] as const)[block.level - 1] ?? 'h4';
      return (
        <Tag className={`paper__h${block.level}`}>
          <Spans spans={block.spans} />
        </Tag>
      );
    }
    case 'lines':
      return <pre className="paper__lines">{block.text}</pre>;
    case 'item':
      return (
        <p className="paper__item" style={{ marginLeft: block.level * 20 }}>
          <span>{block.mark ?? '•'}</span>
          <span>
            <Spans spans={block.spans} />
          </span>
        </p>
      );
    case 'paragraph':
      return (
        <p>
          <Spans spans={block.spans} />
        </p>
      );
  }
}

/** @param markdown the report as Markdown, or the beginning of it. */
export const Paper = memo(function Paper({ markdown }: { readonly markdown: string }) {
  const blocks = useMemo(() => blocksOf(markdown), [markdown]);
  return (
    <article className="paper paper--read" aria-label="Report">
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a document is made anew as a whole
        <One key={index} block={block} />
      ))}
    </article>
  );
});
