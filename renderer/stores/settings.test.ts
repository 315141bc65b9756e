import { expect, test, vi } from 'vitest';
import { createFakeBridge } from '../bridge/fake/fake-bridge.ts';
import { fakeSettings, SETTINGS } from '../bridge/fake/fake-settings.ts';
import type { Settings } from '../model/types.ts';
import { createSettings } from './settings.ts';

/** A store over answers that come late, and what the engine keeps. */
function over() {
  const fake = fakeSettings();
  const late = (milliseconds = 5) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const bridge = createFakeBridge({
    ...fake,
    'settings.set': async (input) => {
      await late();
      return fake['settings.set'](input);
    },
    'rules.list': async () => {
      await late(30);
      return fake['rules.list']();
    },
  });
  const onFolders = vi.fn();
  return { store: createSettings(bridge, onFolders), fake, onFolders };
}

const without = (kind: 'ruleFolders' | 'runbookFolders') => (now: Settings) => ({ ...now, [kind]: [] });

test('two changes at once are both kept', async () => {
  const { store, fake, onFolders } = over();
  await store.getState().load();
  expect(SETTINGS.settings.ruleFolders.length * SETTINGS.settings.runbookFolders.length).toBeGreaterThan(0);
  const done = [without('ruleFolders'), without('runbookFolders')].map((change) => store.getState().edit(change));
  expect(await Promise.all(done)).toEqual(['kept', 'kept']);
  expect(fake['settings.get']().value.settings).toMatchObject({ ruleFolders: [], runbookFolders: [] });
  expect(store.getState().answer).toMatchObject({ value: { settings: { ruleFolders: [], runbookFolders: [] } } });
  expect(onFolders).toHaveBeenCalled();
});

test('a change does not undo what another window has changed since', async () => {
  const { store, fake } = over();
  await store.getState().load();
  fake['settings.set']({ settings: { ...SETTINGS.settings, ruleFolders: ['/srv/others'] } });
  await store.getState().edit(without('runbookFolders'));
  expect(fake['settings.get']().value.settings).toMatchObject({ ruleFolders: ['/srv/others'], runbookFolders: [] });
});

test('a change that is refused is told, and the next one counts', async () => {
  const { store } = over();
  await store.getState().load();
  expect(await store.getState().edit((now) => ({ ...now, ruleFolders: ['relative'] }))).toBe('not kept');
  expect(store.getState().failure?.where).toBe('relative');
  expect(await store.getState().edit(without('ruleFolders'))).toBe('kept');
  expect(store.getState()).toMatchObject({ failure: null, answer: { value: { settings: { ruleFolders: [] } } } });
});

test('what was read before a change does not take its place', async () => {
  const { store } = over();
  const loading = store.getState().load();
  await store.getState().edit(without('ruleFolders'));
  await loading;
  expect(store.getState().answer).toMatchObject({ value: { settings: { ruleFolders: [] } } });
});
