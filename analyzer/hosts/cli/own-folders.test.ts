import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ok } from '../../core/failure.ts';
import { testWorlds } from './test-world.ts';

const world = testWorlds({ cases: ['mine'] });

/** @returns a world with a folder `notes` that holds neither a rule nor a runbook. */
function withNotes() {
  const here = world({ answers: { 'runbooks.list': () => ok({ runbooks: [], broken: [], notSuggested: null }) } });
  mkdirSync(path.join(here.folder, 'notes'));
  writeFileSync(path.join(here.folder, 'notes', 'todo.pdf'), 'x');
  return here;
}

test.each(['analyze', 'findings'])('%s says that a folder of rules holds none, and goes on', async (command) => {
  const here = withNotes();
  expect(await here.run(command, 'mine', '--rules', 'notes', '--quiet')).toBe(0);
  expect(here.err()).toBe('No rules in notes: their files end in .yaml or .yml and lie in it, or in a folder in it.\n');
  mkdirSync(path.join(here.folder, 'notes', 'area'));
  // A file that is broken is told by the engine.
  writeFileSync(path.join(here.folder, 'notes', 'area', 'one.yml'), 'id: [');
  const before = here.err();
  expect(await here.run(command, 'mine', '--rules', 'notes')).toBe(0);
  expect(here.err()).toBe(before);
});

test('runbooks says the same of a folder of runbooks', async () => {
  const here = withNotes();
  expect(await here.run('runbooks', '--runbooks', 'notes')).toBe(0);
  expect(here.err()).toBe('No runbooks in notes: their files end in .md, .txt, .yaml or .yml.\n');
});

test('a folder that does not exist ends the command', async () => {
  const here = withNotes();
  expect(await here.run('analyze', 'mine', '--rules', 'note')).toBe(2);
  expect(here.err()).toBe('coldcase: note: There is no such file or folder.\nDid you mean notes?\n');
});
