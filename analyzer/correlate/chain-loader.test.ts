import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainPatterns, idsOfStep, loadChains, parseChain } from './chain-loader.ts';

const KNOWN = { roles: ['kubelet-log', 'kernel-log'], rules: new Set(['a-rule', 'b-rule']) };

const GOOD = `id: a-then-b
title: A, then B
meaning: because of A
confidence:
  level: likely
  because: it is so
source: a document
steps:
  - title: A
    rules: [a-rule]
  - title: B
    within: 2m
    shares: pod
    rules: [b-rule]
    where:
      - roles: [kubelet-log]
    match:
      - literals: [went wrong]
        regex: 'pod="(?<pod>[^"]{1,9})"'
samples:
  match:
    - ['kubelet-log | a', 'kubelet-log | b']
  wrongOrder:
    - ['kubelet-log | b', 'kubelet-log | a']
  tooLate:
    - ['kubelet-log | a', 'nodeb kubelet-log | b']
  otherEntity:
    - ['kubelet-log | a', 'kubelet-log | b']
`;

function refused(text: string): string {
  const parsed = parseChain(text, 'x.yaml', KNOWN);
  return parsed.ok
    ? 'nothing'
    : parsed.reasons.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n');
}

describe('parseChain', () => {
  it('reads a chain: durations in ms, expressions ready, what a step is known by', () => {
    const parsed = parseChain(GOOD, 'x.yaml', KNOWN);
    expect(parsed).toMatchObject({
      ok: true,
      chain: { id: 'a-then-b', steps: [{}, { within: 120_000, across: 'one-node' }] },
    });
    if (!parsed.ok) return;
    expect(idsOfStep(parsed.chain, 0)).toEqual(['a-rule']);
    expect(idsOfStep(parsed.chain, 1)).toEqual(['b-rule', 'a-then-b:1']);
    expect(chainPatterns([parsed.chain]).map(({ id }) => id)).toEqual(['a-then-b:1']);
  });

  it.each([
    ['a key that is not known', GOOD.replace('source:', 'sauce:'), /^7:1 .*sauce/m],
    ['a rule that does not exist', GOOD.replace('[b-rule]', '[c-rule]'), /^14:5 there is no rule c-rule/],
    [
      'a file role that does not exist',
      GOOD.replace('[kubelet-log]', '[kube-log]'),
      /^15:5 there is no file role kube-log/,
    ],
    [
      'a first step that follows something',
      GOOD.replace('rules: [a-rule]', 'rules: [a-rule]\n    within: 2m'),
      /^9:5 .*first step/,
    ],
    ['a step that does not say how it follows', GOOD.replace('    within: 2m\n', ''), /^11:5 .*within and shares/],
    ['a step that nothing is known by', GOOD.replace('    rules: [a-rule]\n', ''), /a step names rules, or match/],
    ['a match without where', GOOD.replace(/ {4}where:\n.*\n/, ''), /match and where go together/],
    ['nodes without an entity', GOOD.replace('shares: pod', 'shares: node\n    across: nodes'), /must share an entity/],
    ['an entity that is not tried', GOOD.replace(/ {2}otherEntity:\n.*\n/, ''), /otherEntity/],
    ['an expression without end', GOOD.replace('[^"]{1,9}', '.*'), /^19:.*bound/],
    ['a sample without a role', GOOD.replace('kubelet-log | a', 'just a'), /role \| line/],
    ['one step', GOOD.replace(/ {2}- title: B\n(?: {4}.*\n)+/, ''), /steps/],
    ['broken YAML', GOOD.replace('title: A,', 'title: [A,'), /^\d+:\d+ /],
    ['no chain at all', 'just text', /chain/],
  ])('refuses %s, with its place', (_name, text, expected) => {
    expect(refused(text)).toMatch(expected);
  });
});

describe('loadChains', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'coldcase-chains-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('skips a broken file and one that is not named as its chain, and loads the others', () => {
    writeFileSync(path.join(folder, 'a-then-b.yaml'), GOOD);
    writeFileSync(path.join(folder, 'broken.yaml'), 'id: [');
    writeFileSync(path.join(folder, 'other.yaml'), GOOD);
    writeFileSync(path.join(folder, 'notes.txt'), 'no chain');
    const loaded = loadChains(folder, KNOWN);
    expect(loaded.chains.map(({ id }) => id)).toEqual(['a-then-b']);
    expect(loaded.rejected.map(({ file }) => file)).toEqual(['broken.yaml', 'other.yaml']);
  });
});
