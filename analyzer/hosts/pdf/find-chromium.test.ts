import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumCandidates, findChromium } from './find-chromium.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'coldcase-browser-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, mode = 0o755): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, mode);
  return file;
}

describe('findChromium', () => {
  it('takes chromium before the others, whatever folder of PATH they are in', async () => {
    await program('one/google-chrome');
    const wanted = await program('two/chromium');
    const PATH = [path.join(folder, 'one'), path.join(folder, 'two')].join(path.delimiter);
    expect(await findChromium({ PATH }, 'linux')).toEqual({ ok: true, value: wanted });
  });

  it('passes over what cannot be run', async () => {
    await program('one/chromium', 0o644);
    await mkdir(path.join(folder, 'one', 'chromium-browser'));
    const wanted = await program('one/google-chrome-stable');
    // `google-chrome` itself is not there. Of this platform no other places are known.
    expect(await findChromium({ PATH: path.join(folder, 'one') }, 'freebsd')).toEqual({ ok: true, value: wanted });
  });

  it('takes the browser that is named, and no other one in its place', async () => {
    const wanted = await program('mine');
    await program('one/chromium');
    const PATH = path.join(folder, 'one');
    expect(await findChromium({ PATH, COLDCASE_CHROMIUM: wanted })).toEqual({ ok: true, value: wanted });
    for (const wrong of [path.join(folder, 'none'), 'one/chromium', await program('plain', 0o644), folder]) {
      const found = await findChromium({ PATH, COLDCASE_CHROMIUM: wrong });
      expect(found).toMatchObject({ ok: false, failure: { code: 'not-found', where: wrong } });
    }
  });

  it('says what to do where there is none', async () => {
    // Of this platform no other places are known.
    const found = await findChromium({ PATH: folder, COLDCASE_CHROMIUM: '' }, 'freebsd');
    expect(found).toMatchObject({
      ok: false,
      failure: { code: 'not-found', advice: expect.stringContaining('export the report as HTML') },
    });
  });
});

describe('chromiumCandidates', () => {
  it('never looks in a relative folder', () => {
    const candidates = chromiumCandidates({ PATH: '.:bin::/usr/bin' }, 'linux');
    expect(candidates[0]).toBe('/usr/bin/chromium');
    expect(candidates.every((file) => path.posix.isAbsolute(file))).toBe(true);
  });

  it('knows the places of Windows and macOS', () => {
    const windows = chromiumCandidates(
      { Path: 'C:\\tools;..', ProgramFiles: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local' },
      'win32',
    );
    expect(windows[0]).toBe('C:\\tools\\chromium.exe');
    expect(windows).toContain('C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe');
    expect(windows).toContain('C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe');
    expect(windows.every((file) => path.win32.isAbsolute(file))).toBe(true);
    const mac = chromiumCandidates({ PATH: '/usr/bin', HOME: '/Users/a' }, 'darwin');
    expect(mac).toContain('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
    expect(mac).toContain('/Users/a/Applications/Chromium.app/Contents/MacOS/Chromium');
  });
});
