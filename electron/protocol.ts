/** Serves the built renderer from app://coldcase/, the only origin the window may load anything from. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { COMMON_HEADERS, contentSecurityPolicy, NOTHING_ALLOWED } from '../analyzer/hosts/web/headers.ts';
import { APP_SCHEME, resolveAppFile } from './app-path.ts';

/** Must run before the app is ready: a scheme cannot be given its privileges later. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers app:// requests of `session` from the folder `root`. Needs protocol.handle (Electron 25). */
export function serveApp(session: Session, root: string): void {
  session.protocol.handle(APP_SCHEME, (request) => answer(root, request.method, request.url));
}

async function answer(root: string, method: string, address: string): Promise<Response> {
  const target = resolveAppFile(root, address);
  if (method !== 'GET' || target.kind === 'refused') return notFound();
  let bytes: Buffer;
  try {
    bytes = await readFile(target.file);
  } catch {
    return notFound();
  }
  if (target.kind === 'asset') return response(200, target.mediaType, NOTHING_ALLOWED, new Uint8Array(bytes));
  const nonce = randomBytes(16).toString('base64');
  const page = bytes.toString('utf8').replaceAll('__CSP_NONCE__', nonce);
  return response(200, target.mediaType, contentSecurityPolicy(nonce), page);
}

/** One answer for all refusals: which paths exist is nobody's business. */
function notFound(): Response {
  return response(404, 'text/plain; charset=utf-8', NOTHING_ALLOWED, 'Not found');
}

function response(status: number, mediaType: string, policy: string, body: BodyInit): Response {
  return new Response(body, {
    status,
    headers: { ...COMMON_HEADERS, 'Content-Type': mediaType, 'Content-Security-Policy': policy },
  });
}
