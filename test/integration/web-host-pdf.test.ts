/** Printing over the web host's real sockets: who may, and what comes back. The browser is stood in for. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ok } from '../../analyzer/core/failure.ts';
import type { WebHost } from '../../analyzer/hosts/web/serve.ts';
import { ask, cookieOf, makeWork, startHost } from './web-host-support.ts';

let work = '';
let host: WebHost;
const printed: string[] = [];
const log: string[] = [];

beforeAll(async () => {
  work = await makeWork();
  host = await startHost(work, {
    log: (line) => log.push(line),
    printPdf: async (html, { note }) => {
      printed.push(html);
      note?.('printed as root');
      return ok(new TextEncoder().encode('%PDF-1.4'));
    },
  });
});
afterAll(async () => {
  await host?.close();
  await rm(work, { recursive: true, force: true });
});

it('prints for the page that has the session, and for nobody else', async () => {
  const origin = `http://127.0.0.1:${host.port}`;
  const post = (headers: Record<string, string>) =>
    ask(host.port, {
      method: 'POST',
      path: '/api/pdf',
      headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
      body: '<!DOCTYPE html><p>é',
    });
  expect((await post({ Origin: origin })).status).toBe(401);
  const Cookie = await cookieOf(host.url);
  expect((await post({ Cookie })).status).toBe(403);
  expect((await post({ Cookie, Origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask(host.port, { path: '/api/pdf', headers: { Cookie } })).status).toBe(404);
  expect(printed).toEqual([]);

  const answer = await post({ Cookie, Origin: origin });
  expect(answer).toMatchObject({ status: 200, text: '%PDF-1.4' });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/pdf',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  expect(printed).toEqual(['<!DOCTYPE html><p>é']);
  expect(log).toContain('printed as root');
});
