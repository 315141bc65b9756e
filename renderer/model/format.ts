/** Numbers, sizes and instants as the engineer reads them. Times are UTC and never relative to now. */
import { grouped } from '../../analyzer/core/grouped.ts';

/** @returns e.g. "1,204,118". */
export function count(value: number): string {
  return grouped(Math.trunc(value));
}

/** @returns e.g. "1 line", "1,204,118 lines"; `plural` where adding an s is not enough. */
export function counted(value: number, word: string, plural: string = `${word}s`): string {
  return `${count(value)} ${value === 1 ? word : plural}`;
}

/** @returns e.g. "endpoint, route and packet rule". */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** @returns decimal size, e.g. "613 bytes", "0.9 MB", "20.4 GB". */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** @returns whole percent of a job that knows its size, or null; never 100 before it has ended. */
export function percent(done: number, total: number | null): number | null {
  if (total === null || total <= 0) return null;
  return Math.max(0, Math.min(99, Math.floor((done / total) * 100)));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @returns e.g. "14 Oct 2025 10:07:44", or the text itself when it is not an instant. */
export function instant(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const time = at.toISOString().slice(11, 19);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${time}`;
}

/** @returns e.g. "14 Oct 10:07:44": the year is in the case, the row is narrow. */
export function shortInstant(iso: string): string {
  return instant(iso).replace(/ \d{4} /, ' ');
}

/** @returns the date alone, e.g. "14 Oct 2025". */
export function day(iso: string): string {
  return instant(iso).replace(/ \d\d:\d\d:\d\d$/, '');
}

/** @returns last part of a `/` path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @returns the text with its first letter in upper case, unless it begins with a name as `net.ipv4.ip_forward`. */
export function sentenceCase(text: string): string {
  if (/^\w+[._/]\w/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Node names without their domains, as long as that leaves no two alike: the domain fills the row.
 * ["ip-10-0-1-2.eu-west-1.compute.internal"] -> ["ip-10-0-1-2"].
 */
export function hostNames(names: readonly string[]): readonly string[] {
  // An archive stands in for a node that is not known: its ending is no domain. Nor are the parts of an address.
  const domain = /(?<=^[^.\s]*[a-z][^.\s]*)\.(?:[a-z].*\.)?(?:internal|local|localdomain|lan|com|net|org|io)$/i;
  const short = names.map((name) => name.replace(domain, ''));
  return new Set(short).size === new Set(names).size ? short : names;
}

/**
 * Shortens machine names by the part they share: the chips then show what differs.
 * ["ip-10-0-113-27", "ip-10-0-96-141"] -> {prefix: "ip-10-0-", rest: ["113-27", "96-141"]}; one name stays whole.
 */
export function sharedPrefix(names: readonly string[]): { readonly prefix: string; readonly rest: readonly string[] } {
  const [first] = names;
  if (first === undefined || names.length < 2) return { prefix: '', rest: names };
  let length = 0;
  while (length < first.length && names.every((name) => name[length] === first[length])) length += 1;
  const prefix = first.slice(0, length).replace(/[^-.]*$/, '');
  if (prefix.length < 4 || names.some((name) => name.length === prefix.length)) return { prefix: '', rest: names };
  return { prefix, rest: names.map((name) => name.slice(prefix.length)) };
}
