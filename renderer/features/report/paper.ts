/** The Markdown that the report is written in, as blocks to lay out. Only what the report uses; pure. */

export type Span =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly spans: readonly Span[] };

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly spans: readonly Span[] }
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  /** A list item; `mark` is its number, null for a bullet; `level` from 0. */
  | { readonly kind: 'item'; readonly mark: string | null; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: 'lines'; readonly text: string };

/** @returns the pieces of one line: escapes taken off, code spans and strong text told apart. */
export function spansOf(line: string): readonly Span[] {
  const spans: Span[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') spans.push({ kind: 'text', text });
    text = '';
  };
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === '\\' && /[!-/:-@[-`{-~]/.test(line.charAt(at + 1))) {
      text += line.charAt(at + 1);
      at += 2;
      continue;
    }
    const fence = char === '`' ? (/^`+/.exec(line.slice(at))?.[0] ?? '') : '';
    const close = fence === '' ? -1 : closingFence(line, at + fence.length, fence.length);
    if (close >= 0) {
      flush();
      const inner = line.slice(at + fence.length, close);
      spans.push({ kind: 'code', text: inner.startsWith(' ') && inner.endsWith(' ') ? inner.slice(1, -1) : inner });
      at = close + fence.length;
      continue;
    }
    const strong = line.startsWith('**', at) ? line.indexOf('**', at + 2) : -1;
    if (strong > at + 2) {
      flush();
      spans.push({ kind: 'strong', spans: spansOf(line.slice(at + 2, strong)) });
      at = strong + 2;
      continue;
    }
    const plain = fence === '' ? char : fence;
    text += plain;
    at += plain.length;
  }
  flush();
  return spans;
}

function closingFence(line: string, from: number, length: number): number {
  for (const run of line.slice(from).matchAll(/`+/g)) if (run[0].length === length) return from + run.index;
  return -1;
}

/** @returns the blocks of a document in order. A fence that is never closed runs to the end. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const fence = /^(`{3,})text$/.exec(line)?.[1];
    if (fence !== undefined) {
      const end = lines.indexOf(fence, index + 1);
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: 'lines', text: lines.slice(index + 1, stop).join('\n') });
      index = stop;
      continue;
    }
    const heading = /^(#{1,3}) (.*)$/.exec(line);
    const item = /^( *)(?:-|(\d+\.)) (.*)$/.exec(line);
    if (heading !== null) {
      const level = (heading[1] ?? '').length as 1 | 2 | 3;
      blocks.push({ kind: 'heading', level, spans: spansOf(heading[2] ?? '') });
    } else if (item !== null) {
      const level = Math.min(3, Math.floor((item[1] ?? '').length / 2));
      blocks.push({ kind: 'item', mark: item[2] ?? null, level, spans: spansOf(item[3] ?? '') });
    } else if (line.trim() !== '') blocks.push({ kind: 'paragraph', spans: spansOf(line) });
  }
  return blocks;
}
