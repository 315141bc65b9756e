/** Names of the messages between preload and main. Nothing else is listened to on either side. */
import type { MethodName } from '../analyzer/contract/contract.ts';

export const CHANNEL = {
  call: 'coldcase:call',
  event: 'coldcase:event',
  engineState: 'coldcase:engine-state',
  engineStateNow: 'coldcase:engine-state-now',
  choosePaths: 'coldcase:choose-paths',
  saveDocument: 'coldcase:save-document',
  savePdf: 'coldcase:save-pdf',
  /** A link waits to be followed; no payload: the page takes it with `takeLink`. */
  linkWaits: 'coldcase:link-waits',
  takeLink: 'coldcase:take-link',
} as const;

export interface CallRequest {
  readonly method: MethodName;
  readonly input: unknown;
}

export interface SaveRequest {
  readonly fileName: string;
  readonly mediaType: string;
  readonly content: string | Uint8Array;
}

export interface PdfRequest {
  readonly fileName: string;
  readonly html: string;
}
