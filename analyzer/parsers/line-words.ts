/** Lines of tools that print words, a keyword before each value: `default via 10.0.0.1 dev eth0 metric 100`. */
import ipaddr from 'ipaddr.js';

/** No tool read here prints a line half as long; what follows is not looked at, so that a hostile line costs nothing. */
const LINE_CHARS_MAX = 8192;

/** @returns the words of a line, empty ones left out. */
export function lineWords(line: string): readonly string[] {
  const text = line.length > LINE_CHARS_MAX ? line.slice(0, LINE_CHARS_MAX) : line;
  return text.match(/\S+/g) ?? [];
}

/** @returns the word after the first `keyword`, or null. */
export function wordAfter(words: readonly string[], keyword: string): string | null {
  const at = words.indexOf(keyword);
  return at < 0 ? null : (words[at + 1] ?? null);
}

/** Nearly every address is of this form; the library is for the rest. */
const PLAIN_IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** @returns true for a whole IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  if (PLAIN_IPV4.test(text)) return true;
  return text.length <= 60 && (ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text));
}

/** @returns the address or prefix with /32 and /128 dropped, or null when the text is neither. */
export function asPrefix(text: string): string | null {
  const [address = '', length, more] = text.split('/', 3);
  if (more !== undefined || !isAddress(address)) return null;
  if (length === undefined) return address;
  const bits = address.includes(':') ? 128 : 32;
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return null;
  return Number(length) === bits ? address : text;
}

/** @returns a whole number of at most 15 digits, or null. */
export function asCount(text: string | null | undefined): number | null {
  return text != null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
