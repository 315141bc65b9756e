/**
 * Finds values that name a customer's machines in a text, as a reader would who knows nothing of the product: by their shapes, in
 * the text as it is and in all that is hidden in it (base64, hex digits, URL, HTML and JSON escapes, reversed names).
 */

/** Every text that can be read in a text. */
export function readings(text: string): readonly string[] {
  return [
    text,
    text.replace(/%[0-9a-f]{2}/gi, (one) => String.fromCharCode(Number.parseInt(one.slice(1), 16))),
    text.replace(/&#(x?)([0-9a-f]+);|&(amp|lt|gt|quot);/gi, (_, hex: string, code?: string, name?: string) =>
      code === undefined ? ({ amp: '&', lt: '<', gt: '>', quot: '"' }[name ?? ''] ?? '') : letter(code, hex),
    ),
    text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => letter(code, 'x')).replace(/\\([^u])/g, '$1'),
    decoded(text, /[A-Za-z0-9+/_-]{12,}/g, (run) => [0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), 'base64'))),
    decoded(text, /(?:[0-9a-f]{2}){6,}/gi, (run) => [Buffer.from(run, 'hex')]),
    [...text].reverse().join(''),
  ];
}

function letter(code: string, hex: string): string {
  const point = Number.parseInt(code, hex === '' ? 10 : 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : '';
}

function decoded(text: string, runs: RegExp, read: (run: string) => readonly Buffer[]): string {
  return [...text.matchAll(runs)].flatMap(([run]) => read(run).map((bytes) => bytes.toString('latin1'))).join('\n');
}

/** Addresses that mean the same everywhere, first addresses of the private ranges, and the service networks of EKS. */
const EVERYWHERE =
  /^(?:0|127|169\.254|192\.0\.2|198\.51\.100|203\.0\.113|198\.1[89]|22[4-9]|2[345]\d)\.|^(?:10|172\.16|192\.168|100\.64)\.0\.0(?:\.0)?$|^172\.20\.|^10\.100\./;
const PRIVATE = /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** @returns addresses (dotted, in whatever spelling they stand), MACs, ids of AWS, e-mail addresses, endpoints of EKS. */
export function identifying(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const addAddress = (parts: readonly string[]): void => {
    const address = parts.map(Number).join('.');
    if (parts.every((part) => Number(part) < 256) && PRIVATE.test(address) && !EVERYWHERE.test(address))
      found.add(address);
  };
  for (const [, ...parts] of text.matchAll(/(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)/g))
    addAddress(parts);
  for (const [, ...parts] of text.matchAll(/\bip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})(?!\d)/g)) addAddress(parts);
  for (const [, ...parts] of text.matchAll(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr/g))
    addAddress(parts.reverse());
  const shapes = [
    /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g,
    /\b(?:i|eni|vpc|subnet|sg|vol|ami|lt)-(?:[0-9a-f]{17}|[0-9a-f]{8})\b/g,
    /\b[0-9A-F]{32}(?=\.[\w-]{1,20}\.[\w-]{1,30}\.eks)/g,
    /(?<=arn:aws:(?:iam|sts)::)\d{12}/g,
    /[\w.]+@[\w-]+(?:\.[\w-]+)*\.(?:com|org|net)\b/g,
  ];
  for (const [value] of shapes.flatMap((shape) => [...text.matchAll(shape)])) found.add(value);
  // Of nobody and of everybody; what a user of systemd is called at its template.
  for (const value of found)
    if (/^(?:ff:ff|00:00:00|33:33|01:00:5e|[\da-f][13579bdf]:)|@\w+\.service/.test(value)) found.delete(value);
  return found;
}
