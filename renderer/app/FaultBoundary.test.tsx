import { screen, within } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { ok } from '../../analyzer/core/failure.ts';
import { CASE_ID } from '../bridge/fake/fake-case.ts';
import { RUNBOOKS } from '../bridge/fake/fake-runbooks.ts';
import type { RunbooksAnswer } from '../model/types.ts';
import { onPages, startApp } from './page.fixture.tsx';

/** A list as no engine gives it. */
const withSuggestion = (suggestion: unknown) =>
  ({
    ...RUNBOOKS,
    runbooks: RUNBOOKS.runbooks.map((one) => ({ ...one, suggested: [suggestion] })),
  }) as unknown as RunbooksAnswer;

onPages();
beforeEach(() => {
  // React tells what a boundary caught.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

test('a screen that cannot be drawn says so; other screens, another try and what to report are at hand', async () => {
  let answer = withSuggestion(null);
  const { user, stores } = startApp({ 'runbooks.list': () => ok(answer) });
  await stores.session.getState().open(CASE_ID, 'one');
  const rail = within(screen.getByRole('navigation', { name: 'Screens' }));
  await user.click(rail.getByRole('link', { name: /Runbooks/ }));

  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('The screen Runbooks could not be shown: ');
  expect(alert.textContent).toContain('This is a bug in Coldcase');
  const report = screen.getByRole('region', { name: 'To report' });
  expect(report.textContent).toMatch(/TypeError: .*RunbookList/s);
  expect(within(report).getByRole('button', { name: 'Copy what to report' })).toBeTruthy();

  await user.click(rail.getByRole('link', { name: /Settings/ }));
  await screen.findByRole('heading', { name: 'Settings' });
  expect(screen.queryByRole('alert')).toBeNull();

  await user.click(rail.getByRole('link', { name: /Runbooks/ }));
  await screen.findByRole('alert');
  answer = RUNBOOKS;
  stores.runbooks.getState().reload();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findAllByText('kube-proxy Sync Issues')).not.toHaveLength(0);
  expect(screen.queryByRole('alert')).toBeNull();
});

test('a window that cannot be drawn says so, too', async () => {
  const answer = { ...RUNBOOKS, runbooks: [null] } as unknown as RunbooksAnswer;
  const { user, stores } = startApp({ 'runbooks.list': () => ok(answer) });
  await stores.session.getState().open(CASE_ID, 'one');
  await user.keyboard('{Alt>}[Digit9]{/Alt}');
  expect((await screen.findByRole('alert')).textContent).toContain('The window could not be shown: ');
});

test('what throws outside of drawing is said in the strip; the notice of a size seen late is not', async () => {
  const { stores } = startApp();
  const said = () => stores.screens.getState().announcement;
  window.dispatchEvent(new ErrorEvent('error', { message: 'ResizeObserver loop' }));
  expect(said()).toBe('');
  window.dispatchEvent(new ErrorEvent('error', { error: new Error('no such row') }));
  expect(said()).toBe('That failed by a bug in Coldcase: no such row');
  window.dispatchEvent(Object.assign(new Event('unhandledrejection'), { reason: 'gone' }));
  expect(said()).toBe('That failed by a bug in Coldcase: gone');
  expect(await screen.findByText('That failed by a bug in Coldcase: gone')).toBeTruthy();
});
