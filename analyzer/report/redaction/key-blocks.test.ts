/** Blocks of keys as excerpts and logs have them: without their beginning, in one line, with words of the log in front. */
import { expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';

const LONG = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';
const SHORT = 'Zq7Kp4Wm9Xt2Bv6N';
const END = '-----END RSA PRIVATE KEY-----';

const redactor = () =>
  createRedactor({ key: new Uint8Array(32).fill(5), profiles: ['secrets'], words: [], keep: [], networks: [] });
/** @returns the text with `#` in place of each secret. */
const redact = (text: string): string =>
  redactor()
    .redact(text)
    .replace(/\[secret \d+: [a-z ]+\]/g, '#');

const OF_CONTAINER = '2026-02-15T07:00:00.123456789Z stdout F ';
const OF_SYSLOG = 'Feb 15 07:00:00 node-a kubelet[812]: ';

test.each([
  ['a short line before END', [SHORT, END, 'Ready'], ['#', END, 'Ready']],
  ['padding', [`${SHORT}==`, END], ['#', END]],
  ['lines of Windows', [`${LONG}\r`, `${SHORT}=\r`, `${END}\r`, 'Ready\r'], ['#\r', '#\r', `${END}\r`, 'Ready\r']],
  ['inside of YAML', ['tls.key: |', `  ${LONG}`, `  ${SHORT}`, `  ${END}`], ['tls.key: |', '  #', '  #', `  ${END}`]],
  ['nothing but END', ['Ready', '', END], ['Ready', '', END]],
  [
    'a block in one line behind a word',
    ['Ready', `"-----BEGIN X-----\\n${SHORT}\\n-----END X-----"`],
    ['Ready', '"-----BEGIN X-----\\n#\\n-----END X-----"'],
  ],
  ['words before END', ['not a key', `${END}`], ['not a key', END]],
])('of a block without its beginning: %s', (_, lines, wanted) => {
  expect(redact(lines.join('\n')).split('\n')).toEqual(wanted);
});

test.each([OF_CONTAINER, OF_SYSLOG])('of a block behind %s', (log) => {
  const lines = ['-----BEGIN X-----', LONG, SHORT, '-----END X-----', 'Ready'];
  const wanted = ['-----BEGIN X-----', '#', '#', '-----END X-----', 'Ready'].map((line) => log + line);
  expect(redact(lines.map((line) => log + line).join('\n')).split('\n')).toEqual(wanted);
  const cut = lines.slice(2).map((line) => log + line);
  expect(redact(cut.join('\n')).split('\n')).toEqual(wanted.slice(2));
});

test.each([
  ['\\n', '"', '"'],
  ['\\\\r\\\\n', '\\"', '\\"'],
  [' ', "KEY='", "'"],
])('a block in one line with %s is told line by line', (between, open, close) => {
  const block = (lines: readonly string[]): string =>
    `${open}${['-----BEGIN X-----', ...lines, '-----END X-----'].join(between)}${close}`;
  expect(redact(`${block([LONG, SHORT])} is wrong`)).toBe(`${block(['#', '#'])} is wrong`);
  const first = redactor();
  first.redact(block([LONG, SHORT]));
  expect(first.entries().map(({ original }) => original)).toEqual([LONG, SHORT]);
});
