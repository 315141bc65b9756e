/**
 * One entry as `journalctl -o short-iso-precise` of systemd 252 prints it with the time zone UTC, nothing of it for a
 * terminal. Source: src/shared/logs-show.c (output_short, print_multiline), src/basic/utf8.c, strip_tab_ansi of
 * src/basic/terminal-util.c, format_bytes of src/basic/format-util.c.
 *
 *   2024-05-01T12:00:00.123456+0000 ip-10-0-12-7 kubelet[1523]: first line
 *                                                               second line
 */

/** The fields that are printed, as bytes behind the `=`. */
export interface EntryFields {
  message: Uint8Array | null;
  host: Uint8Array | null;
  identifier: Uint8Array | null;
  command: Uint8Array | null;
  pid: Uint8Array | null;
  syslogPid: Uint8Array | null;
}

/** PRINT_CHAR_THRESHOLD: values from this length on are not printed in front of the message. */
const FRONT_BYTES_MAX = 300;
/**
 * Text of one entry. Indentation makes a message of newlines hundreds of times longer; one of FIELD_BYTES_MAX with
 * lines of usual length fits.
 */
export const ENTRY_TEXT_MAX = 32 * 1024 * 1024;

const [TAB, NEWLINE, CARRIAGE_RETURN, ESCAPE, BELL, SPACE] = [0x09, 0x0a, 0x0d, 0x1b, 0x07, 0x20];
const TAB_SPACES = 8;
const COLON = Buffer.from(': ');
const UNKNOWN = Buffer.from(' unknown');

export interface EntryText {
  /** Whole lines, each with its newline. */
  readonly text: Uint8Array;
  /** More than ENTRY_TEXT_MAX: the rest is left out. */
  readonly cut: boolean;
}

/** Prints entries of one file: what stands in front of their messages is kept for the next one. */
export class EntryPrinter {
  readonly #fronts = new Map<Uint8Array | null, Front>();

  /** @param us wall clock, µs since 1970. @param fields `message` is not null. */
  print(us: number, fields: EntryFields): EntryText {
    const message = stripTerminal(fields.message ?? new Uint8Array(0));
    const front = this.#frontOf(fields);
    if (isPrintable(message)) return indented(us, front, message);
    return indented(us, front, Buffer.from(`[${byteCount(message.length)} blob data]`));
  }

  /** The same value in the same buffer has the same text. */
  #frontOf(fields: EntryFields): Front {
    const key = fields.identifier ?? fields.command;
    const known = this.#fronts.get(key);
    if (known !== undefined && sameFront(known.fields, fields)) return known;
    const front = newFront(fields);
    if (this.#fronts.size >= FRONTS_MAX) this.#fronts.clear();
    this.#fronts.set(key, front);
    return front;
  }
}

interface Front {
  readonly fields: EntryFields;
  /** Host, program and process, `: `. */
  readonly text: Uint8Array;
  /** Spaces in front of further lines: as many as stand before the message, where ` unknown` does not count. */
  readonly indent: number;
}

/** Programs whose fronts are kept: most entries come from a few. */
const FRONTS_MAX = 64;

const sameFront = (one: EntryFields, other: EntryFields): boolean =>
  one.host === other.host &&
  one.identifier === other.identifier &&
  one.command === other.command &&
  one.pid === other.pid &&
  one.syslogPid === other.syslogPid;

function newFront(fields: EntryFields): Front {
  const parts: Uint8Array[] = [];
  const host = shown(fields.host);
  if (host !== null) parts.push(Buffer.from(' '), host);
  const program = shown(fields.identifier) ?? shown(fields.command);
  if (program !== null) parts.push(Buffer.from(' '), program);
  else parts.push(UNKNOWN);
  const pid = shown(fields.pid) ?? shown(fields.syslogPid);
  if (pid !== null) parts.push(Buffer.from('['), pid, Buffer.from(']'));
  parts.push(COLON);
  const text = Buffer.concat(parts);
  const length = STAMP_BYTES + text.length;
  return { fields: { ...fields, message: null }, text, indent: program === null ? length - UNKNOWN.length : length };
}

/** shall_print: short and printable. */
const shown = (value: Uint8Array | null): Uint8Array | null =>
  value !== null && value.length < FRONT_BYTES_MAX && isPrintable(value) ? value : null;

const STAMP_BYTES = '2024-05-01T12:00:00.123456+0000'.length;
let stampSecond = Number.NaN;
let stampText = '';

/** @returns `2024-05-01T12:00:00.123456+0000`. */
function stampOf(us: number): string {
  const second = Math.floor(us / 1e6);
  if (second !== stampSecond) {
    stampSecond = second;
    stampText = isoSeconds(second);
  }
  return `${stampText}.${String(us - second * 1e6).padStart(6, '0')}+0000`;
}

/** A damaged time may be beyond what a Date can hold, or what four digits can. */
function isoSeconds(second: number): string {
  return second > LAST_SECOND ? '9999-12-31T23:59:59' : new Date(second * 1000).toISOString().slice(0, 19);
}

const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z') / 1000;

