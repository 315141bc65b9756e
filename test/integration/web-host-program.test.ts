/** The web host as a program: how it ends, and that nothing is left of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, cookieOf, isAlive, makeWork, pidOf, spooled, until } from './web-host-support.ts';

describe.skipIf(process.platform === 'win32')('web host as a program', () => {
  let work = '';
  const started: ChildProcess[] = [];
  beforeAll(async () => {
    work = await makeWork();
  });
  afterAll(async () => {
    for (const child of started) child.kill('SIGKILL');
    await rm(work, { recursive: true, force: true });
  });

  /** Starts it, opens the link, and leaves a half upload and an idle event stream behind. */
  async function start(stdin: 'pipe' | 'ignore') {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'serve-main.ts'), work], {
      stdio: [stdin, 'pipe', 'inherit'],
    });
    started.push(child);
    const exited = new Promise<number | string | null>((resolve) =>
      child.on('exit', (code, signal) => resolve(code ?? signal)),
    );
    const link = await new Promise<string>((resolve) =>
      child.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim())),
    );
    const url = new URL(link);
    const port = Number(url.port);
    const headers = { Cookie: await cookieOf(link), Origin: url.origin };
    const about = await ask(port, {
      method: 'POST',
      path: '/api/call/engine.about',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: '{}',
    });
    const engine = pidOf(about.text);
    for (const options of [
      { path: '/api/events' },
      { path: '/api/upload?name=half.tar', method: 'POST', headers: { ...headers, 'Content-Length': '9999999' } },
    ]) {
      const request = http.request({ host: '127.0.0.1', port, headers, ...options });
      request.on('error', () => undefined);
      request.write('x'.repeat(options.method ? 1000 : 0));
      if (!options.method) request.end();
    }
    await until(async () => ((await spooled(work)).length > 0 ? true : null));
    expect(isAlive(engine)).toBe(true);
    return { child, exited, engine };
  }

  async function expectNothingLeft(engine: number): Promise<void> {
    await until(() => (isAlive(engine) ? null : true));
    expect(await spooled(work)).toEqual([]);
  }

  it.each([
    ['SIGTERM', 0],
    ['SIGHUP', 0],
    ['SIGINT', 130],
  ] as const)('ends on %s with exit code %d and leaves no process and no upload', async (signal, code) => {
    const { child, exited, engine } = await start('ignore');
    child.kill(signal);
    expect(await exited).toBe(code);
    await expectNothingLeft(engine);
  });

  it('ends when the pipe to its parent closes', async () => {
    const { child, exited, engine } = await start('pipe');
    child.stdin?.end();
    expect(await exited).toBe(0);
    await expectNothingLeft(engine);
  });

  it('takes its engine along even when killed', async () => {
    const { child, exited, engine } = await start('ignore');
    child.kill('SIGKILL');
    expect(await exited).toBe('SIGKILL');
    await until(() => (isAlive(engine) ? null : true));
    // What the killed host left is swept by the next one.
    const next = await start('ignore');
    expect(await spooled(work)).toHaveLength(1);
    next.child.kill('SIGTERM');
    await next.exited;
    await expectNothingLeft(next.engine);
  });

  it('has targets ready: cases open, archives importing', async () => {
    await mkdir(path.join(work, 'case-given'), { recursive: true });
    const child = spawn(
      process.execPath,
      [
        path.join(import.meta.dirname, 'serve-main.ts'),
        work,
        path.join(work, 'case-given'),
        path.join(work, 'secret.json'),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    started.push(child);
    let said = '';
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    expect(said).toContain('Case case-given');
    expect(said).toContain('Importing secret.json');
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('exit', resolve));
  });
});
