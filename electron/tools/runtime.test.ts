import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  binaryPath,
  cannotShowWindow,
  explainNoWindow,
  failureToOpen,
  findRuntime,
  firstError,
  isTestRuntime,
  missingLibraries,
  type NoWindow,
  runtimeVersion,
  TEST_RUNTIME_MARKER,
} from './runtime.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'coldcase-runtime-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function makeElectron(at: string): void {
  mkdirSync(path.dirname(binaryPath(at)), { recursive: true });
  writeFileSync(binaryPath(at), '');
  chmodSync(binaryPath(at), 0o755);
}

describe('findRuntime', () => {
  it('finds none where none is', () => {
    expect(findRuntime(folder, {})).toBeNull();
  });

  it('takes the override first', () => {
    const own = path.join(folder, 'own');
    makeElectron(own);
    makeElectron(path.join(folder, 'node_modules', 'electron', 'dist'));
    writeFileSync(path.join(folder, 'node_modules', 'electron', 'path.txt'), 'electron');
    expect(findRuntime(folder, { ELECTRON_OVERRIDE_DIST_PATH: own })).toMatchObject({ folder: own });
    expect(findRuntime(folder, {})).toMatchObject({ source: 'electron package' });
  });

  it('does not silently take another Electron than the one that was named', () => {
    makeElectron(path.join(folder, 'node_modules', 'electron', 'dist'));
    writeFileSync(path.join(folder, 'node_modules', 'electron', 'path.txt'), 'electron');
    expect(findRuntime(folder, { ELECTRON_OVERRIDE_DIST_PATH: path.join(folder, 'nothing') })).toBeNull();
  });

  it('does not take a download that was interrupted', () => {
    makeElectron(path.join(folder, 'node_modules', 'electron', 'dist'));
    expect(findRuntime(folder, {})).toBeNull();
  });
});

describe('a runtime folder', () => {
  it('states its version and whether it is for tests', () => {
    expect(runtimeVersion(folder)).toBeNull();
    expect(isTestRuntime(folder)).toBe(false);
    writeFileSync(path.join(folder, 'version'), 'v45.4.1\n');
    writeFileSync(path.join(folder, TEST_RUNTIME_MARKER), '');
    expect(runtimeVersion(folder)).toBe('45.4.1');
    expect(isTestRuntime(folder)).toBe(true);
  });
});

describe('cannotShowWindow', () => {
  it.each([
    ['linux', 1000, { DISPLAY: ':0' }, null],
    ['linux', 1000, { WAYLAND_DISPLAY: 'wayland-0' }, null],
    ['linux', 1000, {}, 'no-display'],
    ['linux', 1000, { DISPLAY: '' }, 'no-display'],
    ['linux', 0, { DISPLAY: ':0' }, 'root'],
    ['linux', 0, {}, 'no-display'],
    ['darwin', 501, {}, null],
    ['win32', null, {}, null],
  ] as const)('%s, user %s, %j: %s', (platform, uid, env, why) => {
    expect(cannotShowWindow({ platform, uid, env })).toBe(why);
  });
});

describe('missingLibraries', () => {
  const cache = [
    "1203 libs found in cache `/etc/ld.so.cache'",
    '\tlibnss3.so (libc6,x86-64) => /lib/x86_64-linux-gnu/libnss3.so',
    '\tlibgtk-3.so.0 (libc6,x86-64) => /lib/x86_64-linux-gnu/libgtk-3.so.0',
    '\tlibgbm.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libgbm.so.1',
    '\tlibasound.so.2 (libc6,x86-64) => /lib/x86_64-linux-gnu/libasound.so.2',
  ];
  it('names the Debian packages whose library is not there', () => {
    expect(missingLibraries(cache.join('\n'))).toEqual([]);
    expect(missingLibraries(cache.filter((line) => !/nss3|gbm/.test(line)).join('\n'))).toEqual(['libnss3', 'libgbm1']);
    expect(missingLibraries('')).toHaveLength(4);
  });
});

describe('what a person reads', () => {
  const reasons: readonly NoWindow[] = [
    'root',
    'no-display',
    'no-download',
    'bad-override',
    'download-failed',
    'libraries',
    'not-started',
  ];
  it.each(reasons)('%s is one sentence', (why) => {
    expect(explainNoWindow(why, 'detail')).toMatch(/^No window: [^.]+\.$/);
  });

  it('names the reason of a failed download', () => {
    const trace =
      'Downloading\nTypeError: fetch failed\n    at node:internal/deps/undici\n  [cause]: Error: getaddrinfo';
    expect(firstError(trace)).toBe('TypeError: fetch failed');
    expect(firstError('')).toBe('its installer failed');
  });

  it.each([
    [
      '[1:FATAL:setuid_sandbox_host.cc(158)] The SUID sandbox helper binary was found, but is not configured',
      /sandbox/,
    ],
    ['[2:ERROR:ozone_platform_x11.cc(240)] Missing X server or $DISPLAY', /display/],
    [
      'electron: error while loading shared libraries: libcups.so.2: cannot open shared object file',
      /^libcups.so.2 is missing$/,
    ],
  ])('recognises an Electron that never opened a window: %s', (stderr, because) => {
    expect(failureToOpen(stderr)).toMatch(because);
  });

  it('does not take a later failure for one at the start', () => {
    expect(failureToOpen('TypeError: x is not a function\n    at main.cjs:1:1')).toBeNull();
  });
});