/** The lines of a message, all but the first indented to where it starts. An empty one is an empty line. */
function indented(us: number, front: Front, message: Uint8Array): EntryText {
  const whole = message.length > 0 && message[message.length - 1] === NEWLINE ? message.subarray(0, -1) : message;
  const { indent } = front;
  const { body, lines } = upTo(whole, indent, ENTRY_TEXT_MAX);
  const text = Buffer.allocUnsafe(STAMP_BYTES + front.text.length + (lines - 1) * indent + body.length + 1);
  text.write(stampOf(us), 'latin1');
  text.set(front.text, STAMP_BYTES);
  let to = STAMP_BYTES + front.text.length;
  for (let from = 0; ; ) {
    const newline = lines === 1 ? -1 : body.indexOf(NEWLINE, from);
    const end = newline < 0 ? body.length : newline;
    text.set(lines === 1 ? body : body.subarray(from, end), to);
    to += end - from;
    text[to++] = NEWLINE;
    if (newline < 0) return { text, cut: body.length < whole.length };
    text.fill(SPACE, to, to + indent);
    to += indent;
    from = newline + 1;
  }
}

/** @returns as many lines of `body` as fit into `max` bytes with `extra` bytes each. */
function upTo(body: Uint8Array, extra: number, max: number): { readonly body: Uint8Array; readonly lines: number } {
  let lines = 1;
  for (let at = body.indexOf(NEWLINE); at >= 0; at = body.indexOf(NEWLINE, at + 1)) {
    if ((lines + 1) * extra + at > max) return { body: body.subarray(0, at), lines };
    lines++;
  }
  return { body, lines };
}

/** strip_tab_ansi: tabs become 8 spaces; colours, titles and carriage returns at the end of a line go. */
export function stripTerminal(bytes: Uint8Array): Uint8Array {
  if (bytes.indexOf(TAB) < 0 && bytes.indexOf(ESCAPE) < 0 && bytes.indexOf(CARRIAGE_RETURN) < 0) return bytes;
  const parts: Uint8Array[] = [];
  let from = 0;
  const keepUpTo = (end: number, next: number) => {
    if (end > from) parts.push(bytes.subarray(from, end));
    from = next;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === TAB) {
      keepUpTo(at, at + 1);
      parts.push(TAB_AS_SPACES);
    } else if (byte === CARRIAGE_RETURN) {
      let end = at + 1;
      while (bytes[end] === CARRIAGE_RETURN) end++;
      if (end === bytes.length || bytes[end] === NEWLINE) keepUpTo(at, end);
      at = end - 1;
    } else if (byte === ESCAPE) {
      const end = sequenceEnd(bytes, at);
      if (end === null) {
        // The byte behind a lone escape is taken as it is.
        if (bytes[at + 1] !== 0x5b && bytes[at + 1] !== 0x5d) at++;
        continue;
      }
      keepUpTo(at, end);
      at = end - 1;
    }
  }
  keepUpTo(bytes.length, bytes.length);
  return Buffer.concat(parts);
}

const TAB_AS_SPACES = Buffer.alloc(TAB_SPACES, SPACE);

/** @returns where the colour (ESC [ digits ; m) or the system command (ESC ] text BEL) at `at` ends, null when it is neither. */
function sequenceEnd(bytes: Uint8Array, at: number): number | null {
  const kind = bytes[at + 1];
  if (kind !== 0x5b && kind !== 0x5d) return null;
  for (let end = at + 2; end < bytes.length; end++) {
    const byte = bytes[end] as number;
    if (kind === 0x5b) {
      if (byte === 0x6d) return end + 1;
      // A NUL counts as one of the allowed characters there: strchr finds the end of its string.
      if (!((byte >= 0x30 && byte <= 0x39) || byte === 0x3b || byte === 0)) return null;
    } else {
      if (byte === BELL) return end + 1;
      if (byte < SPACE || byte > 0x7e) return null;
    }
  }
  return null;
}

/** utf8_is_printable: valid UTF-8 without control characters but tab and newline, and without noncharacters. */
function isPrintable(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    if (first < 0x80) {
      if ((first < SPACE && first !== TAB && first !== NEWLINE) || first === 0x7f) return false;
      at++;
      continue;
    }
    const length = first >= 0xf8 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
    if (length === 0 || at + length > bytes.length) return false;
    let code = first & (0x7f >> length);
    for (let index = 1; index < length; index++) {
      const next = bytes[at + index] as number;
      if ((next & 0xc0) !== 0x80) return false;
      code = (code << 6) | (next & 0x3f);
    }
    if (!isPrintableCode(code, length)) return false;
    at += length;
  }
  return true;
}

function isPrintableCode(code: number, length: number): boolean {
  const shortest = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  if (length !== shortest || code > 0x10ffff || code <= 0x9f) return false;
  const surrogate = (code & 0xfffff800) === 0xd800;
  const nonCharacter = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
  return !surrogate && !nonCharacter;
}

/** format_bytes: `17B`, `3.9K`, `1.0M`. */
export function byteCount(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  if (bytes < 1024 ** 2) return `${Math.floor(bytes / 1024)}.${Math.floor((bytes * 10) / 1024) % 10}K`;
  const kib = Math.floor(bytes / 1024);
  return `${Math.floor(kib / 1024)}.${Math.floor((kib * 10) / 1024) % 10}M`;
}
