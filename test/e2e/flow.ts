/** What every flow has: a host in a fresh folder, a picture of the step that failed, and the ways a person has about the page. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { picture } from './checks.ts';
import type { Launch, TestHost } from './host.ts';

export interface Flow {
  /** Throws before the flow has begun. */
  readonly host: TestHost;
  /** Fresh and empty but for `state`; removed at the end. */
  readonly folder: string;
  press(...keys: readonly string[]): Promise<void>;
  main(): Locator;
  inspector(): Locator;
  /** Waits until the screen of this name is shown. */
  screen(label: string): Promise<void>;
}

/**
 * Called inside `describe`: launches the host before its tests and closes it after them.
 * @param name of the flow, in names of folders and pictures. @param begin what comes before the first test.
 * @param patience milliseconds that launch and begin may take.
 */
export function startFlow(
  name: string,
  launch: Launch,
  begin: (flow: Flow) => Promise<void> = async () => undefined,
  patience = 120_000,
): Flow {
  let host: TestHost | null = null;
  let folder = '';
  const flow: Flow = {
    get host() {
      if (host === null) throw new Error(`the flow ${name} has not begun`);
      return host;
    },
    get folder() {
      return folder;
    },
    press: async (...keys) => {
      for (const key of keys) await flow.host.page.keyboard.press(key);
    },
    main: () => flow.host.page.getByRole('main'),
    inspector: () => flow.host.page.getByRole('complementary', { name: 'Inspector' }),
    screen: (label) =>
      flow
        .main()
        .and(flow.host.page.getByLabel(label, { exact: true }))
        .waitFor(),
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), `coldcase-${name}-`));
    host = await launch({ stateFolder: path.join(folder, 'state') });
    await host.resize(1280, 720);
    await begin(flow);
  }, patience);
  afterAll(async () => {
    await host?.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await picture(flow.host, `${name}-failed`).catch(() => undefined);
  });
  return flow;
}
