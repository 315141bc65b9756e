import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { htmlToPdf, ROOT_NOTE } from './html-to-pdf.ts';

const HTML = '<!DOCTYPE html><html><head><title>a</title></head><body>Report</body></html>';
const isRoot = process.getuid?.() === 0;

/**
 * Stands in for a browser: tells in `seen.json` how it was started, then does what FAKE says. What it says is what
 * Chromium 156 said.
 */
const FAKE = `#!${process.execPath}
const fs = require('node:fs');
const { spawn } = require('node:child_process');
const words = process.argv.slice(2);
const output = words.find((word) => word.startsWith('--print-to-pdf=')).slice('--print-to-pdf='.length);
const page = require('node:url').fileURLToPath(words.at(-1));
fs.writeFileSync(process.env.SEEN, JSON.stringify({
  words, pid: process.pid, tmp: process.env.TMPDIR, html: fs.readFileSync(page, 'utf8'),
  modes: [require('node:path').dirname(page), page].map((file) => fs.statSync(file).mode & 0o777),
}));
const does = {
  pdf: () => fs.writeFileSync(output, '%PDF-1.4\\nbody\\n%%EOF\\n'),
  half: () => fs.writeFileSync(output, '%PDF-1.4\\nbody'),
  html: () => fs.writeFileSync(output, '<html>%%EOF'),
  nothing: () => {},
  blocked: () => console.error('[1:1:ERROR:headless_command_handler.cc:403] Page load failed: net::ERR_BLOCKED_BY_ADMINISTRATOR'),
  sandbox: () => {
    console.error('[1:1:ERROR:content/browser/zygote_host/zygote_host_impl_linux.cc:130] No usable sandbox! If this is a Debian system, please install the chromium-sandbox package to solve this problem.');
    process.exitCode = 1;
  },
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  fails: () => { process.exitCode = 21; },
  hang: () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    fs.writeFileSync(process.env.SEEN + '.child', String(child.pid));
    setInterval(() => {}, 1000);
  },
  orphan: () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    fs.writeFileSync(process.env.SEEN + '.child', String(child.pid));
    fs.writeFileSync(output, '%PDF-1.4\\nbody\\n%%EOF\\n');
    child.unref();
  },
};
does[process.env.FAKE]();
`;

interface Seen {
  readonly words: readonly string[];
  readonly pid: number;
  readonly tmp: string;
  readonly html: string;
  readonly modes: readonly number[];
}

let folder = '';
let temporary = '';
let before: string | undefined;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'coldcase-print-')));
  temporary = path.join(folder, 'temporary');
  await mkdir(temporary);
  await writeFile(path.join(folder, 'browser'), FAKE);
  await chmod(path.join(folder, 'browser'), 0o755);
  before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
});
afterEach(async () => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  await rm(folder, { recursive: true, force: true });
});

const browser = (fake: string) => ({
  COLDCASE_CHROMIUM: path.join(folder, 'browser'),
  FAKE: fake,
  SEEN: path.join(folder, 'seen.json'),
});
const seen = async () => JSON.parse(await readFile(path.join(folder, 'seen.json'), 'utf8')) as Seen;
const childPid = async () => Number(await readFile(path.join(folder, 'seen.json.child'), 'utf8'));
const leftOver = () => readdir(temporary);

/** A process that was killed can stay as an entry until its parent, or init, has asked for it: that is not running. */
async function runs(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  if (status !== null) return !/^State:\s*[ZX]/m.test(status);
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux';
  } catch {
    return false;
  }
}

