/** Gaps of one bundle: the lines and files that say so are found by the block index, and cited. */
import type { BundleReader } from '../core/case-reader.ts';
import { cite } from '../core/cite.ts';
import type { FileId } from '../core/ids.ts';
import type { TimelineGap } from '../core/timeline.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import {
  type FileGap,
  GAP_LITERALS,
  type GapSign,
  type LogSpan,
  logStartGaps,
  lostSentence,
  programOf,
  readGapSign,
  rotationGaps,
} from '../correlate/gaps.ts';
import { componentOf } from '../correlate/lanes.ts';
import { NODE_LOG_ROLES } from '../layouts/roles.ts';
import { linesWith } from '../search/lines-with.ts';
import { readStamp, unwrapLine } from '../time/stamp.ts';
import type { Pause } from './resident-task.ts';
import { timeOfLine } from './timed-lines.ts';

/** Of one bundle, told one by one; behind the last it is said that there may be more. */
const GAPS_MAX = 500;
/** Lines that say so are looked for no further: text that is made of them would be read for minutes. */
const SIGNS_MAX = 20_000;
/** Lines looked back for the last one of a unit before its messages were left out: a burst of the others may stand between. */
const UNIT_LOOK_BACK = 600;
const LOOK_STEP = 200;
/** Lines behind a mark of a boot among which its first stamp is. */
const BOOT_LOOK_AHEAD = 20;

/** @returns the gaps of the bundle, those of one file in its order. */
export async function gapsOfBundle(reader: BundleReader, pause: Pause): Promise<readonly TimelineGap[]> {
  const logs = reader.files().filter((file) => isNodeLog(file));
  const ofFiles = fileGaps(reader, logs);
  const gaps: TimelineGap[] = ofFiles.slice(0, GAPS_MAX).map((gap) => ({
    ...{ bundle: reader.bundle.id, node: reader.bundle.node, file: gap.file.path, component: gap.file.component },
    kind: gap.kind,
    ...{ from: iso(gap.from), to: iso(gap.to), sentence: gap.sentence, evidence: null },
  }));
  if (ofFiles.length > GAPS_MAX) return withMore(gaps);
  const signs = new SignReader(reader);
  const wanted = GAP_LITERALS.map((text) => Buffer.from(text));
  const scan = linesWith(GAP_LITERALS);
  let read = 0;
  for (const { fileId, block } of reader.blocksWithAny(wanted, new Set(logs.map(({ id }) => id)))) {
    await pause();
    const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
    for (const { line, start, end } of scan(block)) {
      if (gaps.length >= GAPS_MAX || read >= SIGNS_MAX) return withMore(gaps);
      await pause();
      const text = end - start > LINE_BYTES_MAX ? '' : bytes.toString('utf8', start, end);
      const sign = readGapSign(text);
      const file = sign === null ? null : reader.file(fileId);
      if (sign === null || file === null) continue;
      read += 1;
      const gap = signs.gapOf(file, line, text, sign);
      if (gap !== null) gaps.push(gap);
    }
  }
  return gaps;
}

/** No line that tells of a gap is longer. */
const LINE_BYTES_MAX = 2_048;

function isNodeLog(file: SourceFile): boolean {
  return file.aliasOf === null && file.format !== 'binary' && NODE_LOG_ROLES.has(file.role);
}

function withMore(gaps: readonly TimelineGap[]): readonly TimelineGap[] {
  const last = gaps.at(-1);
  if (last === undefined) return gaps;
  const sentence = `${last.sentence} There may be further gaps in this bundle: they are not listed.`;
  return [...gaps.slice(0, -1), { ...last, sentence }];
}

function fileGaps(reader: BundleReader, logs: readonly SourceFile[]): readonly FileGap[] {
  const spans = logs.flatMap((file): readonly LogSpan[] => {
    // What the kernel kept of its messages says nothing about when others logged.
    if (file.firstTime === null || file.lastTime === null || file.clock.stamps === 'boot') return [];
    const { id, path } = file;
    return [
      { id, path, component: componentOf(file), first: Date.parse(file.firstTime), last: Date.parse(file.lastTime) },
    ];
  });
  const system = new Set(logs.filter(({ role }) => role === 'system-log').map(({ id }) => id));
  return [
    ...rotationGaps(spans),
    ...logStartGaps(spans, (component, before) => mayHold(reader, system, component, before)),
  ];
}

/** By the index alone: where it may be, nothing is claimed. */
function mayHold(reader: BundleReader, files: ReadonlySet<FileId>, component: string, before: number): boolean {
  if (files.size === 0) return false;
  return reader.candidates(Buffer.from(component), files).some(({ timeMin }) => timeMin !== null && timeMin < before);
}

