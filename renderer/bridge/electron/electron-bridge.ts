/** The preload exposes the Bridge itself as `window.coldcase`. */
import type { Bridge } from '../../../analyzer/contract/engine-api.ts';

declare global {
  interface Window {
    readonly coldcase?: Bridge;
  }
}

/** @returns the preload's bridge, or null outside Electron. */
export function electronBridge(): Bridge | null {
  return window.coldcase ?? null;
}
