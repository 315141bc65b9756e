/**
 * Versions of one node for the overview, each with the line it was read from. The last line wins: a log may
 * span an upgrade. Samples:
 *
 *   I0501 12:00:00.123456  1 server.go:652] "Version info" version="v1.29.0-eks-5e0fdde"             kube-proxy
 *   I0501 12:00:00.123456  1 server.go:447] Version: v1.22.5                                         kube-proxy, older
 *   I0501 12:00:00.123456  812 server.go:487] "Kubelet version" kubeletVersion="v1.29.0-eks-5e0fdde" kubelet
 *   ... msg="starting containerd" revision=d0d56c1 version=1.7.11                                    containerd
 *   Linux ip-10-0-1-2.ec2.internal 5.10.210-201.852.amzn2.x86_64 #1 SMP ...                          uname -a
 *   [    0.000000] Linux version 6.1.84-99.169.amzn2023.x86_64 (mockbuild@host) ...                   kernel log
 */
import type { BundleReader, TextBlock } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import { giveBack } from '../core/give-back.ts';
import type { Fact, LineRef } from '../core/vocabulary.ts';

interface VersionSource {
  readonly name: string;
  readonly roles: readonly string[];
  /** The pattern needs one of these. As long as they can be: each byte rules out blocks that need not be read. */
  readonly literals: readonly string[];
  readonly pattern: RegExp;
}

/** For one name the first source that yields something is used. */
const SOURCES: readonly VersionSource[] = [
  {
    name: 'kube-proxy version',
    roles: ['kube-proxy-log'],
    literals: ['"Version info" version="v', '] Version: v'],
    pattern: /(?:"Version info" version="|server\S*\] Version: )(v\d+\.\d+[^\s"]*)/,
  },
  {
    name: 'kubelet version',
    roles: ['kubelet-log', 'system-log'],
    literals: ['"Kubelet version" kubeletVersion="v'],
    pattern: /"Kubelet version" kubeletVersion="(v\d+\.\d+[^\s"]*)"/,
  },
  {
    name: 'kernel version',
    roles: ['uname'],
    literals: ['Linux '],
    pattern: /^Linux \S+ (\d+\.\d+\S*) #/,
  },
  {
    name: 'kernel version',
    roles: ['kernel-log'],
    literals: ['Linux version '],
    pattern: /\bLinux version (\d+\.\d+\S*) /,
  },
  {
    name: 'containerd version',
    roles: ['container-runtime-log', 'system-log'],
    literals: ['msg="starting containerd" revision='],
    pattern: /msg="starting containerd" revision=[^\n]* version="?(v?\d+\.\d+[^\s"]*)/,
  },
];

/** Version lines are short; a longer line is something else. */
const LINE_BYTES_MAX = 4096;
const LINE_FEED = 10;

/** @returns one fact a version that some file of the bundle states, with its evidence. */
export function versionFacts(reader: BundleReader): readonly Fact[] {
  const facts = new Map<string, Fact>();
  for (const source of SOURCES) {
    if (facts.has(source.name)) continue;
    const found = lastMatch(reader, source);
    if (found === null) continue;
    const evidence = cite(reader, [found.place]);
    facts.set(source.name, {
      name: source.name,
      value: found.value,
      because: `stated in ${evidence[0].file}`,
      evidence,
    });
  }
  return [...facts.values()];
}

function lastMatch(
  reader: BundleReader,
  source: VersionSource,
): { readonly value: string; readonly place: LineRef } | null {
  const literals = source.literals.map((text) => Buffer.from(text));
  const files = new Map(
    reader
      .files()
      .filter((file) => source.roles.includes(file.role) && file.aliasOf === null)
      .map((file) => [file.id, file.lastTime ?? '']),
  );
  let found: { readonly value: string; readonly place: LineRef; readonly lastTime: string } | null = null;
  if (files.size === 0) return null;
  for (const block of reader.blocksWith([{ any: literals }], new Set(files.keys()))) {
    const lastTime = files.get(block.fileId) ?? '';
    // Of several logs (rotated ones) the newest decides.
    if (found !== null && lastTime < found.lastTime) continue;
    const match = lastMatchInBlock(block, literals, source.pattern);
    giveBack(block.bytes);
    if (match === null) continue;
    const place = { fileId: block.fileId, line: match.line, endLine: match.line };
    found = { value: match.value, place, lastTime };
  }
  return found;
}

interface MatchInBlock {
  readonly value: string;
  readonly line: number;
}

function lastMatchInBlock(block: TextBlock, literals: readonly Buffer[], pattern: RegExp): MatchInBlock | null {
  const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
  const found = literals.flatMap((literal) => lastMatchOf(literal, bytes, pattern) ?? []);
  const last = found.reduce((one, two) => (two.start > one.start ? two : one), { start: -1, value: '' });
  return last.start < 0 ? null : { value: last.value, line: block.firstLine + countLineFeeds(bytes, last.start) };
}

/** @returns the last line that holds the literal and fits the pattern. */
function lastMatchOf(
  literal: Buffer,
  bytes: Buffer,
  pattern: RegExp,
): { readonly value: string; readonly start: number } | null {
  for (let at = bytes.lastIndexOf(literal); at >= 0; ) {
    const start = at === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, at - 1) + 1;
    const next = bytes.indexOf(LINE_FEED, at);
    const end = Math.min(next < 0 ? bytes.length : next, start + LINE_BYTES_MAX);
    const value = pattern.exec(bytes.toString('utf8', start, end))?.[1];
    if (value !== undefined) return { value, start };
    at = start === 0 ? -1 : bytes.lastIndexOf(literal, start - 1);
  }
  return null;
}

function countLineFeeds(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < end; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
