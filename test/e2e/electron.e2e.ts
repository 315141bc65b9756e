import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { compareFlow } from './compare-flow.ts';
import { launchElectron } from './electron-host.ts';
import { brokenPrintPromises } from './electron-print.ts';
import { brokenShellPromises } from './electron-shell.ts';
import { type Launch, PATIENCE_MILLISECONDS } from './host.ts';
import { keyboardFlow } from './keyboard-flow.ts';
import { mainFlow } from './main-flow.ts';
import { networkFlow } from './network-flow.ts';
import { reportFlow } from './report-flow.ts';
import { runbookFlow } from './runbook-flow.ts';
import { searchFlow } from './search-flow.ts';
import { timelineFlow } from './timeline-flow.ts';
import { viewerFlow } from './viewer-flow.ts';

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
searchFlow('electron', launch);
networkFlow('electron', launch);
runbookFlow('electron', launch);
viewerFlow('electron', launch);
timelineFlow('electron', launch);
compareFlow('electron', launch);
reportFlow('electron', launch);

it('the desktop shell keeps its promises', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'coldcase-shell-'));
  const host = await launchElectron({ stateFolder: folder });
  try {
    expect(host.problems()).toEqual([]);
    expect(await brokenPrintPromises(host, folder)).toEqual([]);
    expect(await brokenShellPromises(host)).toEqual([]);
  } finally {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  }
});
