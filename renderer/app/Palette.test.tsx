import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { CASE_ID } from '../bridge/fake/fake-case.ts';
import { onPages, startApp } from './page.fixture.tsx';

onPages();

async function openCase() {
  const app = startApp();
  await app.stores.session.getState().open(CASE_ID, 'one');
  await app.user.keyboard('{Alt>}[Digit2]{/Alt}');
  await screen.findByRole('region', { name: 'Verdict' });
  return app;
}
const box = () => screen.getByRole('combobox', { name: 'Command, runbook or file' });

describe('the command palette', () => {
  it('goes to a screen by name, with keys alone', async () => {
    const { user, stores } = await openCase();
    await user.keyboard('{Control>}{Shift>}P{/Shift}{/Control}');
    expect(document.activeElement).toBe(box());
    await user.keyboard('netw{Enter}');
    await waitFor(() => expect(stores.navigation.getState().route.screen).toBe('network'));
    expect(screen.queryByRole('combobox', { name: 'Command, runbook or file' })).toBeNull();
  });

  it('runs a runbook and opens a file', async () => {
    const { user, stores } = await openCase();
    await user.keyboard('{F1}');
    await screen.findByRole('option', { name: /^Run kube-proxy Sync Issues/ });
    await user.keyboard('kube-proxy sync{Enter}');
    await screen.findByRole('region', { name: 'Result' });
    await user.keyboard('{F1}');
    await user.keyboard('iproute');
    await user.click(screen.getByRole('option', { name: /^networking\/iproute.txt/ }));
    await waitFor(() =>
      expect(stores.navigation.getState().route).toMatchObject({
        screen: 'files',
        params: { file: 'networking/iproute.txt' },
      }),
    );
  });

  it('chooses a theme, and leads to the list of keys', async () => {
    const { user, stores } = startApp();
    await user.click(screen.getByRole('button', { name: 'Commands' }));
    await user.keyboard('high contrast{Enter}');
    expect(document.documentElement.dataset.theme).toBe('contrast');
    expect(stores.screens.getState().palette).toBe('closed');
    await user.keyboard('{F1}keys{Enter}');
    expect(screen.getByRole('region', { name: 'Findings' }).textContent).toContain('noise');
    await user.click(screen.getByRole('button', { name: 'Close' }));
  });

  it('keeps the keys of the screen to itself while it is open', async () => {
    const { user, stores } = await openCase();
    await user.keyboard('{F1}jjj{ArrowDown}{Alt>}[Digit3]{/Alt}');
    expect(stores.navigation.getState().route.screen).toBe('overview');
    expect(screen.getByText('Nothing is called so.')).toBeDefined();
  });
});