/** Signs come in the order of files and lines. */
class SignReader {
  readonly #reader: BundleReader;
  /** Instants since when rsyslog dropped messages, by input, of one file. */
  #drops = new Map<string, number>();
  #file: FileId | null = null;
  #bootMark = Number.NEGATIVE_INFINITY;
  readonly #journalStarts = new Set<number>();

  constructor(reader: BundleReader) {
    this.#reader = reader;
  }

  gapOf(file: SourceFile, line: number, text: string, sign: GapSign): TimelineGap | null {
    if (file.id !== this.#file) {
      this.#file = file.id;
      this.#drops = new Map();
      this.#bootMark = Number.NEGATIVE_INFINITY;
    }
    switch (sign.sign) {
      case 'drops begin': {
        const since = this.#timeOf(file, line, text);
        if (since !== null && !this.#drops.has(sign.of)) this.#drops.set(sign.of, since);
        return null;
      }
      case 'lost': {
        const to = this.#timeOf(file, line, text);
        if (to === null) return null;
        const from = this.#lostSince(file, line, sign) ?? to;
        return this.#gap(file, line, 'suppressed', Math.min(from, to), to, lostSentence(sign));
      }
      case 'journal begins': {
        const to = readStamp(`${sign.since} -`, file.clock)?.time ?? null;
        if (to === null || this.#journalStarts.has(to)) return null;
        this.#journalStarts.add(to);
        return this.#gap(
          file,
          line,
          'journal-start',
          null,
          to,
          'The journal of this node begins here: it holds nothing from before.',
        );
      }
      case 'boot mark':
        this.#bootMark = line;
        return this.#reboot(file, line, this.#timeBefore(file, line), this.#timeBehind(file, line));
      case 'kernel starts':
        if (file.clock.stamps === 'boot' || line - this.#bootMark <= BOOT_LOOK_AHEAD) return null;
        return this.#reboot(file, line, this.#timeBefore(file, line), this.#timeOf(file, line, text));
    }
  }

  /** Both sides are there: the start of a file is no restart. */
  #reboot(file: SourceFile, line: number, from: number | null, to: number | null): TimelineGap | null {
    if (from === null || to === null || to < from) return null;
    return this.#gap(file, line, 'reboot', from, to, 'The node started anew: this file holds nothing from between.');
  }

  #lostSince(file: SourceFile, line: number, sign: GapSign & { readonly sign: 'lost' }): number | null {
    if (sign.by === 'rsyslog') {
      const since = this.#drops.get(sign.of) ?? null;
      this.#drops.delete(sign.of);
      return since;
    }
    const program = sign.by === 'journald' ? programOf(sign.of) : null;
    return program === null ? null : this.#lastOf(program, file, line);
  }

  /** @returns the instant of the last line of this program before; null when none is near. */
  #lastOf(program: string, file: SourceFile, line: number): number | null {
    const first = Math.max(1, line - UNIT_LOOK_BACK);
    for (let end = line; end > first; end -= LOOK_STEP) {
      const from = Math.max(first, end - LOOK_STEP);
      const lines = this.#reader.lines(file.id, from, end - from);
      const last = lines.findLast(({ text }) => unwrapLine(text).source?.replace(/\[\d+\]$/, '') === program);
      if (last !== undefined) return this.#timeOf(file, last.number, last.text);
    }
    return null;
  }

  #timeBefore(file: SourceFile, line: number): number | null {
    const [before] = line > 1 ? this.#reader.lines(file.id, line - 1, 1) : [];
    return before === undefined ? null : this.#timeOf(file, before.number, before.text);
  }

  #timeBehind(file: SourceFile, line: number): number | null {
    for (const { text } of this.#reader.lines(file.id, line + 1, BOOT_LOOK_AHEAD)) {
      const stamp = readStamp(text, file.clock);
      if (stamp !== null) return stamp.time;
    }
    return null;
  }

  #timeOf(file: SourceFile, line: number, text: string): number | null {
    const { time } = timeOfLine(this.#reader, file, line, text);
    return time === null ? null : Date.parse(time);
  }

  #gap(
    file: SourceFile,
    line: number,
    kind: TimelineGap['kind'],
    from: number | null,
    to: number,
    sentence: string,
  ): TimelineGap {
    const [evidence] = cite(this.#reader, [{ fileId: file.id, line, endLine: line }]);
    const { bundle } = this.#reader;
    return {
      ...{ bundle: bundle.id, node: bundle.node, file: file.path, component: componentOf(file), kind },
      ...{ from: from === null ? null : iso(from), to: iso(to), sentence, evidence },
    };
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
