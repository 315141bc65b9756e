import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_SEVERITY, lineSeverity } from '../formats/severity.ts';
import { LOOK_BACK_LINES } from '../time/look-back.ts';
import { rawStamp, storedTime } from '../time/stamp.ts';
import { EVENT_BYTES_MAX, EVENT_LINES_MAX, emptyLineScan, ScanState, scanLines } from './line-scan.ts';
import {
  BUCKET_CARRIED,
  BUCKET_NONE,
  EVENT_FIELDS,
  EVENT_TIME_NONE,
  type LineScan,
  RUN_FIELDS,
  SLAB_PADDING,
} from './slab.ts';

const REFERENCE = Date.UTC(2024, 5, 1);
const STATE = new ScanState();
const OUT = emptyLineScan();

/** Scans `text` in the middle of other bytes, as in a slab. */
function scan(text: Uint8Array): LineScan {
  const before = Buffer.from('2024-01-01T00:00:00Z ERROR before\n');
  const behind = Buffer.from(`2024-01-01T00:00:00Z ERROR behind\n${' '.repeat(SLAB_PADDING)}`);
  const slab = new Uint8Array(Buffer.concat([before, text, behind]));
  scanLines(slab, before.length, before.length + text.length, REFERENCE, STATE, OUT);
  return OUT;
}

interface Told {
  lines: number;
  warnings: number;
  errors: number;
  carried: number;
  times: (number | null)[];
  kinds: Record<string, number>;
  runs: number[][];
  events: { line: number; text: string; severity: number; lines: number; time: number }[];
}

/** What the kernel must find: one line after the other, without haste. */
function plainly(text: Buffer): Told {
  const lines = text.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const told: Told = {
    lines: lines.length,
    warnings: 0,
    errors: 0,
    carried: 0,
    times: [],
    kinds: {},
    runs: [],
    events: [],
  };
  let time = Number.NaN;
  /** The last stamped line; the block before may end with one. */
  let stamped = -1;
  let open = false;
  for (const [line, raw] of lines.entries()) {
    const bytes = Buffer.from(raw.endsWith('\r') ? raw.slice(0, -1) : raw, 'latin1');
    const stamp = rawStamp(bytes.toString('utf8'));
    const own = stamp === null ? null : storedTime(stamp, REFERENCE);
    told.times.push(own);
    if (stamp !== null) told.kinds[stamp.kind] = (told.kinds[stamp.kind] ?? 0) + 1;
    if (own !== null) stamped = line;
    time = own ?? (line - stamped > LOOK_BACK_LINES ? EVENT_TIME_NONE : time);
    told.carried = own === null ? told.carried + 1 : 0;
    const severity = lineSeverity(bytes, 0, bytes.length);
    if (severity === LINE_SEVERITY.warning) told.warnings++;
    if (severity === LINE_SEVERITY.error) told.errors++;
    const bucket = bucketOf(time);
    const before = told.runs.at(-1);
    if (before?.[0] !== bucket || (bucket === BUCKET_CARRIED && before[1 + severity] === 0)) {
      told.runs.push([bucket, 0, 0, 0, 0]);
    }
    const run = told.runs.at(-1) as number[];
    run[1 + severity] = (run[1 + severity] as number) + 1;
    const last = told.events.at(-1);
    if (severity >= LINE_SEVERITY.warning) {
      const cut = bytes.subarray(0, EVENT_BYTES_MAX).toString('latin1');
      told.events.push({ line, text: cut, severity, lines: 1, time });
      open = told.times.some((one) => one !== null);
    } else if (open && last !== undefined) {
      const between = text.toString('latin1').split('\n').slice(last.line, line).join('\n').length;
      const size = between + 1 + bytes.length;
      open =
        stamp === null && severity === LINE_SEVERITY.none && last.lines < EVENT_LINES_MAX && size <= EVENT_BYTES_MAX;
      if (open) {
        last.lines++;
        last.text = text
          .toString('latin1')
          .split('\n')
          .slice(last.line, line + 1)
          .join('\n')
          .slice(0, size);
      }
    }
  }
  return told;
}

function bucketOf(time: number): number {
  if (time === EVENT_TIME_NONE) return BUCKET_NONE;
  return Number.isNaN(time) ? BUCKET_CARRIED : Math.max(0, Math.floor(time / 10_000));
}

function expectSame(text: Buffer): void {
  const told = plainly(text);
  const found = scan(text);
  const known = told.times.filter((time) => time !== null);
  expect(found).toMatchObject({
    lines: told.lines,
    warnings: told.warnings,
    errors: told.errors,
    carried: told.carried,
    zoned: told.kinds.zoned ?? 0,
    zoneless: told.kinds.zoneless ?? 0,
    yearless: told.kinds.yearless ?? 0,
    boot: told.kinds.boot ?? 0,
    first: known[0] ?? Number.NaN,
    last: known.at(-1) ?? Number.NaN,
    min: known.length === 0 ? Number.NaN : Math.min(...known),
    max: known.length === 0 ? Number.NaN : Math.max(...known),
  });
  expect(rows(found.runs, found.runCount, RUN_FIELDS)).toEqual(told.runs);
  const shift = 'xxxx-xx-xxTxx:xx:xxZ ERROR before\n'.length;
  const events = rows(found.events, found.eventCount, EVENT_FIELDS).map(([line, from, to, severity, lines], index) => ({
    line,
    text: text.toString('latin1', (from as number) - shift, (to as number) - shift),
    severity,
    lines,
    time: found.eventTimes[index],
  }));
  expect(events).toEqual(told.events);
}

