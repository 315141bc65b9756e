/** Bodies in and out: read up to a limit, answered as `{value, failure}`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Result } from '../../core/failure.ts';
import { COMMON_HEADERS, NOTHING_ALLOWED } from './headers.ts';

/** Answers with `{value, failure}`; exactly one of them is not null unless the value itself is. */
export function sendResult(response: ServerResponse, status: number, result: Result<unknown>): void {
  const body = JSON.stringify(
    result.ok ? { value: result.value ?? null, failure: null } : { value: null, failure: result.failure },
  );
  sendBytes(response, status, 'application/json; charset=utf-8', Buffer.from(body));
}

/** Answers with a document that no browser may run anything of. */
export function sendBytes(response: ServerResponse, status: number, mediaType: string, bytes: Uint8Array): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...COMMON_HEADERS,
    'Content-Security-Policy': NOTHING_ALLOWED,
    'Content-Type': mediaType,
    'Content-Length': bytes.length,
    // A refused body may still be on its way; the socket is not reused for it.
    ...(status === 200 ? {} : { Connection: 'close' }),
  });
  response.end(bytes);
}

/** @returns the whole body; 'large' as soon as it is known to be longer than `bytesMax`, 'broken' when it ended early. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | 'large' | 'broken'> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return 'large';
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Stopping early must not destroy the socket: the refusal still has to be sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > bytesMax) return 'large';
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  } catch {
    return 'broken';
  }
}
