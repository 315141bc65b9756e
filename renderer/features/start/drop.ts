/** What happens with dropped things, by host. */
import type { Bridge } from '../../bridge/bridge.ts';
import type { SessionStore } from '../../stores/session.ts';

/**
 * Imports what was dropped. A browser hands over the bytes of files but not of folders, so in the web host a folder
 * is refused with what to do instead; Electron gives the path of either.
 */
export function takeDrop(transfer: DataTransfer, bridge: Bridge, session: SessionStore): void {
  const files = [...transfer.files];
  if (bridge.pathsOf === undefined) {
    const folder = [...transfer.items].map((item) => item.webkitGetAsEntry()).find((entry) => entry?.isDirectory);
    if (folder) {
      session.setState({
        failure: {
          code: 'wrong-usage',
          message: 'A browser cannot hand over a folder.',
          where: folder.name,
          advice: 'Give its path under "Path on this machine", or drop the archive itself.',
        },
      });
      return;
    }
  }
  void session.getState().importFiles(files);
}
