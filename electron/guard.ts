/** What the window may not do: reach a network, ask for a permission, open a window, leave its page, download. */
import { app, type Session, type WebContents } from 'electron';
import { isAppAddress, isOwnPage, staysHere } from './app-path.ts';

/** More refusals than this are counted but no longer written out. */
const REFUSALS_LOGGED_MAX = 50;

/**
 * Switches that keep Chromium itself from looking for a network (updates, proxies, names). Must run before ready.
 * Requests of the page are cancelled by `guardSession`; these are the second wall.
 */
export function stayOffline(): void {
  app.commandLine.appendSwitch('disable-background-networking');
  app.commandLine.appendSwitch('disable-component-update');
  app.commandLine.appendSwitch('no-proxy-server');
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp');
}

/** Denies every permission and download, and cancels, counts and writes to stderr every network request. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  let refusals = 0;
  session.webRequest.onBeforeRequest((details, answer) => {
    if (staysHere(details.url)) {
      answer({});
      return;
    }
    refusals += 1;
    if (refusals <= REFUSALS_LOGGED_MAX) {
      process.stderr.write(`Refused network request ${refusals}: ${details.method} ${details.url.slice(0, 500)}\n`);
    }
    answer({ cancel: true });
  });
}

/** Refuses every way a page could be replaced or multiplied. A reload of our own page is allowed. */
export function guardContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('will-navigate', (event, address) => {
    if (!isOwnPage(address)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!isAppAddress(event.url)) event.preventDefault();
  });
}
