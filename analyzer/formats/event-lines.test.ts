import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logFormats } from './definitions.ts';
import { EVENT_LINES_AHEAD_MAX, EVENT_LINES_BACK_MAX, eventLines } from './event-lines.ts';

const reader = (lines: readonly string[]) => (number: number) => lines[number - 1] ?? null;
/** The event's lines for every line of the text, in its order. */
const events = (format: string, lines: readonly string[]) =>
  lines.map((_, index) => eventLines(format, index + 1, reader(lines)).lines);

describe('eventLines', () => {
  test('klog: up to the next line that begins as a program does', () => {
    const lines = [
      'goroutine 7 [cut off]:',
      'E0501 12:00:00.123456       1 runtime.go:78] Observed a panic',
      'goroutine 1 [running]:',
      '\t/go/src/runtime.go:78',
      'time="2024-05-01T12:00:00Z" level=info msg="another program"',
      'I0501 12:00:01.123456       1 server.go:1] x',
    ];
    expect(events('klog', lines)).toEqual([[1], [2, 3, 4], [2, 3, 4], [2, 3, 4], [5], [6]]);
  });

  test('journal: indented lines go on', () => {
    const lines = ['May 18 15:13:36 host app[1]: one', '      two', '      three', 'May 18 15:13:37 host app[1]: four'];
    expect(events('journal-short', lines)).toEqual([[1, 2, 3], [1, 2, 3], [1, 2, 3], [4]]);
  });

  test('a binary journal has the lines that journalctl prints', () => {
    const lines = ['2024-05-01T12:00:00.123456+0000 host app[1]: one', '      two', '-- Boot 0123 --'];
    expect(events('journal', lines)).toEqual([[1, 2], [1, 2], [3]]);
  });

  test('CRI: parts of one stream, with another between them', () => {
    const lines = [
      '2024-05-01T12:00:00.1Z stdout F before',
      '2024-05-01T12:00:00.2Z stdout P one, ',
      '2024-05-01T12:00:00.3Z stderr F other',
      '2024-05-01T12:00:00.4Z stdout P two, ',
      '2024-05-01T12:00:00.5Z stderr P open',
      '2024-05-01T12:00:00.6Z stdout F three',
      'damaged',
    ];
    expect(events('cri', lines)).toEqual([[1], [2, 4, 6], [3], [2, 4, 6], [5], [2, 4, 6], [7]]);
    expect(eventLines('cri', 4, reader(lines))).toMatchObject({ first: 2, last: 6, extent: 'whole' });
    expect(eventLines('cri', 5, reader(lines))).toMatchObject({ first: 5, last: 5, extent: 'cut' });
  });

  test('Docker: a value without its line feed goes on', () => {
    const line = (log: string) => `{"log":"${log}","stream":"stdout","time":"2024-05-01T12:00:00.1Z"}`;
    const lines = [line('one, '), line(String.raw`two\\n`), line(String.raw`three\\\n`), line(String.raw`four\n`)];
    expect(events('docker-json', lines)).toEqual([[1, 2, 3], [1, 2, 3], [1, 2, 3], [4]]);
  });

  test('audit: records with one serial number', () => {
    const record = (type: string, serial: number) => `type=${type} msg=audit(1364481363.243:${serial}): x`;
    const lines = [record('SYSCALL', 1), record('CWD', 1), record('AVC', 2), 'damaged'];
    expect(events('audit', lines)).toEqual([[1, 2], [1, 2], [3], [4]]);
  });

  test('other formats, and formats that are not known: each line for itself', () => {
    expect(events('zap-json', ['{', ' x'])).toEqual([[1], [2]]);
    expect(events('not-there', ['a', ' b'])).toEqual([[1], [2]]);
    expect(eventLines('klog', 9, reader(['a'])).lines).toEqual([9]);
  });

  test('it looks no farther than its limits', () => {
    let asked = 0;
    const endless = (number: number) => {
      asked += 1;
      return number < 1 ? null : 'goroutine';
    };
    expect(eventLines('klog', 1_000_000, endless)).toEqual({
      first: 1_000_000,
      last: 1_000_000,
      lines: [1_000_000],
      extent: 'cut',
    });
    const partial = (number: number) => (number < 1 ? null : '2024-05-01T12:00:00.2Z stdout P x');
    const found = eventLines('cri', 1_000_000, partial);
    expect(found.extent).toBe('cut');
    expect(found.lines.length).toBeLessThanOrEqual(EVENT_LINES_BACK_MAX + EVENT_LINES_AHEAD_MAX + 1);
    expect(asked).toBeLessThanOrEqual(EVENT_LINES_BACK_MAX + EVENT_LINES_AHEAD_MAX + 2);
  });

  test('all lines of an event agree on it', () => {
    const formats = [...logFormats().values()];
    const anyLine = fc.oneof(
      fc.constantFrom(
        ...formats.flatMap((format) => format.samples.flatMap(({ text }) => text.split('\n'))),
        '2024-05-01T12:00:00.2Z stdout P one, ',
        '2024-05-01T12:00:00.2Z stderr P one, ',
      ),
      fc.constantFrom('  indented', 'goroutine 1 [running]:', ''),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...formats.map((format) => format.id)),
        fc.array(anyLine, { minLength: 1, maxLength: 20 }),
        (format, lines) => {
          for (const [index, of] of events(format, lines).entries()) {
            expect(of).toContain(index + 1);
            for (const other of of) expect(eventLines(format, other, reader(lines)).lines).toEqual(of);
          }
        },
      ),
    );
  });
});
