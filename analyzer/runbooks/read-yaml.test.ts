import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataFolder } from '../core/resources.ts';
import { readYamlRunbook } from './read-yaml.ts';
import { stepsOf } from './runbook.ts';

const EXAMPLE = readFileSync(path.join(dataFolder('runbooks'), 'kube-proxy-sync.yaml'), 'utf8');

/** The example with one text in the place of another. */
function changed(from: string, to: string): string {
  expect(EXAMPLE).toContain(from);
  return EXAMPLE.replace(from, () => to);
}

function mistakesOf(text: string) {
  const read = readYamlRunbook(text);
  return read.ok ? [] : read.mistakes;
}

test('a runbook becomes steps with their lines, conclusions in order, rated mitigations', () => {
  const read = readYamlRunbook(EXAMPLE);
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  const { runbook } = read;
  const steps = stepsOf(runbook);
  expect(steps.map(({ action }) => action.do)).toContain('ask');
  const lines = EXAMPLE.split('\n');
  for (const step of steps) expect(lines[step.line - 1]).toContain(`id: ${step.id}`);
  expect(runbook.conclusions.map(({ immediate }) => immediate.safety)).toEqual(['YELLOW', 'YELLOW', 'GREEN', 'YELLOW']);
  expect(steps.find(({ id }) => id === 'crash')?.action).toMatchObject({
    do: 'check',
    ask: { why: expect.any(String) },
  });
});

describe('what is wrong is told with its place', () => {
  const lineOf = (text: string, words: string): number => text.slice(0, text.indexOf(words)).split('\n').length;

  test.each([
    ['a key that is not known', 'objective:', 'objektive:', 'objektive'],
    ['no kind of step', 'level: MAY', 'level: MIGHT', 'MIGHT'],
    ['a query that is wrong', 'source:kube-proxy-log sev:>=warning', 'sev:loud', 'look'],
    ['a step that does not exist', 'when: { found: [empty] }', 'when: { found: [void] }', 'when: { found: [void] }'],
    ['no YAML', 'id: kube-proxy-sync', 'id: [kube-proxy-sync', 'title: kube-proxy does not bring'],
  ])('%s', (_name, from, to, near) => {
    const text = changed(from, to);
    expect(mistakesOf(text).map(({ line }) => line)).toContain(lineOf(text, near));
  });

  test('a rating that is none, a check without its meaning, a step twice', () => {
    expect(mistakesOf(changed('safety: YELLOW', 'safety: ORANGE')).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^conclusions\.0\.\S+ must be one of GREEN, YELLOW, RED, this is "ORANGE"$/),
    ]);
    expect(mistakesOf(changed('        clear: kube-proxy reports no failed write.\n', ''))[0]?.message).toContain(
      'clear',
    );
    expect(
      mistakesOf(changed('id: sync\n', 'id: crash\n'))
        .map(({ message }) => message)
        .join(),
    ).toContain('two steps');
  });
});
