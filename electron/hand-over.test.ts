import { describe, expect, it } from 'vitest';
import type { EngineApi } from '../analyzer/contract/engine-api.ts';
import { fail, ok } from '../analyzer/core/failure.ts';
import type { CaseId } from '../analyzer/core/ids.ts';
import { openFragment, openPaths } from './hand-over.ts';

/** An engine for which `/cases/*` are cases and everything else is an archive; keeps what it was asked. */
function engineOfCases(importing: 'works' | 'fails') {
  const asked: string[] = [];
  const call = async (method: string, input: Record<string, unknown>) => {
    asked.push(`${method} ${JSON.stringify(input.caseId ?? null)} ${JSON.stringify(input.paths ?? null)}`);
    if (method === 'case.open') {
      return String(input.caseId).startsWith('/cases/') ? ok({ id: input.caseId }) : fail('not-found', 'no case');
    }
    if (method === 'case.create') return ok({ id: '/cases/new' });
    return importing === 'works' ? ok({ job: 'j1' }) : fail('unreadable', 'cannot be read');
  };
  const engine: EngineApi = { call: call as unknown as EngineApi['call'], on: () => () => undefined };
  return { engine, asked };
}

describe('openPaths', () => {
  it('imports several archives into one new case', async () => {
    const { engine, asked } = engineOfCases('works');
    expect(await openPaths(engine, ['/a.tgz', '/b.tgz'])).toEqual(ok('/cases/new'));
    expect(asked.filter((line) => line.startsWith('case.create'))).toHaveLength(1);
    expect(asked.at(-1)).toBe('case.import "/cases/new" ["/a.tgz","/b.tgz"]');
  });

  it('opens a case instead of importing it', async () => {
    const { engine, asked } = engineOfCases('works');
    expect(await openPaths(engine, ['/cases/one'])).toEqual(ok('/cases/one'));
    expect(asked).toHaveLength(1);
  });

  it('says why nothing was imported', async () => {
    const { engine } = engineOfCases('fails');
    expect(await openPaths(engine, ['/a.tgz'])).toMatchObject({ ok: false, failure: { message: 'cannot be read' } });
    expect((await openPaths(engine, [])).ok).toBe(false);
  });
});

describe('openFragment', () => {
  it('names the case to the Start screen', () => {
    expect(openFragment(null)).toBe('');
    expect(openFragment('sample')).toBe('/start?open=sample');
    expect(openFragment('/cases/a b' as CaseId)).toBe('/start?open=%2Fcases%2Fa+b');
  });
});
