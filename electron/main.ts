/** Electron's main process: composes window, protocol, guards and engine. Each of them is a file of its own. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { app, type BrowserWindow, dialog, session } from 'electron';
import * as z from 'zod';
import { LINK_CHARS_MAX, LINK_SCHEME } from '../analyzer/core/deep-link.ts';
import type { Failure } from '../analyzer/core/failure.ts';
import { type Folders, standardFolders } from '../analyzer/hosts/cli/folders.ts';
import type { EngineClient } from '../analyzer/hosts/engine-client.ts';
import { choosePaths } from './dialogs.ts';
import { isTestVersion } from './edition.ts';
import { runCommandLine, startEngine } from './engine-host.ts';
import { guardContents, guardSession, stayOffline } from './guard.ts';
import { openFragment, openPaths } from './hand-over.ts';
import { connectWindow } from './ipc.ts';
import { type Launch, ownWords, parseLaunch } from './launch.ts';
import { setMenu } from './menu.ts';
import { declareAppScheme, serveApp } from './protocol.ts';
import { openWindow, showPage } from './window.ts';

/** What a second start tells the first one; absolute, because the two may have different working folders. */
const HandOver = z.object({
  paths: z.array(z.string()),
  sample: z.enum(['open', 'no']),
  link: z.string().max(LINK_CHARS_MAX).nullable(),
});
type HandOver = Readonly<z.infer<typeof HandOver>>;
const NOTHING: HandOver = { paths: [], sample: 'no', link: null };

const built = path.join(app.getAppPath(), 'dist');
const launch = parseLaunch(ownWords(process.argv, app.isPackaged ? 'package' : 'folder'));

if (launch.kind === 'cli') startWithoutWindow(launch.words);
else startWithWindow(launch);

function startWithoutWindow(words: readonly string[]): void {
  app.disableHardwareAcceleration();
  stayOffline();
  app
    .whenReady()
    .then(() => runCommandLine(words))
    .then((code) => app.exit(code))
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      app.exit(1);
    });
}

function startWithWindow(asked: Extract<Launch, { kind: 'window' }>): void {
  const folders = standardFolders(process.env, process.platform);
  // Chromium's own files are kept apart from cases; a state folder of its own means a profile of its own.
  if (process.env.COLDCASE_STATE) app.setPath('userData', path.join(folders.state, 'desktop'));
  mkdirSync(app.getPath('userData'), { recursive: true, mode: 0o700 });
  const mine: HandOver = { ...asked, paths: asked.paths.map((file) => path.resolve(file)) };
  if (!app.requestSingleInstanceLock(mine)) {
    app.exit(0);
    return;
  }
  declareAppScheme();
  stayOffline();

  // macOS hands files and links over by event, before or after the application is ready.
  let early: HandOver = mine;
  let open = (request: HandOver): void => {
    early = { ...early, paths: [...early.paths, ...request.paths], link: request.link ?? early.link };
  };
  app.on('open-file', (event, file) => {
    event.preventDefault();
    open({ ...NOTHING, paths: [file] });
  });
  app.on('open-url', (event, link) => {
    event.preventDefault();
    open({ ...NOTHING, link: link.slice(0, LINK_CHARS_MAX) });
  });
  app.on('second-instance', (_event, _argv, _folder, message: unknown) => {
    const request = HandOver.safeParse(message);
    if (request.success) open(request.data);
  });
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());

  app
    .whenReady()
    .then(() => {
      guardSession(session.defaultSession);
      serveApp(session.defaultSession, path.join(built, 'renderer'));
      takeLinks();
      open = run(folders, early);
    })
    .catch((error: unknown) => {
      process.stderr.write(`Coldcase could not start: ${error instanceof Error ? error.stack : String(error)}\n`);
      app.exit(1);
    });
}

/** Asks the system for links to lines: a package for people only, which has a place of its own. */
function takeLinks(): void {
  if (app.isPackaged && !isTestVersion(app.getVersion())) app.setAsDefaultProtocolClient(LINK_SCHEME);
}

/** Starts the engine and opens the window on `first`. @returns what opens further archives in it. */
function run(folders: Folders, first: HandOver): (request: HandOver) => void {
  const engine = startEngine({ stateFolder: folders.state, casesFolder: folders.cases });
  endEngineWithApp(engine);
  const window = openWindow(app.getPath('userData'), path.join(built, 'electron', 'preload.cjs'));
  const connection = connectWindow(window, engine);
  window.on('closed', () => {
    connection.end();
    app.quit();
  });

  const open = async (request: HandOver): Promise<void> => {
    // A second start can reach this one while it is closing its files.
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.focus();
    if (request.link !== null) connection.followLink(request.link);
    if (request.sample === 'open') showPage(window, openFragment('sample'));
    if (request.paths.length === 0) return;
    for (const file of request.paths) app.addRecentDocument(file);
    const opened = await openPaths(engine, request.paths);
    if (window.isDestroyed()) return;
    if (opened.ok) showPage(window, openFragment(opened.value));
    else showFailure(window, opened.failure);
  };
  setMenu({
    importPaths: (what) => void choosePaths(window, what).then((paths) => open({ ...NOTHING, paths: [...paths] })),
    openSample: () => void open({ ...NOTHING, sample: 'open' }),
    about: () => void showAbout(window, engine),
  });
  showPage(window, openFragment(first.sample === 'open' ? 'sample' : null));
  if (first.paths.length > 0) void open({ ...NOTHING, paths: first.paths });
  if (first.link !== null) connection.followLink(first.link);
  return (request) => void open(request);
}

/** The application ends when the engine has closed its files; the engine is killed when it does not. */
function endEngineWithApp(engine: EngineClient): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    closed = true;
    engine.close().then(
      () => app.quit(),
      () => app.exit(1),
    );
  });
}

function showFailure(window: BrowserWindow, failure: Failure): void {
  const detail = [failure.where, failure.advice].filter((line) => line !== null).join('\n');
  void dialog.showMessageBox(window, { type: 'error', title: 'Coldcase', message: failure.message, detail });
}

async function showAbout(window: BrowserWindow, engine: EngineClient): Promise<void> {
  const about = await engine.call('engine.about', {});
  if (window.isDestroyed()) return;
  const engineLine = about.ok
    ? `Engine ${about.value.version} on ${about.value.runtime}, ${about.value.rules} rules, ${about.value.analyzers} analyzers`
    : about.failure.message;
  const shell = `Electron ${process.versions.electron}, Chromium ${process.versions.chrome}`;
  await dialog.showMessageBox(window, {
    title: 'About Coldcase',
    message: `Coldcase ${app.getVersion()}`,
    detail: `${engineLine}\n${shell}`,
  });
}
