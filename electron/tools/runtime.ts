/** Finds an Electron to start, and what else it needs on this machine. Nothing here is part of the packaged app. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** In a runtime folder: this Electron is for tests only (see test/e2e/runtime.ts). The pack tool refuses it. */
export const TEST_RUNTIME_MARKER = 'COLDCASE-TEST-RUNTIME.txt';

export interface Runtime {
  /** The folder that holds the binary, `resources` and `version`. */
  readonly folder: string;
  readonly binary: string;
  readonly source: 'ELECTRON_OVERRIDE_DIST_PATH' | 'electron package';
}

/** @returns where the executable is inside a runtime folder. */
export function binaryPath(folder: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return path.join(folder, 'Electron.app', 'Contents', 'MacOS', 'Electron');
  return path.join(folder, platform === 'win32' ? 'electron.exe' : 'electron');
}

/**
 * @returns the Electron that is already on this machine, without any download: the folder named by
 * ELECTRON_OVERRIDE_DIST_PATH, else the one the `electron` package has downloaded; null when there is none.
 */
export function findRuntime(root: string, env: Readonly<Record<string, string | undefined>>): Runtime | null {
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override !== undefined && override !== '') {
    const folder = path.resolve(override);
    const binary = binaryPath(folder);
    // A folder named on purpose is not silently replaced by another Electron.
    return existsSync(binary) ? { folder, binary, source: 'ELECTRON_OVERRIDE_DIST_PATH' } : null;
  }
  const folder = path.join(root, 'node_modules', 'electron', 'dist');
  const binary = binaryPath(folder);
  // `path.txt` is written last, after the archive has been unpacked whole.
  if (!existsSync(path.join(root, 'node_modules', 'electron', 'path.txt')) || !existsSync(binary)) return null;
  return { folder, binary, source: 'electron package' };
}

/** @returns true when this runtime may be used by tests only. */
export function isTestRuntime(folder: string): boolean {
  return existsSync(path.join(folder, TEST_RUNTIME_MARKER));
}

/** @returns the runtime's Electron version, e.g. `45.4.1`, or null when it states none. */
export function runtimeVersion(folder: string): string | null {
  try {
    return readFileSync(path.join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return null;
  }
}

export type NoWindow =
  | 'root'
  | 'no-display'
  | 'no-download'
  | 'bad-override'
  | 'download-failed'
  | 'libraries'
  | 'not-started';

/** @returns one sentence for the person at the terminal. `detail` names the libraries, the folder or the error. */
export function explainNoWindow(why: NoWindow, detail: string): string {
  switch (why) {
    case 'root':
      return 'No window: Electron does not run as root with its sandbox on, and Coldcase never turns the sandbox off.';
    case 'no-display':
      return 'No window: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).';
    case 'no-download':
      return 'No window: Electron is not on this machine and ELECTRON_NO_DOWNLOAD=1 forbids fetching it.';
    case 'bad-override':
      return `No window: ELECTRON_OVERRIDE_DIST_PATH names a folder without an Electron (${detail}).`;
    case 'download-failed':
      return `No window: Electron is not on this machine and could not be downloaded (${detail}).`;
    case 'libraries':
      return `No window: Electron needs libraries that are not installed (${detail}).`;
    case 'not-started':
      return `No window: Electron ended before it could open one (${detail}).`;
  }
}

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  /** Numeric user id; null on Windows. */
  readonly uid: number | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @returns why no window can be opened here whatever runtime is found, or null. */
export function cannotShowWindow(where: Surroundings): 'root' | 'no-display' | null {
  if (where.platform !== 'linux') return null;
  const display = where.env.DISPLAY || where.env.WAYLAND_DISPLAY;
  if (display === undefined || display === '') return 'no-display';
  return where.uid === 0 ? 'root' : null;
}

/** The four Debian packages a desktop-less machine lacks; each pulls in the rest of what Electron links against. */
const LIBRARIES: readonly { readonly soname: string; readonly debian: string }[] = [
  { soname: 'libgtk-3.so.0', debian: 'libgtk-3-0' },
  { soname: 'libnss3.so', debian: 'libnss3' },
  { soname: 'libgbm.so.1', debian: 'libgbm1' },
  { soname: 'libasound.so.2', debian: 'libasound2' },
];

/**
 * @param linkerCache output of `ldconfig -p`, e.g. `\tlibnss3.so (libc6,x86-64) => /lib/x86_64-linux-gnu/libnss3.so`
 * @returns Debian names of the packages whose library the loader would not find.
 */
export function missingLibraries(linkerCache: string): readonly string[] {
  const known = new Set(
    linkerCache
      .split('\n')
      .map((line) => /^\s*(\S+) \(/.exec(line)?.[1])
      .filter((name) => name !== undefined),
  );
  return LIBRARIES.filter((library) => !known.has(library.soname)).map((library) => library.debian);
}

/** @returns missing Debian packages of this machine; empty when nothing is missing or it cannot be told. */
export async function missingLibrariesHere(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const command = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((file) => existsSync(file));
  if (command === undefined) return [];
  const listing = await new Promise<string>((resolve) => {
    let text = '';
    const child = spawn(command, ['-p'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(text));
  });
  return listing === '' ? [] : missingLibraries(listing);
}

/**
 * @param stderr what Electron wrote before it ended with an error, e.g.
 *   `[1:FATAL:setuid_sandbox_host.cc(158)] The SUID sandbox helper binary was found, but is not configured correctly.`
 * @returns its reason when it never came as far as a window (sandbox, display, loader); null when it failed later.
 */
export function failureToOpen(stderr: string): string | null {
  if (/sandbox/i.test(stderr) && /FATAL/.test(stderr)) {
    return 'this system does not let it set up its sandbox';
  }
  if (/Missing X server|cannot open display|Unable to open X display/i.test(stderr)) {
    return 'the display does not answer';
  }
  return /error while loading shared libraries: (\S+?):/.exec(stderr)?.[1]?.concat(' is missing') ?? null;
}

/** A download that has written nothing for this long is given up: some networks swallow packets silently. */
const STALL_LIMIT_MS = 30_000;

/**
 * Lets the `electron` package fetch its binary (from its own release host, checksums pinned in that package).
 * @returns null when it is there now, else one clause saying what went wrong.
 */
export async function downloadElectron(root: string): Promise<string | null> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'coldcase-electron-'));
  const folder = path.join(root, 'node_modules', 'electron');
  const child = spawn(process.execPath, [path.join(folder, 'install.js')], {
    // Its temporary files are kept apart so that their growth can be watched.
    env: { ...process.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(0, 10_000);
  });
  let stalled = false;
  let bytes = -1;
  let grewAt = Date.now();
  const watch = setInterval(async () => {
    const now = (await folderBytes(scratch)) + (await folderBytes(path.join(folder, 'dist')));
    if (now !== bytes) {
      bytes = now;
      grewAt = Date.now();
    } else if (Date.now() - grewAt > STALL_LIMIT_MS) {
      stalled = true;
      child.kill('SIGKILL');
    }
  }, 1_000);
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', (exit) => resolve(exit));
  });
  clearInterval(watch);
  await rm(scratch, { recursive: true, force: true });
  if (stalled) return 'nothing arrived for 30 seconds';
  if (code === 0) return null;
  return firstError(errors);
}

/** @returns the first line of a stack trace that says something, without its stack. */
export function firstError(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => /error/i.test(line) && !line.startsWith('at ')) ?? 'its installer failed';
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    bytes += (await stat(path.join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}
