/**
 * Lines of PEM blocks (RFC 7468), also when a text is given line by line:
 *   -----BEGIN RSA PRIVATE KEY-----
 *   MIIEpAIBAAKCAQEA...
 *   -----END RSA PRIVATE KEY-----
 * Each line of the block is a value of its own, so that lines stay lines. Quoted blocks have `\n` in place of line ends.
 */
import type { Span } from './span.ts';

/** Whether the text before ended inside a block, and how many lines of it were seen. */
export interface KeyBlock {
  readonly open: 'yes' | 'no';
  readonly lines: number;
}

/** A chain of certificates is shorter; a BEGIN whose END was cut off must not swallow a file. */
const LINES_MAX = 400;

const CLOSED: KeyBlock = { open: 'no', lines: 0 };
/** A text without it, outside of a block, has no lines of one. */
export const KEY_BEGIN = '-----BEGIN ';
/** Key material alone in its line, a header of it, or nothing; a word at the start of a line of a log is none of them. */
const BODY = /^[ \t]*([A-Za-z0-9+/=]{1,200}(?=[ \t]*\r?$)|[A-Za-z-]{1,30}: [^\r\n]{1,200}|(?=\r?$))/;
const QUOTED =
  /-----BEGIN [A-Z0-9 ]{1,40}-----(?:\\{1,4}[nr]){1,4}(?<value>(?:(?!\\{1,4}[nr]-----END)[^"'\s]){1,65536})/g;

/** @param has whether KEY_BEGIN stands in the text. @returns the state behind the text. */
export function keyLines(text: string, has: boolean, before: KeyBlock, kind: number, found: Span[]): KeyBlock {
  if (!has && before.open === 'no') return before;
  if (has) {
    for (const match of text.matchAll(QUOTED)) {
      const end = match.index + match[0].length;
      found.push({ start: end - (match.groups?.value ?? '').length, end, kind });
    }
  }
  let block = before;
  for (let at = block.open === 'yes' ? 0 : nextBlock(text, 0); at >= 0 && at < text.length; ) {
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const line = text.slice(at, end);
    const body = BODY.exec(line);
    if (block.open === 'yes' && body !== null && block.lines < LINES_MAX && !line.includes('-----')) {
      const value = body[1] ?? '';
      const start = at + body[0].length - value.length;
      if (value !== '') found.push({ start, end: start + value.length, kind });
      block = { open: 'yes', lines: block.lines + 1 };
      at = end + 1;
    } else if (/-----BEGIN [A-Z0-9 ]{1,40}-----\s*$/.test(line)) {
      block = { open: 'yes', lines: 0 };
      at = end + 1;
    } else {
      block = CLOSED;
      at = nextBlock(text, end + 1);
    }
  }
  return block;
}

/** @returns where the line of the next BEGIN starts, or -1. */
function nextBlock(text: string, from: number): number {
  const at = text.indexOf(KEY_BEGIN, from);
  return at < 0 ? -1 : text.lastIndexOf('\n', at) + 1;
}
