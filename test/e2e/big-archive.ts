/** A large archive of log text, made on the spot from a seeded generator: long enough to be cancelled half-way. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** mulberry32, reduced to what is needed: the same lines in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Header of one plain file, POSIX ustar: name, mode, ids, size, time, checksum, type. */
export function tarHeader(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(bytes, 11), 124);
  header.write(octal(1_750_000_000, 11), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const CHUNK_BYTES = 1024 * 1024;

function logChunk(next: () => number, from: number): Buffer {
  const lines: string[] = [];
  let bytes = 0;
  for (let line = from; bytes < CHUNK_BYTES; line += 1) {
    const seconds = Math.floor(line / 50);
    const stamp = `2026-03-0${1 + (Math.floor(seconds / 86_400) % 9)}T${[3600, 60, 1].map((unit, index) => String(Math.floor(seconds / unit) % (index === 0 ? 24 : 60)).padStart(2, '0')).join(':')}Z`;
    const word = Math.floor(next() * 2 ** 32).toString(16);
    const text = `${stamp} node-1 kubelet[1234]: I0301 pod_workers.go:${Math.floor(next() * 2000)}] "Sync" pod="ns-${Math.floor(next() * 400)}/app-${word}" seq=${line}\n`;
    bytes += text.length;
    lines.push(text);
  }
  return Buffer.from(lines.join('')).subarray(0, CHUNK_BYTES);
}

/** Writes `<file>` as tar.gz with `megabytes` of log text in members of 20 MB each. */
export async function writeBigArchive(file: string, megabytes: number): Promise<void> {
  const next = random(42);
  const perMember = 20;
  function* members(): Generator<Buffer> {
    for (let done = 0; done < megabytes; done += perMember) {
      const size = Math.min(perMember, megabytes - done);
      yield tarHeader(`var_log/pods/member-${done}.log`, size * CHUNK_BYTES);
      for (let part = 0; part < size; part += 1) yield logChunk(next, (done + part) * 10_000);
    }
    yield Buffer.alloc(1024);
  }
  await pipeline(Readable.from(members()), createGzip({ level: 1 }), createWriteStream(file));
}

/** Every so many lines one has a word beyond ASCII, and one is long: their characters and bytes count differently. */
const BEYOND_ASCII_EVERY = 1_000;
const LONG_EVERY = 7_919;

/** Spreads a number over 32 bits, the same in every run. */
function scattered(value: number): number {
  let state = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** @returns the text of a line (from 1) of the long file: each can be told without those before it. */
export function longFileLine(number: number): string {
  const hash = scattered(number);
  const stamp = new Date(Date.UTC(2026, 2, 1) + number * 20).toISOString();
  const word = number % BEYOND_ASCII_EVERY === 0 ? ' größer=1' : '';
  const rest = number % LONG_EVERY === 0 ? ` ${hash.toString(36).repeat(500)}` : '';
  return `${stamp} node-1 kubelet[1234]: I0301 pod_workers.go:${hash % 2000}] "Sync" pod="ns-${hash % 400}/app-${hash.toString(16)}"${word} seq=${number};${rest}`;
}

export interface LongFile {
  /** Path in the archive. */
  readonly path: string;
  readonly lines: number;
}

export const LONG_FILE_PATH = 'var_log/kubelet.log';
export const BYTES_FILE_PATH = 'var_log/wtmp';

/** Writes `<file>` as tar.gz with one log of `lines` lines (about 100 bytes each), and a small file that is no text. */
export async function writeLongFile(file: string, lines: number): Promise<LongFile> {
  function* chunks(): Generator<Buffer> {
    for (let from = 1; from <= lines; from += 10_000) {
      const texts: string[] = [];
      for (let line = from; line < Math.min(lines + 1, from + 10_000); line += 1) texts.push(longFileLine(line), '\n');
      yield Buffer.from(texts.join(''));
    }
  }
  // The header comes first and tells the size: a pass over the lines to count it is cheaper than keeping them.
  let bytes = 0;
  for (const chunk of chunks()) bytes += chunk.length;
  function* members(): Generator<Buffer> {
    const noText = Buffer.from(Array.from({ length: 4_096 }, (_, nth) => scattered(nth) & 0xff));
    yield tarHeader(BYTES_FILE_PATH, noText.length);
    yield noText;
    yield tarHeader(LONG_FILE_PATH, bytes);
    yield* chunks();
    yield Buffer.alloc((512 - (bytes % 512)) % 512);
    yield Buffer.alloc(1024);
  }
  await pipeline(Readable.from(members()), createGzip({ level: 1 }), createWriteStream(file));
  return { path: LONG_FILE_PATH, lines };
}
