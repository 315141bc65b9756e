/**
 * Renews the pictures of the README from the real application: `node test/e2e/readme-pictures.ts`, after `npm run build`.
 * Look at them before they are committed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestHost } from './host.ts';
import { SERVICE, writeStaleEndpoint } from './stale-endpoint.ts';
import { launchWeb } from './web-host.ts';

const docs = path.join(import.meta.dirname, '..', '..', 'docs');

async function withHost(draw: (host: TestHost, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'coldcase-pictures-'));
  const host = await launchWeb({ stateFolder: path.join(folder, 'state') });
  try {
    await host.page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
    await draw(host, folder);
  } finally {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function picture({ page }: TestHost, name: string): Promise<void> {
  // The pointer would leave a tooltip or a hover colour in the picture.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.join(docs, name), animations: 'disabled' });
}

const verdict = ({ page }: TestHost) => page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 60_000 });

await withHost(async (host) => {
  await host.page.getByRole('button', { name: 'Open sample' }).click();
  await verdict(host);
  await host.page
    .getByRole('region', { name: 'Suggested runbooks' })
    .getByText(/fits?$/)
    .waitFor();
  await picture(host, 'overview.png');
});
await withHost(async (host, folder) => {
  const { page } = host;
  await host.drop([await writeStaleEndpoint(folder)]);
  await verdict(host);
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Network' }).click();
  await page.getByRole('grid', { name: 'Services' }).getByRole('row').filter({ hasText: SERVICE }).click();
  await page.getByRole('button', { name: 'Show graph' }).click();
  await page.getByRole('button', { name: 'Trace to this service' }).click();
  await page.getByRole('heading', { level: 1, name: /^Two of three connections reach an endpoint/ }).waitFor();
  await picture(host, 'network.png');
});
