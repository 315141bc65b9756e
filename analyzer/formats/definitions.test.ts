import { describe, expect, test } from 'vitest';
import { FIELDS, firstLine, logFormats, parseFormat } from './definitions.ts';
import { formatOf } from './format-of.ts';
import { parseEvent } from './parse-event.ts';

const formats = [...logFormats().values()];

/** What a part says, as a sample states it: fields that are null are left out. */
function said(part: object): object {
  const named = Object.entries(part).map(([key, value]) => [key === 'stampText' ? 'stamp' : key, value] as const);
  const fields: readonly string[] = FIELDS;
  return Object.fromEntries(named.filter(([key, value]) => fields.includes(key) && value !== null));
}

test('all formats of the plan are there, the text that is left last', () => {
  expect(formats.map((format) => format.id).sort()).toEqual([
    'access-log',
    'audit',
    'audit-json',
    'coredns',
    'cri',
    'dmesg',
    'dmesg-ctime',
    'docker-json',
    'etcd-capnslog',
    'etcd-zap',
    'go-log',
    'iso-stamped',
    'journal-short',
    'journal-short-full',
    'journal-short-iso',
    'json-lines',
    'klog',
    'logfmt',
    'python-logging',
    'syslog-5424',
    'text',
    'zap-json',
  ]);
  expect(formats.at(-1)?.id).toBe('text');
});

describe.each(formats)('$id', (format) => {
  test.each(format.samples)('says what is in: $text', (sample) => {
    const event = parseEvent(format.id, sample.text.split('\n'));
    expect(said(event)).toEqual(sample.fields);
    expect(event.wrapped?.inner.format).toBe(sample.inner?.format);
    if (sample.inner !== undefined) expect(said(event.wrapped?.inner ?? {})).toEqual(sample.inner.fields);
  });

  test.each(format.samples)('is told by the head of a file: $text', ({ text }) => {
    expect(formatOf(Buffer.from(`${text}\n`)).format).toBe(format.linesMin > 1 ? 'text' : format.id);
    expect(formatOf(Buffer.from(`${text}\n`.repeat(5))).format).toBe(format.id);
    const [line = ''] = text.split('\n');
    const cut = `${line.slice(-20)}\n${`${line}\n`.repeat(4)}${line.slice(0, 8)}`;
    expect(formatOf(Buffer.from(cut)).format).toBe(format.id);
    expect(formatOf(Buffer.from(`A banner\n${`${line}\r\n`.repeat(4)}A foreign line\n`)).format).toBe(format.id);
  });

  test.each(format.not)('refuses: %s', (line) => {
    expect(firstLine(format, line)).toBeNull();
  });

  test('refuses what others write, but for what it names', () => {
    const taken = formats.filter(
      (other) =>
        other.id !== format.id &&
        other.samples.some(({ text }) => text.split('\n').some((line) => firstLine(format, line) !== null)),
    );
    expect(taken.map((other) => other.id).sort()).toEqual(format.ambiguous.map((one) => one.format).sort());
    for (const other of taken) expect(other.order).toBeLessThan(format.order);
  });
});

describe('a format file', () => {
  const good = `
id: x
title: x
order: 1
source: x
first: ['^x (?<stamp>\\d{1,3})']
read: groups
wraps: no
lines: one
samples: [{ text: x 1, fields: { stamp: '1', message: '' } }]
not: [y]
`;

  test('is taken when it is whole', () => {
    expect(parseFormat(good).first[0]?.source).toBe('^x (?<stamp>\\d{1,3})');
  });

  test.each([
    ['no bound', '^x (?<stamp>\\d+)'],
    ['an open bound', '^x (?<stamp>\\d{1,})'],
    ['a repeated repetition', '^x (?:\\d{1,3}){1,9}'],
    ['not at the start', 'x'],
    ['no field', '^x (?<colour>\\d)'],
    ['no expression', '^x ('],
  ])('is refused: %s', (_, expression) => {
    expect(() => parseFormat(good.replace(/first: .*/, `first: ['${expression}']`))).toThrow();
  });

  test('is refused with a key that is not known, or keys that nothing reads', () => {
    expect(() => parseFormat(`${good}\ncolour: red`)).toThrow();
    expect(() => parseFormat(`${good}\nkeys: { stamp: [ts] }`)).toThrow();
  });
});
