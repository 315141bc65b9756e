/** Clocks through the whole engine: what ingest infers, what the engineer says, what is shown. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session.close());

function bundle(name: string, texts: Readonly<Record<string, string>>): string {
  const folder = path.join(session.folder, name);
  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

const instants = async (caseId: CaseId, query: string): Promise<readonly (string | null)[]> =>
  (await session.ask('search.run', { caseId, query })).matches.map((match) => match.time);

it('a node in UTC-7 and one in UTC line up after inference', async () => {
  const west = bundle('eks_i-0aaaaaaa_2024-05-01_1200-UTC_0.7.9', {
    'kubelet/kubelet.log': 'May 01 04:59:30 west kubelet[1]: E0501 lost lease\n',
    'containerd/containerd-log.txt': 'May 01 04:59:00 west containerd[9]: time="2024-05-01T11:59:00Z" level=info\n',
  });
  const utc = bundle('eks_i-0bbbbbbb_2024-05-01_1200-UTC_0.7.9', {
    'kubelet/kubelet.log': 'May 01 11:59:30 utc kubelet[1]: E0501 lost lease\n',
  });
  const { caseId } = await session.importNew([west, utc]);
  expect(await instants(caseId, '"lost lease"')).toEqual(['2024-05-01T11:59:30.000Z', '2024-05-01T11:59:30.000Z']);
});

it('an override moves instants, first and last times and nothing else, and is taken back', async () => {
  const { caseId } = await session.importNew([
    bundle('eks_i-0ccccccc_2025-01-02_0900-UTC_0.7.9', {
      'kubelet/kubelet.log': 'Dec 31 16:00:00 west kubelet[1]: one thing\nJan 01 01:00:00 west kubelet[1]: one thing\n',
    }),
  ]);
  const before = await session.ask('file.list', { caseId });
  expect(await instants(caseId, '"one thing"')).toEqual(['2024-12-31T16:00:00.000Z', '2025-01-01T01:00:00.000Z']);
  const override = { what: 'zone', value: '-0700', file: 'kubelet.log', node: null, bundle: null } as const;
  expect((await session.ask('clock.override', { caseId, override })).files).toBe(1);
  expect(await instants(caseId, '"one thing"')).toEqual(['2024-12-31T23:00:00.000Z', '2025-01-01T08:00:00.000Z']);
  const [file] = await session.ask('file.list', { caseId });
  expect(file).toMatchObject({ firstTime: '2024-12-31T23:00:00.000Z', lastTime: '2025-01-01T08:00:00.000Z' });
  await session.ask('clock.restore', { caseId, overrides: null });
  expect(await session.ask('file.list', { caseId })).toEqual(before);
});
