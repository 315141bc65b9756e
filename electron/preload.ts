/**
 * The only thing the page gets from the desktop: the contract's Bridge as `window.coldcase`, method by method.
 * Runs sandboxed, as one file. The names come from the contract at build time (see tools/build.ts), so that no
 * schema library runs in here.
 */
import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from 'electron';
import type { EventName, EventPayload, MethodInput, MethodName, MethodOutput } from '../analyzer/contract/contract.ts';
import type { Bridge } from '../analyzer/contract/engine-api.ts';
import type { Result } from '../analyzer/core/failure.ts';
import { type CallRequest, CHANNEL, type PdfRequest, type SaveRequest } from './channels.ts';

/** Replaced by the bundler. */
declare const METHOD_NAMES: readonly string[];
declare const EVENT_NAMES: readonly string[];

type State = Parameters<Parameters<Bridge['onEngineState']>[0]>[0];

function call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<Result<MethodOutput<M>>> {
  if (!METHOD_NAMES.includes(method)) return Promise.reject(new Error(`The engine has no method "${method}".`));
  const request: CallRequest = { method, input };
  return ipcRenderer.invoke(CHANNEL.call, request);
}

function on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
  if (!EVENT_NAMES.includes(event)) throw new Error(`The engine has no event "${event}".`);
  const receive = (_event: IpcRendererEvent, message: { event: string; payload: EventPayload<E> }): void => {
    if (message.event === event) listener(message.payload);
  };
  ipcRenderer.on(CHANNEL.event, receive);
  return () => {
    ipcRenderer.removeListener(CHANNEL.event, receive);
  };
}

/** Electron has had `webUtils` since 29; before, a dropped File carried its path itself. */
function pathOf(file: File): string {
  if (webUtils?.getPathForFile) return webUtils.getPathForFile(file);
  return (file as File & { readonly path?: string }).path ?? '';
}

function onEngineState(listener: (state: State) => void): () => void {
  let heard = false;
  const receive = (_event: IpcRendererEvent, state: State): void => {
    heard = true;
    listener(state);
  };
  ipcRenderer.on(CHANNEL.engineState, receive);
  // A page that was (re)loaded while the engine is down has missed the message.
  ipcRenderer.invoke(CHANNEL.engineStateNow).then(
    (state: State) => {
      if (!heard && state !== 'ready') listener(state);
    },
    () => undefined,
  );
  return () => {
    heard = true;
    ipcRenderer.removeListener(CHANNEL.engineState, receive);
  };
}

const linkListeners = new Set<(link: string) => void>();

/** A link waits in main until somebody here wants it: the page may still be loading when it comes. */
function takeLink(): void {
  if (linkListeners.size === 0) return;
  ipcRenderer.invoke(CHANNEL.takeLink).then(
    (link: string | null) => {
      if (link !== null) for (const listener of linkListeners) listener(link);
    },
    () => undefined,
  );
}

function onLink(listener: (link: string) => void): () => void {
  linkListeners.add(listener);
  takeLink();
  return () => {
    linkListeners.delete(listener);
  };
}

ipcRenderer.on(CHANNEL.linkWaits, takeLink);

const bridge: Bridge = {
  host: 'electron',
  call,
  on,
  choosePaths: (what) => ipcRenderer.invoke(CHANNEL.choosePaths, what),
  pathsOf: (files) => files.map(pathOf).filter((file) => file !== ''),
  saveDocument: (fileName, mediaType, content) => {
    const request: SaveRequest = { fileName, mediaType, content };
    return ipcRenderer.invoke(CHANNEL.saveDocument, request);
  },
  savePdf: (fileName, html) => {
    const request: PdfRequest = { fileName, html };
    return ipcRenderer.invoke(CHANNEL.savePdf, request);
  },
  onEngineState,
  onLink,
};

contextBridge.exposeInMainWorld('coldcase', bridge);
