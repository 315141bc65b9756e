/** The generated bundle that searches are held against: logs of every shape that has broken a search before. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createPrng, type Prng } from '../../../fixtures/lib/prng.ts';

/** A file in the archive, and its text as UTF-8; null: it has none and is never searched. */
export interface OracleMember {
  readonly name: string;
  readonly archived: Uint8Array;
  readonly text: Buffer | null;
}

export const KIB = 1024;
export const BLOCK_BYTES = 128 * KIB;
export const SLAB_BYTES = 2048 * KIB;
/** Lines of this file are klog's, of May 1 2024 before noon. */
export const MAIN_LOG = 'var_log/messages';
/** Collected on May 1 2024 at noon. */
export const ARCHIVE_NAME = 'eks_i-0abc_2024-05-01_1200-UTC_0.7.9.tar.gz';

const JOURNALS = path.join(import.meta.dirname, '../../../fixtures/data/journal');
const unpacked = (name: string): Buffer => gunzipSync(readFileSync(path.join(JOURNALS, name)));

/** Letters that careless folding confuses: long s and the Kelvin sign, capitals and accents beyond ASCII, surrogates. */
export const WORDS = [
  ...['SyncLoop', 'pod', 'timeout', 'Größe', 'naïve', 'ÄÖÜ', 'äöü', 'café', '日本語', '🦊fox', 'ſtill', '\u212aelvin'],
  ...[
    'Kelvin',
    'kube-proxy',
    'a',
    'x_1',
    '10.0.0.1:53',
    'C:\\Temp',
    'say="no"',
    '(OR)',
    '-v=2',
    '--proxy-mode=ipvs',
    'AND',
    '/var/log/pods',
  ],
] as const;
const ENTITIES = [
  ...['pod="kube-system/coredns-5d78c9869d-abcde"', 'pod="default/web-0"', 'eth0', 'ip=10.0.3.7', 'cidr 10.0.3.70/32'],
  ...['unit kubelet.service', 'eni-0123456789abcdef0', 'svc="default/web:http"', 'chain KUBE-SERVICES'],
] as const;

const two = (value: number): string => String(value).padStart(2, '0');

class Texts {
  readonly random: Prng;
  #second = 0;

  constructor(seed: string) {
    this.random = createPrng(seed);
  }

  body(): string {
    const { random } = this;
    const words = Array.from({ length: random.between(1, 6) }, () => random.pick(WORDS));
    const entity = random.chance(30) ? ` ${random.pick(ENTITIES)}` : '';
    return `"${words.join(random.pick([' ', '=', '/']))}"${entity} id=${random.hex(random.between(4, 16))}`;
  }

