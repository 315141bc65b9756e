/** Limits that the user of a machine may raise, with their reason; and what bounds the settings themselves. */
import { EXPANSION_MAX, MEMBERS_MAX, UNPACKED_BYTES_MAX } from './limits.ts';

const GIB = 2 ** 30;

export interface RaisableLimit {
  readonly title: string;
  readonly because: string;
  readonly unit: string;
  readonly usual: number;
  readonly most: number;
}

export const LIMITS_RAISED = {
  unpackedGib: {
    title: 'Text of one archive',
    because: 'what it unpacks to fills the disk; the rest of a larger archive is a gap',
    unit: 'GiB',
    usual: UNPACKED_BYTES_MAX / GIB,
    most: 10_000,
  },
  members: {
    title: 'Files of one archive',
    because: 'a hostile archive holds millions of empty ones; those beyond are a gap',
    unit: 'files',
    usual: MEMBERS_MAX,
    most: 2_000_000,
  },
  expansion: {
    title: 'Times its size that a packed file may unpack to',
    because: 'beyond the first GiB a file that unpacks to more is a bomb, or nothing but zeros',
    unit: 'times',
    usual: EXPANSION_MAX,
    most: 1_000_000,
  },
} as const satisfies Readonly<Record<string, RaisableLimit>>;

/** Folders of one kind. Every analysis looks whether a file in them changed. */
export const FOLDERS_MAX = 20;
