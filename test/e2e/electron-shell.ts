/**
 * What the desktop shell promises, tried on the running application: what the page can reach, what it cannot, and
 * that it survives its engine. The refusals are logged by Chromium as errors, so ask `host.problems()` before this.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bridge } from '../../analyzer/contract/engine-api.ts';
import type { ElectronHost } from './electron-host.ts';

type BridgeWindow = Window & { readonly coldcase: Bridge; shellProof?: Record<string, string> };

const BRIDGE = ['call', 'choosePaths', 'host', 'on', 'onEngineState', 'onLink', 'pathsOf', 'saveDocument', 'savePdf'];

const ESCAPES = [
  'app://coldcase/..%2f..%2fpackage.json',
  'app://coldcase/assets/..%2F..%2F..%2Fpackage.json',
  'app://coldcase/..%5c..%5cpackage.json',
  'app://coldcase/%2e%2e/%2e%2e/package.json',
  'app://coldcase//etc/passwd.json',
  'app://coldcase/assets/',
];

/** @returns one sentence for each promise that is broken; empty when all hold. */
export async function brokenShellPromises(host: ElectronHost): Promise<readonly string[]> {
  const broken: string[] = [];
  const promise = (holds: boolean, sentence: string): void => {
    if (!holds) broken.push(sentence);
  };
  const { page } = host;
  const address = page.url();

  const bridge = await page.evaluate(() => Object.keys((window as unknown as BridgeWindow).coldcase).sort());
  promise(bridge.join() === BRIDGE.join(), `the page is given exactly the bridge, but got ${bridge.join()}`);
  const node = await page.evaluate(() =>
    ['require', 'process', 'Buffer', 'ipcRenderer', 'module'].filter((name) => name in window),
  );
  promise(node.length === 0, `the page has no Node, but got ${node.join()}`);
  const unknownMethod = await page.evaluate(() =>
    (window as unknown as BridgeWindow).coldcase.call('constructor' as 'engine.about', {}).then(
      () => 'answered',
      () => 'refused',
    ),
  );
  promise(unknownMethod === 'refused', 'a method outside the contract is refused');

  for (const way of ESCAPES) {
    const status = await page.evaluate((url) => fetch(url).then((answer) => answer.status), way);
    promise(status === 404, `${way} is not found, but answered ${status}`);
  }
  const policy = await page.evaluate(() =>
    fetch('index.html').then((answer) => answer.headers.get('content-security-policy') ?? ''),
  );
  promise(
    /default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[^']{16,}'/.test(policy),
    'the page has its policy',
  );

  const proof = await tryForbidden(host);
  promise(proof.eval === 'refused', 'eval is refused');
  promise(proof.inline === 'refused', 'an inline script is refused');
  promise(proof.fetch === 'refused', 'a request to another host is refused');
  promise(proof.open === 'refused', 'no second window opens');
  promise(proof.notify === 'denied', 'permissions are denied');
  promise(page.url() === address, `the page is not left, but went to ${page.url()}`);
  promise(host.app.windows().length === 1, 'there is one window');

  const network = await host.app.evaluate(({ session }) =>
    session.defaultSession.fetch('https://example.com/').then(
      () => 'answered',
      () => 'refused',
    ),
  );
  promise(network === 'refused', 'main makes no network request either');
  const counted = host.stderr().includes('Refused network request');
  promise(counted, 'a refused network request is counted');

  promise(await getsLinks(host), 'a link that the system hands over reaches the page');

  await surviveEngine(host, promise);
  await survivePage(host, promise);
  return broken;
}

/** Hands a link over as macOS does; a second start ends at the same place. */
async function getsLinks({ page, app }: ElectronHost): Promise<boolean> {
  const link = 'coldcase://line/of-no-archive';
  await page.evaluate(() => {
    const links: string[] = [];
    Object.assign(window, { links });
    (window as unknown as BridgeWindow).coldcase.onLink?.((one) => links.push(one));
  });
  await app.evaluate(({ app: own }, url) => own.emit('open-url', { preventDefault: () => undefined }, url), link);
  return page
    .waitForFunction((url) => (window as unknown as { links: string[] }).links.includes(url), link, { timeout: 10_000 })
    .then(
      () => true,
      () => false,
    );
}

/** From a timer: code that DevTools itself evaluates is not held to the page's policy. */
async function tryForbidden({ page }: ElectronHost): Promise<Record<string, string>> {
  await page.evaluate(() => {
    setTimeout(async () => {
      const proof: Record<string, string> = {};
      const attempt = async (name: string, act: () => unknown): Promise<void> => {
        try {
          proof[name] = (await act()) ? 'done' : 'refused';
        } catch {
          proof[name] = 'refused';
        }
      };
      // biome-ignore lint/security/noGlobalEval: that it is refused is what is tested.
      await attempt('eval', () => globalThis.eval('1 + 1') === 2);
      await attempt('inline', () => {
        const script = document.createElement('script');
        script.textContent = 'document.documentElement.dataset.inline = "ran"';
        document.body.append(script);
        script.remove();
        return document.documentElement.dataset.inline === 'ran';
      });
      await attempt('fetch', () => fetch('https://example.com/').then(() => true));
      await attempt('open', () => window.open('https://example.com/') !== null);
      proof.notify = await Notification.requestPermission();
      window.location.href = 'https://example.com/';
      (window as unknown as BridgeWindow).shellProof = proof;
    }, 0);
  });
  await page.waitForFunction(() => (window as unknown as BridgeWindow).shellProof !== undefined);
  // Long enough for a navigation that was not refused to have begun.
  await page.waitForTimeout(300);
  return page.evaluate(() => (window as unknown as BridgeWindow).shellProof ?? {});
}

/** Kills the engine's process and expects the page to be told, and the next call to be answered. */
async function surviveEngine(host: ElectronHost, promise: (holds: boolean, sentence: string) => void): Promise<void> {
  const about = () =>
    host.page.evaluate(() =>
      (window as unknown as BridgeWindow).coldcase.call('engine.about', {}).then(({ ok }) => ok),
    );
  promise(await about(), 'the engine answers');
  if (process.platform !== 'linux') return;
  await host.page.evaluate(() => {
    const states: string[] = [];
    Object.assign(window, { engineStates: states });
    (window as unknown as BridgeWindow).coldcase.onEngineState((state) => states.push(state));
  });
  const engine = await childNamed(host.app.process().pid ?? 0, 'engine-process');
  promise(engine !== null, 'the engine has a process of its own');
  if (engine === null) return;
  process.kill(engine, 'SIGKILL');
  await host.page.waitForFunction(() =>
    (window as unknown as { engineStates: string[] }).engineStates.includes('ready'),
  );
  const states = await host.page.evaluate(() => (window as unknown as { engineStates: string[] }).engineStates.join());
  promise(states === 'restarting,ready', `the page is told that the engine restarts, but was told ${states}`);
  promise(await about(), 'the engine answers after a crash');
}

/** Crashes the page's process and expects the page to be there again. Playwright cannot follow a crashed page. */
async function survivePage(host: ElectronHost, promise: (holds: boolean, sentence: string) => void): Promise<void> {
  const title = await host.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (contents === undefined) return 'no window';
    const gone = new Promise((resolve) => contents.once('render-process-gone', resolve));
    const back = new Promise<string>((resolve) => {
      contents.once('did-finish-load', () => resolve('back'));
      setTimeout(() => resolve('not back within 10 s'), 10_000);
    });
    contents.forcefullyCrashRenderer();
    await gone;
    return back;
  });
  promise(title === 'back', `the page comes back after its process crashed, but was ${title}`);
}

/** @returns the process id of a child of `parent` whose command line names `word`, from /proc; null when none. */
async function childNamed(parent: number, word: string): Promise<number | null> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [status, command] = await Promise.all([
      readFile(path.join('/proc', entry, 'status'), 'utf8').catch(() => ''),
      readFile(path.join('/proc', entry, 'cmdline'), 'utf8').catch(() => ''),
    ]);
    if (new RegExp(`^PPid:\\s*${parent}$`, 'm').test(status) && command.includes(word)) return Number(entry);
  }
  return null;
}
