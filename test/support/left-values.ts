/**
 * Finds values that name a customer, or are secrets, in a text, as a reader would who knows nothing of the product: by their shapes,
 * in the text as it is and in all that is hidden in it (base64, hex digits, URL, HTML and JSON escapes, reversed names).
 */
import { isIPv6 } from 'node:net';

/** Every text that can be read in a text: itself, then what its lines hold in other forms, where they do. */
export function readings(text: string): readonly string[] {
  const lines = text.split('\n');
  const changed = (read: (line: string) => string): string =>
    lines
      .map(read)
      .filter((line, at) => line !== lines[at])
      .join('\n');
  return [
    text,
    changed((line) => line.replace(/%[0-9a-f]{2}/gi, (one) => String.fromCharCode(Number.parseInt(one.slice(1), 16)))),
    changed((line) =>
      line.replace(/&#(x?)([0-9a-f]+);|&(amp|lt|gt|quot);/gi, (_, hex: string, code?: string, name?: string) =>
        code === undefined ? ({ amp: '&', lt: '<', gt: '>', quot: '"' }[name ?? ''] ?? '') : letter(code, hex),
      ),
    ),
    changed((line) =>
      line.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => letter(code, 'x')).replace(/\\([^u])/g, '$1'),
    ),
    // Marks inside of a value, and lines that a format has broken.
    changed((line) => line.replace(/<\/?[a-z][^<>]{0,300}>/g, '')),
    text.replace(/\\?\r?\n[ \t]*/g, ''),
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
  const found = new Set([...text.matchAll(runs)].map(([run]) => run));
  return [...found].flatMap((run) => read(run).map((bytes) => bytes.toString('latin1'))).join('\n');
}

/** Addresses that mean the same everywhere, first addresses of the private ranges, and the service networks of EKS. */
const EVERYWHERE =
  /^(?:0|127|169\.254|192\.0\.[02]|198\.51\.100|203\.0\.113|198\.1[89]|22[4-9]|2[345]\d)\.|^(?:10|172\.16|192\.168|100\.64)\.0\.0(?:\.0)?$|^172\.20\.|^10\.100\./;
const PRIVATE = /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
/** RFC 4291, 3849, 6052; fd00:ec2 are servers of AWS; the prefix of every link. */
const EVERYWHERE_V6 = /^(?:::|ff|2001:db8:|64:ff9b:|fd00:ec2:)|^(?:fe80|fc00|fd00)::$/;

export const VALUE_KINDS = [
  'address',
  'IPv6 address',
  'MAC',
  'id',
  'endpoint',
  'account',
  'name in an ARN',
  'e-mail',
  'domain',
  'name of a service',
  'user',
  'host',
  'token',
  'key',
  'password',
] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

