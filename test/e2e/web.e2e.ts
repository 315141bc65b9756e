import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { htmlToPdf } from '../../analyzer/hosts/pdf/html-to-pdf.ts';
import { compareFlow } from './compare-flow.ts';
import { keyboardFlow } from './keyboard-flow.ts';
import { mainFlow } from './main-flow.ts';
import { networkFlow } from './network-flow.ts';
import { printTrial } from './print.ts';
import { reportFlow } from './report-flow.ts';
import { runbookFlow } from './runbook-flow.ts';
import { searchFlow } from './search-flow.ts';
import { timelineFlow } from './timeline-flow.ts';
import { viewerFlow } from './viewer-flow.ts';
import { launchWeb } from './web-host.ts';

mainFlow('web', launchWeb);
keyboardFlow('web', launchWeb);
searchFlow('web', launchWeb);
networkFlow('web', launchWeb);
runbookFlow('web', launchWeb);
viewerFlow('web', launchWeb);
timelineFlow('web', launchWeb);
compareFlow('web', launchWeb);
reportFlow('web', launchWeb);

it('a browser of this machine prints a report, and what is in it does nothing', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'coldcase-print-'));
  const trial = await printTrial(folder);
  try {
    const pdf = await htmlToPdf(trial.html);
    expect(pdf.ok ? trial.wrongWith(pdf.value) : pdf.failure).toEqual([]);
  } finally {
    trial.close();
    await rm(folder, { recursive: true, force: true });
  }
});
