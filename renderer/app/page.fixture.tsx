/** The whole application on a page of jsdom, with an engine that answers from a table: for the tests of screens. */
import { cleanup, render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, vi } from 'vitest';
import { CASE_ANSWERS, freshWindow } from '../bridge/fake/fake-answers.ts';
import { type Answers, createFakeBridge, type FakeHost } from '../bridge/fake/fake-bridge.ts';
import { fakeClocks } from '../bridge/fake/fake-clocks.ts';
import { fakeCompare } from '../bridge/fake/fake-compare.ts';
import { fakeFiles } from '../bridge/fake/fake-files.ts';
import { fakeNotebook } from '../bridge/fake/fake-notebook.ts';
import { fakeReport } from '../bridge/fake/fake-report.ts';
import { fakeRunbooks } from '../bridge/fake/fake-runbooks.ts';
import { fakeSettings } from '../bridge/fake/fake-settings.ts';
import { fakeTimeline } from '../bridge/fake/fake-timeline.ts';
import { createStores, StoresProvider } from '../stores/stores.tsx';
import { App } from './App.tsx';

/** Gives every test of the file a fresh page with what jsdom lacks: it lays nothing out. */
export function onPages(): void {
  beforeEach(() => {
    freshWindow('#/start');
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe() {}
        unobserve() {}
        disconnect() {}
      },
    );
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
    vi.stubGlobal('CSS', { escape: (text: string) => text });
    Element.prototype.scrollIntoView = () => undefined;
    Element.prototype.scrollTo = () => undefined;
    // jsdom has no modal dialogs.
    HTMLDialogElement.prototype.showModal = function showModal() {
      this.open = true;
    };
    HTMLDialogElement.prototype.close = function close() {
      this.open = false;
    };
    // Virtual lists ask for the size of their pane.
    Object.defineProperty(Element.prototype, 'clientHeight', { configurable: true, get: () => 600 });
    Object.defineProperty(Element.prototype, 'clientWidth', { configurable: true, get: () => 800 });
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
    Reflect.deleteProperty(Element.prototype, 'clientHeight');
    Reflect.deleteProperty(Element.prototype, 'clientWidth');
  });
}

/** @returns the application before a case is open. The fake case, its files and a notebook answer besides `answers`. */
export function startApp(answers: Answers = {}, host: FakeHost = {}) {
  const bridge = createFakeBridge(
    {
      ...CASE_ANSWERS,
      ...fakeFiles(),
      ...fakeNotebook(),
      ...fakeRunbooks(),
      ...fakeSettings(),
      ...fakeTimeline(),
      ...fakeCompare(),
      ...fakeClocks(),
      ...fakeReport(),
      ...answers,
    },
    host,
  );
  const stores = createStores(bridge, window);
  const user = userEvent.setup();
  render(
    <StoresProvider stores={stores}>
      <App />
    </StoresProvider>,
  );
  return { bridge, stores, user };
}
