import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { caseDumps, caseNames } from '../../../fixtures/lib/cases.ts';
import { codeSpan, escapeMarkdown, fenced } from '../markdown-text.ts';
import { html } from '../markup.ts';
import { readRedactionMap, redactionMap } from './map.ts';
import { learnNetworks } from './networks.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { correctionsFor, type ExportFormat, unredact } from './unredact.ts';

const KEY = new Uint8Array(32).fill(11);
const CASE = 'case-1';
const made = (networks: readonly string[] = []): Redactor =>
  createRedactor({ key: KEY, profiles: ['secrets', 'identifiers', 'network'], words: ['initech'], keep: [], networks });

const RENDER: Readonly<Record<ExportFormat, (lines: readonly string[]) => string>> = {
  text: (lines) => lines.join('\n'),
  html: (lines) => html`${lines.map((line) => html`<p>${line}</p>`)}`.markup,
  md: (lines) => lines.flatMap((line) => [escapeMarkdown(line), codeSpan(line), ...fenced([line])]).join('\n'),
  json: (lines) => JSON.stringify({ lines }, null, 2),
  yaml: (lines) => stringify({ lines }, { lineWidth: 0 }),
};
const FORMATS = Object.keys(RENDER) as ExportFormat[];

function roundTrip(lines: readonly string[], format: ExportFormat, redactor: Redactor): string {
  const truth = RENDER[format](lines);
  const redacted = RENDER[format](lines.map((line) => redactor.redact(line)));
  const entries = redactor.entries();
  const correction = correctionsFor(redacted, truth, entries, format);
  const map = redactionMap({
    caseId: CASE,
    key: KEY,
    madeAt: '2026-01-01T00:00:00.000Z',
    profiles: ['secrets'],
    entries,
    corrections: [correction],
  });
  const read = readRedactionMap(JSON.stringify(map), CASE);
  if (!read.ok) throw new Error(read.because);
  return unredact(redacted, read.map, format).text;
}

const hostile = fc.array(
  fc.constantFrom(
    '10.0.0.1',
    'password=',
    'a*b',
    '`',
    '<b>',
    '"',
    '\\',
    '&amp;',
    '|',
    ' ',
    'fd00::1@',
    'www.initech.com',
    'x@y.example.org',
    '](',
    '\u202e',
    'INITECH',
    'https://u:p:w@h.example.org/',
    'word-1',
    '=',
    '_',
    '\t',
    '\ud83d\ude00',
  ),
  { maxLength: 12 },
);

describe.each(FORMATS)('%s', (format) => {
  test('hostile values come back byte for byte', () => {
    fc.assert(
      fc.property(
        fc.array(
          hostile.map((parts) => parts.join('')),
          { minLength: 1, maxLength: 4 },
        ),
        (lines) => {
          expect(roundTrip(lines, format, made())).toBe(RENDER[format](lines));
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('plain values need no corrections', () => {
  const redactor = made();
  const lines = ['from 10.0.0.1 to ip-10-0-0-1', 'password="a*b<c" for jane.roe@initech.com', 'eni-0123456789abcdef0'];
  for (const format of ['text', 'html', 'json'] as const) {
    const redacted = RENDER[format](lines.map((line) => redactor.redact(line)));
    expect(correctionsFor(redacted, RENDER[format](lines), redactor.entries(), format).lines).toEqual([]);
  }
});

describe('dumps of the packed cases', () => {
  test.each(caseNames().filter((name) => /^(?:h6|i3|n2)/.test(name)))('%s comes back by values alone', (name) => {
    const texts = [...caseDumps(name).values()].map((bytes) => bytes.toString('utf8'));
    const redactor = made(learnNetworks(texts.flatMap((text) => text.split('\n'))));
    for (const text of texts) {
      const redacted = redactor.redact(text);
      expect(correctionsFor(redacted, text, redactor.entries(), 'text').lines).toEqual([]);
    }
  });
});

test('a map of another case, of another version and a damaged one are refused by name', () => {
  const map = redactionMap({ caseId: CASE, key: KEY, madeAt: '2026-01-01T00:00:00.000Z', profiles: [], entries: [] });
  const said = (text: string): string => {
    const read = readRedactionMap(text, CASE);
    return read.ok ? 'ok' : read.because;
  };
  expect(said(JSON.stringify(map))).toBe('ok');
  expect(said(JSON.stringify({ ...map, case: createHash('sha256').update('other').digest('hex') }))).toMatch(
    /another case/,
  );
  expect(said(JSON.stringify(map).slice(0, -4))).toMatch(/damaged/);
  expect(said(JSON.stringify({ ...map, entries: [{ kind: 'x' }] }))).toMatch(/damaged at entries/);
  expect(said(JSON.stringify({ ...map, schema: 'coldcase-redaction-map/2' }))).toMatch(/another version/);
  expect(said('[]')).toMatch(/no redaction map/);
  const two = ['a', 'b'].map((original) => ({ kind: 'word', original, pseudonym: 'word-1', count: 1 }));
  expect(said(JSON.stringify({ ...map, entries: two }))).toMatch(/two values/);
});
