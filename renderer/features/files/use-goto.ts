/** Goes where the box of a pane says: to a line, to an instant, or along a link. */
import { count, instant } from '../../model/format.ts';
import type { SourceFile } from '../../model/types.ts';
import { useSession, useStores } from '../../stores/stores.tsx';
import { type Here, parseGoTo } from './goto.ts';

/** @returns a function that goes there; it answers with what is wrong, or null. */
export function useGoTo(
  file: SourceFile,
  onLine: (line: number) => void,
): (text: string, here: Here) => Promise<string | null> {
  const { bridge, screens, files } = useStores();
  const caseId = useSession((state) => state.openCase?.id);
  return async (text, here) => {
    const target = parseGoTo(text, here);
    switch (target.kind) {
      case 'wrong':
        return target.message;
      case 'line':
        onLine(target.line);
        return null;
      case 'link':
        // What it found, or why it leads nowhere, is said above the lines.
        await files.getState().followLink(target.link);
        return null;
      case 'time': {
        if (caseId === undefined) return null;
        const time = new Date(target.ms).toISOString();
        const answer = await bridge.call('file.lineAt', { caseId, bundle: file.bundle, file: file.path, time });
        if (!answer.ok) return answer.failure.message;
        const { line, time: at } = answer.value;
        if (line === null || at === null) return 'No line of this file carries a known time';
        onLine(line);
        const before = Date.parse(at) < target.ms;
        screens
          .getState()
          .announce(
            before
              ? `All lines are earlier: line ${count(line)} is the last one`
              : `Line ${count(line)}, ${instant(at)} UTC`,
          );
        return null;
      }
    }
  };
}
