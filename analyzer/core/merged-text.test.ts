import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergedText } from './merged-text.ts';

it.each([
  ['other lines of one text', 'a\nb\nc', 'A\nb\nc', 'a\nb\nC', 'A\nb\nC'],
  ['lines before and after each other', 'b', 'b\nmine', 'theirs\nb', 'theirs\nb\nmine'],
  ['the same line', 'we saw', 'we saw mine', 'we saw theirs', 'we saw theirs\nwe saw mine'],
  ['the end of a text', 'a', 'a\nmine', 'a\ntheirs', 'a\ntheirs\nmine'],
  ['a text that was empty', '', 'mine', 'theirs', 'theirs\nmine'],
  ['a line that the other one took out', 'a\nb', 'a\nmine', 'a', 'a\nmine'],
  ['the same', 'a', 'b', 'b', 'b'],
])('who both write %s', (_, from, mine, kept, merged) => {
  expect(mergedText(from, mine, kept)).toBe(merged);
});

it('lines that one of them typed are there, whatever the other one did', () => {
  const text = fc.array(fc.constantFrom('', 'a', 'b', 'c', 'd'), { maxLength: 5 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, text, (from, mine, kept) => {
      const merged = mergedText(from, mine, kept).split('\n');
      const had = from.split('\n');
      for (const line of [...mine.split('\n'), ...kept.split('\n')])
        if (!had.includes(line)) expect(merged).toContain(line);
      expect(mergedText(from, mine, from)).toBe(mine);
      expect(mergedText(from, from, kept)).toBe(kept);
    }),
  );
});