async function ends(pid: number): Promise<boolean> {
  for (let round = 0; round < 100 && (await runs(pid)); round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return !(await runs(pid));
}

describe('htmlToPdf', () => {
  it('gives the browser the sealed document in a private folder, and takes the PDF out of it', async () => {
    const notes: string[] = [];
    const pdf = await htmlToPdf(HTML, { env: browser('pdf'), note: (sentence) => notes.push(sentence) });
    expect(pdf.ok && Buffer.from(pdf.value).toString()).toBe('%PDF-1.4\nbody\n%%EOF\n');
    expect(notes).toEqual(isRoot ? [ROOT_NOTE] : []);
    const { words, html, modes, tmp } = await seen();
    expect(html.endsWith(HTML)).toBe(true);
    expect(html).toContain("default-src 'none'");
    expect(modes).toEqual([0o700, 0o600]);
    expect(words.includes('--no-sandbox')).toBe(isRoot);
    expect(words).toContain('--host-resolver-rules=MAP * ~NOTFOUND');
    expect(words).toContain('--proxy-bypass-list=<-loopback>');
    // Everything that the browser writes is below the one folder.
    const own = path.dirname(fileURLToPath(words.at(-1) ?? ''));
    expect(path.dirname(own)).toBe(temporary);
    expect(words).toContain(`--user-data-dir=${path.join(own, 'profile')}`);
    expect(path.dirname(tmp)).toBe(own);
    expect(await leftOver()).toEqual([]);
  });

  it.each([
    ['nothing', 'internal', 'wrote no PDF'],
    ['half', 'internal', 'wrote no PDF'],
    ['html', 'internal', 'wrote no PDF'],
    ['blocked', 'internal', 'net::ERR_BLOCKED_BY_ADMINISTRATOR'],
    ['sandbox', 'internal', 'cannot start its sandbox'],
    ['crash', 'internal', 'signal SIGSEGV'],
    ['fails', 'internal', 'exit code 21'],
  ])('says so when the browser ends by %s', async (fake, code, words) => {
    const pdf = await htmlToPdf(HTML, { env: browser(fake) });
    expect(pdf).toMatchObject({ ok: false, failure: { code, where: path.join(folder, 'browser') } });
    expect(pdf.ok ? '' : pdf.failure.message).toContain(words);
    expect(pdf.ok ? '' : pdf.failure.advice).toContain('HTML');
    expect(await leftOver()).toEqual([]);
  });

  it('ends a browser that hangs, with what it has started', async () => {
    const pdf = await htmlToPdf(HTML, { env: browser('hang'), milliseconds: 1_500 });
    expect(pdf).toMatchObject({ ok: false, failure: { code: 'time-limit' } });
    expect([await ends((await seen()).pid), await ends(await childPid())]).toEqual([true, true]);
    expect(await leftOver()).toEqual([]);
  });

  it('ends it when nobody waits any more', async () => {
    const stop = new AbortController();
    const printing = htmlToPdf(HTML, { env: browser('hang'), signal: stop.signal });
    const watch = setInterval(() => {
      childPid().then(
        () => stop.abort(),
        () => undefined,
      );
    }, 20);
    expect(await printing).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
    clearInterval(watch);
    expect([await ends((await seen()).pid), await ends(await childPid())]).toEqual([true, true]);
    expect(await leftOver()).toEqual([]);
    expect(await htmlToPdf(HTML, { env: browser('pdf'), signal: stop.signal })).toMatchObject({
      failure: { code: 'cancelled' },
    });
    expect(await leftOver()).toEqual([]);
  });

  it('waits for no process that outlives the browser', async () => {
    expect(await htmlToPdf(HTML, { env: browser('orphan') })).toMatchObject({ ok: true });
    expect(await ends(await childPid())).toBe(true);
    expect(await leftOver()).toEqual([]);
  });

  it('says so when the program is none', async () => {
    const file = path.join(folder, 'no-program');
    await writeFile(file, '#!/no/such/interpreter\n');
    await chmod(file, 0o755);
    const pdf = await htmlToPdf(HTML, { env: { COLDCASE_CHROMIUM: file } });
    expect(pdf).toMatchObject({ ok: false, failure: { code: 'internal', message: expect.stringContaining('ENOENT') } });
    expect(await leftOver()).toEqual([]);
  });

  it('says so when there is no place for temporary files', async () => {
    process.env.TMPDIR = path.join(folder, 'none');
    const pdf = await htmlToPdf(HTML, { env: browser('pdf') });
    expect(pdf).toMatchObject({ ok: false, failure: { code: 'disk', advice: expect.stringContaining('TMPDIR') } });
  });

  it('hands a browser from a snap its document where snaps may read', async () => {
    const common = path.join(folder, 'snap', 'chromium', 'common');
    await mkdir(common, { recursive: true });
    await rename(path.join(folder, 'browser'), path.join(folder, 'snap', 'snap'));
    const link = path.join(folder, 'chromium');
    await symlink(path.join(folder, 'snap', 'snap'), link);
    const home = process.env.HOME;
    process.env.HOME = folder;
    try {
      expect(await htmlToPdf(HTML, { env: { ...browser('pdf'), COLDCASE_CHROMIUM: link } })).toMatchObject({
        ok: true,
      });
    } finally {
      process.env.HOME = home;
    }
    const { words } = await seen();
    expect(path.dirname(path.dirname(fileURLToPath(words.at(-1) ?? '')))).toBe(common);
    expect(await readdir(common)).toEqual([]);
  });

  it('removes what a killed print has left behind, and nothing that may be in use', async () => {
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    for (const name of ['coldcase-pdf-old', 'coldcase-pdf-new', 'other-old']) {
      await mkdir(path.join(temporary, name));
      await writeFile(path.join(temporary, name, 'report.html'), 'x');
      if (name.endsWith('-old')) await utimes(path.join(temporary, name), twoHoursAgo, twoHoursAgo);
    }
    expect(await htmlToPdf(HTML, { env: browser('pdf') })).toMatchObject({ ok: true });
    expect((await leftOver()).toSorted()).toEqual(['coldcase-pdf-new', 'other-old']);
  });

  it('starts nothing for a document that leads elsewhere', async () => {
    const html = HTML.replace('<title>', '<meta http-equiv="refresh" content="0;url=file:///etc/passwd"><title>');
    expect(await htmlToPdf(html, { env: browser('pdf') })).toMatchObject({ ok: false });
    await expect(seen()).rejects.toThrow('ENOENT');
  });
});
