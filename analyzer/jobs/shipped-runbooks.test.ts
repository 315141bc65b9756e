/** Every runbook that is shipped can be read, and asks for rules and analyzers that exist. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { standsAlone } from '../../test/support/stands-alone.ts';
import { ANALYZERS } from '../analyzers/registry.ts';
import { dataFolder } from '../core/resources.ts';
import { askedFor } from '../runbooks/conditions.ts';
import { RunbookShelf } from '../runbooks/loader.ts';
import { stepsOf } from '../runbooks/runbook.ts';
import { shippedRules } from './shipped-rules.ts';

const { runbooks, broken } = await new RunbookShelf().load([{ path: dataFolder('runbooks'), origin: 'shipped' }]);

test('none is broken', () => {
  expect(broken.flatMap(({ file, mistakes }) => mistakes.map((one) => `${file}:${one.line}: ${one.message}`))).toEqual(
    [],
  );
  expect(runbooks.length).toBeGreaterThan(1);
});

test.each(runbooks.map((one) => [one.runbook.id, one] as const))('%s', (id, { runbook, file }) => {
  const known = new Set([...shippedRules().rules.map((rule) => rule.id), ...ANALYZERS.map((analyzer) => analyzer.id)]);
  expect([...askedFor(runbook)].filter((one) => !known.has(one))).toEqual([]);
  const said = stepsOf(runbook).flatMap(({ found, clear }) => [found, clear].filter((one) => one !== null));
  expect(said.filter((sentence) => !standsAlone(sentence))).toEqual([]);
  if (runbook.form === 'yaml') expect(path.basename(file)).toBe(`${id}.yaml`);
});