/** The match is the value. */
const SHAPES: readonly (readonly [ValueKind, RegExp])[] = [
  ['MAC', /(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])/g],
  ['MAC', /(?<![\w-])(?:[0-9A-F]{2}-){5}[0-9A-F]{2}(?![\w-])/g],
  [
    'id',
    /\b(?:i|eni|vpc|subnet|sgr?|vol|ami|lt|igw|nat|rtb|acl|snap|eipalloc|eipassoc|tgw|pcx|vpce|fs|fsap)-(?:[0-9a-f]{17}|[0-9a-f]{8})\b/g,
  ],
  ['endpoint', /\b[0-9A-F]{32}(?=\.[\w-]{1,20}\.[\w-]{1,30}\.eks)/g],
  ['endpoint', /(?<=\/id\/)[0-9A-F]{32}\b/g],
  ['account', /(?<=arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:)\d{12}(?=:)/g],
  ['account', /(?<!\d)\d{12}(?=\.dkr\.ecr)/g],
  ['account', /(?<=account_?id["']?[:= ]{1,3}["']?)\d{12}(?!\d)/gi],
  [
    'name in an ARN',
    /(?<=arn:aws:[a-z]+:[a-z0-9-]*:\d{12}:(?:role|user|assumed-role|cluster|nodegroup|instance-profile)\/)(?!AWSServiceRole)[\w+=,.@-]+[\w]/g,
  ],
  ['e-mail', /[\w.]+@[\w-]+(?:\.[\w-]+)*\.(?:com|org|net)\b/g],
  [
    'domain',
    /(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|io|internal|local|corp|lan|intranet)(?![\w-]|\.\w)/gi,
  ],
  [
    'name of a service',
    /(?<![\w.-])[\w-]+(?:\.[\w-]+)*?(?=\.(?:[a-z]{2}-[a-z]+-\d\.(?:elb|rds)|s3\.[a-z]{2}-[a-z]+-\d)\.amazonaws\.com)/g,
  ],
  ['user', /(?<=\b(?:Accepted \w+ for|opened for user|closed for user|invalid user) )[a-z_][\w.-]*\w/gi],
  ['user', /(?<=(?<![\w.-])\/home\/)[a-z_][\w.-]*\w/gi],
  ['host', /(?<=^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )[a-z][a-z0-9-]+(?= [\w./-]+(?:\[\d+\])?: )/gim],
  ['token', /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]+)?/g],
  ['token', /(?<=\bbearer )[\w.~+/=-]{12,}/gi],
  ['token', /\bk8s-aws-v1\.[\w=-]{8,}/g],
  ['token', /(?<=\bauthorization["']?: ?["']?basic )[\w+/=-]{8,}/gi],
  ['token', /(?<=\bX-Amz-(?:Signature|Credential|Security-Token)=)[\w%/+=.-]{8,}/gi],
  ['token', /(?<=\b(?:auth|access|refresh|session|id|api)[_-]?(?:token|key)["']?\s?[:=]\s?["']?)[\w/+=.-]{12,}/gi],
  ['key', /\bA[KS]IA[A-Z0-9]{16}\b/g],
  ['key', /(?<=secret_?access_?key["']?\s?[:=]\s?["']?)[\w/+=]{12,}/gi],
  ['key', /(?<=(?:key|certificate)-data: )[\w+/=]{16,}/g],
  ['key', /(?<=^[ \t]*)[A-Za-z0-9+/]{64}(?=$)/gm],
  ['password', /(?<=password["']?[:=]\s?["']?)(?!\[)[^\s"',;&]{4,}/gi],
  ['password', /(?<=:\/\/)[^\s/@:"']+:[^\s/@"']+(?=@)/g],
];

/**
 * What every customer has: names of projects and of AWS, accounts of images that every cluster pulls, users of systems, groups and
 * nobody among MACs, what a user of systemd is called at its template, hashes and ids of containers, flags in place of passwords.
 */
const OF_EVERYBODY: Partial<Record<ValueKind, RegExp>> = {
  MAC: /^(?:ff:ff|00:00:00|33:33|01:00:5e|[\da-f][13579bdf]:)|^[\dA-F][13579BDF]-/,
  account: /^(?:602401143452|000000000000)$/,
  'e-mail': /@\w+\.service/,
  domain:
    /(?:^|\.)(?:amazonaws\.com|amazon\.com|aws\.com|k8s\.io|kubernetes\.io|cluster\.local|compute\.internal|ec2\.internal|w3\.org|docker\.io|quay\.io|github\.com|golang\.org|google\.com|kernel\.org|redhat\.com|openshift\.io|openshift\.org|ntp\.org|systemd\.io|freedesktop\.org|ubuntu\.com|coredns\.io|coreos\.com|projectcalico\.org)$/i,
  user: /^(?:root|ec2-user|ubuntu|core|admin|user|nobody)$/i,
  host: /^(?:localhost|kernel|ip-\d.*)$/i,
  key: /^[0-9a-f]{64}$/,
  password: /^(?:true|false|null|none|<nil>|\*+)$/i,
};

/** @returns the values of a text with their kinds: addresses dotted in whatever spelling they stand, IPv6 in its shortest one. */
export function valuesIn(text: string): ReadonlyMap<string, ValueKind> {
  const found = new Map<string, ValueKind>();
  addIPv4(text, found);
  addIPv6(text, found);
  for (const [kind, shape] of SHAPES) {
    for (const [value] of text.matchAll(shape)) if (OF_EVERYBODY[kind]?.test(value) !== true) found.set(value, kind);
  }
  return found;
}

function addIPv4(text: string, found: Map<string, ValueKind>): void {
  const add = (parts: readonly string[], wanted: (address: string) => boolean): void => {
    const address = parts.map(Number).join('.');
    if (parts.every((part) => Number(part) < 256) && wanted(address) && !EVERYWHERE.test(address))
      found.set(address, 'address');
  };
  const isPrivate = (address: string): boolean => PRIVATE.test(address);
  for (const [, ...parts] of text.matchAll(/(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)/g))
    add(parts, isPrivate);
  // Four numbers of a version stand behind a letter, or before one.
  for (const [, ...parts] of text.matchAll(
    /(?<=[\s([="'])([1-9]\d{1,2})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?=[\s)\]"',:/]|$)/g,
  ))
    add(parts, (address) => Number.parseInt(address, 10) > 20);
  for (const [, ...parts] of text.matchAll(/\bip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})(?!\d)/g))
    add(parts, isPrivate);
  for (const [, hex = ''] of text.matchAll(/\bip-([0-9a-f]{8})(?![\w-])/g))
    add([...Buffer.from(hex, 'hex')].map(String), isPrivate);
  for (const [, ...parts] of text.matchAll(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr/g))
    add(parts.reverse(), isPrivate);
}

function addIPv6(text: string, found: Map<string, ValueKind>): void {
  const add = (run: string): void => {
    if (!isIPv6(run)) return;
    const address = new URL(`http://[${run}]/`).hostname.slice(1, -1);
    if (!EVERYWHERE_V6.test(address)) found.set(address, 'IPv6 address');
  };
  for (const [run] of text.matchAll(/(?<![\w:.-])[0-9a-f]{1,4}:[0-9a-f:]{3,34}(?<!:)(?![\w:.-])/gi)) add(run);
  for (const [run] of text.matchAll(/(?:[0-9a-f]\.){32}(?=ip6\.arpa)/gi))
    add(
      [...run.replaceAll('.', '')]
        .reverse()
        .join('')
        .replace(/.{4}(?=.)/g, '$&:'),
    );
}

/** @returns the values of a text (valuesIn). */
export function identifying(text: string): ReadonlySet<string> {
  return new Set(valuesIn(text).keys());
}

/** @returns values that are left; one that is the pseudonym of another one cannot be told from it. */
export function leftOf(
  own: Iterable<string>,
  left: ReadonlySet<string>,
  entries: readonly { readonly pseudonym: string }[],
): readonly string[] {
  const given = identifying(entries.map(({ pseudonym }) => `${pseudonym} ip-${pseudonym}`).join('\n'));
  const ids = new Set(entries.map(({ pseudonym }) => pseudonym));
  const isGiven = (value: string): boolean => given.has(value) || ids.has(value.replace(/^[a-z]+-/, ''));
  return [...own].filter((value) => left.has(value) && !isGiven(value));
}

/** How a value of a kind may also be written, without what `readings` reads. */
export function spellings(kind: ValueKind, value: string): readonly string[] {
  if (kind === 'address') {
    const parts = value.split('.');
    const hex = parts.map((part) => Number(part).toString(16).padStart(2, '0'));
    const back = [...hex].reverse();
    return [
      value,
      parts.join('-'),
      `${[...parts].reverse().join('.')}.in-addr.arpa`,
      hex.join(''),
      // As /proc/net/route has it on most machines.
      back.join(''),
      `::ffff:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`,
    ];
  }
  if (kind === 'MAC') {
    const pairs = value.toLowerCase().split(/[:-]/);
    return [pairs.join(':'), pairs.join('-'), pairs.join(''), pairs.join('').replace(/(.{4})(.{4})(.{4})/, '$1.$2.$3')];
  }
  if (kind === 'id') return [value.slice(value.indexOf('-') + 1)];
  return [value];
}

/** Letters and digits side by side are of one word. */
const WORD = /[A-Za-z0-9]/;

/** @returns those that stand in the text, whatever their case; short ones only by themselves. */
export function standingIn(text: string, values: Iterable<string>): readonly string[] {
  const lower = text.toLowerCase();
  return [...values].filter((value) => {
    const wanted = value.toLowerCase();
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + 1)) {
      if (wanted.length >= 20) return true;
      const joinsBefore = WORD.test(lower[at - 1] ?? ' ') && WORD.test(wanted[0] ?? ' ');
      const end = at + wanted.length;
      if (!joinsBefore && !(WORD.test(lower[end] ?? ' ') && WORD.test(wanted.at(-1) ?? ' '))) return true;
    }
    return false;
  });
}
