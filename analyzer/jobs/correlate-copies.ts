/**
 * rsyslog writes what the journal holds once more (/var/log/messages), and collectors take the kernel's messages in
 * several forms. A message that stands in several logs is one message.
 */
import type { FileId } from '../core/ids.ts';
import { unwrapLine } from '../time/stamp.ts';

/** Stamps of copies are of whole seconds or of the kernel's own clock. */
const COPIED_WITHIN_MS = 1_000;

/** `[84793.010000] ` of dmesg, `[Wed Feb  4 13:08:02 2026] ` of dmesg -T. */
const KERNEL_STAMP = /^\[[^\]]{1,40}\] /;

/** Two messages that differ later than that are two. */
const SAID_CHARS = 300;

export interface Said {
  readonly bundle: number;
  readonly fileId: FileId;
  readonly line: number;
  readonly time: number;
  /** See `saidIn`. */
  readonly said: string;
  readonly role: string;
}

/** @returns what a line says, without what the log it stands in puts before it. */
export function saidIn(line: string): string {
  return unwrapLine(line).body.replace(KERNEL_STAMP, '').slice(0, SAID_CHARS);
}

export interface WithoutCopies<T> {
  /** In the order of time, those of the system's log behind others. */
  readonly own: readonly T[];
  /** Of those that have any, the first. */
  readonly copyOf: ReadonlyMap<T, T>;
}

/**
 * The log of the program itself is preferred to that of the system. Repetitions within one file are no copies.
 * @param machine of a bundle: two captures of one node hold the same messages. Every bundle is one when it is left out.
 */
export function withoutCopies<T extends Said>(
  messages: readonly T[],
  machine: (bundle: number) => number = (bundle) => bundle,
): WithoutCopies<T> {
  const known = new Map<string, T[]>();
  const copyOf = new Map<T, T>();
  const shared = ({ role }: T): number => (role === 'system-log' ? 1 : 0);
  const ordered = messages.toSorted(
    (one, two) =>
      shared(one) - shared(two) ||
      one.time - two.time ||
      one.bundle - two.bundle ||
      one.fileId - two.fileId ||
      one.line - two.line,
  );
  const own = ordered.filter((message) => {
    const key = `${machine(message.bundle)} ${message.said}`;
    const same = known.get(key) ?? [];
    const original = same.find((one) => isCopy(one, message));
    if (original === undefined) known.set(key, [...same.slice(-LOOKED_BACK), message]);
    else if (!copyOf.has(original)) copyOf.set(original, message);
    return original === undefined;
  });
  return { own, copyOf };
}

/** Of messages that repeat a text all the time only the latest are looked at. */
const LOOKED_BACK = 63;

function isCopy(one: Said, two: Said): boolean {
  const isOtherFile = one.fileId !== two.fileId || one.bundle !== two.bundle;
  return isOtherFile && Math.abs(one.time - two.time) <= COPIED_WITHIN_MS;
}
