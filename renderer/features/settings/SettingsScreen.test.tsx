import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import type { Answers, FakeHost } from '../../bridge/fake/fake-bridge.ts';
import { CASE_ID } from '../../bridge/fake/fake-case.ts';
import { SETTINGS } from '../../bridge/fake/fake-settings.ts';

async function openSettings(answers: Answers = {}, host: FakeHost = {}) {
  const app = startApp(answers, host);
  await app.user.click(screen.getByRole('link', { name: 'Settings' }));
  await screen.findByRole('region', { name: 'Own rules' });
  return app;
}
const region = (name: string) => within(screen.getByRole('region', { name }));
const kept = (app: Awaited<ReturnType<typeof openSettings>>) =>
  app.bridge.asked.filter(({ method }) => method === 'settings.set').map(({ input }) => input);

onPages();

describe('settings', () => {
  it('are reached without a case, and stay open when one is started', async () => {
    const { stores, user } = await openSettings();
    expect(stores.session.getState().openCase).toBeNull();
    await user.click(region('Theme').getByRole('button', { name: 'Dark theme' }));
    expect(document.documentElement.dataset.theme).toBe('dark');
  });

  it('tell of each folder what was read from it and what is wrong, at its line and column', async () => {
    await openSettings();
    await region('Own rules').findByText(/1 rule read, 1 file cannot be used/);
    expect(region('Own rules').getByText('broken.yaml:7:3')).toBeDefined();
    expect(region('Own rules').getByText(/not one of critical, high/)).toBeDefined();
    expect(region('Own rules').getByText('own-dns')).toBeDefined();
    expect(await region('Own runbooks').findByText('half.yaml:12:5')).toBeDefined();
  });

  it('take a folder by its path, refuse one that is none, and let one go', async () => {
    const app = await openSettings();
    const path = region('Own rules').getByRole('textbox', { name: 'Path of a folder with rules' });
    await app.user.type(path, 'rules{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('A folder is given by its absolute path');
    await app.user.clear(path);
    await app.user.type(path, '/srv/rules{Enter}');
    await region('Own rules').findByText('/srv/rules');
    expect(screen.queryByRole('alert')).toBeNull();
    await app.user.click(region('Own rules').getByRole('button', { name: 'Remove /home/me/rules' }));
    await waitFor(() => expect(region('Own rules').queryByText('/home/me/rules')).toBeNull());
    expect(kept(app).at(-1)).toMatchObject({ settings: { ruleFolders: ['/srv/rules'] } });
  });

  it('choose a folder by the dialog of the host', async () => {
    const app = await openSettings({}, { choosePaths: async () => ['/chosen'] });
    await app.user.click(region('Own runbooks').getByRole('button', { name: 'Choose' }));
    await region('Own runbooks').findByText('/chosen');
  });

  it('let another analysis be made when the rules of the open case changed', async () => {
    const app = await openSettings();
    await app.stores.session.getState().open(CASE_ID, 'one');
    const analysed = () => app.bridge.asked.filter(({ method }) => method === 'case.analysis').length;
    await waitFor(() => expect(analysed()).toBe(1));
    await app.user.click(region('Own rules').getByRole('button', { name: 'Remove /home/me/rules' }));
    await waitFor(() => expect(analysed()).toBe(2));
  });

  it('count the rules by area and list them with their source', async () => {
    const { user } = await openSettings();
    const rules = region('Rules');
    expect(await rules.findByText('3 rules in 2 areas')).toBeDefined();
    expect(rules.getByText(/^0 causes, 1 symptom, 0 recoveries/)).toBeDefined();
    await user.click(rules.getByRole('button', { name: 'dns' }));
    expect(rules.getByText('3 rules in 2 areas, 1 shown')).toBeDefined();
    expect(rules.getByRole('table').textContent).toContain('Title of own-dns');
    await user.selectOptions(rules.getByRole('combobox', { name: 'Area' }), '');
    await user.type(rules.getByRole('textbox', { name: 'Filter rules' }), 'synced');
    expect(rules.getByRole('table').textContent).toContain('recovery');
  });

  it('raise a limit within its bounds, and go back to the usual one', async () => {
    const app = await openSettings();
    const limits = region('Limits');
    const input = limits.getByRole('textbox', { name: 'Text of one archive' });
    expect(limits.getByText('What it unpacks to fills the disk.')).toBeDefined();
    await app.user.clear(input);
    await app.user.type(input, '5{Enter}');
    expect(limits.getByRole('alert').textContent).toBe('A whole number from 200 to 10,000');
    expect(kept(app)).toEqual([]);
    await app.user.clear(input);
    await app.user.type(input, '400{Enter}');
    await waitFor(() => expect(kept(app).at(-1)).toMatchObject({ settings: { limits: { unpackedGib: 400 } } }));
    await app.user.click(limits.getByRole('button', { name: /^Back to the usual/ }));
    await waitFor(() => expect(kept(app).at(-1)).toMatchObject({ settings: { limits: { unpackedGib: 200 } } }));
  });

  it('say when the kept ones cannot be used', async () => {
    await openSettings({ 'settings.get': () => ok({ ...SETTINGS, damaged: 'line 3: not JSON' }) });
    expect(screen.getByRole('alert').textContent).toContain('line 3: not JSON');
  });
});
