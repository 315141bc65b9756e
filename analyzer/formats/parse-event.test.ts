import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logFormats } from './definitions.ts';
import { formatOf } from './format-of.ts';
import { parseEvent } from './parse-event.ts';
import { LINE_SEVERITY } from './severity.ts';

const formats = [...logFormats().values()];
const ids = fc.constantFrom(...formats.map((format) => format.id), 'not-there');
const sampleLine = fc.constantFrom(...formats.flatMap((format) => format.samples.map(({ text }) => text)));

/** Samples cut and changed, and any text: what damaged logs hold. */
const hostileLine = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.tuple(sampleLine, fc.nat(300), fc.string()).map(([text, at, more]) => text.slice(0, at) + more),
  fc.tuple(sampleLine, fc.nat(300), fc.string()).map(([text, at, more]) => more + text.slice(at)),
);

describe('parseEvent', () => {
  test('severity is that of the line scan, also of joined parts', () => {
    expect(parseEvent('klog', ['E0501 12:00:00.123456       1 a.go:1] x']).severity).toBe(LINE_SEVERITY.error);
    expect(parseEvent('text', ['no level here']).severity).toBe(LINE_SEVERITY.none);
    const parts = ['2024-05-01T12:00:00Z stdout P {"lev', '2024-05-01T12:00:00Z stdout F el":"warn","ts":1}'];
    expect(parseEvent('cri', parts)).toMatchObject({ severity: LINE_SEVERITY.warning, continuation: [] });
  });

  test('a line that is not of its file is read as what it is', () => {
    expect(parseEvent('klog', ['time="2024-05-01T12:00:00Z" level=info msg="x"']).format).toBe('logfmt');
    expect(parseEvent('klog', ['goroutine 1 [running]:'])).toMatchObject({ format: 'text', stampText: null });
  });

  test('lines behind the first are kept, and searched for entities', () => {
    const event = parseEvent('klog', ['E0501 12:00:00.123456       1 a.go:1] panic', 'dial tcp 10.0.0.7:443']);
    expect(event.continuation).toEqual(['dial tcp 10.0.0.7:443']);
    expect(event.entities).toEqual([{ kind: 'ip', name: '10.0.0.7', line: 1, start: 9, end: 17 }]);
  });

  test('JSON that is cut gives what it still has', () => {
    const cut = '{"level":"info","ts":"2026-06-08T02:50:18.473Z","caller":"ipamd/ipamd.go:1316","msg":"Adding \\"10.1';
    expect(parseEvent('zap-json', [cut])).toMatchObject({
      stampText: '2026-06-08T02:50:18.473Z',
      level: 'info',
      source: 'ipamd/ipamd.go:1316',
      message: 'Adding "10.1',
    });
  });

  test('keys of objects are only keys', () => {
    const event = parseEvent('json-lines', ['{"__proto__":{"level":"x"},"constructor":"y","time":"t","msg":"m"}']);
    expect(event).toMatchObject({ level: null, stampText: 't', message: 'm' });
  });

  test('any lines of any format are an event of themselves', () => {
    fc.assert(
      fc.property(ids, fc.array(hostileLine, { maxLength: 4 }), (format, lines) => {
        const event = parseEvent(format, lines);
        expect(event.continuation.length).toBeLessThanOrEqual(Math.max(0, lines.length - 1));
        for (const { line, start, end } of event.entities) {
          expect(end).toBeLessThanOrEqual(lines[line]?.length ?? -1);
          expect(start).toBeLessThan(end);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a line of a megabyte, whatever it repeats', () => {
    const readers = ['klog', 'logfmt', 'zap-json', 'docker-json', 'syslog-5424', 'journal-short-iso'];
    for (const unit of ['a', '[', '"', '\\', ' ', '1.', 'a=']) {
      const long = unit.repeat(Math.ceil((1024 * 1024) / unit.length));
      for (const format of formats.filter(({ id }) => readers.includes(id))) {
        const [first = ''] = format.samples[0]?.text.split('\n') ?? [];
        expect(parseEvent(format.id, [first + long]).message.length).toBeGreaterThan(0);
      }
    }
  });
});

describe('formatOf', () => {
  test('a last line that is cut before its format shows does not count', () => {
    const line = '2024-05-01T12:00:00.123456789Z stderr F something happened\n';
    for (const cut of [20, 31, 34, 38, 50]) {
      const head = Buffer.from(line.repeat(3) + line.slice(0, cut));
      expect([cut, formatOf(head).format]).toEqual([cut, 'cri']);
    }
  });

  test('any bytes have a format, the same one each time', () => {
    const known = new Set(formats.map((format) => format.id));
    const head = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.array(hostileLine, { maxLength: 12 }).map((lines) => Buffer.from(lines.join('\n'))),
    );
    fc.assert(
      fc.property(head, (bytes) => {
        const found = formatOf(bytes);
        expect(known).toContain(found.format);
        expect(formatOf(bytes)).toEqual(found);
      }),
      { numRuns: 200 },
    );
  });

  test('says how many lines fit', () => {
    const line = 'E0501 12:00:00.123456       1 a.go:1] x\n';
    expect(formatOf(Buffer.from(`Log file created at: 2019/08/20 20:28:26\n${line.repeat(3)}`))).toEqual({
      format: 'klog',
      because: '3 of its first 4 lines: klog of Kubernetes components, glog',
    });
    expect(formatOf(new Uint8Array())).toEqual({
      format: 'text',
      because: 'its first lines have no known log format',
    });
  });

  test('one line that is quoted in another text does not decide', () => {
    const quoted = 'E0501 12:00:00.123456       1 a.go:1] x';
    expect(formatOf(Buffer.from(`In the log we see\n${quoted}\nand then\nnothing\n`)).format).toBe('text');
  });
});
