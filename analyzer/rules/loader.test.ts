import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRules, parseRule } from './loader.ts';

const ROLES = ['kube-proxy-log'];
const GOOD = `id: demo
title: Demo
claim: "Seen {lines}."
severity: low
confidence: { level: likely, because: it says so }
area: kube-proxy
part: cause
owner: kube-proxy
source: { component: demo, version: "1", where: a captured line, verified: no }
where:
  - roles: [kube-proxy-log]
match:
  - literals: [went wrong]
    regex: "wrong with (?<pod>\\\\S+)"
userNotices: nothing
advice: { now: [look], longTerm: [], check: [look again] }
samples: { match: [it went wrong with web-1], miss: [all is well] }
`;
const refused = (text: string): string[] => {
  const parsed = parseRule(text, 'demo.yaml', ROLES);
  return parsed.ok ? [] : parsed.reasons.map((one) => `${one.line}:${one.column} ${one.message}`);
};

describe('parseRule', () => {
  it('accepts a whole rule', () => {
    expect(refused(GOOD)).toEqual([]);
  });

  it.each([
    [
      'an unknown key',
      GOOD.replace('userNotices: nothing', 'userNotices: nothing\nusernotices: x'),
      /^16:\d+ .*usernotices/,
    ],
    ['an unknown key deeper down', GOOD.replace('    regex:', '    regexp: x\n    regex:'), /^14:\d+ .*regexp/],
    ['a placeholder that does not exist', GOOD.replace('{lines}', '{node}'), /^3:1 claim.*placeholders/],
    ['an unknown severity', GOOD.replace('severity: low', 'severity: bad'), /^4:1 severity/],
    ['a missing severity', GOOD.replace('severity: low\n', ''), /^1:1 severity is missing: one of critical, high,/],
    ['an unverified rule above low', GOOD.replace('severity: low', 'severity: medium'), /^4:1 severity.*unverified/],
    ['an expression that does not compile', GOOD.replace('(?<pod>', '(?<pod'), /match\.0\.regex/],
    ['a group that is no entity', GOOD.replace('(?<pod>', '(?<what>'), /group <what>/],
    ['a repetition inside a repetition', GOOD.replace('(?<pod>\\\\S+)', '(a+)+'), /repetition/],
    ['a gap without a bound', GOOD.replace('(?<pod>\\\\S+)', '.*x'), /bound/],
    [
      'a threshold by a kind of entity that no expression names',
      GOOD.replace('userNotices:', 'threshold: { count: 3, by: node }\nuserNotices:'),
      /threshold\.by: no expression has a group <node>/,
    ],
    ['a role that does not exist', GOOD.replace('[kube-proxy-log]', '[kube-log]'), /^10:1 where.*kube-log/],
    [
      'a role of a match that is not looked at',
      GOOD.replace('[went wrong]', '[went wrong]\n    roles: [kubelet-log]'),
      /^10:1 where.*kubelet-log/,
    ],
    ['a missing sample', GOOD.replace('miss: [all is well]', 'miss: []'), /samples\.miss/],
    ['a literal that matches almost everything', GOOD.replace('[went wrong]', '[a]'), /match\.0\.literals/],
    ['broken YAML', GOOD.replace('title: Demo', 'title: [Demo'), /^\d+:\d+ /],
    ['a duplicate key', `${GOOD}title: again\n`, /unique|duplicate/i],
    ['text that is no rule', 'just text', /rule/],
    ['nothing', '', /rule/],
  ])('refuses %s, with line and column', (_name, text, expected) => {
    expect(refused(text).join('\n')).toMatch(expected);
  });

  it('does not expand aliases without end', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [at, name] of [...'bcdefgh'].entries()) {
      const before = 'abcdefgh'[at];
      bomb.push(
        `${name}: &${name} [*${before}, *${before}, *${before}, *${before}, *${before}, *${before}, *${before}]`,
      );
    }
    expect(refused(bomb.join('\n')).length).toBeGreaterThan(0);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => GOOD.replace('Demo', text)),
        ),
        (text) => {
          parseRule(text, 'x.yaml', ROLES);
        },
      ),
    );
  });
});

describe('loadRules', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'coldcase-rules-'));
    mkdirSync(path.join(folder, 'area'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): void => writeFileSync(path.join(folder, 'area', name), text);

  it('skips a broken file, reports it, and loads the others', () => {
    put('good.yaml', GOOD);
    put('broken.yaml', 'id: [');
    put('notes.txt', 'no rule');
    const { rules, rejected } = loadRules(folder, ROLES);
    expect(rules.map((rule) => rule.id)).toEqual(['demo']);
    expect(rejected.map((one) => one.file)).toContain('area/broken.yaml');
    expect(rejected.every((one) => one.file === 'area/broken.yaml')).toBe(true);
  });

  it('refuses the second file with an id that is taken', () => {
    put('one.yaml', GOOD);
    put('two.yaml', GOOD);
    expect(loadRules(folder, ROLES).rejected).toEqual([
      { file: 'area/two.yaml', line: 1, column: 1, message: 'id demo is used by another file' },
    ]);
  });

  it('refuses a file that is too large to be a rule', () => {
    put('large.yaml', `${GOOD}# ${'x'.repeat(70_000)}\n`);
    expect(loadRules(folder, ROLES).rejected[0]?.message).toMatch(/larger than/);
  });
});
