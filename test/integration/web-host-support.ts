/** What the web host's tests share: plain HTTP, a work folder with a small renderer, and a look at processes. */
import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import http, { type IncomingHttpHeaders } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { type ServeOptions, serve, type WebHost } from '../../analyzer/hosts/web/serve.ts';

const STUB = path.join(import.meta.dirname, 'stub-engine.ts');

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly host?: string;
}

/** One plain HTTP request; nothing is normalised or followed. */
export function ask(port: number, options: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: options.host ?? '127.0.0.1',
        port,
        method: options.method ?? 'GET',
        path: options.path ?? '/',
        headers: options.headers ?? {},
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

export async function until<T>(look: () => Promise<T | null> | T | null): Promise<T> {
  for (let round = 0; round < 600; round += 1) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not happen within 30 s');
}

export async function makeWork(): Promise<string> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'coldcase-web-'));
  await mkdir(path.join(work, 'renderer', 'assets'), { recursive: true });
  await writeFile(path.join(work, 'renderer', 'index.html'), '<meta nonce="__CSP_NONCE__"><title>Coldcase</title>');
  await writeFile(path.join(work, 'renderer', 'assets', 'app.js'), 'start()');
  await writeFile(path.join(work, 'renderer', 'assets', 'app.js.map'), '{}');
  await writeFile(path.join(work, 'secret.json'), '"secret"');
  await symlink(path.join(work, 'secret.json'), path.join(work, 'renderer', 'linked.json'));
  return work;
}

/** @param more what a test wants otherwise. @returns how to start the host on a folder of `makeWork`, with the engine that has no SQLite. */
export function hostOptions(work: string, more: Partial<ServeOptions> = {}): ServeOptions {
  return {
    port: 0,
    casesFolder: path.join(work, 'cases'),
    stateFolder: path.join(work, 'state'),
    rendererFolder: path.join(work, 'renderer'),
    targets: [],
    engineEntry: STUB,
    log: () => undefined,
    ...more,
  };
}

export async function startHost(work: string, more: Partial<ServeOptions> = {}): Promise<WebHost> {
  const serving = await serve(hostOptions(work, more));
  if (!serving.ok) throw new Error(serving.failure.message);
  return serving.value;
}

/** Uses the link up. @returns the cookie of the session. */
export async function cookieOf(link: string): Promise<string> {
  const { port, pathname, search } = new URL(link);
  const first = await ask(Number(port), { path: `${pathname}${search}` });
  return first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

export function pidOf(runtime: string): number {
  return Number(/pid (\d+)/.exec(runtime)?.[1]);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Uploaded files in the spool. */
export async function spooled(work: string): Promise<readonly string[]> {
  const uploads = path.join(work, 'state', 'uploads');
  const entries = await readdir(uploads, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
