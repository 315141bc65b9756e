/** Captured text with its control characters made visible and kept from acting. */
import type { ReactNode } from 'react';

// Controls but the tab, and what reorders text: a name can read as another one, a line can seem to end early.
const ACTING = /(?!\t)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const SPLIT = new RegExp(`(${ACTING.source})`, 'u');

/** @returns what stands for a control character, e.g. "\u241b" for escape, "U+202E" for right-to-left override. */
export function controlName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * @returns the text as nodes. The characters themselves stay in place, each alone in its own direction, so that
 * copying gives what was captured; the style sheet draws their names.
 */
export function captured(text: string): ReactNode {
  if (!ACTING.test(text)) return text;
  return text.split(SPLIT).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text are known by their place alone
      <bdi key={index} className="control" data-name={controlName(part)}>
        {part}
      </bdi>
    ),
  );
}
