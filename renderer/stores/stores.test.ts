import { beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../analyzer/core/failure.ts';
import { CASE_ANSWERS, freshWindow } from '../bridge/fake/fake-answers.ts';
import { createFakeBridge } from '../bridge/fake/fake-bridge.ts';
import { AFFECTED, ANALYSIS, CASE, CASE_ID, HEALTHY, makeBundle, makeJob } from '../bridge/fake/fake-case.ts';
import type { CaseId, Job, JobId } from '../model/types.ts';
import { createStores } from './stores.tsx';

const failed = (message: string) => ({
  ok: false as const,
  failure: { code: 'unreadable' as const, message, where: 'a.tar.gz', advice: null },
});
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const until = async (condition: () => boolean) => {
  for (let turn = 0; turn < 50 && !condition(); turn += 1) await settle();
  expect(condition()).toBe(true);
};

beforeEach(() => {
  freshWindow('#/start');
});

describe('session', () => {
  it('makes a case for dropped paths, follows the import and goes to Overview', async () => {
    const bridge = createFakeBridge({
      ...CASE_ANSWERS,
      'case.create': () => ok({ ...CASE, bundles: [] }),
      'case.import': () => ok({ job: 'job-1' as JobId }),
    });
    const { session, navigation, jobs } = createStores(bridge, window);
    const done = session.getState().importPaths(['/tmp/a.tar.gz']);
    bridge.send('onDidChangeJob', makeJob());
    await until(() => session.getState().lastImport === 'job-1');
    expect(jobs.getState().jobs[0]?.progress.lines).toBe(40_000);
    expect(navigation.getState().route.screen).toBe('start');
    const result = { source: '/tmp/a.tar.gz', outcome: 'imported' as const, bundle: makeBundle(), failure: null };
    bridge.send(
      'onDidChangeJob',
      makeJob({ state: 'done-with-gaps', outcome: 'Imported 1 archive', imports: [result] }),
    );
    await done;
    expect(navigation.getState().route.screen).toBe('overview');
    await until(() => session.getState().analysis.state === 'ready');
    expect(bridge.asked.find((one) => one.method === 'case.import')?.input).toMatchObject({
      caseId: CASE_ID,
      paths: ['/tmp/a.tar.gz'],
    });
  });

  it('looks at a case anew for a change, and not for each of many archives that come in', async () => {
    const bridge = createFakeBridge(CASE_ANSWERS);
    const { session } = createStores(bridge, window);
    await session.getState().open(CASE_ID, 'one');
    const analyses = () => bridge.asked.filter(({ method }) => method === 'case.analysis').length;
    await until(() => session.getState().analysis.state === 'ready');
    const before = analyses();
    bridge.send('onDidChangeCase', { caseId: CASE_ID });
    await until(() => analyses() === before + 1);
    bridge.send('onDidChangeJob', makeJob({ kind: 'import', caseId: CASE_ID, state: 'running' }));
    for (let bundle = 0; bundle < 20; bundle++) bridge.send('onDidChangeCase', { caseId: CASE_ID });
    // The first is shown at once; those that came meanwhile are shown together.
    await until(() => analyses() === before + 3);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(analyses()).toBe(before + 3);
  });

  it('stays on Start when an archive could not be imported', async () => {
    const ended: Job = makeJob({
      state: 'failed',
      outcome: 'Nothing was imported',
      imports: [{ source: '/a', outcome: 'failed', bundle: null, failure: failed('not an archive').failure }],
    });
    const bridge = createFakeBridge({
      ...CASE_ANSWERS,
      'case.create': () => ok(CASE),
      'case.import': () => ok({ job: ended.id }),
      // The job ended before the answer came: no event is left to hear.
      'job.list': () => ok([ended]),
    });
    const { session, navigation } = createStores(bridge, window);
    await session.getState().importPaths(['/a']);
    expect(navigation.getState().route.screen).toBe('start');
  });

  it('says why when the engine refuses, and keeps nothing half open', async () => {
    const bridge = createFakeBridge({ ...CASE_ANSWERS, 'case.create': () => failed('The disk is full') });
    const { session } = createStores(bridge, window);
    await session.getState().importPaths(['/a']);
    expect(session.getState().failure?.message).toBe('The disk is full');
    expect(session.getState().openCase).toBeNull();
  });

  it('marks the next import as healthy, and only that one', async () => {
    const bridge = createFakeBridge({
      ...CASE_ANSWERS,
      'case.create': () => ok(CASE),
      'case.import': ({ paths }) => (paths[0] === '/none' ? failed('no such file') : ok({ job: 'job-1' as JobId })),
      'job.list': () => ok([makeJob({ state: 'done' })]),
    });
    const { session } = createStores(bridge, window);
    session.getState().setImportMark('healthy');
    // What was refused is tried again as it was meant.
    await session.getState().importPaths(['/none']);
    await session.getState().importPaths(['/a']);
    await session.getState().importPaths(['/b']);
    expect(
      bridge.asked.flatMap(({ method, input }) =>
        method === 'case.import' ? [(input as { mark: unknown }).mark] : [],
      ),
    ).toEqual(['healthy', 'healthy', null]);
  });

  it('uploads in the web host and imports the paths it gets back', async () => {
    const bridge = createFakeBridge(
      { ...CASE_ANSWERS, 'case.create': () => ok(CASE), 'case.import': () => failed('no such file') },
      {
        upload: async (files, onProgress) => {
          onProgress(1, 2);
          return ok(files.map((file) => `/incoming/${file.name}`));
        },
      },
    );
    const { session } = createStores(bridge, window);
    await session.getState().importFiles([new File(['ab'], 'a.tar.gz')]);
    expect(bridge.asked.find((one) => one.method === 'case.import')?.input).toMatchObject({
      paths: ['/incoming/a.tar.gz'],
    });
    expect(session.getState().upload).toBeNull();
    expect(session.getState().failure?.message).toBe('no such file');
  });

  it('imports an upload where it was dropped, whatever is opened meanwhile', async () => {
    let sent: () => void = () => undefined;
    const bridge = createFakeBridge(
      {
        ...CASE_ANSWERS,
        'case.open': ({ caseId }) => ok({ ...CASE, id: caseId as CaseId }),
        'case.create': () => ok({ ...CASE, id: 'case-made' as CaseId, bundles: [] }),
        'case.import': () => ok({ job: 'job-1' as JobId }),
        'job.list': () => ok([makeJob({ state: 'done' })]),
      },
      {
        upload: (files) =>
          new Promise((resolve) => {
            sent = () => resolve(ok(files.map((file) => `/incoming/${file.name}`)));
          }),
      },
    );
    const { session } = createStores(bridge, window);
    const into = () =>
      bridge.asked.flatMap(({ method, input }) =>
        method === 'case.import' ? [(input as { caseId: CaseId }).caseId] : [],
      );
    for (const opened of [CASE_ID, null]) {
      session.getState().closeCase();
      if (opened !== null) await session.getState().open(opened, 'one');
      session.getState().setImportMark('healthy');
      const importing = session.getState().importFiles([new File(['ab'], 'a.tar.gz')]);
      await session.getState().open('other' as CaseId, 'other');
      sent();
      await importing;
      expect(session.getState().openCase?.id).toBe('other');
    }
    expect(into()).toEqual([CASE_ID, 'case-made']);
  });

  it('drops the answer of a case that is no longer open', async () => {
    let answer: (value: ReturnType<typeof ok<typeof ANALYSIS>>) => void = () => undefined;
    const bridge = createFakeBridge({
      ...CASE_ANSWERS,
      'case.analysis': () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const { session } = createStores(bridge, window);
    await session.getState().open(CASE_ID, 'one');
    session.getState().closeCase();
    answer(ok(ANALYSIS));
    await settle();
    expect(session.getState().analysis.state).toBe('idle');
    expect(session.getState().openCase).toBeNull();
  });

  it('goes on in the case that a cancelled import left empty, and does not list it', async () => {
    const empty = { ...CASE, bundles: [] };
    const listed = { id: CASE.id, openedAt: '2025-10-14T12:00:00Z', nodes: [], verdict: null, severity: null };
    const bridge = createFakeBridge({
      ...CASE_ANSWERS,
      'case.create': () => ok(empty),
      'case.open': () => ok(empty),
      'case.import': () => ok({ job: 'job-1' as JobId }),
      'job.list': () => ok([makeJob({ state: 'cancelled', imports: [] })]),
      'case.recent': () =>
        ok([
          { ...listed, title: 'New case', bundles: 0 },
          { ...listed, title: 'New case', bundles: 1 },
          { ...listed, title: 'a.tar.gz', bundles: 0 },
        ]),
    });
    const { session } = createStores(bridge, window);
    await session.getState().importPaths(['/a']);
    await until(() => session.getState().recent.state === 'ready');
    const { recent } = session.getState();
    expect(recent.state === 'ready' ? recent.value.map((one) => one.title) : []).toEqual(['New case', 'a.tar.gz']);
    session.getState().closeCase();
    expect(session.getState().lastImport).toBeNull();
    await session.getState().importPaths(['/b']);
    expect(bridge.asked.filter((one) => one.method === 'case.create')).toHaveLength(1);
  });

  it('never takes the last node out of scope', async () => {
    const { session } = createStores(createFakeBridge(CASE_ANSWERS), window);
    await session.getState().open(CASE_ID, 'one');
    session.getState().toggleScope(AFFECTED);
    expect([...session.getState().hidden]).toEqual([AFFECTED]);
    session.getState().toggleScope(HEALTHY);
    expect([...session.getState().hidden]).toEqual([AFFECTED]);
    session.getState().toggleScope(AFFECTED);
    expect(session.getState().hidden.size).toBe(0);
  });

  it('opens the case again after a reload of the page, and Start when it is gone', async () => {
    const first = createStores(createFakeBridge(CASE_ANSWERS), window);
    await first.session.getState().open(CASE_ID, 'one');
    const again = createStores(createFakeBridge(CASE_ANSWERS), window);
    await again.session.getState().start();
    expect(again.session.getState().openCase?.id).toBe(CASE_ID);
    window.history.replaceState(null, '', '#/findings');
    const gone = createStores(createFakeBridge({}), window);
    await gone.session.getState().start();
    expect(gone.session.getState().openCase).toBeNull();
    expect(gone.navigation.getState().route.screen).toBe('start');
  });

  it('marks what ran as stopped when the engine goes, and reads the case again when it is back', async () => {
    const bridge = createFakeBridge(CASE_ANSWERS);
    const { session, jobs } = createStores(bridge, window);
    await session.getState().open(CASE_ID, 'one');
    bridge.send('onDidChangeJob', makeJob());
    bridge.sendEngineState('restarting');
    expect(session.getState().engine).toBe('restarting');
    expect(jobs.getState().jobs[0]?.state).toBe('failed');
    const before = bridge.asked.filter((one) => one.method === 'case.open').length;
    bridge.sendEngineState('ready');
    await settle();
    expect(bridge.asked.filter((one) => one.method === 'case.open')).toHaveLength(before + 1);
  });
});

describe('jobs', () => {
  it('keeps an ended job ended when an older event arrives late', () => {
    const bridge = createFakeBridge(CASE_ANSWERS);
    const { jobs } = createStores(bridge, window);
    bridge.send('onDidChangeJob', makeJob({ state: 'cancelled' }));
    bridge.send('onDidChangeJob', makeJob());
    expect(jobs.getState().jobs.map((job) => job.state)).toEqual(['cancelled']);
  });

  it('cancels, and says why when it cannot', async () => {
    const bridge = createFakeBridge({ ...CASE_ANSWERS, 'job.cancel': () => failed('gone') });
    const { jobs, session } = createStores(bridge, window);
    expect((await jobs.getState().cancel('job-1' as JobId))?.message).toBe('gone');
    expect(session.getState().failure).toBeNull();
    await session.getState().cancelJob('job-1' as JobId);
    expect(session.getState().failure?.message).toBe('gone');
  });
});

describe('screens', () => {
  it('keep the theme for the next start', () => {
    createStores(createFakeBridge(CASE_ANSWERS), window).screens.getState().setTheme('contrast');
    expect(createStores(createFakeBridge(CASE_ANSWERS), window).screens.getState().theme).toBe('contrast');
  });
});
