/** The engine as every host sees it, and the bridge as the renderer sees it. Types only. */
import type { Result } from '../core/failure.ts';
import type { EventName, EventPayload, MethodInput, MethodName, MethodOutput } from './contract.ts';

/** Calls never reject for an expected failure: they answer with a Result. */
export interface EngineApi {
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<Result<MethodOutput<M>>>;
  /** @returns a function that ends the subscription. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
}

/** The engine in this process. */
export interface Engine extends EngineApi {
  /** Cancels every job, waits for the workers to end, closes every file. */
  close(): Promise<void>;
}

/** What the renderer gets from its host: the engine and the few things only a host can do. */
export interface Bridge extends EngineApi {
  readonly host: 'electron' | 'web' | 'fake';
  /** Native chooser; resolves to absolute paths, empty when dismissed. Absent in the web host. */
  readonly choosePaths?: (what: 'archives' | 'folder') => Promise<readonly string[]>;
  /** Absolute paths of dropped files (Electron). Absent in the web host, which uploads instead. */
  readonly pathsOf?: (files: readonly File[]) => readonly string[];
  /** Streams the files to the host and answers with paths the engine can import (web host). */
  readonly upload?: (
    files: readonly File[],
    onProgress: (sent: number, total: number) => void,
  ) => Promise<Result<readonly string[]>>;
  /** Saves a document through the host's dialog or download; null when dismissed, else where it went. */
  saveDocument(fileName: string, mediaType: string, content: string | Uint8Array): Promise<Result<string | null>>;
  /**
   * Prints the self-contained HTML of a report as PDF and saves it the same way. Fails by name where the host has
   * nothing to print with (the web host needs a Chromium on its machine).
   */
  savePdf(fileName: string, html: string): Promise<Result<string | null>>;
  /** The engine process ended and is being started again ('restarting') or could not be ('lost'). */
  onEngineState(listener: (state: 'ready' | 'restarting' | 'lost') => void): () => void;
  /**
   * Links to lines (`coldcase://...`, as they were handed over; `link.follow` says what they are) that the operating
   * system wants opened; one that came before is handed to the first listener. Absent in the web host.
   */
  readonly onLink?: (listener: (link: string) => void) => () => void;
}
