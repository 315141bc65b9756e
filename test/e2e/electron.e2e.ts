import { launchElectron } from './electron-host.ts';
import { type Launch, PATIENCE_MILLISECONDS } from './host.ts';
import { keyboardFlow } from './keyboard-flow.ts';
import { mainFlow } from './main-flow.ts';

const launch: Launch = async (options) => {
  const host = await launchElectron(options);
  host.page.setDefaultTimeout(PATIENCE_MILLISECONDS);
  return {
    ...host,
    pid: host.app.process().pid ?? 0,
    resize: async (width, height) => {
      await host.app.evaluate(
        ({ BrowserWindow }, size) => {
          BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
        },
        { width, height },
      );
      await host.page.waitForFunction((wanted) => innerWidth === wanted, width);
    },
  };
};

mainFlow('electron', launch);
keyboardFlow('electron', launch);
