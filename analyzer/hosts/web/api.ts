/** The three addresses behind the page: calls, events, uploads. Thin: each only translates to the engine's API. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EVENTS, type EventName, isMethodName, type MethodInput, type MethodName } from '../../contract/contract.ts';
import { type Failure, fail, ok, type Result } from '../../core/failure.ts';
import { grouped } from '../../core/grouped.ts';
import type { EngineClient } from '../engine-client.ts';
import { readBody, sendResult } from './answer.ts';
import { COMMON_HEADERS, NOTHING_ALLOWED } from './headers.ts';
import { outsideScope, type ScopeOptions } from './scope.ts';
import type { Spool } from './uploads.ts';

/** Largest JSON input of a call; the longest real one names a few hundred findings. */
export const CALL_BYTES_MAX = 1024 * 1024;
/** A JSON body that takes longer than this is not coming from our page. */
const BODY_MILLISECONDS_MAX = 30_000;
/** Proxies and sleepy sockets are noticed by writing; browsers ignore comment lines. */
const KEEP_ALIVE_MILLISECONDS = 20_000;
/** Event streams at once: browser tabs. Each keeps a socket open. */
const STREAMS_MAX = 32;
/**
 * Text that waits for one slow reader (a suspended tab, a stopped program). Beyond it the stream is ended: a browser
 * that lives connects again by itself.
 */
export const STREAM_BACKLOG_BYTES_MAX = 4 * 1024 * 1024;
/** An upload that sends nothing for this long has broken off. */
const UPLOAD_IDLE_MILLISECONDS = 60_000;

interface Refused {
  readonly status: 400 | 413 | 415;
  readonly failure: Failure;
}

async function readJson(request: IncomingMessage): Promise<{ readonly input: unknown } | Refused> {
  const refused = (status: Refused['status'], message: string): Refused => ({
    status,
    failure: fail('wrong-usage', message).failure,
  });
  if (!/^application\/json(?:\s*;|$)/i.test(request.headers['content-type'] ?? '')) {
    return refused(415, 'A call has to be sent as application/json.');
  }
  const timer = setTimeout(() => request.destroy(), BODY_MILLISECONDS_MAX);
  const body = await readBody(request, CALL_BYTES_MAX);
  clearTimeout(timer);
  if (body === 'large') return refused(413, `A call may be ${grouped(CALL_BYTES_MAX)} bytes at most.`);
  try {
    return { input: JSON.parse(body.toString('utf8')) };
  } catch {
    return refused(400, 'The body of the call is not JSON.');
  }
}

export interface Api {
  /** Answers `POST /api/call/<method>`. */
  call(method: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers `GET /api/events`: server-sent events until either side ends. */
  events(request: IncomingMessage, response: ServerResponse): void;
  /** Answers `POST /api/upload?name=`; the value is `{path}`, to pass to `case.import`. */
  upload(name: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): void;
}

export function createApi(engine: EngineClient, spool: Spool, scope: ScopeOptions): Api {
  const streams = new Set<ServerResponse>();
  const write = (text: string): void => {
    for (const stream of streams) {
      if (stream.writableLength > STREAM_BACKLOG_BYTES_MAX) {
        streams.delete(stream);
        stream.destroy();
      } else stream.write(text);
    }
  };
  const broadcast = (message: object): void => write(`data: ${JSON.stringify(message)}\n\n`);
  const ends = [
    ...(Object.keys(EVENTS) as EventName[]).map((event) =>
      engine.on(event, (payload) => broadcast({ type: 'event', event, payload })),
    ),
    engine.onState((state) => broadcast({ type: 'engine-state', state })),
  ];
  const keepAlive = setInterval(() => write(':\n\n'), KEEP_ALIVE_MILLISECONDS);
  keepAlive.unref();

  /** Uploads are only needed until their import has ended, however it ended. */
  async function importEnded(input: MethodInput<'case.import'>, started: Result<unknown>): Promise<void> {
    if (started.ok) {
      const { job } = started.value as { readonly job: MethodInput<'job.wait'>['job'] };
      await engine.call('job.wait', { job });
    }
    for (const file of input.paths) if (spool.has(file)) await spool.remove(file);
  }

  return {
    call: async (method, request, response) => {
      if (!isMethodName(method)) {
        sendResult(response, 404, fail('wrong-usage', 'The engine has no such method.', method.slice(0, 100)));
        return;
      }
      const body = await readJson(request);
      if ('failure' in body) {
        sendResult(response, body.status, { ok: false, failure: body.failure });
        return;
      }
      const refused = await outsideScope(method, body.input, scope);
      if (refused) {
        sendResult(response, 200, { ok: false, failure: refused });
        return;
      }
      // The engine validates the input; a browser's word about types counts for nothing here.
      const result = await engine.call(method, body.input as MethodInput<MethodName>);
      if (method === 'case.import') {
        importEnded(body.input as MethodInput<'case.import'>, result).catch(() => undefined);
      }
      sendResult(response, 200, result);
    },
    events: (request, response) => {
      if (streams.size >= STREAMS_MAX) {
        sendResult(response, 503, fail('busy', 'Too many windows are open.'));
        return;
      }
      response.writeHead(200, {
        ...COMMON_HEADERS,
        'Content-Security-Policy': NOTHING_ALLOWED,
        'Content-Type': 'text/event-stream; charset=utf-8',
      });
      response.write(`retry: 1000\n\ndata: ${JSON.stringify({ type: 'engine-state', state: engine.state })}\n\n`);
      streams.add(response);
      request.on('close', () => streams.delete(response));
    },
    upload: async (name, request, response) => {
      const declared = request.headers['content-length'];
      request.setTimeout(UPLOAD_IDLE_MILLISECONDS, () => request.destroy());
      const received = await spool.receive(name, request, declared === undefined ? null : Number(declared));
      // The socket may next carry a call that waits for hours.
      request.socket.setTimeout(0);
      sendResult(response, received.ok ? 200 : 400, received.ok ? ok({ path: received.value }) : received);
    },
    close: () => {
      clearInterval(keepAlive);
      for (const end of ends) end();
      for (const stream of streams) stream.end();
      streams.clear();
    },
  };
}