function rows(values: Int32Array, count: number, fields: number): number[][] {
  return Array.from({ length: count }, (_, row) => [...values.subarray(row * fields, (row + 1) * fields)]);
}

const CLOCK = fc.tuple(fc.nat(23), fc.nat(60), fc.nat(60)).map((parts) => parts.map(two).join(':'));
const DAY = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }));
const LEVEL = fc.constantFrom('error', 'ERROR', 'warning', 'WARN', 'info', 'INFO', 'fatal', 'debug', 'x', '');
const WORDS = fc
  .array(
    fc.constantFrom(
      'a',
      'ERROR',
      'level=error',
      '[warn]',
      '"level":"error"',
      'panic:',
      'é',
      '\0',
      'E0501 12:00:00',
      'ts=1714564800',
      '=',
      '"',
      '[',
      ': ',
    ),
    { maxLength: 4 },
  )
  .map((words) => words.join(' '));

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Lines of every kind, with random times, levels and words. */
const LINE = fc
  .tuple(fc.nat(24), DAY, CLOCK, LEVEL, WORDS, fc.constantFrom('', '.1', '.123456', ',999', '.123456789'))
  .map(([kind, [month, day], clock, level, words, fraction]) => {
    const date = `2024-${two(month)}-${two(day)}`;
    const name = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][month - 1];
    const klog = `${'IWEF'[day % 4]}${two(month)}${two(day)} ${clock}.123456       1 a.go:12] ${words}`;
    const syslog = `${name} ${String(day).padStart(2, day % 2 ? '0' : ' ')} ${clock}`;
    return [
      klog,
      `${date}T${clock}${fraction}Z stdout F ${klog}`,
      `${date}T${clock}${fraction}Z stderr P ${words}`,
      `${syslog} host kubelet[12]: ${klog}`,
      `${syslog} host containerd: time="${date}T${clock}Z" level=${level} msg="${words}"`,
      `${syslog}${fraction} host kubelet[12]: panic: ${words}`,
      `time="${date}T${clock}${fraction}+02:00" level=${level} msg="${words}"`,
      `{"level":"${level}","ts":"${date}T${clock}${fraction}Z","msg":"${words}"}`,
      `{"ts":171456${day % 10}800.25,"level":"${level}","msg":"${words}"}`,
      `{"log":"${level} ${'x'.repeat(day * 40)}","stream":"stderr","time":"${date}T${clock}${fraction}Z"}`,
      `[${String(day * 977).padStart(5)}.123456] ${words}`,
      `[Wed ${syslog} 2024] ${words}`,
      `Wed ${syslog} UTC 2024`,
      `Wed ${date} ${clock} UTC host a[1]: ${words}`,
      `<${day}>1 ${date}T${clock}${fraction}-0700 host a - - - ${words}`,
      `<${day}>${syslog} host a: ${words}`,
      `${date} ${clock}${fraction} [${level}] ${words}`,
      `${date} ${clock}${fraction} E | etcdserver: ${words}`,
      `2024/${two(month)}/${two(day)} ${clock} [${level}] ${words}`,
      `10.0.0.1 - - [${two(day)}/${name}/2024:${clock} +0000] "GET /${words}"`,
      `type=AVC msg=audit(1364481363.243:24287): ${words}`,
      `\tat com.acme.Thing(Thing.java:${day}) ${words}`,
      `goroutine ${day} [running]:`,
      words,
      '',
    ][kind] as string;
  });

const TEXT = fc
  .tuple(fc.array(fc.tuple(LINE, fc.constantFrom('\n', '\n', '\n', '\r\n'))), fc.boolean(), fc.nat(), fc.nat())
  .map(([lines, whole, head, tail]) => {
    const bytes = Buffer.from(lines.flat().join(''));
    if (whole || bytes.length < 2) return bytes;
    return bytes.subarray(head % (bytes.length >> 1), bytes.length - (tail % (bytes.length >> 1)));
  });

