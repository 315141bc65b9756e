/** Ends the web host when the one who started it is done: Ctrl-C, SIGTERM, a closed terminal, a parent's death. */
import { fstatSync } from 'node:fs';
import { endProcess } from '../../core/thread-end.ts';
import type { WebHost } from './serve.ts';

/** A second Ctrl-C does not wait; neither does this long a shut-down. */
const CLOSE_MILLISECONDS_MAX = 10_000;

/** @returns true when standard input is a pipe or socket, whose end means that the parent is gone. */
function stdinTellsOfParent(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}

/**
 * Calls `listener` when the pipe on standard input closes, i.e. when the program that started this one is gone.
 * Standard input counts only when it is a pipe: /dev/null (nohup, systemd) ends at once and means nothing, and a
 * terminal that closes sends SIGHUP.
 */
export function whenParentEnds(listener: () => void): void {
  if (!stdinTellsOfParent()) return;
  process.stdin.on('error', listener);
  process.stdin.on('end', listener);
  process.stdin.resume();
  // Watching must not be what keeps the process alive.
  if ('unref' in process.stdin) process.stdin.unref();
}

/**
 * Waits for the end and closes the host.
 * @returns exit code: 0 after SIGTERM, SIGHUP or the parent's end, 130 after Ctrl-C.
 */
export function endWithParent(host: WebHost): Promise<number> {
  return new Promise((resolve) => {
    let code: number | null = null;
    const end = (exitCode: number): void => {
      if (code !== null) {
        if (exitCode === 130) endProcess(130);
        return;
      }
      code = exitCode;
      const last = setTimeout(() => endProcess(exitCode), CLOSE_MILLISECONDS_MAX);
      host.close().then(
        () => {
          clearTimeout(last);
          resolve(exitCode);
        },
        () => endProcess(1),
      );
    };
    process.on('SIGINT', () => end(130));
    process.on('SIGTERM', () => end(0));
    process.on('SIGHUP', () => end(0));
    whenParentEnds(() => end(0));
  });
}
