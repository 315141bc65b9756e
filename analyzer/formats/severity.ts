/**
 * Severity of a log line from its bytes, fast enough to run on every line of an archive.
 *
 *   E0501 12:00:00.123456       1 file.go:12] msg                      klog: letter I W E F, then MMDD
 *   2024-05-01T12:00:00.1Z stdout F E0501 12:00:00.123456 ...          the same behind a CRI or journal prefix
 *   time="2024-05-01T12:00:00Z" level=error msg="..."                  logfmt (containerd)
 *   {"level":"warn","ts":"2024-05-01T12:00:00.123Z",...}               zap JSON (VPC CNI)
 *   2024-05-01 12:00:00 [ERROR] plugin/errors: 2 ...                   CoreDNS and others: a word in capitals
 */

export const LINE_SEVERITY = { none: 0, low: 1, warning: 2, error: 3 } as const;
export type LineSeverity = (typeof LINE_SEVERITY)[keyof typeof LINE_SEVERITY];

/** Where the severity stood on the last line of the same file: the next line nearly always has it there too. */
export interface SeverityGuess {
  kind: 'klog' | 'word' | 'level' | 'none';
  offset: number;
}

/** A level stands near the front of a line; looking further costs time and finds words of the message. */
const LOOK_AT_BYTES = 192;

const LEVEL_BY_LETTER = new Uint8Array(256);
for (const letter of 'eEfFcCpP') LEVEL_BY_LETTER[letter.charCodeAt(0)] = LINE_SEVERITY.error;
for (const letter of 'wW') LEVEL_BY_LETTER[letter.charCodeAt(0)] = LINE_SEVERITY.warning;
for (const letter of 'iIdDtTnN') LEVEL_BY_LETTER[letter.charCodeAt(0)] = LINE_SEVERITY.low;

/** Bytes worth a closer look: the `l` of level, and capitals that start a klog stamp or a level word. */
const CANDIDATE = new Uint8Array(256);
for (const letter of 'lEWIF') CANDIDATE[letter.charCodeAt(0)] = 1;

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 48 && byte <= 57;

/**
 * @param bytes block of text, `start..end` one line without its ending.
 * @param guess carried from line to line of one file; updated here.
 * @returns 0 when the line names no level (command output, stack traces, kernel lines).
 */
export function lineSeverity(bytes: Uint8Array, start: number, end: number, guess: SeverityGuess): LineSeverity {
  if (guess.kind === 'klog' && isKlog(bytes, start + guess.offset, start, end)) {
    return (LEVEL_BY_LETTER[bytes[start + guess.offset] as number] ?? 0) as LineSeverity;
  }
  const limit = Math.min(end, start + LOOK_AT_BYTES);
  for (let at = start; at < limit; at++) {
    const byte = bytes[at] as number;
    if (CANDIDATE[byte] === 0) continue;
    if (byte === 108) {
      const letter = afterLevelKey(bytes, at, end);
      if (letter !== 0) return (LEVEL_BY_LETTER[letter] ?? 0) as LineSeverity;
    } else {
      if (isKlog(bytes, at, start, end)) {
        guess.kind = 'klog';
        guess.offset = at - start;
        return (LEVEL_BY_LETTER[byte] ?? 0) as LineSeverity;
      }
      const word = levelWord(bytes, at, start, end);
      if (word !== LINE_SEVERITY.none) return word;
    }
  }
  return LINE_SEVERITY.none;
}

/** `E0501 12:` at `at`, at the line's start or behind a blank. */
function isKlog(bytes: Uint8Array, at: number, start: number, end: number): boolean {
  return (
    at + 8 < end &&
    (at === start || bytes[at - 1] === 32) &&
    isDigit(bytes[at + 1]) &&
    isDigit(bytes[at + 2]) &&
    isDigit(bytes[at + 3]) &&
    isDigit(bytes[at + 4]) &&
    bytes[at + 5] === 32 &&
    isDigit(bytes[at + 6]) &&
    bytes[at + 8] === 58 &&
    LEVEL_BY_LETTER[bytes[at] as number] !== 0
  );
}

/** First letter of the value of `level=x`, `level="x` or `"level":"x`; 0 when this is another word. */
function afterLevelKey(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at + 1] !== 101 || bytes[at + 2] !== 118 || bytes[at + 3] !== 101 || bytes[at + 4] !== 108) return 0;
  let next = at + 5;
  if (bytes[next] === 34) next += 1;
  if (bytes[next] !== 61 && bytes[next] !== 58) return 0;
  next += 1;
  while (next < end && (bytes[next] === 34 || bytes[next] === 32)) next += 1;
  return next < end ? (bytes[next] as number) : 0;
}

const WORDS: readonly { readonly word: string; readonly severity: LineSeverity }[] = [
  { word: 'ERROR', severity: LINE_SEVERITY.error },
  { word: 'ERR', severity: LINE_SEVERITY.error },
  { word: 'FATAL', severity: LINE_SEVERITY.error },
  { word: 'WARNING', severity: LINE_SEVERITY.warning },
  { word: 'WARN', severity: LINE_SEVERITY.warning },
  { word: 'INFO', severity: LINE_SEVERITY.low },
];

const isLetter = (byte: number | undefined) =>
  byte !== undefined && ((byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 95);

function levelWord(bytes: Uint8Array, at: number, start: number, end: number): LineSeverity {
  if (at > start && isLetter(bytes[at - 1])) return LINE_SEVERITY.none;
  for (const { word, severity } of WORDS) {
    let index = 0;
    while (index < word.length && bytes[at + index] === word.charCodeAt(index)) index += 1;
    if (index === word.length && at + index <= end && !isLetter(bytes[at + index])) return severity;
  }
  return LINE_SEVERITY.none;
}
