/**
 * What a machine is: its system, image and type, and the network plugin it runs. Samples:
 *
 *   PRETTY_NAME="Amazon Linux 2"                                                       os-release(5)
 *   Linux ip-10-0-1-2 5.10.228-219.884.amzn2.x86_64 #1 SMP ...                         uname -a: the kernel of a distribution
 *   Linux ip-10-0-1-2 6.8.0-1021-aws #23~22.04.1-Ubuntu SMP ...
 *   [    0.000000] DMI: Amazon EC2 m5.large/, BIOS 1.0 10/16/2017                      drivers/firmware/dmi_scan.c
 *   {"level":"info",...,"msg":"Starting L-IPAMD v1.18.5  ..."}                         the VPC CNI's daemon
 *   "image": "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.18.5"     as the collector captures it
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { LineRef } from '../core/vocabulary.ts';
import { filesOf } from './files.ts';

export const MACHINE_FACTS = ['operating system', 'machine image', 'instance type', 'VPC CNI'] as const;
export type MachineFactName = (typeof MACHINE_FACTS)[number];

export interface MachineFact {
  readonly name: MachineFactName;
  readonly value: string;
  readonly ref: LineRef;
}

interface Source {
  readonly name: MachineFactName;
  readonly roles: readonly string[];
  readonly literal: string;
  /** Its first group is the value. */
  readonly pattern: RegExp;
  readonly says?: (value: string) => string;
}

/** Where the name of a system and of its image stand: files of some kilobytes. */
const IDENTITY = ['identity', 'uname', 'cloud', 'config', 'other'];

/** The first source of a name that yields something counts. */
const SOURCES: readonly Source[] = [
  {
    name: 'operating system',
    roles: IDENTITY,
    literal: 'PRETTY_NAME=',
    pattern: /PRETTY_NAME="?([^"\n]{1,100}[^"\s])/,
  },
  {
    name: 'operating system',
    roles: ['uname', 'kernel-log'],
    literal: '.amzn20',
    pattern: /\.amzn(20\d\d)\./,
    says: (year) => `Amazon Linux ${year}`,
  },
  {
    name: 'operating system',
    roles: ['uname', 'kernel-log'],
    literal: '.amzn2.',
    pattern: /\.amzn(2)\./,
    says: (version) => `Amazon Linux ${version}`,
  },
  {
    name: 'operating system',
    roles: ['uname'],
    literal: '-Ubuntu',
    pattern: /~(\d\d\.\d\d)(?:\.\d{1,2})?-Ubuntu/,
    says: (version) => `Ubuntu ${version}`,
  },
  {
    name: 'machine image',
    roles: IDENTITY,
    literal: 'ami-',
    pattern: /(?<![\w-])(ami-[0-9a-f]{8,17})(?![\w-])/,
  },
  {
    name: 'instance type',
    roles: ['kernel-log', 'system-log'],
    literal: 'Amazon EC2 ',
    pattern: /(?:DMI|Hardware name): Amazon EC2 ([a-z0-9-]{1,20}\.[a-z0-9-]{1,20})\//,
  },
  {
    name: 'VPC CNI',
    roles: ['ipamd-log', 'cni-log'],
    literal: 'Starting L-IPAMD v',
    pattern: /Starting L-IPAMD (v\d{1,3}\.\d{1,3}[\w.+-]{0,40})/,
  },
  {
    name: 'VPC CNI',
    roles: ['config', 'cloud'],
    literal: 'amazon-k8s-cni:v',
    pattern: /amazon-k8s-cni:(v\d{1,3}\.\d{1,3}[\w.+-]{0,40})/,
  },
  {
    name: 'VPC CNI',
    roles: ['other'],
    literal: 'amazon-k8s-cni:v',
    pattern: /amazon-k8s-cni:(v\d{1,3}\.\d{1,3}[\w.+-]{0,40})/,
  },
];

/** Identity stands in small files; logs are read by their index, a few blocks at most. */
const SMALL_BYTES_MAX = 256 * 1024;
const BLOCKS_MAX = 20;
const LINE_CHARS_MAX = 4_096;

/** @returns what is known, each with its line, in the order of MACHINE_FACTS. */
export function machineFacts(reader: BundleReader): readonly MachineFact[] {
  return MACHINE_FACTS.flatMap((name) => {
    for (const source of SOURCES.filter((one) => one.name === name)) {
      const found = firstOf(reader, source);
      if (found !== null) return [found];
    }
    return [];
  });
}

/** @returns the kernel's start, ms since 1970, as it was inferred for stamps since boot; null when it is not known. */
export function bootedAt(reader: BundleReader): number | null {
  const file = reader.files().find(({ clock }) => clock.stamps === 'boot' && clock.boot !== null);
  return file === undefined || file.clock.boot === null ? null : file.clock.boot + file.clock.shiftMs;
}

function firstOf(reader: BundleReader, { name, roles, literal, pattern, says }: Source): MachineFact | null {
  const isLog = roles.some((role) => role.endsWith('-log'));
  const files = filesOf(reader, ...roles).filter(({ bytes }) => isLog || bytes <= SMALL_BYTES_MAX);
  if (files.length === 0) return null;
  let blocks = 0;
  for (const block of reader.blocksWith([Buffer.from(literal)], new Set(files.map(({ id }) => id)))) {
    blocks += 1;
    if (blocks > BLOCKS_MAX) return null;
    const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
    for (const [at, text] of bytes.toString('utf8').split('\n').entries()) {
      if (!text.includes(literal)) continue;
      const value = pattern.exec(text.slice(0, LINE_CHARS_MAX))?.[1];
      if (value === undefined) continue;
      const line = block.firstLine + at;
      return { name, value: says?.(value) ?? value, ref: { fileId: block.fileId, line, endLine: line } };
    }
  }
  return null;
}
