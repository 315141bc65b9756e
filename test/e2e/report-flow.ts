/**
 * From what was found to what leaves the house: answers pinned on other screens, an outline put in order by key, redaction
 * looked at, HTML and PDF exported, and the exported report held against the case. Steps start where the one before ended.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkScreen, picture, seriousViolations, until, widePictures } from './checks.ts';
import { startFlow } from './flow.ts';
import type { Launch, TestHost } from './host.ts';

/** Making a report reads its lines again, on a machine that does other things. */
const PATIENCE = { timeout: 60_000 };

export function reportFlow(name: TestHost['name'], launch: Launch): void {
  describe(`report (${name})`, () => {
    const flow = startFlow('report', launch, async ({ host }) => {
      await host.page.getByRole('button', { name: 'Open sample' }).click();
      await host.page.getByRole('region', { name: 'Verdict' }).waitFor(PATIENCE);
    });
    const { main, press, screen } = flow;
    const page = () => flow.host.page;
    const outline = () => main().getByRole('region', { name: 'Outline' });
    const paper = () => main().getByRole('region', { name: 'Preview' }).frameLocator('iframe');
    const headings = () => paper().locator('main h2, section > h2').allTextContents();
    const view = (label: string) =>
      main().getByRole('group', { name: 'View' }).getByRole('button', { name: label }).click();
    const format = (label: string) =>
      main().getByRole('group', { name: 'Format' }).getByRole('button', { name: label, exact: true }).click();
    /** The page is the same in both hosts: it is looked at closely in the quicker one. */
    const look = (step: string) => (name === 'web' ? checkScreen(flow.host, step) : picture(flow.host, step));
    let node = '';
    let redacted = '';

    /** Exports as it stands. @returns where it was written, once it is there. */
    async function exported(fileName: string): Promise<string> {
      const file = path.join(flow.folder, fileName);
      await flow.host.saveTo(file);
      await main()
        .getByRole('button', { name: /^Export/ })
        .click();
      await main().getByText('Saved to').waitFor(PATIENCE);
      return until(`${fileName} is saved`, () => (existsSync(file) ? file : null));
    }

    it('takes a finding, its note and an answer of Timeline into the report', async () => {
      await press('Alt+3');
      await screen('Findings');
      node =
        (await page()
          .getByRole('button', { name: /, worst finding / })
          .first()
          .getAttribute('aria-label')) ?? '';
      node = node.split(/[.,]/)[0] ?? '';
      await press('p');
      await page().getByText('Pinned to the report').waitFor();
      await press('n');
      await page().keyboard.type('Seen live on the call.');
      await press('Control+Enter', 'Escape', 'Alt+6');
      await screen('Timeline');
      await main().getByRole('button', { name: 'Add to report' }).click();
      await page()
        .getByText(/^Added to the report: /)
        .waitFor();
      await page().getByRole('button', { name: 'Open Report' }).click();
      await screen('Report');
    });

    it('puts sections in another order by key, and the preview follows', async () => {
      await paper().getByText('Seen live on the call.').first().waitFor(PATIENCE);
      await look('report-1-preview');
      await widePictures(flow.host, 'report-1-preview');
      const before = await headings();
      const third = outline().locator('.report__section').nth(2).getByRole('button', { expanded: false });
      const moved = (await third.locator('.clip').textContent()) ?? '';
      await third.focus();
      await press('Alt+ArrowUp', 'Alt+ArrowUp');
      await page().getByText(`${moved}: section 1 of `, { exact: false }).waitFor();
      await press('Enter');
      await outline().getByRole('textbox', { name: 'Heading' }).fill('What we ask you to look at');
      await outline()
        .getByRole('textbox', { name: /^Your words/ })
        .fill('We looked at it together.');
      await paper().getByText('We looked at it together.').waitFor(PATIENCE);
      const after = await headings();
      expect(before).not.toContain('What we ask you to look at');
      expect(after.findIndex((one) => one.includes('What we ask you to look at'))).toBeLessThan(2);
    });

    it('shows what redaction replaces, and the preview has none of it', async () => {
      await view('Redaction');
      await main().getByRole('checkbox', { name: 'Redact this report' }).check();
      const values = main().getByRole('grid', { name: 'Values that are replaced' });
      await values.waitFor(PATIENCE);
      expect(await values.getByRole('row').count()).toBeGreaterThan(2);
      await look('report-2-redaction');
      await view('Preview');
      await until('the preview is redacted', async () => {
        const text = (await paper().locator('body').textContent(PATIENCE)) ?? '';
        return text !== '' && !text.includes(node) ? true : null;
      });
    });

    it('exports it redacted, and the map as a file of its own', async () => {
      await format('HTML');
      const file = await exported('redacted.html');
      redacted = await readFile(file, 'utf8');
      expect(node).toMatch(/^ip-/);
      expect(redacted).not.toContain(node);
      expect(redacted).toContain('We looked at it together.');
      const map = path.join(flow.folder, 'redacted.map.json');
      await flow.host.saveTo(map);
      await main().getByRole('button', { name: 'Save the map' }).click();
      await main().getByText('Map saved to').waitFor();
      await until('the map is saved', () => (existsSync(map) ? map : null));
      expect(await readFile(map, 'utf8')).toContain(node);
    });

    it('says of the exported report that its lines stand as they were, and puts the originals back', async () => {
      await view('Check a report');
      const files = main().locator('input[type=file]');
      await files.first().setInputFiles(path.join(flow.folder, 'redacted.html'));
      await main().getByRole('img', { name: 'As it was' }).waitFor(PATIENCE);
      // The hash of one reference is another one.
      const other = redacted.replace(
        /(data-reference="[^"]*)([0-9a-f])([0-9a-f]{63})/,
        (_, before, digit, rest) => `${before}${digit === '0' ? '1' : '0'}${rest}`,
      );
      await files.first().setInputFiles({ name: 'other.html', mimeType: 'text/html', buffer: Buffer.from(other) });
      const notOk = main().getByRole('grid', { name: 'References that are not as they were' });
      await notOk.waitFor(PATIENCE);
      expect(await notOk.getByRole('row').count()).toBe(2);
      await look('report-3-check');
      await files.first().setInputFiles(path.join(flow.folder, 'redacted.html'));
      await main().getByRole('img', { name: 'As it was' }).waitFor(PATIENCE);
      await files.nth(1).setInputFiles(path.join(flow.folder, 'redacted.map.json'));
      const whole = path.join(flow.folder, 'whole.html');
      await flow.host.saveTo(whole);
      await main().getByRole('button', { name: 'Save with originals' }).click();
      await main()
        .getByText(/originals? put back/)
        .waitFor(PATIENCE);
      await until('the whole report is saved', () => (existsSync(whole) ? whole : null));
      expect(await readFile(whole, 'utf8')).toContain(node);
    });

    if (name === 'web') {
      it('exports a page that needs nothing but itself, and that axe has nothing against', async () => {
        const address = pathToFileURL(path.join(flow.folder, 'redacted.html')).href;
        const exportedPage = await page().context().newPage();
        const asked: string[] = [];
        exportedPage.on('request', (request) => void asked.push(request.url()));
        await exportedPage.goto(address);
        expect(await seriousViolations(exportedPage)).toEqual([]);
        expect(asked).toEqual([address]);
        expect(await exportedPage.locator('script, link, img, iframe, object, embed').count()).toBe(0);
        await exportedPage.close();
      });
    }

    it('prints it as PDF', async () => {
      await view('Redaction');
      await main().getByRole('checkbox', { name: 'Redact this report' }).uncheck();
      await format('PDF');
      const pdf = await readFile(await exported('report.pdf'));
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(pdf.length).toBeGreaterThan(10_000);
    });

    // Chromium alone: both hosts have the same page.
    if (name === 'web') {
      it('packs it, and finds the outline again when the page is loaded anew', async () => {
        await format('Pack');
        const zip = await readFile(await exported('report.zip'));
        expect(zip.subarray(0, 2).toString()).toBe('PK');
        await page().reload();
        await screen('Report');
        await outline()
          .getByRole('button', { name: /^What we ask you to look at/ })
          .waitFor(PATIENCE);
        expect(await outline().locator('.report__section').first().textContent()).toContain(
          'What we ask you to look at',
        );
      });
    }

    it('did nothing that a browser would complain about', () => {
      expect(flow.host.problems()).toEqual([]);
    });
  });
}
