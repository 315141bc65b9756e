import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeSpan, escapeMarkdown, fenced } from '../../../analyzer/report/markdown.ts';
import { visible } from '../../../analyzer/report/visible.ts';
import { blocksOf, type Span, spansOf } from './paper.ts';

const words = (spans: readonly Span[]): string =>
  spans.map((span) => (span.kind === 'strong' ? words(span.spans) : span.text)).join('');

describe('the report laid out', () => {
  it('tells headings, items, captured lines and sentences apart', () => {
    const text = [
      '# a\\_b: report',
      '',
      '**So `x` it is.**',
      '',
      '- one',
      '  - two',
      '1. run `ls`',
      '',
      '```text',
      '- 1',
      '```',
    ];
    expect(blocksOf(text.join('\n'))).toEqual([
      { kind: 'heading', level: 1, spans: [{ kind: 'text', text: 'a_b: report' }] },
      {
        kind: 'paragraph',
        spans: [
          {
            kind: 'strong',
            spans: [
              { kind: 'text', text: 'So ' },
              { kind: 'code', text: 'x' },
              { kind: 'text', text: ' it is.' },
            ],
          },
        ],
      },
      { kind: 'item', mark: null, level: 0, spans: [{ kind: 'text', text: 'one' }] },
      { kind: 'item', mark: null, level: 1, spans: [{ kind: 'text', text: 'two' }] },
      {
        kind: 'item',
        mark: '1.',
        level: 0,
        spans: [
          { kind: 'text', text: 'run ' },
          { kind: 'code', text: 'ls' },
        ],
      },
      { kind: 'lines', text: '- 1' },
    ]);
  });

  it('shows what the report wrote, whatever characters are in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const line = text.replace(/[\r\n\t]+/g, ' ').trim();
        expect(words(spansOf(escapeMarkdown(line)))).toBe(visible(line).trim());
        if (line !== '') expect(spansOf(codeSpan(line))).toEqual([{ kind: 'code', text: visible(line) }]);
      }),
    );
  });

  it('keeps captured lines as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ -~]*$/), { minLength: 1 }), (lines) => {
        expect(blocksOf(fenced(lines).join('\n'))).toEqual([{ kind: 'lines', text: lines.map(visible).join('\n') }]);
      }),
    );
  });
});
