/**
 * Lines of PEM blocks (RFC 7468), also when a text is given line by line:
 *   -----BEGIN RSA PRIVATE KEY-----
 *   MIIEpAIBAAKCAQEA...
 *   -----END RSA PRIVATE KEY-----
 * Each line of the block is a value of its own, so that lines stay lines, and one of them is found where it stands alone. Quoted
 * blocks have `\n` in place of line ends, variables a blank; lines of logs have words of the log in front. An excerpt may begin
 * inside of a block, which then is known by its END.
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
/** A text with none of them, outside of a block, has no lines of one. */
export const KEY_BEGIN = '-----BEGIN ';
export const KEY_END = '-----END ';
/** What container runtimes and syslog write in front of a line. */
const OF_LOG = String.raw`(?:\d{4}-\d\d-\d\dT[\d:.]{8,18}\S{1,6} std(?:out|err) [FP] |[A-Z][a-z]{2} [ \d]\d [\d:.]{8,15} \S{1,253} [^\s:]{1,100}: )?`;
/** Key material alone in its line, a header of it, or nothing; a word at the start of a line of a log is none of them. */
const BODY = new RegExp(
  String.raw`^${OF_LOG}[ \t]*([A-Za-z0-9+/=]{1,200}(?=[ \t]*\r?$)|[A-Za-z-]{1,30}: [^\r\n]{1,200}|(?=\r?$))`,
);
const MATERIAL = new RegExp(String.raw`^${OF_LOG}[ \t]*([A-Za-z0-9+/]{1,200}={0,2})[ \t]*\r?$`);
const LAST_LINE = new RegExp(String.raw`^${OF_LOG}[ \t]*-----END [A-Z0-9 ]{1,40}-----[ \t]*\r?$`);
const QUOTED =
  /-----BEGIN [A-Z0-9 ]{1,40}-----(?:\\{1,4}[nr]){1,4}(?<value>(?:(?!\\{1,4}[nr]-----END)[^"'\s]){1,65536})/g;
const SPACED = /-----BEGIN [A-Z0-9 ]{1,40}----- {0,4}(?<value>[A-Za-z0-9+/= ]{1,65536})(?=-----END )/g;
/** What stands between lines of a block in one line; other escapes are none of its material. */
const BETWEEN = /\\{1,4}[nr]| +|$/g;

/** Which of the two words stand in a text. */
export interface KeyMarks {
  readonly begin: boolean;
  readonly end: boolean;
}

/** @returns the state behind the text. */
export function keyLines(text: string, marks: KeyMarks, before: KeyBlock, kind: number, found: Span[]): KeyBlock {
  if (marks.end) cutBlocks(text, kind, found);
  if (!marks.begin && before.open === 'no') return before;
  if (marks.begin) {
    for (const shape of [QUOTED, SPACED]) {
      for (const match of text.matchAll(shape)) {
        const value = match.groups?.value ?? '';
        parts(value, match.index + match[0].length - value.length, kind, found);
      }
    }
  }
  let block = before;
  for (let at = block.open === 'yes' ? 0 : nextBlock(text, 0); at >= 0 && at < text.length; ) {
    const end = lineEndOf(text, at);
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

/** Of a block in one line every line is a value, as it is of one with lines. */
function parts(block: string, place: number, kind: number, found: Span[]): void {
  let from = 0;
  for (const { 0: between, index } of block.matchAll(BETWEEN)) {
    if (index > from) found.push({ start: place + from, end: place + index, kind });
    from = index + between.length;
  }
}

/** Lines in front of each END as far as they are key material, for their BEGIN may stand outside of the text. */
function cutBlocks(text: string, kind: number, found: Span[]): void {
  let after = 0;
  for (let mark = text.indexOf(KEY_END); mark >= 0; mark = text.indexOf(KEY_END, after)) {
    let next = text.lastIndexOf('\n', mark) + 1;
    after = lineEndOf(text, mark);
    if (!LAST_LINE.test(text.slice(next, after))) continue;
    for (let nth = 0; nth < LINES_MAX && next > 0; nth++) {
      const start = next < 2 ? 0 : text.lastIndexOf('\n', next - 2) + 1;
      const line = text.slice(start, next - 1);
      const material = MATERIAL.exec(line)?.[1];
      if (material === undefined) break;
      const at = start + line.lastIndexOf(material);
      found.push({ start: at, end: at + material.length, kind });
      next = start;
    }
  }
}

function lineEndOf(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** @returns where the line of the next BEGIN starts, or -1. */
function nextBlock(text: string, from: number): number {
  const at = text.indexOf(KEY_BEGIN, from);
  return at < 0 ? -1 : text.lastIndexOf('\n', at) + 1;
}
