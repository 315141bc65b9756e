/**
 * What says that lines are missing: lines of loggers that left others out, marks of `journalctl`, and where files begin
 * and end. As they stand on nodes:
 *
 *   Feb 14 19:59:55 node systemd-journal[27521]: Suppressed 17 messages from /system.slice/kubelet.service
 *   Nov 29 20:10:51 node systemd-journald[26393]: Suppressed 4499764 messages from kubelet.service
 *   May 01 12:00:00 node systemd-journal[1770]: Missed 1427 kernel messages
 *   Jun 28 10:32:15 node rsyslogd-2177: imjournal: begin to drop messages due to rate-limiting
 *   Jun 28 10:32:17 node rsyslogd-2177: imjournal: 236 messages lost due to rate-limiting
 *   Jul 28 08:18:44 node rsyslogd: imuxsock[pid: 268, name: /usr/bin/kubelet]: 193130 messages lost due to rate-limiting (200 allowed within 5 seconds)
 *   May 01 12:00:00 node kernel: net_ratelimit: 35 callbacks suppressed
 *   May 01 12:00:00 node kernel: Linux version 5.10.215-203.850.amzn2.x86_64 (mockbuild@...) #1 SMP
 *   -- Logs begin at Mon 2024-04-29 06:55:38 UTC, end at Wed 2024-05-01 12:00:00 UTC. --
 *   -- Journal begins at Mon 2024-04-29 06:55:38 UTC, ends at Wed 2024-05-01 12:00:00 UTC. --
 *   -- Boot 6f8c1b0c7d3e4f0aa1b2c3d4e5f60718 --
 *   -- Reboot --
 *
 * Sources: systemd, journald-server.c and journalctl.c; rsyslog, ratelimit.c and imuxsock.c; Linux, lib/ratelimit.c.
 * `last message repeated 5 times` and `message repeated 5 times: [...]` lose nothing.
 */
import { grouped } from '../core/grouped.ts';
import type { FileId } from '../core/ids.ts';
import { unwrapLine } from '../time/stamp.ts';

/** Every line of which `readGapSign` makes something holds one of them; each has a gram of the block index. */
export const GAP_LITERALS: readonly string[] = [
  'Suppressed ',
  'Missed ',
  'due to rate-limiting',
  'callbacks suppressed',
  'Linux version ',
  '-- Logs begin at ',
  '-- Journal begins at ',
  '-- Boot ',
  '-- Reboot --',
];

export type GapSign =
  | {
      readonly sign: 'lost';
      readonly by: 'journald' | 'rsyslog' | 'kernel';
      readonly count: number;
      /** Whose messages: a unit, an input of rsyslog, a place of the kernel. */
      readonly of: string;
    }
  /** rsyslog drops messages from here on, until a `lost` of the same input. */
  | { readonly sign: 'drops begin'; readonly of: string }
  /** The line before is of another boot than the line behind. */
  | { readonly sign: 'boot mark' }
  /** The kernel's first message. */
  | { readonly sign: 'kernel starts' }
  /** @param since as journalctl writes it: `Mon 2024-04-29 06:55:38 UTC`. */
  | { readonly sign: 'journal begins'; readonly since: string };

