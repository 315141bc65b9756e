/** A report that tries to do what a report must not, printed by a real browser: what the PDF has to show, and what not. */
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderReport } from '../../analyzer/report/report.ts';
import { sampleDocument } from '../../analyzer/report/report-sample.ts';
import { readPdf } from '../support/read-pdf.ts';

export interface PrintTrial {
  readonly html: string;
  /** @returns one sentence for each thing that is wrong with the PDF; empty when nothing is. */
  wrongWith(pdf: Uint8Array): readonly string[];
  close(): void;
}

const OWN_POLICY = /<meta http-equiv="Content-Security-Policy"[^>]*>/;

/**
 * The sample's report without its own policy, so that only what the printer does keeps the additions from acting.
 * @param folder of the test: a file that must not be shown is put there.
 */
export async function printTrial(folder: string): Promise<PrintTrial> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('ANSWERED');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = path.join(folder, 'beside.html');
  await writeFile(file, '<p>FILESHOWN');
  const beside = pathToFileURL(file).href;

  const sample = sampleDocument();
  const report = renderReport(sample, 'html').text;
  if (!OWN_POLICY.test(report)) throw new Error('the report has no policy of its own');
  const additions = [
    `<script>document.body.append('SCRIPTRAN'); fetch('${site}/fetch')</script>`,
    `<p onclick="1"><svg onload="document.body.append('SCRIPTRAN')"></svg></p>`,
    `<iframe src="${beside}" width="400" height="100"></iframe><iframe src="${site}/frame"></iframe>`,
    `<object data="${beside}" width="400" height="100"></object><embed src="${site}/embed">`,
    `<img src="${site}/picture.png"><link rel="stylesheet" href="${site}/style.css"><link rel="prefetch" href="${site}/next">`,
    `<style>body { background: url(${site}/back.png) } @import url(${site}/more.css);</style>`,
    '<p>PRINTED TO THE END</p>',
  ];
  const html = report.replace(OWN_POLICY, '').replace('</body>', () => `${additions.join('\n')}</body>`);

  return {
    html,
    wrongWith: (pdf) => {
      const wrong: string[] = [];
      const { pages, fonts, fontsInside, addresses, sizes } = readPdf(pdf);
      const text = closedUp(pages.join(''));
      for (const one of sample.findings) {
        if (!text.includes(closedUp(one.title))) wrong.push(`"${one.title}" is not printed`);
      }
      if (!text.includes(closedUp('PRINTED TO THE END'))) wrong.push('the document is not printed to its end');
      for (const never of ['SCRIPTRAN', 'FILESHOWN', 'ANSWERED']) {
        if (text.includes(never)) wrong.push(`${never} is printed`);
      }
      if (asked.length > 0) wrong.push(`asked for ${asked.join()}`);
      if (addresses.length > 0) wrong.push(`links lead to ${addresses.join()}`);
      if (pages.length < 2) wrong.push(`${pages.length} pages`);
      pages.forEach((page, nth) => {
        const number = `${nth + 1} of ${pages.length}`;
        if (!closedUp(page).includes(closedUp(number))) wrong.push(`page ${nth + 1} does not say "${number}"`);
      });
      if (fonts === 0 || fontsInside < fonts) wrong.push(`${fontsInside} of ${fonts} fonts are inside`);
      // A4 in points, as Chromium rounds it.
      if (sizes.join() !== '594.95996 841.91998') wrong.push(`pages of ${sizes.join(', ')} points`);
      return wrong;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Lines are broken where they fit: what is compared has no white space. */
function closedUp(text: string): string {
  return text.replaceAll(/\s/g, '');
}
