/** The one window: a sandboxed page of app://coldcase/ and nothing else. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { APP_PAGE } from './app-path.ts';
import { readWindowState, SMALLEST, USUAL, type WindowState } from './window-state.ts';

/** Shown until the first paint, so that a dark desktop does not flash white. The tokens' page backgrounds. */
const BACKGROUND = { light: '#f6f7f9', dark: '#14171c' } as const;

/** @returns the window, hidden until its page has painted. `stateFolder` holds window.json. */
export function openWindow(stateFolder: string, preload: string): BrowserWindow {
  const stateFile = path.join(stateFolder, 'window.json');
  const state = readState(stateFile);
  const window = new BrowserWindow({
    ...(state.bounds ?? USUAL),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'Coldcase',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      // The spell checker would fetch its dictionaries.
      spellcheck: false,
      // They could run anything in the page: not in the hands of customers' support desks.
      devTools: !app.isPackaged,
    },
  });
  if (state.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => saveState(stateFile, window));
  reviveAfterCrash(window);
  return window;
}

/** A page that crashes more often than this has a cause that loading it again does not mend. */
const REVIVALS_MAX = 3;

/** Loads the page again when its process has crashed (out of memory, killed): the engine still has the case. */
function reviveAfterCrash(window: BrowserWindow): void {
  let revivals = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    process.stderr.write(`The page ended unasked: ${reason}.\n`);
    revivals += 1;
    if (revivals <= REVIVALS_MAX) window.webContents.reload();
  });
}

/** Loads the page; `fragment` (without #) says what it shows first. The same page keeps its state. */
export function showPage(window: BrowserWindow, fragment: string): void {
  // Only a closing window rejects here, and then nobody waits for the page.
  window.loadURL(fragment === '' ? APP_PAGE : `${APP_PAGE}#${fragment}`).catch(() => undefined);
}

function readState(file: string): WindowState {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // The first start has no state.
  }
  return readWindowState(
    text,
    screen.getAllDisplays().map((display) => display.workArea),
  );
}

function saveState(file: string, window: BrowserWindow): void {
  const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
  try {
    writeFileSync(file, JSON.stringify(state));
  } catch {
    // A read-only profile costs the window its place, nothing else.
  }
}