const JOURNALD = /^(?:systemd-)?journald?(?:\[\d+\])?$/;
const RSYSLOGD = /^rsyslogd(?:-\d+)?(?:\[\d+\])?$/;
const KERNEL = /^kernel(?:\[\d+\])?$/;
/** Of dmesg: seconds since boot, or with --ctime a date. */
const OF_DMESG = /^\[(?: *\d+\.\d+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] /;
/** journalctl -o short-full. */
const SHORT_FULL = /^[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \S+ \S+ ([^\s:[]+(?:\[\d+\])?): /;

/** @param text one line. @returns null when it does not say that lines are missing. */
export function readGapSign(text: string): GapSign | null {
  const mark = journalMark(text.trim());
  if (mark !== null) return mark;
  const full = SHORT_FULL.exec(text);
  const { source, body } =
    full === null ? unwrapLine(text) : { source: full[1] as string, body: text.slice(full[0].length) };
  if (source === null) return OF_DMESG.test(text) ? kernelSign(text.replace(OF_DMESG, '')) : null;
  if (JOURNALD.test(source)) return journaldSign(body);
  if (RSYSLOGD.test(source)) return rsyslogSign(body);
  return KERNEL.test(source) ? kernelSign(body.replace(OF_DMESG, '')) : null;
}

function journalMark(line: string): GapSign | null {
  if (line === '-- Reboot --' || /^-- Boot [0-9a-f]{32} --$/.test(line)) return { sign: 'boot mark' };
  const header = /^-- (?:Logs begin|Journal begins) at (.{10,60}?)(?:, ends? at .{10,60})?\. --$/.exec(line);
  return header === null ? null : { sign: 'journal begins', since: header[1] as string };
}

function journaldSign(body: string): GapSign | null {
  const suppressed = /^Suppressed (\d{1,15}) messages? from (\S{1,1000})$/.exec(body);
  if (suppressed !== null) {
    // A cgroup until systemd 234, the unit since.
    const unit = (suppressed[2] as string).split('/').at(-1) ?? '';
    return lost('journald', suppressed[1], unit === '' ? 'everything' : unit);
  }
  const missed = /^Missed (\d{1,15}) kernel messages?$/.exec(body);
  return missed === null ? null : lost('journald', missed[1], 'the kernel');
}

function rsyslogSign(body: string): GapSign | null {
  const old = /^(imuxsock) lost (\d{1,15}) messages from (pid \d+) due to rate-limiting/.exec(body);
  if (old !== null) return lost('rsyslog', old[2], `${old[1]} ${old[3]}`);
  const oldBegin = /^(imuxsock) begins to drop messages from (pid \d+) due to rate-limiting/.exec(body);
  if (oldBegin !== null) return { sign: 'drops begin', of: `${oldBegin[1]} ${oldBegin[2]}` };
  const now = /^(\S.{0,1000}?): (\d{1,15}) messages lost due to rate-limiting/.exec(body);
  if (now !== null) return lost('rsyslog', now[2], now[1] as string);
  const begin = /^(\S.{0,1000}?)(?: from <[^>]*>)?: begin to drop messages due to rate-limiting/.exec(body);
  return begin === null ? null : { sign: 'drops begin', of: begin[1] as string };
}

function kernelSign(body: string): GapSign | null {
  const suppressed = /^([\w.]{1,100}): (\d{1,15}) callbacks suppressed$/.exec(body.trimEnd());
  if (suppressed !== null) return lost('kernel', suppressed[2], suppressed[1] as string);
  return /^Linux version \d+\.\d+/.test(body) ? { sign: 'kernel starts' } : null;
}

function lost(by: 'journald' | 'rsyslog' | 'kernel', count: string | undefined, of: string): GapSign | null {
  const lines = Number(count);
  return lines > 0 ? { sign: 'lost', by, count: lines, of } : null;
}

/** @returns a plain sentence of what was left out. */
export function lostSentence({ by, count, of }: GapSign & { readonly sign: 'lost' }): string {
  const messages = count === 1 ? '1 message' : `${grouped(count)} messages`;
  switch (by) {
    case 'journald':
      return `journald left out ${messages} of ${of} before this line.`;
    case 'rsyslog':
      return `rsyslog left out ${messages} of ${of} before this line.`;
    case 'kernel':
      return `The kernel left out ${messages} of ${of} before this line.`;
  }
}

/** @returns the name before the brackets in lines of a unit: `kubelet` for `kubelet.service`; null when there is none. */
export function programOf(unit: string): string | null {
  return /^([\w@-]{1,100})\.service$/.exec(unit)?.[1] ?? null;
}

/** A log of a node, as its own stamps tell when it is. */
export interface LogSpan {
  readonly id: FileId;
  readonly path: string;
  readonly component: string;
  /** First and last stamp, ms since 1970. */
  readonly first: number;
  readonly last: number;
}

export interface FileGap {
  readonly kind: 'rotation' | 'log-start';
  readonly file: LogSpan;
  readonly from: number;
  readonly to: number;
  readonly sentence: string;
}

const ROTATED = /^(.*?)(?:\.(\d{1,3}))?(?:\.(?:gz|bz2|xz|zst|Z))?$/;

/**
 * Files that logrotate numbered (`x`, `x.1`, `x.2.gz`), of which one in between is not there: its lines are missing.
 * Numbers that are there say nothing: one file may well begin long after the one before ended.
 */
export function rotationGaps(logs: readonly LogSpan[]): readonly FileGap[] {
  const families = new Map<string, Map<number, LogSpan>>();
  for (const log of logs) {
    const [, base, number] = ROTATED.exec(log.path) ?? [];
    if (base === undefined) continue;
    const family = families.get(base) ?? new Map<number, LogSpan>();
    family.set(Number(number ?? 0), log);
    families.set(base, family);
  }
  return [...families.values()].flatMap((family) => {
    const numbers = [...family.keys()].sort((one, other) => one - other);
    return numbers.slice(1).flatMap((older, at): readonly FileGap[] => {
      const newer = numbers[at] as number;
      const [before, after] = [family.get(older) as LogSpan, family.get(newer) as LogSpan];
      if (older === newer + 1 || before.last >= after.first) return [];
      const missing = older - newer === 2 ? `Number ${newer + 1}` : `Numbers ${newer + 1} to ${older - 1}`;
      const sentence = `${missing} of the rotated files between ${before.path} and ${after.path} ${
        older - newer === 2 ? 'is' : 'are'
      } not in the bundle.`;
      return [{ kind: 'rotation', file: after, from: before.last, to: after.first, sentence }];
    });
  });
}

/** Logs that begin within so long of each other begin together. */
const TOGETHER_MS = 600_000;

/**
 * Components whose logs begin later than those of another: what they logged between is not known.
 * @param mayHold whether logs of others may hold lines of this component from before an instant, as a node's `messages` does.
 */
export function logStartGaps(
  logs: readonly LogSpan[],
  mayHold: (component: string, before: number) => boolean,
): readonly FileGap[] {
  const starts = new Map<string, LogSpan>();
  for (const log of logs) {
    const known = starts.get(log.component);
    if (known === undefined || log.first < known.first) starts.set(log.component, log);
  }
  const earliest = [...starts.values()].reduce<LogSpan | null>(
    (best, log) => (best === null || log.first < best.first ? log : best),
    null,
  );
  if (earliest === null) return [];
  return [...starts.values()].flatMap((log): readonly FileGap[] => {
    if (log.first - earliest.first <= TOGETHER_MS || mayHold(log.component, log.first)) return [];
    const sentence = `${log.path} begins here, ${earliest.path} of the same node before: what ${log.component} logged between, if it ran, is not in the bundle.`;
    return [{ kind: 'log-start', file: log, from: earliest.first, to: log.first, sentence }];
  });
}
