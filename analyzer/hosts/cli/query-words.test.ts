import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../query/parse.ts';
import { caretLines, joinedQuery, perhapsPhrase } from './query-words.ts';

describe('joinedQuery', () => {
  it.each([
    [['one query OR two'], 'one query OR two'],
    [['a', 'OR', 'b'], 'a OR b'],
    [['a OR b', 'sev:error'], '(a OR b) sev:error'],
    [['a b', 'c'], 'a b c'],
    [['(a', 'OR', 'b)', '-c'], '(a OR b) -c'],
    [['"a', 'b"'], '"a b"'],
    [['(a OR', 'b) c'], '(a OR b) c'],
  ])('%j is %j', (words, query) => {
    expect(joinedQuery(words, parseQuery)).toBe(query);
  });
});

describe('perhapsPhrase', () => {
  it.each([
    [['kube-proxy  sync'], 'kube-proxy sync'],
    [['sev:error', 'sync failed'], 'sync failed'],
    [['kube-proxy', 'sync'], null],
    [['"kube-proxy sync"'], null],
    [['kube-proxy OR sync'], null],
    [['kube-proxy -sync'], null],
    [['kube-proxy sev:error'], null],
    [['broken "quote'], null],
  ])('%j: %j', (words, phrase) => {
    expect(perhapsPhrase(words, parseQuery)).toBe(phrase);
  });
});

describe('caretLines', () => {
  const carets = (query: string) => {
    const parsed = parseQuery(query);
    if (parsed.ok) throw new Error('the query is right');
    return caretLines(query, parsed.error);
  };

  it('marks what is wrong', () => {
    expect(carets('a sev:bad b')).toEqual(['  a sev:bad b', '        ^^^']);
    expect(carets('a OR')).toEqual(['  a OR', '    ^^']);
    expect(carets('')).toEqual(['  ', '  ^']);
  });

  it('stands below characters that take two columns, or none, and below those made visible', () => {
    expect(carets('日本 sev:x')).toEqual(['  日本 sev:x', `${' '.repeat(2 + 4 + 1 + 4)}^`]);
    expect(carets('e\u0301 sev:x')).toEqual(['  e\u0301 sev:x', `${' '.repeat(2 + 1 + 1 + 4)}^`]);
    expect(carets('\u001b sev:x')).toEqual(['  \\x1b sev:x', `${' '.repeat(2 + 4 + 1 + 4)}^`]);
  });

  it('shows a part of a long query', () => {
    const [shown, marks] = carets(`${'long '.repeat(900)}sev:${'x'.repeat(500)} ${'more '.repeat(500)}`);
    expect(shown.length).toBeLessThan(140);
    expect(shown).toMatch(/^ {2}\.\.\..* sev:x+\.\.\.$/);
    expect(shown.slice(marks.indexOf('^'), marks.length)).toBe('x'.repeat(40));
  });
});
