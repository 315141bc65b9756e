/**
 * From a broken service to the rule that breaks it: services, graph, trace, and the lines behind them. A captured
 * kernel's dumps, so what is shown can be compared with what was captured. Steps start where the one before ended.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright';
import { describe, expect, it } from 'vitest';
import { checkScreen, until } from './checks.ts';
import { startFlow } from './flow.ts';
import type { Launch, TestHost } from './host.ts';
import { DUMPS, LOST, SERVICE, writeStaleEndpoint } from './stale-endpoint.ts';

export function networkFlow(name: TestHost['name'], launch: Launch): void {
  describe(`network (${name})`, () => {
    const flow = startFlow('network', launch, async ({ host, folder }) => {
      await host.drop([await writeStaleEndpoint(folder)]);
      await host.page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 60_000 });
    });
    const { main, inspector, screen } = flow;

    const view = (label: string): Locator =>
      main().getByRole('navigation', { name: 'Network views' }).getByRole('link', { name: label });

    /** Follows an evidence link; Files must stand on its line with the text of the dump. Then goes back. */
    async function followToLine(chip: Locator): Promise<string> {
      const label = (await chip.getAttribute('aria-label')) ?? '';
      const file = ((await chip.getAttribute('title')) ?? '').split('\n')[0] ?? '';
      const line = Number(/:(\d+)(?:-\d+)? in Files$/.exec(label)?.[1]);
      const wanted = DUMPS.get(path.basename(file))?.toString().split('\n')[line - 1];
      if (wanted === undefined) throw new Error(`not a line of the case: ${label} of ${file}`);
      await chip.click();
      await screen('Files');
      const row = main().locator(`#line-${line}[aria-selected="true"] > span`);
      await until('the line is shown as it was captured', async () =>
        (await row.textContent({ timeout: 10_000 })) === wanted ? true : null,
      );
      await flow.host.page.keyboard.press('Alt+ArrowLeft');
      await screen('Network');
      return wanted;
    }

    it('says first which services are impaired, the broken one on top', async () => {
      await flow.host.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Network' }).click();
      await screen('Network');
      const grid = main().getByRole('grid', { name: 'Services' });
      await grid.waitFor();
      const answer = (await main().getByRole('heading', { level: 1 }).textContent()) ?? '';
      expect(answer).toMatch(/^\d+ of \d+ services (is|are) impaired on /);
      expect(answer).toContain(SERVICE);
      expect(await grid.getByRole('row').nth(1).textContent()).toContain('impaired');
      await checkScreen(flow.host, 'network-1-services');
    });

    it('says why, and leads to the finding and to the rules', async () => {
      await main().getByRole('grid', { name: 'Services' }).getByRole('row').filter({ hasText: SERVICE }).click();
      await inspector().getByRole('heading', { name: SERVICE }).waitFor();
      expect(await inspector().textContent()).toContain(LOST);
      const rule = await followToLine(
        inspector()
          .getByRole('link', { name: /^Open iptables-save.*in Files$/ })
          .last(),
      );
      expect(rule).toMatch(/KUBE-/);
      // The screen is found as it was left.
      await inspector().getByRole('heading', { name: SERVICE }).waitFor();
    });

    it('draws the way to it, and saves the picture', async () => {
      await inspector().getByRole('button', { name: 'Show graph' }).click();
      const graph = main().getByRole('group', { name: new RegExp(`^${SERVICE} on `) });
      await graph.getByRole('button', { name: new RegExp(`^address ${LOST.replaceAll('.', '\\.')}`) }).waitFor();
      await checkScreen(flow.host, 'network-2-graph');
      const file = path.join(flow.folder, 'graph.svg');
      await flow.host.saveTo(file);
      await main().getByRole('button', { name: 'Export picture' }).click();
      const svg = await until('the picture is saved', async () =>
        existsSync(file) ? await readFile(file, 'utf8') : null,
      );
      expect(svg).toContain(LOST);
      expect(svg).not.toMatch(/var\(|class=|<script|href/);
      // Colours and fonts of the style sheet are in it.
      expect(svg).toMatch(/<path[^>]* stroke="rgb\(/);
      expect(svg).toMatch(/<text[^>]* font-size="11px"/);
    });

    it('traces a packet to it, and a rule of the way to its line', async () => {
      await main().getByRole('button', { name: 'Trace to this service' }).click();
      await main()
        .getByRole('heading', {
          level: 1,
          name: /^Two of three connections reach an endpoint; one of three is dropped/,
        })
        .waitFor();
      const outcomes = main().getByRole('list', { name: 'Outcomes' }).getByRole('button');
      expect(await outcomes.count()).toBe(3);
      expect(await outcomes.first().getAttribute('aria-pressed')).toBe('true');
      await checkScreen(flow.host, 'network-3-trace');
      const rules = main().getByRole('region', { name: 'Rules met' });
      const chip = rules.getByRole('listitem').filter({ hasText: 'KUBE-SERVICES -d' }).getByRole('link').first();
      expect(await followToLine(chip)).toContain(`"${SERVICE} cluster IP"`);
      await outcomes.nth(1).click();
      await rules.getByText(/for the delivered outcome of 10\.244\./).waitFor();
    });

    it('did nothing that a browser would complain about', () => {
      expect(flow.host.problems()).toEqual([]);
    });

    if (name === 'web') {
      it('says at its field what is wrong with a trace', async () => {
        const to = main().getByRole('combobox', { name: 'To', exact: true });
        await to.fill('shop/npp:http');
        await to.press('Escape');
        await main().getByRole('button', { name: 'Trace', exact: true }).click();
        await main().getByRole('alert').getByText('Did you mean shop/np').waitFor();
        expect(await to.getAttribute('aria-invalid')).toBe('true');
        await checkScreen(flow.host, 'network-4-wrong');
        await to.fill('');
        await to.pressSequentially('np');
        await flow.host.page.getByRole('option', { name: SERVICE }).click();
        expect(await to.inputValue()).toBe(SERVICE);
        await main().getByRole('button', { name: 'Trace', exact: true }).click();
        await main().getByRole('list', { name: 'Outcomes' }).waitFor();
      });

      it('says who an address is', async () => {
        await view('Lookup').click();
        await main()
          .getByRole('textbox', { name: 'Who is' })
          .fill(LOST.split(':')[0] ?? '');
        await flow.host.page.keyboard.press('Enter');
        await main().getByRole('region', { name: 'Endpoint', exact: true }).getByText(SERVICE).first().waitFor();
        await checkScreen(flow.host, 'network-5-lookup');
      });

      it('shows the raw chains, and jumps along them', async () => {
        await view('Chains').click();
        await main().getByRole('textbox', { name: 'Filter chains' }).fill('kube-services');
        await main().getByRole('grid', { name: 'Chains' }).getByText('nat').first().click();
        await main().getByRole('region', { name: 'Chain KUBE-SERVICES' }).getByText('PREROUTING').first().waitFor();
        const rules = main().getByRole('grid', { name: 'Rules' });
        await rules.getByText(SERVICE).first().click();
        await checkScreen(flow.host, 'network-6-chains');
        await rules.press('Enter');
        await main()
          .getByRole('region', { name: /^Chain KUBE-SVC-/ })
          .waitFor();
        await flow.host.page.keyboard.press('Alt+ArrowLeft');
        await main().getByRole('region', { name: 'Chain KUBE-SERVICES' }).waitFor();
      });

      it('goes through all of it without a pointer', async () => {
        const { keyboard } = flow.host.page;
        await view('Services').focus();
        await keyboard.press('Enter');
        await main().getByRole('grid', { name: 'Services' }).waitFor();
        await keyboard.press('Alt+4');
        await keyboard.press('Home');
        await until('the first row is selected', async () =>
          (await main().locator('#service-0').getAttribute('aria-selected')) === 'true' ? true : null,
        );
        await keyboard.press('Enter');
        const box = main().locator('.g-node[tabindex="0"]');
        await box.waitFor();
        await box.focus();
        const before = await box.getAttribute('aria-label');
        await keyboard.press('ArrowLeft');
        await until('another box has the focus', async () =>
          (await flow.host.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) === before
            ? null
            : true,
        );
        await keyboard.press('Enter');
        await screen('Files');
        expect(flow.host.problems()).toEqual([]);
      });
    }
  });
}