  /** `HH:MM:SS`, on and on from midnight to shortly before noon. */
  clock(): string {
    this.#second = (this.#second + this.random.int(3)) % 43_000;
    const second = this.#second;
    return `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
  }

  klog(): string {
    const { random } = this;
    const letter = random.pick(['I', 'I', 'I', 'I', 'W', 'E']);
    return `${letter}0501 ${this.clock()}.${random.hex(6).replace(/[a-f]/g, '0')}    3127 ${random.pick(['kubelet', 'prober'])}.go:${random.int(900)}] ${this.body()}`;
  }

  logfmt(): string {
    const level = this.random.pick(['info', 'debug', 'warning', 'error', 'fatal']);
    return `time="2024-05-01T${this.clock()}Z" level=${level} msg=${this.body()}`;
  }

  zap(): string {
    const level = this.random.pick(['info', 'warn', 'error']);
    const ts = `2024-05-01T${this.clock()}.${this.random.between(100, 999)}+02:00`;
    return JSON.stringify({ level, ts, caller: 'ipamd/ipamd.go:12', msg: this.body() });
  }

  cri(): string {
    const stream = this.random.pick(['stdout', 'stderr']);
    return `2024-05-01T${this.clock()}.123456789Z ${stream} ${this.random.pick(['F', 'F', 'P'])} [${this.random.pick(['INFO', 'ERROR', 'WARNING'])}] ${this.body()}`;
  }

  /** Without stamp and level. */
  plain(): string {
    return `\tat ${this.body()}`;
  }

  lines(count: number, line: () => string, end = '\n'): string {
    return Array.from({ length: count }, () => line() + end).join('');
  }

  /** Bytes of klog lines in which the middle of a word of its own stands on every border of 128 KiB. */
  bordered(bytes: number, name: string): Buffer {
    const lines: Buffer[] = [];
    for (let at = 0, border = BLOCK_BYTES; at < bytes; ) {
      const line =
        border - at < 600 ? astride(this.klog(), border - at, `${name}-${border / BLOCK_BYTES}`) : this.klog();
      const written = Buffer.from(`${line}\n`);
      if (at + written.length > border) border += BLOCK_BYTES;
      lines.push(written);
      at += written.length;
    }
    return Buffer.concat(lines);
  }
}

/** @returns a line with `astride-<name>-end` so that the byte at `border` is in its middle. */
function astride(line: string, border: number, name: string): string {
  const word = ` astride-${name}-end `;
  const head = Buffer.from(line);
  const filler = Math.max(0, border - head.length - Math.floor(word.length / 2));
  return `${line}${'.'.repeat(filler)}${word}${'.'.repeat(20)}`;
}

const utf8 = (name: string, text: string | Buffer): OracleMember => ({
  name,
  archived: Buffer.from(text),
  text: Buffer.from(text),
});

function utf16(name: string, text: string, mark: '\ufeff' | ''): OracleMember {
  return { name, archived: Buffer.from(mark + text, 'utf16le'), text: Buffer.from(text) };
}

/** 100 KB and 400 KB in one line each, the second with words of its own on the borders of 128 KiB. */
function longLines(texts: Texts): Buffer {
  const hundred = Array.from({ length: 6_250 }, () => texts.random.hex(15)).join('-');
  const parts: string[] = [];
  for (let at = 0, border = 1; at < 400 * KIB; ) {
    const toBorder = border * BLOCK_BYTES - at;
    const part =
      toBorder < 40
        ? `${'.'.repeat(Math.max(0, toBorder - 12))} within-line-${border}-end `
        : `${texts.random.hex(14)}-`;
    if (at + part.length > border * BLOCK_BYTES) border += 1;
    parts.push(part);
    at += part.length;
  }
  return Buffer.from(
    `${texts.lines(300, () => texts.klog())}${hundred} the-Long-line-ends-here\n${texts.lines(300, () => texts.klog())}` +
      `E0501 01:02:03.000004       1 long.go:1] ${parts.join('')} the-Longest-ends-here\n${texts.lines(20, () => texts.plain())}`,
  );
}

/** Well-formed UTF-8 with broken places now and then: such a file stays UTF-8. */
function damaged(texts: Texts): Buffer {
  const good = Array.from({ length: 400 }, () => Buffer.from(`${texts.klog()} Größe überschritten: ÄÖÜ\n`));
  const bad = ['ff', 'c3', 'e282', 'eda080'].map((hex) => Buffer.from(`broken ${hex} here: `).toString('hex') + hex);
  for (const [at, hex] of bad.entries()) good.splice(50 * (at + 3), 0, Buffer.from(`${hex}2e0a`, 'hex'));
  return Buffer.concat(good);
}

/** A collector's archive with every kind of file. @param seed the same text gives the same bytes. */
export function madeBundle(seed: string): readonly OracleMember[] {
  const texts = new Texts(seed);
  const klog = () => texts.klog();
  const plain = () => texts.plain();
  const main = texts.bordered(SLAB_BYTES + 500 * KIB, 'main');
  const packed = Buffer.from(texts.lines(2_000, klog));
  const coredns = Buffer.from(texts.lines(3_000, () => texts.cri()));
  // Behind one stamp: lines that have its time, lines that are too far behind it, and a block of such lines.
  const trace = `${klog()}\n${texts.lines(190, plain)}${texts.lines(60, plain)}${klog()}\n${texts.lines(1_500, plain)}`;
  const latin = texts.lines(
    200,
    () => `${texts.clock()} Gerät öffnet nicht: Größe überschritten, señal perdida, déjà vu`,
  );
  return [
    utf8(MAIN_LOG, main),
    utf8('var_log/messages.1', texts.bordered(400 * KIB, 'rotated')),
    { name: 'var_log/messages.2.gz', archived: gzipSync(packed), text: packed },
    utf8('containers/coredns.log', coredns),
    utf8('containers/copy/coredns.log', coredns),
    utf8(
      'kubelet/kubelet.log',
      texts.lines(1_000, () => texts.logfmt()),
    ),
    utf8(
      'var_log/aws-routed-eni/ipamd.log',
      texts.lines(1_000, () => texts.zap()),
    ),
    utf8('var_log/trace.log', trace),
    utf8('var_log/long.log', longLines(texts)),
    utf8('var_log/windows.log', texts.lines(300, klog, '\r\n')),
    utf8(
      'var_log/nul.log',
      `${texts.lines(100, klog)}${'\0'.repeat(500)}behind-Zeros\0and between\0 ${texts.lines(100, klog)}`,
    ),
    utf8('var_log/damaged.log', damaged(texts)),
    { name: 'system/latin1.txt', archived: Buffer.from(latin, 'latin1'), text: Buffer.from(latin) },
    utf16('system/powershell.txt', texts.lines(200, klog, '\r\n'), '\ufeff'),
    utf16('system/utf16.txt', texts.lines(200, klog), ''),
    {
      name: 'var_log/journal/system.journal',
      archived: unpacked('node-regular-plain.journal.gz'),
      text: unpacked('node.txt.gz'),
    },
    { name: 'var_log/wtmp', archived: binary(texts), text: null },
    utf8('system/endings.txt', '\n\n  \n\r\nx\ry\r\r\n\tSyncLoop\n\nno newline behind the very LAST words\r'),
    utf8('system/one-newline.txt', '\n'),
    utf8('system/empty.txt', ''),
    ...Array.from({ length: 60 }, (_, at) =>
      utf8(`system/small-${at}.txt`, texts.lines(texts.random.between(1, 4), klog)),
    ),
  ];
}

/** Another node's: files of the same names, one of the same bytes as in the first bundle. */
export function secondBundle(seed: string, first: readonly OracleMember[]): readonly OracleMember[] {
  const texts = new Texts(`${seed} second`);
  const same = first.find(({ name }) => name === 'var_log/windows.log') as OracleMember;
  return [
    utf8(MAIN_LOG, texts.bordered(300 * KIB, 'second')),
    same,
    utf8(
      'containers/web.log',
      texts.lines(500, () => texts.cri()),
    ),
    utf8(
      'var_log/mixed.log',
      texts.lines(500, () => texts.random.pick([() => texts.klog(), () => texts.zap(), () => texts.plain()])()),
    ),
  ];
}

/** The words of the logs among bytes that no text has. */
function binary(texts: Texts): Buffer {
  const noise = Buffer.from(texts.random.hex(40_000), 'hex');
  return Buffer.concat([noise, Buffer.from(texts.lines(50, () => texts.klog())), noise]);
}
