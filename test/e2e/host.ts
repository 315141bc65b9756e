/** What a flow needs of the host it runs in; electron-host.ts and web-host.ts provide it. */
import type { Page } from 'playwright';

export interface TestHost {
  readonly name: 'electron' | 'web';
  readonly page: Page;
  /** Drops files of this machine onto the page, as from a file manager. */
  drop(paths: readonly string[], target?: string): Promise<void>;
  /** What is saved next goes to this path; null dismisses where the host can. */
  saveTo(file: string | null): Promise<void>;
  /** What must not have happened: policy violations, console errors, page errors, failed requests. */
  problems(): readonly string[];
  /** Size of the page in CSS pixels. */
  resize(width: number, height: number): Promise<void>;
  /** Process the engine's process descends from. */
  readonly pid: number;
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** Fresh folder for cases and everything else the application remembers. */
  readonly stateFolder: string;
}

export type Launch = (options: LaunchOptions) => Promise<TestHost>;

/** How long a step waits for what it looks for. */
export const PATIENCE_MILLISECONDS = 15_000;
