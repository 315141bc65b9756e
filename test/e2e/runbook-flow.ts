/** From the verdict to a cause, to its lines, to its runbook and the result; and the settings, with files that are wrong. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BuiltFixture, buildFixture } from '../../fixtures/build-fixture.ts';
import { checkScreen, picture, seriousViolations, until, widePictures } from './checks.ts';
import { startFlow } from './flow.ts';
import type { Launch, TestHost } from './host.ts';

const RUNBOOK = 'D2';
const ROOT_CAUSE = 'kube-proxy sync failure — api_connectivity';

export function runbookFlow(name: TestHost['name'], launch: Launch): void {
  describe(`runbooks and settings (${name})`, () => {
    let fixture: BuiltFixture;
    const flow = startFlow('runbooks', launch, async () => {
      fixture = await buildFixture('eks-kube-proxy-api-timeout');
    });
    const { press, main, inspector, screen } = flow;

    const region = (label: string) => main().getByRole('region', { name: label, exact: true });
    const result = () => region('Result');

    it('opens the settings before there is a case, and tells what is wrong with a file of one’s own', async () => {
      const own = path.join(flow.folder, 'own');
      await mkdir(own);
      await writeFile(path.join(own, 'rule.yaml'), 'id: own-rule\ntitle: [unclosed\n');
      await writeFile(path.join(own, 'book.md'), '---\ntitle: "No steps"\n---\n\n## Phase 1\n');
      await main()
        .getByRole('heading', { name: /Drop archives or folders/ })
        .waitFor();
      await flow.host.page.getByRole('link', { name: 'Settings' }).click();
      await screen('Settings');
      await region('Own rules').waitFor();
      for (const [section, what, file] of [
        ['Own rules', 'rules', 'rule.yaml'],
        ['Own runbooks', 'runbooks', 'book.md'],
      ] as const) {
        const box = region(section).getByRole('textbox', { name: `Path of a folder with ${what}` });
        await box.fill(own);
        await box.press('Enter');
        await region(section)
          .getByText(new RegExp(`^${file}:\\d+:\\d+$`))
          .first()
          .waitFor();
      }
      await region('Rules')
        .getByText(/^\d+ rules in \d+ areas$/)
        .waitFor();
      await checkScreen(flow.host, '10-settings');
      await widePictures(flow.host, '10-settings');
      for (const section of ['Own rules', 'Own runbooks'])
        await region(section)
          .getByRole('button', { name: `Remove ${own}` })
          .click();
      await until('no folder is left', async () =>
        (await main().getByText('No folder of your own.').count()) === 2 ? true : null,
      );
    });

    it('leads from the verdict to a cause, and from it to the lines it rests on', async () => {
      await press('Alt+1');
      await screen('Start');
      await flow.host.drop([fixture.archivePath]);
      await region('Verdict').waitFor({ timeout: 60_000 });
      await region('Suggested runbooks')
        .getByText(/fits?$/)
        .waitFor({ timeout: 60_000 });
      await region('Most errors')
        .getByText(/lines; the other ten minutes have/)
        .waitFor();
      await checkScreen(flow.host, '11-overview-runbooks');
      await widePictures(flow.host, '11-overview-runbooks');
      const cause = region('Causes, ranked').getByRole('listitem').first();
      await cause.getByRole('button').first().click();
      const file = path.basename(fixture.expected.cause?.file ?? '').slice(0, 12);
      const chip = cause.getByRole('link', { name: new RegExp(`^Open ${file}`) }).first();
      const line = /:(\d+)/.exec((await chip.getAttribute('aria-label')) ?? '')?.[1] ?? 'none';
      await chip.click();
      await screen('Files');
      await main().locator(`#line-${line}[aria-selected="true"]`).waitFor();
      await press('Alt+ArrowLeft');
      await screen('Overview');
    });

    it('runs the runbook of the cause, which names it', async () => {
      const link = inspector().getByRole('link', { name: new RegExp(`^Run the runbook ${RUNBOOK}`) });
      await link.click();
      await screen('Runbooks');
      await result().getByRole('heading', { name: ROOT_CAUSE }).waitFor({ timeout: 60_000 });
      const said = (await result().textContent()) ?? '';
      expect(said).toContain('severity HIGH');
      expect(said).toMatch(/\d+ need the customer/);
      expect(await region('What to do').textContent()).toContain('YELLOW');
      const escalate = (await region('Escalate when').textContent()) ?? '';
      expect(escalate).toMatch(/API server unreachable from kube-proxy pods.{0,2}Holds/);
      expect(escalate).toContain('Not known');
      const document = inspector().getByRole('region', { name: 'Output of the runbook' });
      expect(await document.textContent()).toContain(`root_cause: "${ROOT_CAUSE}"`);
      await checkScreen(flow.host, '12-runbook-result');
      await widePictures(flow.host, '12-runbook-result');
    });

    it('shows of a step what it rests on, opens it, and comes back to the step', async () => {
      const found = main()
        .locator('.rstep', { hasText: 'Finding' })
        .filter({ has: flow.host.page.locator('a.ev') })
        .first();
      await found.getByRole('button').first().click();
      await inspector()
        .getByText(/^Step [\d.]+, .*finding$/)
        .waitFor();
      const title = await inspector().getByRole('heading', { level: 2 }).textContent();
      await picture(flow.host, '13-runbook-step');
      expect.soft(await seriousViolations(flow.host.page)).toEqual([]);
      await found.getByRole('link').first().click();
      await screen('Files');
      await main().locator('[id^="line-"][aria-selected="true"]').first().waitFor();
      await press('Alt+ArrowLeft');
      await result().waitFor();
      expect(await inspector().getByRole('heading', { level: 2 }).textContent()).toBe(title);
    });

    it('copies every command for the customer by one button', async () => {
      await main().getByRole('button', { name: 'Copy all commands' }).first().click();
      await flow.host.page
        .getByRole('contentinfo')
        .getByText(/^Copied \d+ commands?$/)
        .waitFor();
    });

    it('lists all runbooks, those that fit first, and runs another one by keys alone', async () => {
      await press('Escape');
      await region('Suggested for this case').waitFor();
      await checkScreen(flow.host, '14-runbooks');
      await widePictures(flow.host, '14-runbooks');
      await flow.host.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await press('Home', 'j');
      const title = await inspector().getByRole('heading', { level: 2 }).textContent();
      await press('Enter');
      await result().waitFor({ timeout: 60_000 });
      expect(await main().getByRole('heading', { level: 1 }).textContent()).toBe(title);
    });

    it('finds a runbook, a file and the keys by name', async () => {
      await press('F1');
      const box = flow.host.page.getByRole('combobox', { name: 'Command, runbook or file' });
      await box.fill('kube-proxy');
      await flow.host.page.getByRole('option', { name: /File$/ }).first().waitFor();
      await picture(flow.host, '15-commands');
      expect(await seriousViolations(flow.host.page)).toEqual([]);
      await box.fill(`${RUNBOOK} sync`);
      await box.press('Enter');
      await result().getByRole('heading', { name: ROOT_CAUSE }).waitFor({ timeout: 60_000 });
      await press('?');
      await flow.host.page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await picture(flow.host, '16-keys');
      expect(await seriousViolations(flow.host.page)).toEqual([]);
      await press('Escape');
      await flow.host.page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(flow.host.problems()).toEqual([]);
    });
  });
}