describe('scanLines', () => {
  it('finds what a look at every single line finds', () => {
    fc.assert(fc.property(TEXT, expectSame), { numRuns: 400 });
    // A zone that ends with the block: the digit behind it is of another file.
    expectSame(Buffer.from('10.0.0.1 - - [01/Jan/2024:00:00:00 +0000'));
  });

  it('never throws on any bytes, and counts every line', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (text) => {
        const lines = Buffer.from(text).toString('latin1').split('\n');
        const found = scan(text);
        const counted = rows(found.runs, found.runCount, RUN_FIELDS).flatMap((run) => run.slice(1));
        expect(found.lines).toBe(lines.at(-1) === '' ? lines.length - 1 : lines.length);
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(found.lines);
      }),
      { numRuns: 300 },
    );
  });

  it('takes severities that the text does not show', () => {
    const text = '2024-05-01 12:00:00 one\n2024-05-01 12:00:01 two\n2024-05-01 12:00:02 WARN three\n';
    const before = '2024-01-01T00:00:00Z ERROR before\n'.length;
    const state = new ScanState();
    const slab = new Uint8Array(Buffer.from(`${'x'.repeat(before - 1)}\n${text}${' '.repeat(SLAB_PADDING)}`));
    state.severityMarks = [0, before + 24, before + 48].map((start) => ({ start, severity: LINE_SEVERITY.error }));
    const out = emptyLineScan();
    scanLines(slab, before, before + text.length, REFERENCE, state, out);
    expect(out).toMatchObject({ errors: 2, warnings: 0, eventCount: 2 });
    expect([out.events[0], out.events[EVENT_FIELDS]]).toEqual([1, 2]);
  });

  it('grows for blocks of nothing but line ends, runs and events', () => {
    expectSame(Buffer.from('\n'.repeat(40_000)));
    const jumping = Array.from({ length: 3000 }, (_, line) => `[${line % 2 ? 100000 + line : line}.000000] ERROR x`);
    expectSame(Buffer.from(jumping.join('\n')));
    expect(OUT).toMatchObject({ lines: 3000, errors: 3000, runCount: 3000, eventCount: 3000 });
  });

  it('takes a stack trace into its event, to its limits', () => {
    const trace = (lines: number, width: number) =>
      `2024-05-01 12:00:00 ERROR x\n${`\t${'y'.repeat(width)}\n`.repeat(lines)}2024-05-01 12:00:01 INFO z\n`;
    expectSame(Buffer.from(trace(10, 20)));
    expect([...OUT.events.subarray(0, EVENT_FIELDS)]).toEqual([0, 34, 34 + 27 + 220, LINE_SEVERITY.error, 11]);
    expectSame(Buffer.from(trace(EVENT_LINES_MAX + 10, 20)));
    expect(OUT.events[4]).toBe(EVENT_LINES_MAX);
    expectSame(Buffer.from(trace(20, 4000)));
    expect((OUT.events[2] as number) - (OUT.events[1] as number)).toBeLessThanOrEqual(EVENT_BYTES_MAX);
    expect(OUT.events[4]).toBe(5);
  });

  it('does not let lines continue one another where nothing has a stamp', () => {
    expectSame(Buffer.from('ERROR: a\nb\nERROR: c\n'));
    expect([OUT.eventCount, OUT.events[4]]).toEqual([2, 1]);
    expect(OUT.eventTimes[0]).toBeNaN();
  });

  it('cuts an event of one huge line', () => {
    expectSame(Buffer.from(`ERROR ${'x'.repeat(1024 * 1024)}\nERROR y`));
    expect(OUT.eventCount).toBe(2);
  });

  it('carries a time over LOOK_BACK_LINES, no further', () => {
    const far = `${'  at y\n'.repeat(LOOK_BACK_LINES)}ERROR far\n`;
    expectSame(Buffer.from(`${far}2024-05-01T12:00:00Z ERROR x\n${far}${far}2024-05-01T12:00:01Z z\n  at z\n`));
    const bucket = Date.UTC(2024, 4, 1, 12) / 10_000;
    expect(rows(OUT.runs, OUT.runCount, RUN_FIELDS)).toEqual([
      [BUCKET_CARRIED, LOOK_BACK_LINES, 0, 0, 0],
      [BUCKET_NONE, 0, 0, 0, 1],
      [bucket, LOOK_BACK_LINES, 0, 0, 1],
      [BUCKET_NONE, LOOK_BACK_LINES, 0, 0, 2],
      [bucket, 2, 0, 0, 0],
    ]);
    const time = bucket * 10_000;
    expect([...OUT.eventTimes.subarray(0, OUT.eventCount)]).toEqual([
      ...[EVENT_TIME_NONE, time, EVENT_TIME_NONE, EVENT_TIME_NONE],
    ]);
    expect(OUT.carried).toBe(1);
  });

  it('cuts the lines before the first stamp by severity, so that their time can end among them', () => {
    expectSame(Buffer.from('a\nERROR b\nERROR c\nd\n2024-05-01T12:00:00Z e\n'));
    expect(rows(OUT.runs, OUT.runCount, RUN_FIELDS).slice(0, 3)).toEqual([
      [BUCKET_CARRIED, 1, 0, 0, 0],
      [BUCKET_CARRIED, 0, 0, 0, 2],
      [BUCKET_CARRIED, 1, 0, 0, 0],
    ]);
  });

  it('gives lines before the first stamp to the block before', () => {
    expectSame(Buffer.from('\tat x\n\tat y\n2024-05-01T12:00:00Z ERROR x\n\tat z\n'));
    expect(rows(OUT.runs, OUT.runCount, RUN_FIELDS)).toEqual([
      [BUCKET_CARRIED, 2, 0, 0, 0],
      [Date.UTC(2024, 4, 1, 12) / 10_000, 1, 0, 0, 1],
    ]);
  });
});
