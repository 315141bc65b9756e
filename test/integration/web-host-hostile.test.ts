/** The web host against clients that mean no good, or have stopped reading. */
import { rm, writeFile } from 'node:fs/promises';
import http, { type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../analyzer/hosts/engine-client.ts';
import { createApi, STREAM_BACKLOG_BYTES_MAX } from '../../analyzer/hosts/web/api.ts';
import { serve } from '../../analyzer/hosts/web/serve.ts';
import { openSpool } from '../../analyzer/hosts/web/uploads.ts';
import { ask, cookieOf, hostOptions, makeWork, startHost, until } from './web-host-support.ts';

let work = '';
beforeEach(async () => {
  work = await makeWork();
});
afterEach(() => rm(work, { recursive: true, force: true }));

describe('event streams', () => {
  it('end a reader that has stopped reading, instead of keeping everything for it', async () => {
    const listeners: ((payload: unknown) => void)[] = [];
    const engine = {
      state: 'ready',
      call: () => new Promise(() => undefined),
      on: (_event: string, listener: (payload: unknown) => void) => {
        listeners.push(listener);
        return () => undefined;
      },
      onState: () => () => undefined,
      close: async () => undefined,
    } as unknown as EngineClient;
    const spool = await openSpool(path.join(work, 'state'));
    const api = createApi(engine, spool, { engine, casesFolder: work, given: new Set() });
    const responses: ServerResponse[] = [];
    const server = http.createServer((request, response) => {
      responses.push(response);
      api.events(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined).pause();
    socket.write('GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n');
    const response = await until(() => responses[0] ?? null);
    const payload = 'x'.repeat(100_000);
    let backlog = 0;
    for (let event = 0; event < 2_000 && !response.destroyed; event += 1) {
      listeners[0]?.(payload);
      backlog = Math.max(backlog, response.writableLength);
      if (event % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(response.destroyed).toBe(true);
    expect(backlog).toBeLessThan(STREAM_BACKLOG_BYTES_MAX + 2 * payload.length);
    api.close();
    socket.destroy();
    server.close();
    await spool.close();
  });
});

describe('a host that cannot start', () => {
  it('says that its state folder cannot be written, and leaves nothing running', async () => {
    await writeFile(path.join(work, 'file'), '');
    const host = await serve(hostOptions(work, { stateFolder: path.join(work, 'file', 'state') }));
    expect(host).toMatchObject({ ok: false, failure: { code: 'disk', where: path.join(work, 'file', 'state') } });
  });
});

describe('input', () => {
  it('of any shape is answered, and the host goes on', async () => {
    const host = await startHost(work);
    try {
      const headers = {
        Cookie: await cookieOf(host.url),
        Origin: `http://127.0.0.1:${host.port}`,
        'Content-Type': 'application/json',
      };
      const deep = 500_000;
      for (const body of [
        `${'['.repeat(deep)}${']'.repeat(deep)}`,
        `{"caseId":${'{"a":'.repeat(90_000)}1${'}'.repeat(90_000)}}`,
        '{"__proto__":{"caseId":"/etc"},"constructor":{"prototype":1}}',
        '{"caseId":{"toString":1}}',
        'null',
        '"x"',
        '1e999',
        '{"paths":[{"length":1e9}]}',
        '{"title":"\\u0000\\ud800"}',
      ]) {
        for (const method of ['case.open', 'case.import', 'case.create', 'constructor', '__proto__', 'toString']) {
          const answer = await ask(host.port, { method: 'POST', path: `/api/call/${method}`, headers, body });
          expect([200, 400, 404]).toContain(answer.status);
          expect(JSON.parse(answer.text)).toHaveProperty('failure');
        }
      }
      const about = await ask(host.port, { method: 'POST', path: '/api/call/engine.about', headers, body: '{}' });
      expect(JSON.parse(about.text)).toMatchObject({ failure: null });
    } finally {
      await host.close();
    }
  });

  it('that is no HTTP, or too much of it, ends its own connection only', async () => {
    const host = await startHost(work);
    const raw = (text: string): Promise<string> =>
      new Promise((resolve) => {
        let answer = '';
        const socket = net.connect(host.port, '127.0.0.1', () => socket.write(text));
        socket.on('data', (chunk) => {
          answer += chunk.toString();
        });
        socket.on('error', () => resolve(answer));
        socket.on('close', () => resolve(answer));
        socket.on('end', () => socket.end());
      });
    try {
      const own = `Host: 127.0.0.1:${host.port}\r\n`;
      expect(await raw('rubbish\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
      expect(await raw(`GET / HTTP/1.1\r\n${own}X: ${'h'.repeat(200_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 |^$/);
      expect(await raw('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
      expect(await raw(`OPTIONS * HTTP/1.1\r\n${own}\r\n`)).toMatch(/^HTTP\/1\.1 405 /);
      expect(await raw('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n')).not.toMatch(/ 200 /);
      expect(await raw(`GET http://evil.example/ HTTP/1.1\r\n${own}\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
      const two = `POST / HTTP/1.1\r\n${own}Origin: http://127.0.0.1:${host.port}\r\nContent-Length: 5\r\n`;
      expect(await raw(`${two}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
      expect((await ask(host.port, {})).status).toBe(401);
    } finally {
      await host.close();
    }
  });
});
