/**
 * From a customer's archive to a report, as an engineer does it; the same steps in every host. Each step starts
 * where the one before it ended.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltFixture, buildFixture } from '../../fixtures/build-fixture.ts';
import { SAMPLE } from '../../fixtures/scenarios/index.ts';
import { writeBigArchive } from './big-archive.ts';
import { checkScreen, picture, until } from './checks.ts';
import type { Launch, TestHost } from './host.ts';
import { enginePid, workerThreads } from './processes.ts';

/** Long enough to be cancelled half-way on any machine. */
const BIG_MEGABYTES = 100;

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent({ timeout: 10_000 })) ?? '';
}

/** What a reader of the document sees, roughly: no tags, entities resolved. */
function textOfHtml(html: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return html
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|#39|amp);/g, (_whole, name: string) => entities[name] ?? '');
}

/** What an evidence link says: "Open iptables-save.txt:12-14 in Files" -> first line 12. */
function lineOfChip(label: string): number {
  const line = /:(\d+)(?:-\d+)? in Files$/.exec(label)?.[1];
  if (line === undefined) throw new Error(`not an evidence link: ${label}`);
  return Number(line);
}

export function mainFlow(name: TestHost['name'], launch: Launch): void {
  describe(`main flow (${name})`, () => {
    let host: TestHost;
    let folder = '';
    let fixture: BuiltFixture;
    let big = '';
    let engine = 0;
    /** Sentence of the verdict, for the report. */
    let verdict = '';
    /** The line that the top finding's evidence led to. */
    let cited = { file: '', line: 0, text: '' };

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'coldcase-e2e-'));
      big = path.join(folder, 'big.tar.gz');
      fixture = await buildFixture(SAMPLE);
      await writeBigArchive(big, BIG_MEGABYTES);
      host = await launch({ stateFolder: path.join(folder, 'state') });
    });
    afterAll(async () => {
      await host?.close();
      if (engine > 0)
        await until('the engine process ends with its host', () => (existsSync(`/proc/${engine}`) ? null : true));
      await rm(folder, { recursive: true, force: true });
    });
    afterEach(async (context) => {
      if (context.task.result?.state === 'fail') await picture(host, 'failed').catch(() => undefined);
    });

    const main = (): Locator => host.page.getByRole('main');
    const goTo = async (screen: string): Promise<void> => {
      await host.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click();
      await main()
        .and(host.page.getByLabel(screen, { exact: true }))
        .waitFor();
    };
    /** Text of one line of a member of the imported archive. */
    const lineOf = (file: string, line: number): string => {
      const content = fixture.tree.files.get(file);
      if (content === undefined) throw new Error(`not in the archive: ${file}`);
      return content.toString().split('\n')[line - 1] ?? '';
    };

    it('starts with what to drop and what to send to a customer', async () => {
      await main()
        .getByRole('heading', { name: /Drop archives or folders/ })
        .waitFor();
      expect(await main().getByRole('button', { name: 'Copy commands' }).isVisible()).toBe(true);
      engine = await until('the engine process is there', () => enginePid(host.pid));
      await checkScreen(host, '1-start');
    });

    it('shows a dropped archive being read, and cancels it without a trace', async () => {
      await host.drop([big]);
      const importing = main().getByRole('region', { name: 'Import in progress' });
      await importing.waitFor();
      const first = await until('lines are counted', async () => {
        const text = await textOf(importing);
        return /[1-9][\d,]* lines/.test(text.replace(/\s+/g, ' ')) ? text : null;
      });
      await until('the numbers move', async () => ((await textOf(importing)) === first ? null : true));
      expect(workerThreads(engine).length).toBeGreaterThan(0);
      expect((await filesBelow(path.join(folder, 'state'))).some((file) => file.endsWith('.partial'))).toBe(true);
      await picture(host, '2-importing');
      await importing.getByRole('button', { name: 'Cancel' }).click();
      const last = main().getByRole('region', { name: 'Last import' });
      await last.getByText('Cancelled').first().waitFor();
      await until('the worker thread ends', () => (workerThreads(engine).length === 0 ? true : null));
      expect(enginePid(host.pid)).toBe(engine);
      let left: readonly string[] = [];
      // The outcome is said first; the host then takes the uploaded bytes away.
      await until('nothing of the import is left', async () => {
        left = (await filesBelow(path.join(folder, 'state'))).filter(
          (file) =>
            /\.partial|\.bundle|uploads/.test(path.basename(file)) || file.includes(`${path.sep}uploads${path.sep}`),
        );
        return left.length === 0 ? true : null;
      }).catch((error: Error) => {
        throw new Error(`${error.message}: ${left.join(', ')}`);
      });
      // The next archive starts a case as if nothing had been: no empty one to step over.
      await main()
        .getByRole('heading', { name: /^Drop archives or folders to start a case/ })
        .waitFor();
      await picture(host, '3-cancelled');
    });

    it('imports an archive and opens Overview with the verdict first', async () => {
      await host.drop([fixture.archivePath]);
      const section = main().getByRole('region', { name: 'Verdict' });
      await section.waitFor({ timeout: 60_000 });
      await until('nothing of an upload is left', async () =>
        (await filesBelow(path.join(folder, 'state', 'uploads'))).length === 0 ? true : null,
      );
      const order = await main().evaluate((element) => element.querySelector('section')?.getAttribute('aria-label'));
      expect(order).toBe('Verdict');
      verdict = (await textOf(section.getByRole('heading', { level: 1 }))).trim();
      expect(verdict.length).toBeGreaterThan(20);
      const firstCause = main().getByRole('region', { name: 'Causes, ranked' }).getByRole('listitem').first();
      const said = `${verdict} ${await textOf(firstCause)}`;
      for (const wanted of fixture.expected.cause?.names ?? []) expect(said).toContain(wanted);
      await checkScreen(host, '4-overview');
    });

    it('shows a screen again as it was left', async () => {
      const centre = main().locator('.centre');
      await centre.evaluate((element) => {
        element.scrollTop = 240;
      });
      await goTo('Files');
      await goTo('Overview');
      expect(await centre.evaluate((element) => element.scrollTop)).toBe(240);
    });

    it('opens the top finding and lands on the line of its evidence', async () => {
      await host.page
        .getByRole('complementary', { name: 'Inspector' })
        .getByRole('button', { name: 'Open in Findings' })
        .click();
      await main()
        .and(host.page.getByLabel('Findings', { exact: true }))
        .waitFor();
      const inspector = host.page.getByRole('complementary', { name: 'Inspector' });
      await inspector.waitFor();
      await checkScreen(host, '5-findings');
      const file = fixture.expected.cause?.file ?? '';
      const chip = inspector
        .getByRole('link', { name: new RegExp(`^Open .*${path.basename(file)}:\\d+.* in Files$`) })
        .first();
      const line = lineOfChip((await chip.getAttribute('aria-label')) ?? '');
      await chip.click();
      await main()
        .and(host.page.getByLabel('Files', { exact: true }))
        .waitFor();
      cited = { file, line, text: lineOf(file, line) };
      await expectLineShown(line, cited.text);
      await checkScreen(host, '6-files');
    });

    /** The viewer stands on this line and shows its text as it is in the file. */
    async function expectLineShown(line: number, text: string): Promise<void> {
      const row = main().locator(`#line-${line}`);
      await row.and(host.page.locator('[aria-selected="true"]')).waitFor();
      // As it is in the file: not trimmed, not reworded.
      await until('the text of the line arrives', async () =>
        (await textOf(row.locator('> span'))) === text ? true : null,
      );
      // Lines above may still get their true height; where it comes to rest counts.
      await until('the line is inside the pane', async () => {
        const [seen, view] = await Promise.all([row.boundingBox(), main().boundingBox()]);
        if (seen === null || view === null) return null;
        return seen.y >= view.y && seen.y + seen.height <= view.y + view.height ? true : null;
      });
    }

    it('finds plain words in every file and opens a match', async () => {
      const box = host.page.getByRole('textbox', { name: 'Search the case' });
      await box.fill('KUBE-SERVICES');
      await box.press('Enter');
      await main()
        .and(host.page.getByLabel('Search', { exact: true }))
        .waitFor();
      // Files with the same bytes are stored and searched once.
      const texts = new Set([...fixture.tree.files.values()].map((content) => content.toString()));
      const total = [...texts].reduce(
        (sum, text) => sum + text.split('\n').filter((one) => /kube-services/i.test(one)).length,
        0,
      );
      await main()
        .getByRole('status')
        .filter({ hasText: `${total} matching lines` })
        .waitFor();
      expect(
        await main()
          .getByText(/^complete, /)
          .isVisible(),
      ).toBe(true);
      await checkScreen(host, '7-search');
      await box.fill('kubelet "never closed');
      await box.press('Enter');
      await main()
        .getByText(/never closed \(character 9\)/)
        .first()
        .waitFor();
      expect((await main().locator('.query--many .q-fault').allTextContents()).join('')).toBe('"never closed');
      expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
      // The matches of what was searched before stay.
      const match = main().getByRole('listbox', { name: 'Matches' }).getByRole('option').nth(2);
      await match.locator('mark').first().click();
      const chip = host.page
        .getByRole('complementary', { name: 'Inspector' })
        .getByRole('link', { name: /^Open .* in Files$/ })
        .first();
      const line = lineOfChip((await chip.getAttribute('aria-label')) ?? '');
      const file = ((await chip.getAttribute('title')) ?? '').split('\n')[0] ?? '';
      await match.locator('mark').first().dblclick();
      await main()
        .and(host.page.getByLabel('Files', { exact: true }))
        .waitFor();
      await expectLineShown(line, lineOf(file, line));
      await host.page.keyboard.press('Alt+ArrowLeft');
      await main()
        .and(host.page.getByLabel('Search', { exact: true }))
        .waitFor();
    });

    it('exports the report as HTML with verdict and evidence', async () => {
      await goTo('Report');
      const preview = main().getByRole('region', { name: 'Preview' }).frameLocator('iframe');
      await preview.getByText(verdict).first().waitFor();
      await checkScreen(host, '8-report');
      const file = path.join(folder, 'report.html');
      await host.saveTo(file);
      await main().getByRole('button', { name: 'Export' }).click();
      const html = await until('the report is saved', async () =>
        existsSync(file) ? await readFile(file, 'utf8') : null,
      );
      expect(html).toMatch(/^<!doctype html>/i);
      expect(html).not.toMatch(/<script/i);
      const text = textOfHtml(html);
      expect(text).toContain(verdict);
      for (const wanted of fixture.expected.cause?.names ?? []) expect(text).toContain(wanted);
      expect(text).toContain(cited.text.trim());
      expect(text).toContain(path.basename(cited.file));
      await main().getByText('Saved to').waitFor();
    });

    it('lets no script in that is not a file of its own', async () => {
      const before = host.problems().length;
      // From a callback of the page: what the test itself evaluates is exempt from the policy.
      const answers = await host.page.evaluate(
        () =>
          new Promise<Readonly<Record<string, string>>>((resolve) => {
            setTimeout(() => {
              const seen: Record<string, string> = {};
              try {
                // biome-ignore lint/security/noGlobalEval: that it is refused is what is tested
                seen.eval = String(globalThis.eval('1 + 1'));
              } catch (error) {
                seen.eval = (error as Error).name;
              }
              const inline = document.createElement('script');
              inline.textContent = 'globalThis.inlineScriptRan = true';
              document.head.append(inline);
              inline.remove();
              seen.inline = String('inlineScriptRan' in globalThis);
              const image = new Image();
              image.onerror = () => {
                seen.network = 'refused';
                resolve(seen);
              };
              image.onload = () => {
                seen.network = 'loaded';
                resolve(seen);
              };
              image.src = 'https://example.com/pixel.png';
            }, 0);
          }),
      );
      expect(answers).toEqual({ eval: 'EvalError', inline: 'false', network: 'refused' });
      // What was just provoked must have been seen: proof that the next step would see a real violation.
      await until('the violations are seen', () => (host.problems().length >= before + 2 ? true : null));
      expect(
        host
          .problems()
          .slice(before)
          .every((one) => /Content Security Policy|example\.com/i.test(one)),
      ).toBe(true);
      provoked = host.problems().length - before;
    });
    let provoked = 0;

    it('did nothing that a browser would complain about', () => {
      const seen = host.problems().filter((one) => !/Content Security Policy.*|example\.com/i.test(one));
      expect(seen).toEqual([]);
      expect(host.problems()).toHaveLength(provoked);
    });
  });
}
