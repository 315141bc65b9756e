/** Main's end of the bridge: every message is checked for its sender and its shape before anything is done. */
import { type BrowserWindow, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import * as z from 'zod';
import {
  EVENTS,
  type EventName,
  isMethodName,
  type MethodInput,
  type MethodName,
} from '../analyzer/contract/contract.ts';
import { fail } from '../analyzer/core/failure.ts';
import { CaseId } from '../analyzer/core/ids.ts';
import type { EngineClient } from '../analyzer/hosts/engine-client.ts';
import { isOwnPage } from './app-path.ts';
import { CHANNEL } from './channels.ts';
import { choosePaths, PathChoice, SaveRequest, saveDocument, savePdf } from './dialogs.ts';
import { PdfRequest } from './print-pdf.ts';

const CallRequest = z.object({ method: z.string().max(100), input: z.unknown() });
const InCase = z.object({ caseId: CaseId });

/** @returns true when the message comes from the main frame of our window while it shows our page. */
function isOwnSender(event: IpcMainInvokeEvent, contents: WebContents): boolean {
  const frame = event.senderFrame;
  return event.sender === contents && frame !== null && frame.parent === null && isOwnPage(frame.url);
}

export interface Connection {
  /** Hands a link to the page: now, or when it has loaded. One that was not taken yet gives way to it. */
  followLink(link: string): void;
  end(): void;
}

/** Connects the window to the engine. */
export function connectWindow(window: BrowserWindow, engine: EngineClient): Connection {
  const contents = window.webContents;
  const handled: string[] = [];
  const handle = <T extends z.ZodType>(channel: string, shape: T, act: (message: z.output<T>) => unknown): void => {
    handled.push(channel);
    ipcMain.handle(channel, (event, message: unknown) => {
      if (!isOwnSender(event, contents)) throw new Error('Refused: not sent by the Coldcase window.');
      const parsed = shape.safeParse(message);
      if (!parsed.success) throw new Error('Refused: malformed message.');
      return act(parsed.data);
    });
  };
  // The case that the page works in: what it saves takes the place of no file of it.
  let caseId: CaseId | null = null;
  handle(CHANNEL.call, CallRequest, ({ method, input }) => {
    caseId = InCase.safeParse(input).data?.caseId ?? caseId;
    if (!isMethodName(method)) return fail('wrong-usage', `The engine has no method "${method}".`, method);
    // The engine validates the input: types of the page end here.
    return engine.call(method, input as MethodInput<MethodName>);
  });
  // 'restarting' also covers the first start, which is no news to the page: calls made then simply wait.
  let startedOnce = engine.state === 'ready';
  handle(CHANNEL.engineStateNow, z.undefined(), () =>
    startedOnce || engine.state === 'lost' ? engine.state : 'ready',
  );
  handle(CHANNEL.choosePaths, PathChoice, (what) => choosePaths(window, what));
  handle(CHANNEL.saveDocument, SaveRequest, (request) => saveDocument(window, request, { engine, caseId }));
  handle(CHANNEL.savePdf, PdfRequest, (request) => savePdf(window, request, { engine, caseId }));

  let waitingLink: string | null = null;
  handle(CHANNEL.takeLink, z.undefined(), () => {
    const link = waitingLink;
    waitingLink = null;
    return link;
  });

  const send = (channel: string, message?: unknown): void => {
    if (!window.isDestroyed()) contents.send(channel, message);
  };
  const ends = [
    ...(Object.keys(EVENTS) as EventName[]).map((event) =>
      engine.on(event, (payload) => send(CHANNEL.event, { event, payload })),
    ),
    engine.onState((state) => {
      if (state === 'ready') startedOnce = true;
      send(CHANNEL.engineState, state);
    }),
  ];
  return {
    followLink: (link) => {
      waitingLink = link;
      send(CHANNEL.linkWaits);
    },
    end: () => {
      for (const end of ends) end();
      for (const channel of handled) ipcMain.removeHandler(channel);
    },
  };
}
