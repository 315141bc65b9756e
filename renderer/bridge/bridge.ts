/** Chooses the host this window runs in. The fake bridge is for tests and is never chosen here. */
import type { Bridge } from '../../analyzer/contract/engine-api.ts';
import { electronBridge } from './electron/electron-bridge.ts';
import { createWebBridge } from './web/web-bridge.ts';

export type { Bridge };

/** @returns the bridge of the Electron preload when there is one, else the loopback web host. */
export function chooseBridge(): Bridge {
  return electronBridge() ?? createWebBridge();
}
