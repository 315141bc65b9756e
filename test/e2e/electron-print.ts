/** What the desktop promises of printing, tried on the running application through the page's own bridge. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bridge } from '../../analyzer/contract/engine-api.ts';
import type { ElectronHost } from './electron-host.ts';
import { printTrial } from './print.ts';

type BridgeWindow = Window & { readonly coldcase: Bridge };

/** @returns one sentence for each promise that is broken; empty when all hold. */
export async function brokenPrintPromises(host: ElectronHost, folder: string): Promise<readonly string[]> {
  const broken: string[] = [];
  const promise = (holds: boolean, sentence: string): void => {
    if (!holds) broken.push(sentence);
  };
  const save = (html: string) =>
    host.page.evaluate((text) => (window as unknown as BridgeWindow).coldcase.savePdf('../report.pdf', text), html);
  const trial = await printTrial(folder);
  try {
    const file = path.join(folder, 'report.pdf');
    await host.saveTo(file);
    const saved = await save(trial.html);
    promise(saved.ok && saved.value === file, `the PDF is saved where it was asked for: ${JSON.stringify(saved)}`);
    if (saved.ok) broken.push(...trial.wrongWith(await readFile(file)));

    const two = await Promise.all([save(trial.html), save(trial.html)]);
    const busy = two.filter((one) => !one.ok && one.failure.code === 'busy').length;
    promise(busy === 1 && two.some(({ ok }) => ok), `one PDF is made at a time: ${JSON.stringify(two)}`);

    const elsewhere = '<!DOCTYPE html><meta http-equiv="refresh" content="0;url=https://example.com/">';
    const refused = await save(elsewhere);
    promise(!refused.ok && refused.failure.code === 'wrong-usage', 'a document that leads elsewhere is refused');

    await host.saveTo(path.join(folder, 'none', 'report.pdf'));
    const unwritten = await save(trial.html);
    promise(
      !unwritten.ok && unwritten.failure.message.includes('There is no folder'),
      'a folder that is not there is told by name',
    );
    const archive = path.join(folder, 'node.tar.gz');
    await writeFile(archive, new Uint8Array([0x1f, 0x8b, 8, 0]));
    await host.saveTo(archive);
    const over = await save(trial.html);
    promise(
      !over.ok && over.failure.message.includes('(gzip)'),
      `nothing is saved over an archive: ${JSON.stringify(over)}`,
    );
    promise((await readFile(archive)).length === 4, 'the archive is as it was');
    await host.saveTo(null);
    const dismissed = await save(trial.html);
    promise(dismissed.ok && dismissed.value === null, 'a dismissed dialog saves nothing');
    const left = (await readdir(folder)).filter((name) => name.includes('.partial'));
    promise(left.length === 0, `nothing half-written is left, but ${left.join()}`);
    const windows = await host.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    promise(windows === 1, `the page that printed is gone, but there are ${windows} windows`);
  } finally {
    trial.close();
  }
  return broken;
}
