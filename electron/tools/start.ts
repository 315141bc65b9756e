/**
 * `npm start [-- archive...]`: builds what has changed and opens the application, on the sample case when nothing
 * else was named. Where no window can be opened the same user interface is served on loopback instead, and one
 * sentence says why. Electron's sandbox is never turned off to get a window.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { standardFolders } from '../../analyzer/hosts/cli/folders.ts';
import { endWithParent } from '../../analyzer/hosts/web/end-with-parent.ts';
import { serve } from '../../analyzer/hosts/web/serve.ts';
import { openFragment } from '../hand-over.ts';
import { build } from './build.ts';
import {
  cannotShowWindow,
  downloadElectron,
  explainNoWindow,
  failureToOpen,
  findRuntime,
  missingLibrariesHere,
  type Runtime,
} from './runtime.ts';

const root = path.join(import.meta.dirname, '..', '..');
const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));

/** After Ctrl-C the application gets this long to close its files. */
const CLOSE_MILLISECONDS_MAX = 10_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

type Way = { readonly kind: 'window'; readonly runtime: Runtime } | { readonly kind: 'web'; readonly because: string };

async function chooseWay(): Promise<Way> {
  const web = (because: string): Way => ({ kind: 'web', because });
  const blocked = cannotShowWindow({ platform: process.platform, uid: process.getuid?.() ?? null, env: process.env });
  if (blocked !== null) return web(explainNoWindow(blocked, ''));
  const missing = await missingLibrariesHere();
  if (missing.length > 0) return web(explainNoWindow('libraries', missing.join(', ')));
  const found = findRuntime(root, process.env);
  if (found !== null) return { kind: 'window', runtime: found };
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return web(explainNoWindow('bad-override', override));
  if (process.env.ELECTRON_NO_DOWNLOAD === '1') return web(explainNoWindow('no-download', ''));
  print('Fetching Electron, once (ELECTRON_NO_DOWNLOAD=1 skips this).');
  const failure = await downloadElectron(root);
  const fetched = failure === null ? findRuntime(root, process.env) : null;
  return fetched === null
    ? web(explainNoWindow('download-failed', failure ?? 'its archive held no Electron'))
    : { kind: 'window', runtime: fetched };
}

/**
 * Chromium reports every desktop service a machine lacks (D-Bus, a graphics driver), e.g.
 * `[25923:1121/215717.616906:ERROR:bus.cc(399)] Failed to connect to the bus: ...`. None of it matters to a person.
 */
function withoutChromium(text: string): string {
  return text.replaceAll(/^\[\d+:\d+\/[\d.]+:(?:ERROR|WARNING|INFO):.*\n?/gm, '');
}

/** @returns the exit code, or why Electron could not open its window. */
function openApplication(runtime: Runtime): Promise<number | { readonly because: string }> {
  const child = spawn(runtime.binary, [root, ...(words.length === 0 ? ['--sample'] : words)], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-20_000);
    process.stderr.write(withoutChromium(chunk.toString()));
  });
  let asked = false;
  const end = (): void => {
    if (asked) return;
    asked = true;
    // Ctrl-C has reached Electron already, as it runs in the same terminal; asking twice does no harm.
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), CLOSE_MILLISECONDS_MAX).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ because: error.message }));
    child.on('close', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, end);
      const failure = asked || code === 0 ? null : failureToOpen(stderr);
      resolve(failure === null ? (code ?? 1) : { because: failure });
    });
  });
}

/** Serves the user interface until Ctrl-C. @returns the exit code. */
async function serveInstead(because: string): Promise<number> {
  print(because);
  await build({ parts: ['renderer'], log: print });
  const folders = standardFolders(process.env, process.platform);
  const host = await serve({
    port: 0,
    casesFolder: folders.cases,
    stateFolder: folders.state,
    rendererFolder: path.join(root, 'dist', 'renderer'),
    targets: words,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  if (!host.ok) {
    process.stderr.write(`${host.failure.message}${host.failure.where === null ? '' : ` (${host.failure.where})`}\n`);
    return 1;
  }
  const fragment = words.length === 0 ? `#${openFragment('sample')}` : '';
  print('Open this link in a browser on this machine (it works once; Ctrl-C ends Coldcase):');
  print(`  ${host.value.url}${fragment}`);
  return endWithParent(host.value);
}

async function start(): Promise<number> {
  const way = await chooseWay();
  if (way.kind === 'web') return serveInstead(way.because);
  await build({ parts: ['engine', 'electron', 'renderer'], log: print });
  const ended = await openApplication(way.runtime);
  return typeof ended === 'number' ? ended : serveInstead(explainNoWindow('not-started', ended.because));
}

try {
  process.exitCode = await start();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
