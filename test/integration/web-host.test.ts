/** The web host over real sockets, with a real engine process (without SQLite, see stub-engine.ts). */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALL_BYTES_MAX } from '../../analyzer/hosts/web/api.ts';
import { serve, type WebHost } from '../../analyzer/hosts/web/serve.ts';
import { ask, hostOptions, isAlive, makeWork, pidOf, spooled, startHost, until } from './web-host-support.ts';

const UPLOAD_LIMIT = 200_000;

describe('web host', () => {
  let work = '';
  let host: WebHost;
  let cookie = '';
  const log: string[] = [];

  beforeAll(async () => {
    work = await makeWork();
    host = await startHost(work, { uploadBytesMax: UPLOAD_LIMIT, log: (line) => log.push(line) });
  });
  afterAll(async () => {
    await host?.close();
    await rm(work, { recursive: true, force: true });
  });
  beforeEach(() => {
    log.length = 0;
  });

  const origin = () => `http://127.0.0.1:${host.port}`;
  const headers = (more: Record<string, string> = {}) => ({ Cookie: cookie, Origin: origin(), ...more });
  const call = async (method: string, input: unknown) => {
    const answer = await ask(host.port, {
      method: 'POST',
      path: `/api/call/${method}`,
      headers: headers({ 'Content-Type': 'application/json' }),
      body: JSON.stringify(input),
    });
    return {
      status: answer.status,
      ...(JSON.parse(answer.text) as { value: unknown; failure: { message: string } | null }),
    };
  };
  const upload = (name: string, body: Buffer, more: Record<string, string> = {}) =>
    ask(host.port, {
      method: 'POST',
      path: `/api/upload?name=${encodeURIComponent(name)}`,
      headers: headers({ 'Content-Type': 'application/octet-stream', ...more }),
      body,
    });

  describe('session', () => {
    it('answers nothing without one, and says what to do', async () => {
      for (const address of ['/', '/index.html', '/assets/app.js', '/api/events', '/?token=wrong', '/?token=']) {
        const answer = await ask(host.port, { path: address });
        expect([address, answer.status]).toEqual([address, 401]);
        expect(answer.text).toContain('coldcase serve');
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
      const posted = await ask(host.port, {
        method: 'POST',
        path: '/api/call/case.recent',
        headers: { Origin: origin(), 'Content-Type': 'application/json' },
        body: '{}',
      });
      expect(posted.status).toBe(401);
    });

    it('does not use the link up on a prefetch, a HEAD or a foreign host', async () => {
      const link = new URL(host.url);
      const address = `${link.pathname}${link.search}`;
      expect((await ask(host.port, { path: address, headers: { 'Sec-Purpose': 'prefetch' } })).status).toBe(401);
      expect((await ask(host.port, { path: address, method: 'HEAD' })).status).toBe(405);
      expect((await ask(host.port, { path: address, headers: { Host: 'evil.example' } })).status).toBe(403);
    });

    it('exchanges the link once for a strict cookie', async () => {
      const link = new URL(host.url);
      expect(link.hostname).toBe('127.0.0.1');
      const address = `${link.pathname}${link.search}`;
      const first = await ask(host.port, { path: address });
      expect(first.status).toBe(303);
      expect(first.headers.location).toBe('/');
      const set = first.headers['set-cookie']?.[0] ?? '';
      expect(set).toContain('HttpOnly');
      expect(set).toContain('SameSite=Strict');
      cookie = set.split(';')[0] ?? '';
      const second = await ask(host.port, { path: address });
      expect(second.status).toBe(401);
      expect(second.headers['set-cookie']).toBeUndefined();
      const reload = await ask(host.port, { path: address, headers: { Cookie: cookie } });
      expect(reload.status).toBe(303);
      expect((await ask(host.port, { headers: { Cookie: `${cookie}x` } })).status).toBe(401);
      expect((await ask(host.port, { headers: { Cookie: cookie } })).status).toBe(200);
    });
  });

  describe('page', () => {
    it('has a policy with a new nonce in every response, in header and page', async () => {
      const nonces = new Set<string>();
      for (let round = 0; round < 3; round += 1) {
        const page = await ask(host.port, { headers: headers() });
        const policy = String(page.headers['content-security-policy']);
        const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
        expect(nonce.length).toBeGreaterThan(20);
        expect(page.text).toContain(`nonce="${nonce}"`);
        expect(policy).toContain("default-src 'none'");
        expect(policy).toContain("script-src 'self';");
        expect(policy).not.toContain('unsafe');
        nonces.add(nonce);
      }
      expect(nonces.size).toBe(3);
    });

    it('sends the headers that keep other pages and caches out', async () => {
      for (const address of ['/', '/assets/app.js', '/nothing']) {
        const answer = await ask(host.port, { path: address, headers: headers() });
        expect(answer.headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': 'no-store',
        });
        expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      }
    });

    it.each([
      '/../secret.json',
      '/assets/../../secret.json',
      '/assets/..%2f..%2fsecret.json',
      '/%2e%2e/secret.json',
      '/..\\secret.json',
      '//secret.json',
      '/linked.json',
      '/assets/app.js.map',
      '/assets',
      '/assets/',
      '/api',
      '/api/call/case.recent',
    ])('has nothing at %s', async (address) => {
      const answer = await ask(host.port, { path: address, headers: headers() });
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain('secret"');
    });

    it('sends a file of the renderer with its media type', async () => {
      const script = await ask(host.port, { path: '/assets/app.js', headers: headers() });
      expect(script.text).toBe('start()');
      expect(script.headers['content-type']).toContain('text/javascript');
    });

    it('is on the IPv6 loopback too where the machine has one', async () => {
      const answer = await ask(host.port, {
        host: '::1',
        headers: { Cookie: cookie, Host: `[::1]:${host.port}` },
      }).catch((error: NodeJS.ErrnoException) => error.code);
      if (typeof answer === 'object') expect(answer.status).toBe(200);
      else expect(['EADDRNOTAVAIL', 'ECONNREFUSED', 'ENETUNREACH', 'EAFNOSUPPORT']).toContain(answer);
    });

    it('is on no other address of the machine', async () => {
      const others = Object.values(os.networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter((one) => !one.internal && one.family === 'IPv4');
      for (const { address } of others) {
        await expect(ask(host.port, { host: address, headers: headers() })).rejects.toMatchObject({
          code: 'ECONNREFUSED',
        });
      }
    });
  });

  describe('refuses', () => {
    it.each([
      ['a rebound name', { Host: 'evil.example' }],
      ['a rebound name with our port', { Host: 'evil.example:PORT' }],
      ['another origin', { Origin: 'http://evil.example' }],
      ['a page of another port', { Origin: 'http://127.0.0.1:1' }],
      ['an opaque origin', { Origin: 'null' }],
      ['a cross-site request', { 'Sec-Fetch-Site': 'cross-site' }],
      ['a same-site request', { 'Sec-Fetch-Site': 'same-site' }],
    ])('%s, even with the cookie', async (_what, more) => {
      const bad = Object.fromEntries(
        Object.entries(more).map(([key, value]) => [key, value.replace('PORT', String(host.port))]),
      );
      const answer = await ask(host.port, {
        method: 'POST',
        path: '/api/call/case.recent',
        headers: { ...headers({ 'Content-Type': 'application/json' }), ...bad },
        body: '{}',
      });
      expect(answer.status).toBe(403);
      expect(answer.text).not.toContain('value');
    });

    it('a POST without origin', async () => {
      const answer = await ask(host.port, {
        method: 'POST',
        path: '/api/call/case.recent',
        headers: { Cookie: cookie, 'Content-Type': 'application/json' },
        body: '{}',
      });
      expect(answer.status).toBe(403);
    });
  });

  describe('calls', () => {
    it('reach the engine process', async () => {
      const about = await call('engine.about', {});
      expect(about).toMatchObject({ status: 200, failure: null });
      const pid = pidOf((about.value as { runtime: string }).runtime);
      expect(pid).not.toBe(process.pid);
      expect(isAlive(pid)).toBe(true);
    });

    it.each([
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'case.nothing',
      'case',
      '%5f%5fproto%5f%5f',
      '',
    ])('do not know the method %j', async (method) => {
      const answer = await call(method, {});
      expect(answer.status).toBe(404);
      expect(answer.failure?.message).toContain('no such method');
    });

    it('take JSON only, whole, and of limited size', async () => {
      const post = (type: string, body: string | Buffer) =>
        ask(host.port, {
          method: 'POST',
          path: '/api/call/case.recent',
          headers: headers({ 'Content-Type': type }),
          body,
        });
      expect((await post('text/plain', '{}')).status).toBe(415);
      expect((await post('application/x-www-form-urlencoded', 'a=b')).status).toBe(415);
      expect((await post('application/json', '{"half":')).status).toBe(400);
      expect((await post('application/json; charset=utf-8', '{}')).status).toBe(200);
      // A large declared length is refused before the body is read; no request library helps to see that.
      const refused = await new Promise<string>((resolve) => {
        const socket = net.connect(host.port, '127.0.0.1', () => {
          const lines = [
            'POST /api/call/case.recent HTTP/1.1',
            `Host: 127.0.0.1:${host.port}`,
            `Origin: ${origin()}`,
            `Cookie: ${cookie}`,
            'Content-Type: application/json',
            `Content-Length: ${CALL_BYTES_MAX + 1}`,
          ];
          socket.write(`${lines.join('\r\n')}\r\n\r\n{`);
        });
        socket.once('data', (data) => {
          resolve(data.toString());
          socket.destroy();
        });
      });
      expect(refused).toContain('413');
    });

    it('end a chunked body that grows over the limit', async () => {
      const status = await new Promise<number | string>((resolve) => {
        const request = http.request(
          {
            host: '127.0.0.1',
            port: host.port,
            method: 'POST',
            path: '/api/call/case.recent',
            headers: headers({ 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }),
          },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        );
        request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
        const chunk = Buffer.alloc(64 * 1024, 0x20);
        for (let sent = 0; sent <= CALL_BYTES_MAX; sent += chunk.length) request.write(chunk);
      });
      expect(status).toBe(413);
      expect((await call('case.recent', {})).status).toBe(200);
    });

    it('write nowhere but in cases this user has', async () => {
      const inside = path.join(work, 'cases', 'case-1');
      expect((await call('case.open', { caseId: inside })).failure).toBeNull();
      for (const caseId of ['/etc', path.join(work, 'state'), `${work}/cases/../state`, `${work}/cases`, 'case-1']) {
        const answer = await call('case.open', { caseId });
        expect([caseId, answer.failure?.message]).toEqual([caseId, expect.stringContaining('not one of the cases')]);
      }
      const create = await call('case.create', { title: 'x', dir: '/etc' });
      expect(create.failure?.message).toContain('cases folder');
      for (const paths of [['passwd'], [7], ['../x.tar'], ['']]) {
        const answer = await call('case.import', { caseId: inside, paths, node: null, layout: null, mark: null });
        expect(answer.failure?.message).toContain('not absolute');
      }
      const outside = { caseId: '/etc', paths: ['/etc/passwd'], node: null, layout: null, mark: null };
      expect((await call('case.import', outside)).failure?.message).toContain('not one of the cases');
    });

    it('fail when the engine dies, and work again after it was restarted', async () => {
      const before = (await call('engine.about', {})).value as { runtime: string };
      const crashed = await call('case.open', { caseId: path.join(work, 'cases', 'crash') });
      expect(crashed.failure?.message).toContain('exit code 9');
      const after = (await call('engine.about', {})).value as { runtime: string };
      expect(pidOf(after.runtime)).not.toBe(pidOf(before.runtime));
      expect(log.join('\n')).toContain('Restarting');
    });
  });

  describe('events', () => {
    function listen() {
      const seen: unknown[] = [];
      const request = http.request({ host: '127.0.0.1', port: host.port, path: '/api/events', headers: headers() });
      const opened = new Promise<IncomingMessage>((resolve) => request.on('response', resolve));
      let rest = '';
      void opened.then((response) =>
        response.setEncoding('utf8').on('data', (text: string) => {
          const blocks = (rest + text).split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) {
            const line = block.split('\n').find((one) => one.startsWith('data: '));
            if (line) seen.push(JSON.parse(line.slice(6)));
          }
        }),
      );
      request.on('error', () => undefined);
      request.end();
      return { seen, opened, end: () => request.destroy() };
    }

    it('carry the engine state, its changes and job events to every window', async () => {
      const one = listen();
      const two = listen();
      expect((await one.opened).headers['content-type']).toContain('text/event-stream');
      await two.opened;
      await until(() => (one.seen.length > 0 && two.seen.length > 0 ? true : null));
      expect(one.seen[0]).toEqual({ type: 'engine-state', state: 'ready' });
      await call('case.open', { caseId: path.join(work, 'cases', 'crash') });
      await until(() => (one.seen.length >= 3 ? true : null));
      expect(one.seen.slice(1, 3)).toEqual([
        { type: 'engine-state', state: 'restarting' },
        { type: 'engine-state', state: 'ready' },
      ]);
      two.end();
      const path1 = await upload('a.tar', Buffer.from('x'));
      const file = (JSON.parse(path1.text) as { value: { path: string } }).value.path;
      await call('case.import', {
        caseId: path.join(work, 'cases', 'case-1'),
        paths: [file],
        node: null,
        layout: null,
        mark: null,
      });
      const event = await until(
        () => one.seen.find((message) => (message as { type: string }).type === 'event') ?? null,
      );
      expect(event).toMatchObject({ event: 'onDidChangeJob', payload: { state: 'running', title: 'a.tar' } });
      one.end();
    });
  });

  describe('uploads', () => {
    it('are kept until their import has ended', async () => {
      const body = Buffer.alloc(100_000, 7);
      const answer = await upload('../../node logs.tar.gz', body);
      expect(answer.status).toBe(200);
      const { path: file } = (JSON.parse(answer.text) as { value: { path: string } }).value;
      expect(path.basename(file)).toBe('node_logs.tar.gz');
      expect((await readFile(file)).equals(body)).toBe(true);
      const started = await call('case.import', {
        caseId: path.join(work, 'cases', 'case-1'),
        paths: [file],
        node: null,
        layout: null,
        mark: null,
      });
      const { job } = started.value as { job: string };
      expect(existsSync(file)).toBe(true);
      await call('job.cancel', { job });
      await until(() => (existsSync(file) ? null : true));
    });

    it('over the limit are refused in words and leave nothing', async () => {
      const before = await spooled(work);
      const answer = await upload('big.tar', Buffer.alloc(UPLOAD_LIMIT + 1));
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('200,000 bytes');
      expect(await spooled(work)).toEqual(before);
    });

    it('that break off leave nothing', async () => {
      const before = await spooled(work);
      const request = http.request({
        host: '127.0.0.1',
        port: host.port,
        method: 'POST',
        path: '/api/upload?name=broken.tar',
        headers: headers({ 'Content-Length': '150000' }),
      });
      request.on('error', () => undefined);
      request.write(Buffer.alloc(70_000, 1));
      await until(async () => ((await spooled(work)).length > before.length ? true : null));
      request.destroy();
      await until(async () => ((await spooled(work)).length === before.length ? true : null));
      expect(await spooled(work)).toEqual(before);
    });
  });

  it('says when the port is taken', async () => {
    const second = await serve(hostOptions(work, { port: host.port }));
    expect(second).toMatchObject({ ok: false, failure: { message: `Port ${host.port} is in use.` } });
  });

  it('says when the user interface is not built, or a target is not there', async () => {
    const unbuilt = await serve(hostOptions(work, { rendererFolder: path.join(work, 'none') }));
    expect(unbuilt).toMatchObject({
      ok: false,
      failure: { code: 'not-found', advice: expect.stringContaining('build') },
    });
    const missing = await serve(hostOptions(work, { targets: ['/no/such'] }));
    expect(missing).toMatchObject({ ok: false, failure: { where: '/no/such' } });
  });
});
