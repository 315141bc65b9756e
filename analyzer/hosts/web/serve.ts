/**
 * The web host: the same user interface on loopback, for a machine without a display.
 * The engine runs in a child process; this process only translates HTTP to the contract.
 */
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fail, ok, type Result } from '../../core/failure.ts';
import { type EngineClient, superviseEngine } from '../engine-client.ts';
import { forkEngine } from '../engine-fork.ts';
import { htmlToPdf } from '../pdf/html-to-pdf.ts';
import { createApi } from './api.ts';
import { COMMON_HEADERS, contentSecurityPolicy, NOTHING_ALLOWED } from './headers.ts';
import { createPrintDesk, type PrintPdf } from './print-desk.ts';
import { refusalOf } from './request-check.ts';
import { createSession, type Session } from './session.ts';
import { applicationPage, listStaticFiles, type StaticFiles } from './static-files.ts';
import { openTargets } from './targets.ts';
import { openSpool, UPLOAD_BYTES_MAX } from './uploads.ts';

export interface ServeOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly casesFolder: string;
  readonly stateFolder: string;
  /** Folder of the built renderer, with index.html in it. */
  readonly rendererFolder: string;
  /** Cases, archives and folders to have ready when the page opens. */
  readonly targets: readonly string[];
  /** One line of text for the person who started the host. */
  readonly log: (line: string) => void;
  /** Engine file, for tests; the engine of this build unless given. */
  readonly engineEntry?: string;
  readonly uploadBytesMax?: number;
  /** What prints reports, for tests; a browser of this machine unless given. */
  readonly printPdf?: PrintPdf;
}

export interface WebHost {
  readonly port: number;
  /** The link with the one-time token. */
  readonly url: string;
  /** Ends every connection, the engine and the spool. Safe to call twice. */
  close(): Promise<void>;
}

/** Sockets at once, over all tabs: a few per tab are enough for a browser. */
const CONNECTIONS_MAX = 256;
const HEADERS_MILLISECONDS_MAX = 15_000;
/** Node looks for late ones every 30 s; sockets held open by somebody else are wanted back sooner. */
const CONNECTIONS_CHECK_MILLISECONDS = 3_000;

function sendText(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    ...COMMON_HEADERS,
    'Content-Security-Policy': NOTHING_ALLOWED,
    'Content-Type': 'text/plain; charset=utf-8',
    ...(status === 200 ? {} : { Connection: 'close' }),
    ...headers,
  });
  response.end(`${text}\n`);
}

const NEEDS_LINK = [
  'Coldcase: this browser has no session.',
  '',
  'Open the link that `coldcase serve` printed when it started, in the address bar of this browser.',
  'The link works once. If it was used already, stop `coldcase serve` and start it again for a new one.',
].join('\n');

/** Exchanges the token for the cookie and takes it out of the address bar. */
function openLink(url: URL, request: IncomingMessage, response: ServerResponse, session: Session): void {
  const cookie = session.exchange(url.searchParams.get('token') ?? '');
  // Reloading the link in the browser that used it is no mistake.
  if (cookie === null && !session.accepts(request.headers.cookie)) {
    sendText(response, 401, NEEDS_LINK);
    return;
  }
  response.writeHead(303, {
    ...COMMON_HEADERS,
    'Content-Security-Policy': NOTHING_ALLOWED,
    ...(cookie === null ? {} : { 'Set-Cookie': cookie }),
    Location: '/',
    'Content-Length': 0,
  });
  response.end();
}

async function sendFile(files: StaticFiles, address: string, response: ServerResponse): Promise<void> {
  if (address === '/' || address === '/index.html') {
    const nonce = randomBytes(16).toString('base64');
    const page = await applicationPage(files, nonce);
    response.writeHead(200, {
      ...COMMON_HEADERS,
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      'Content-Type': 'text/html; charset=utf-8',
    });
    response.end(page);
    return;
  }
  const file = files.get(address);
  if (file === undefined) {
    sendText(response, 404, 'There is nothing at this address.');
    return;
  }
  const content = await readFile(file.path);
  response.writeHead(200, {
    ...COMMON_HEADERS,
    'Content-Security-Policy': NOTHING_ALLOWED,
    'Content-Type': file.mediaType,
    'Content-Length': content.length,
  });
  response.end(content);
}

