import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataFolder } from '../core/resources.ts';
import { RUNBOOK_BYTES_MAX, RunbookShelf } from './loader.ts';

const SHIPPED = { path: dataFolder('runbooks'), origin: 'shipped' } as const;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'coldcase-runbooks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const own = (name = '') => ({ path: path.join(folder, name), origin: 'own' }) as const;
const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};
const runbook = (id: string, title: string) => `---
title: "${id} — ${title}"
severity: LOW
---
## Phase 1 — Triage
- Use \`errors\` tool
## Output Format
\`\`\`yaml
root_cause: "<why>"
evidence: [{ type: errors, content: x }]
severity: LOW
mitigation: { immediate: x, long_term: y }
\`\`\`
`;

test('folders are read with what is in them; the readme is none, a broken file hides no other', async () => {
  write('a/X1.md', runbook('X1', 'one'));
  write('X2.txt', runbook('X2', 'two'));
  write('notes.md', 'just notes');
  write('bad.yaml', 'id: [');
  write('README.md', 'what this is');
  write('.hidden.md', 'nothing');
  write('image.png', 'x');
  const { runbooks, broken } = await new RunbookShelf().load([own()]);
  expect(runbooks.map((one) => one.runbook.id)).toEqual(['X1', 'X2']);
  expect(broken.map(({ file }) => path.basename(file)).sort()).toEqual(['bad.yaml', 'notes.md']);
  for (const { mistakes } of broken) expect(mistakes[0]).toMatchObject({ line: 1 });
});

test('an own runbook takes the place of a shipped one; of two own ones the second is told', async () => {
  write('mine.md', runbook('D2', 'my own'));
  write('other.md', runbook('D2', 'another'));
  const { runbooks, broken } = await new RunbookShelf().load([own(), SHIPPED]);
  const found = runbooks.filter((one) => one.runbook.id === 'D2');
  expect(found.map(({ origin, file }) => [origin, path.basename(file)])).toEqual([['own', 'mine.md']]);
  expect(broken[0]?.mistakes[0]?.message).toContain('mine.md');
});

test('a changed file is read again', async () => {
  const shelf = new RunbookShelf();
  write('x.md', runbook('X1', 'before'));
  const before = await shelf.load([own()]);
  write('x.md', runbook('X1', 'what came after'));
  const after = await shelf.load([own()]);
  expect([...before.runbooks, ...after.runbooks].map((one) => one.runbook.title)).toEqual([
    'X1 — before',
    'X1 — what came after',
  ]);
});

test('a folder that is not there, a file that is too large, bytes: told, not thrown', async () => {
  write('large.md', 'x'.repeat(RUNBOOK_BYTES_MAX + 1));
  write('bytes.md', 'a\0b');
  const { broken } = await new RunbookShelf().load([own('nowhere'), own()]);
  const said = broken.map(({ mistakes }) => mistakes[0]?.message).join('\n');
  expect(said).toContain('ENOENT');
  expect(said).toContain('larger than');
  expect(said).toContain('no text');
});

test('a single file is a place', async () => {
  write('x.md', runbook('X1', 'one'));
  const { runbooks } = await new RunbookShelf().load([own('x.md')]);
  expect(runbooks).toHaveLength(1);
});
