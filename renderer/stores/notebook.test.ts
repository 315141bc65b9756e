import { describe, expect, it } from 'vitest';
import { createFakeBridge } from '../bridge/fake/fake-bridge.ts';
import { AFFECTED, CASE_ID } from '../bridge/fake/fake-case.ts';
import { fakeNotebook } from '../bridge/fake/fake-notebook.ts';
import { createNotebook } from './notebook.ts';

const LINE = { bundle: AFFECTED, file: 'var_log/kube-proxy.log', line: 100 };

/** A notebook whose only bookmark has been taken away, and another window on the same case. */
async function takenAway(note: string) {
  const bridge = createFakeBridge(fakeNotebook());
  const [notebook, otherWindow] = [createNotebook(bridge, () => CASE_ID), createNotebook(bridge, () => CASE_ID)];
  const { mark, toggle } = notebook.getState();
  await mark(LINE, note);
  expect(await toggle(LINE)).toBe('taken away');
  expect(notebook.getState()).toMatchObject({ bookmarks: [], removed: [{ ...LINE, note }] });
  const notes = async () => {
    const answer = await bridge.call('bookmark.list', { caseId: CASE_ID });
    return answer.ok ? answer.value.map((one) => one.note) : [];
  };
  return { notebook, otherWindow, notes };
}

describe('a bookmark that is put back', () => {
  it('comes with its note, once', async () => {
    const { notebook, notes } = await takenAway('it began here');
    expect(await notebook.getState().putBack()).toBe('back');
    expect(await notes()).toEqual(['it began here']);
    expect(await notebook.getState().putBack()).toBeNull();
  });

  it('loses no note that was made of its line meanwhile', async () => {
    const { notebook, notes } = await takenAway('older');
    await notebook.getState().mark(LINE, 'newer');
    expect(await notebook.getState().putBack()).toBe('beside a newer note');
    expect(await notes()).toEqual(['newer\nolder']);
    expect(notebook.getState().bookmarks.map((one) => one.note)).toEqual(['newer\nolder']);
  });

  it('loses no note that is still on its way to the engine', async () => {
    const { notebook, notes } = await takenAway('older');
    const marked = notebook.getState().mark(LINE, 'newer');
    await Promise.all([marked, notebook.getState().putBack()]);
    expect(await notes()).toEqual(['newer\nolder']);
  });

  it('loses no note of another window', async () => {
    const { notebook, otherWindow, notes } = await takenAway('older');
    await otherWindow.getState().mark(LINE, 'newer');
    await notebook.getState().putBack();
    expect(await notes()).toEqual(['newer\nolder']);
  });

  it('repeats no note that is there again', async () => {
    const { notebook, notes } = await takenAway('same');
    await notebook.getState().mark(LINE, 'same, and more');
    expect(await notebook.getState().putBack()).toBe('back');
    expect(await notes()).toEqual(['same, and more']);
  });
});

describe('the bookmark of a line', () => {
  it('is kept and taken away in turn, however fast', async () => {
    const notebook = createNotebook(createFakeBridge(fakeNotebook()), () => CASE_ID);
    const { toggle } = notebook.getState();
    expect(await Promise.all([toggle(LINE), toggle(LINE), toggle(LINE)])).toEqual(['kept', 'taken away', 'kept']);
    expect(notebook.getState().bookmarks).toHaveLength(1);
  });

  it('is kept with what another window has noted of it', async () => {
    const bridge = createFakeBridge(fakeNotebook());
    await createNotebook(bridge, () => CASE_ID)
      .getState()
      .mark(LINE, 'theirs');
    const notebook = createNotebook(bridge, () => CASE_ID);
    await notebook.getState().toggle(LINE);
    expect(notebook.getState().bookmarks.map((one) => one.note)).toEqual(['theirs']);
  });
});
