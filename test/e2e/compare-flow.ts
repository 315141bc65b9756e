/**
 * From the table of nodes to what sets them apart, to the lines of both sides; and a clock that is shifted, told, and
 * put back. Three nodes of one cluster: one lost the API, one is well, one is 90 s ahead. Steps start where the one
 * before ended.
 */
import type { Locator } from 'playwright';
import { describe, expect, it } from 'vitest';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { checkScreen, until, widePictures } from './checks.ts';
import { startFlow } from './flow.ts';
import type { Launch, TestHost } from './host.ts';

const NODES = ['eks-three-nodes-a', 'eks-three-nodes-b', 'eks-three-nodes-c'] as const;
/** Comparing reads all bundles, on a machine that does other things. */
const PATIENCE = { timeout: 60_000 };

export function compareFlow(name: TestHost['name'], launch: Launch): void {
  describe(`compare (${name})`, () => {
    const flow = startFlow('compare', launch, async ({ host }) => {
      const built = await Promise.all(NODES.map((id) => buildFixture(id)));
      await host.drop(built.map(({ archivePath }) => archivePath));
      await host.page.getByRole('region', { name: 'Verdict' }).waitFor(PATIENCE);
    });
    const { main, inspector, screen, press } = flow;
    const region = (label: string) => main().getByRole('region', { name: label, exact: true });
    const fleet = () => main().getByRole('table', { name: 'Nodes of the case' });

    /** Follows an evidence link; Files must stand on its line, which holds this text. Then goes back. */
    async function followToLine(chip: Locator, wanted: string): Promise<void> {
      const line = Number(/:(\d+)(?:-\d+)? in Files$/.exec((await chip.getAttribute('aria-label')) ?? '')?.[1]);
      await chip.click();
      await screen('Files');
      await main().locator(`#line-${line}[aria-selected="true"]`).getByText(wanted).waitFor();
      await press('Alt+ArrowLeft');
      await screen('Compare');
    }

    it('tells the nodes by what fails on them, and whose clock is ahead', async () => {
      await fleet().waitFor(PATIENCE);
      await fleet().scrollIntoViewIfNeeded();
      expect(await fleet().getByRole('rowheader').count()).toBe(3);
      expect(
        await fleet()
          .getByRole('link', { name: /^Clock: 90 s ahead of / })
          .textContent(),
      ).toBe('+90 s');
      await checkScreen(flow.host, 'compare-1-fleet');
    });

    it('says first what sets the affected ones apart', async () => {
      await region('Nodes').getByRole('link', { name: 'Compare 3 nodes' }).click();
      await screen('Compare');
      await region('Answer').waitFor(PATIENCE);
      expect(await region('Answer').textContent()).toMatch(/Only on ip-192-168-10-1\d\d: /);
      expect(await region('What matters most').getByRole('listitem').count()).toBeGreaterThan(2);
      await checkScreen(flow.host, 'compare-2-meaning');
      await widePictures(flow.host, 'compare-2-meaning');
    });

    it('leads from a difference to the lines of both sides, and is found as it was left', async () => {
      const services = main().getByRole('table', { name: 'Services by node' });
      await services.getByRole('button', { name: 'shop/web:http' }).click();
      const side = (node: string) =>
        inspector()
          .locator('section')
          .filter({ has: flow.host.page.getByRole('heading', { name: new RegExp(`^ip-192-168-10-${node}`) }) });
      for (const node of ['112', '115'])
        await followToLine(
          side(node)
            .getByRole('link', { name: /in Files$/ })
            .first(),
          'shop/web:http cluster IP',
        );
      await side('112').waitFor();
    });

    it('shows the texts behind it, and opens a line that only one side has', async () => {
      await main().getByRole('button', { name: 'Text', exact: true }).click();
      const lines = main().getByRole('listbox', { name: /^Lines of / });
      await lines.waitFor(PATIENCE);
      await checkScreen(flow.host, 'compare-3-text');
      await lines.focus();
      await press('j', 'k', 'Enter');
      await screen('Files');
      await flow.host.page.locator('[id^="line-"][aria-selected="true"]').waitFor();
      await press('Alt+ArrowLeft');
      await lines.waitFor();
    });

    it('shifts a clock, says so where a time is shown, and puts it back', async () => {
      await flow.host.page.getByRole('link', { name: 'Settings' }).click();
      await screen('Settings');
      const clocks = region('Clocks');
      await clocks.getByText(/^90 s ahead of /).waitFor(PATIENCE);
      await checkScreen(flow.host, 'compare-4-clocks');
      await clocks.getByRole('button', { name: /^Shift ip-192-168-10-122 by -90 s/ }).click();
      await clocks.getByRole('button', { name: 'Take back the shift of ip-192-168-10-122' }).waitFor(PATIENCE);
      await flow.host.page.getByRole('link', { name: 'Findings' }).click();
      await screen('Findings');
      const said = main().getByRole('grid', { name: 'Findings' }).getByText(', shifted by -90 s by hand');
      await said.first().waitFor(PATIENCE);
      await flow.host.page.getByRole('link', { name: 'Settings' }).click();
      await clocks.getByRole('button', { name: 'Undo' }).click();
      await clocks.getByText(/^Nothing is given by hand/).waitFor(PATIENCE);
      await flow.host.page.getByRole('link', { name: 'Findings' }).click();
      await until('no time is shifted any more', async () => ((await said.count()) === 0 ? true : null));
    });

    it('did nothing that a browser would complain about', () => {
      expect(flow.host.problems()).toEqual([]);
    });
  });
}