function listen(server: http.Server, host: string, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const message =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is in use.`
          : `Cannot listen on ${host}: ${error.code ?? error.message}.`;
      resolve(fail('wrong-usage', message, `${host}:${port}`, 'Choose another one with --port, or leave it out.'));
    };
    server.once('error', onError);
    server.listen({ host, port, ipv6Only: host === '::1' }, () => {
      server.off('error', onError);
      resolve(ok((server.address() as AddressInfo).port));
    });
  });
}

/**
 * Starts the web host on 127.0.0.1, and on ::1 where the machine has it.
 * @returns the running host, or why it could not be started (port in use, renderer not built, no such target).
 */
export async function serve(options: ServeOptions): Promise<Result<WebHost>> {
  const { log } = options;
  const files = await listStaticFiles(options.rendererFolder);
  if (!files.ok) return files;
  const application = files.value;
  const targets = options.targets.map((target) => path.resolve(target));
  for (const target of targets) {
    const found = await stat(target).catch(() => null);
    if (found === null) return fail('not-found', 'There is no such file or folder.', target);
  }

  const stateFolder = path.resolve(options.stateFolder);
  // Before anything is started that would have to be ended again.
  const spooling = await openSpool(stateFolder, { uploadBytesMax: options.uploadBytesMax ?? UPLOAD_BYTES_MAX }).catch(
    (error: NodeJS.ErrnoException) =>
      fail(
        'disk',
        `The state folder cannot be written (${error.code ?? error.message}).`,
        stateFolder,
        'Set COLDCASE_STATE to another folder.',
      ),
  );
  if ('ok' in spooling) return spooling;
  const spool = spooling;

  let port = 0;
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => handle(request, response);
  const limits = { connectionsCheckingInterval: CONNECTIONS_CHECK_MILLISECONDS };
  const server4 = http.createServer(limits, onRequest);
  const server6 = http.createServer(limits, onRequest);
  for (const server of [server4, server6]) {
    server.maxConnections = CONNECTIONS_MAX;
    server.headersTimeout = HEADERS_MILLISECONDS_MAX;
    // Uploads take as long as they take; each address has its own time limit for its body.
    server.requestTimeout = 0;
  }
  const listening = await listen(server4, '127.0.0.1', options.port);
  if (!listening.ok) {
    await spool.close();
    return listening;
  }
  port = listening.value;
  const listening6 = await listen(server6, '::1', port);
  // Another program's ::1 port is not ours to answer for; browsers get the 127.0.0.1 link.
  if (listening6.ok) server6.on('error', () => undefined);

  const casesFolder = path.resolve(options.casesFolder);
  const engine: EngineClient = superviseEngine(() =>
    forkEngine({
      casesFolder,
      stateFolder,
      log: (text) => log(text.trimEnd()),
      ...(options.engineEntry === undefined ? {} : { entry: options.engineEntry }),
    }),
  );
  engine.onState((state) => {
    if (state !== 'ready') log(state === 'lost' ? 'The engine could not be restarted.' : 'Restarting the engine.');
  });
  const given = new Set<string>();
  const api = createApi(engine, spool, { engine, casesFolder, given });
  const printing = createPrintDesk(options.printPdf ?? htmlToPdf, log);
  const session = createSession(port);

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, port);
    if (refusal) {
      sendText(response, refusal.status, refusal.message, refusal.status === 405 ? { Allow: 'GET, POST' } : {});
      return;
    }
    // The raw path: nothing is decoded or normalised, so there is only one way to write each address.
    const [address = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const url = new URL(`http://host/?${query}`);
    if (request.method === 'GET' && address === '/' && url.searchParams.has('token')) {
      // A browser that loads the link ahead of time must not use it up.
      if (/prefetch/.test(String(request.headers['sec-purpose'] ?? ''))) sendText(response, 401, NEEDS_LINK);
      else openLink(url, request, response, session);
      return;
    }
    if (!session.accepts(request.headers.cookie)) {
      sendText(response, 401, NEEDS_LINK);
      return;
    }
    const call = /^\/api\/call\/([^/]*)$/.exec(address);
    if (request.method === 'POST') {
      if (call) await api.call(call[1] ?? '', request, response);
      else if (address === '/api/upload') await api.upload(url.searchParams.get('name') ?? '', request, response);
      else if (address === '/api/pdf') await printing.answer(request, response);
      else sendText(response, 404, 'There is nothing at this address.');
    } else if (address === '/api/events') api.events(request, response);
    else await sendFile(application, address, response);
  }

  handle = (request, response) => {
    response.on('error', () => undefined);
    route(request, response).catch((error: unknown) => {
      log(`A request failed: ${error instanceof Error ? error.message : String(error)}`);
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'Coldcase could not answer this request.');
    });
  };

  let closing: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    api.close();
    for (const server of [server4, server6]) {
      server.close();
      server.closeAllConnections();
    }
    await printing.close();
    await engine.close();
    await spool.close();
  };
  const close = (): Promise<void> => {
    closing ??= closeAll();
    return closing;
  };

  await openTargets(engine, targets, given, log);
  return ok({ port, url: `http://127.0.0.1:${port}/?token=${session.token}`, close });
}
