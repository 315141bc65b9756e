/**
 * The bridge to the loopback web host. The only file of the renderer that uses the network, and only its own origin:
 * POST /api/call/<method> with the input as JSON -> {value, failure};
 * EventSource /api/events, each message an EventMessage or {type: 'engine-state', state};
 * POST /api/upload?name=<name> with the file as body -> {value: {path}, failure};
 * POST /api/pdf with the HTML as body -> the PDF, or {value: null, failure}.
 */
import type {
  EventName,
  EventPayload,
  MethodInput,
  MethodName,
  MethodOutput,
} from '../../../analyzer/contract/contract.ts';
import type { Bridge } from '../../../analyzer/contract/engine-api.ts';
import type { Failure, Result } from '../../model/types.ts';

type EngineState = 'ready' | 'restarting' | 'lost';
type AnyListener = (payload: unknown) => void;

/** Tries to reach the host again this many times in a row before saying that it is lost. */
const ATTEMPTS_MAX = 5;

function failed(
  message: string,
  advice: string | null,
  code: Failure['code'] = 'internal',
): { ok: false; failure: Failure } {
  return { ok: false, failure: { code, message, where: null, advice } };
}

const unreachable = () =>
  failed(
    'The Coldcase host does not answer.',
    'Check that the command that serves this page still runs, then reload.',
    'busy',
  );

/** Turns the host's `{value, failure}` into a Result; anything else is a failure too. */
function toResult<T>(body: unknown, status: number): Result<T> {
  if (typeof body === 'object' && body !== null && 'failure' in body) {
    const answer = body as { readonly value?: unknown; readonly failure: Failure | null };
    return answer.failure === null ? { ok: true, value: answer.value as T } : { ok: false, failure: answer.failure };
  }
  if (status === 401 || status === 403) {
    return failed(
      'The Coldcase host refused this page.',
      'Open the link printed by `coldcase serve` again.',
      'wrong-usage',
    );
  }
  return failed(`The Coldcase host answered with status ${status}.`, null);
}

function isPdf(response: Response): boolean {
  return response.ok && (response.headers.get('content-type') ?? '').startsWith('application/pdf');
}

/** Hands the bytes to the browser as a download. @returns where they went. */
function download(fileName: string, bytes: Blob): Result<string> {
  const url = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has read the address when the click returns to the event loop.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return { ok: true, value: `the browser's download folder, as ${fileName}` };
}

/** @returns the bridge; it connects to the event stream at once. */
export function createWebBridge(): Bridge {
  const listeners = new Map<EventName, Set<AnyListener>>();
  const engineListeners = new Set<(state: EngineState) => void>();
  let attempts = 0;
  const tell = (state: EngineState) => {
    for (const listener of engineListeners) listener(state);
  };

  const events = new EventSource('api/events');
  let interrupted = false;
  events.onopen = () => {
    attempts = 0;
    if (interrupted) tell('ready');
    interrupted = false;
  };
  events.onerror = () => {
    interrupted = true;
    attempts += 1;
    tell(events.readyState === EventSource.CLOSED || attempts > ATTEMPTS_MAX ? 'lost' : 'restarting');
  };
  events.onmessage = (message: MessageEvent<string>) => {
    const said = JSON.parse(message.data) as
      | { readonly type: 'event'; readonly event: EventName; readonly payload: unknown }
      | { readonly type: 'engine-state'; readonly state: EngineState };
    if (said.type === 'engine-state') tell(said.state);
    else for (const listener of listeners.get(said.event) ?? []) listener(said.payload);
  };

  const upload = (file: File, onSent: (sent: number) => void) =>
    new Promise<Result<{ readonly path: string }>>((resolve) => {
      // fetch reports no progress of a request body; XMLHttpRequest does.
      const request = new XMLHttpRequest();
      request.open('POST', `api/upload?name=${encodeURIComponent(file.name)}`);
      request.upload.onprogress = (event) => onSent(event.loaded);
      request.onload = () => {
        try {
          resolve(toResult(JSON.parse(request.responseText), request.status));
        } catch {
          resolve(toResult(null, request.status));
        }
      };
      request.onerror = () =>
        resolve(
          failed(
            `${file.name} could not be sent to the host.`,
            'Folders cannot be sent: give their path instead.',
            'unreadable',
          ),
        );
      request.send(file);
    });

  return {
    host: 'web',
    async call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<Result<MethodOutput<M>>> {
      let response: Response;
      try {
        response = await fetch(`api/call/${method}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(input),
        });
      } catch {
        return unreachable();
      }
      const body: unknown = await response.json().catch(() => null);
      return toResult(body, response.status);
    },
    on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) {
      const set = listeners.get(event) ?? new Set<AnyListener>();
      listeners.set(event, set.add(listener as AnyListener));
      return () => set.delete(listener as AnyListener);
    },
    async upload(files, onProgress) {
      const total = files.reduce((sum, file) => sum + file.size, 0);
      const paths: string[] = [];
      let before = 0;
      for (const file of files) {
        const start = before;
        const answer = await upload(file, (sent) => onProgress(Math.min(start + sent, total), total));
        if (!answer.ok) return answer;
        paths.push(answer.value.path);
        before += file.size;
        onProgress(before, total);
      }
      return { ok: true, value: paths };
    },
    async saveDocument(fileName, mediaType, content) {
      // Bytes of a buffer that threads share are no part of a Blob.
      const part = typeof content === 'string' ? content : new Uint8Array(content);
      return download(fileName, new Blob([part], { type: mediaType }));
    },
    async savePdf(fileName, html) {
      let response: Response;
      try {
        response = await fetch('api/pdf', {
          method: 'POST',
          headers: { 'content-type': 'text/html; charset=utf-8' },
          body: html,
        });
        if (isPdf(response)) return download(fileName, await response.blob());
      } catch {
        return unreachable();
      }
      return toResult(await response.json().catch(() => null), response.status);
    },
    onEngineState(listener) {
      engineListeners.add(listener);
      return () => engineListeners.delete(listener);
    },
  };
}
