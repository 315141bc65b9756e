/** Drives the real desktop application for the e2e tests: window, preload, engine process, dialogs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ElectronApplication, Page } from 'playwright';
import { _electron } from 'playwright';
import { dropFiles } from './drop.ts';
import { testRuntime } from './runtime.ts';

const projectRoot = path.join(import.meta.dirname, '..', '..');

export interface ElectronOptions {
  /** Fresh folder for window state, recent cases and cases. */
  readonly stateFolder: string;
  /** Application folder, with package.json and dist/; the project itself unless given. */
  readonly appFolder?: string;
  /** Words of the command line, e.g. ['--sample'] or archives. */
  readonly words?: readonly string[];
  /** A packaged application's binary, started instead of a runtime with the application folder. */
  readonly packaged?: string;
}

export interface ElectronHost {
  readonly name: 'electron';
  readonly page: Page;
  readonly app: ElectronApplication;
  /** Drops files or folders of this machine onto the page, as from a file manager. */
  drop(paths: readonly string[], target?: string): Promise<void>;
  /** The next save dialogs answer with this path; null dismisses them. */
  saveTo(file: string | null): Promise<void>;
  /** The next open dialogs answer with these paths; none dismisses them. */
  choose(paths: readonly string[]): Promise<void>;
  /** What must not have happened: policy violations, console errors, page errors, cancelled network requests. */
  problems(): readonly string[];
  /** Everything the application wrote to stderr. */
  stderr(): string;
  close(): Promise<void>;
}

/** Electron itself cannot be attached to for longer than this without something being wrong. */
const LAUNCH_MILLISECONDS_MAX = 30_000;

/**
 * Starts the built application (dist/ must be there) on an Electron for the tests and waits for its window.
 * @throws when there is no display, no runtime, or no build.
 */
export async function launchElectron(options: ElectronOptions): Promise<ElectronHost> {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new Error('Electron needs a display: run the tests under xvfb-run.');
  }
  const folder = options.appFolder ?? projectRoot;
  if (options.packaged === undefined) {
    if (!existsSync(path.join(folder, 'dist', 'electron', 'main.cjs'))) throw new Error('Not built: npm run build.');
    const runtime = await testRuntime();
    if (runtime === null) throw new Error('There is no Electron for the tests on this machine.');
    // Read by the `electron` package, through which Playwright finds the binary and adds its loader.
    process.env.ELECTRON_OVERRIDE_DIST_PATH = runtime;
  }
  const words = [...(options.words ?? [])];
  const app = await _electron.launch({
    ...(options.packaged === undefined
      ? { args: [folder, ...words] }
      : { executablePath: options.packaged, args: words }),
    env: { ...environment(), COLDCASE_STATE: options.stateFolder },
    timeout: LAUNCH_MILLISECONDS_MAX,
  });
  let stderr = '';
  app.process().stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const seen: string[] = [];
  const watch = (page: Page): void => {
    // A violation of the content policy is reported as a console error of its own.
    page.on('console', (message) => {
      if (message.type() === 'error') seen.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => seen.push(`page: ${error.stack ?? error.message}`));
    page.on('crash', () => seen.push('page: crashed'));
  };
  app.on('window', watch);
  const page = await app.firstWindow();
  if (app.windows().length > 1) seen.push(`${app.windows().length} windows`);
  await page.waitForLoadState('domcontentloaded');

  return {
    name: 'electron',
    page,
    app,
    drop: (paths, target = 'body') => dropFiles(page, paths, target),
    saveTo: (file) =>
      app.evaluate(({ dialog }, filePath) => {
        dialog.showSaveDialog = async () => ({ canceled: filePath === null, filePath: filePath ?? '' });
      }, file),
    choose: (paths) =>
      app.evaluate(
        ({ dialog }, filePaths) => {
          dialog.showOpenDialog = async () => ({ canceled: filePaths.length === 0, filePaths });
        },
        [...paths],
      ),
    problems: () => [...seen, ...stderr.split('\n').filter((line) => line.startsWith('Refused network request'))],
    stderr: () => stderr,
    close: () => app.close(),
  };
}

/** Electron must not take this process's Node flags, nor run as Node. */
function environment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && name !== 'NODE_OPTIONS' && name !== 'ELECTRON_RUN_AS_NODE') env[name] = value;
  }
  return env;
}
