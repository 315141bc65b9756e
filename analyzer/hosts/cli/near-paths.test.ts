import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nearPaths } from './near-paths.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'coldcase-near-'));
  mkdirSync(path.join(folder, 'tickets', 'node 1'), { recursive: true });
  writeFileSync(path.join(folder, 'tickets', 'node-a.tar.gz'), '');
  writeFileSync(path.join(folder, 'tickets', 'node 1', 'logs.tar.gz'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TICKET = path.join('tickets', 'node-a.tar.gz');

test.each([
  ['a name in a folder', 'tickets/nod-a.tar.gz', `Did you mean ${TICKET}?`],
  ['a folder, with what is in it', 'tickts/node-a.tar.gz', `Did you mean ${TICKET}?`],
  ['a folder that has no such file', 'tickts/other', 'Did you mean tickets?'],
  ['a separator at the end', 'tickts/', 'Did you mean tickets?'],
  [
    'blanks',
    'tickets/node 2/logs.tar.gz',
    `Did you mean ${JSON.stringify(path.join('tickets', 'node 1', 'logs.tar.gz'))}`,
  ],
  ['nothing near', 'somewhere/else', null],
  ['a file that is no folder', 'tickets/node-a.tar.gz/x', null],
])('%s', async (_, given, advice) => {
  const said = await nearPaths(folder, given);
  if (advice === null) expect(said).toBeNull();
  else expect(said).toContain(advice);
});

test('a whole path stays a whole one', async () => {
  const said = await nearPaths('/', path.join(folder, 'tickts', 'node-a.tar.gz'));
  expect(said).toContain(path.join(folder, TICKET));
});
