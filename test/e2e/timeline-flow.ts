import { describe, expect, it } from 'vitest';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { checkScreen, until, widePictures } from './checks.ts';
import { startFlow } from './flow.ts';
import type { Launch, TestHost } from './host.ts';

const NODES = ['eks-three-nodes-a', 'eks-three-nodes-b', 'eks-three-nodes-c'] as const;

/** Finds out what came before: the densest window, an event in it, both ends of the chain around it. */
export function timelineFlow(name: TestHost['name'], launch: Launch): void {
  describe(`what came before, on three nodes (${name})`, () => {
    const flow = startFlow('timeline', launch, async ({ host }) => {
      const archives: string[] = [];
      for (const node of NODES) archives.push((await buildFixture(node)).archivePath);
      await host.drop(archives);
      await host.page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: 90_000 });
    });
    const { press, main, inspector, screen } = flow;

    const rows = () => main().getByRole('listbox', { name: 'Lines' });
    const heading = async () => (await main().getByRole('heading', { level: 1 }).textContent()) ?? '';
    const overlay = () => main().locator('.tl-overlay');
    const chain = () => inspector().locator('.tl-chain').first();

    it('shows every line of all nodes by time', async () => {
      await press('Alt+6');
      await screen('Timeline');
      await rows().getByRole('option').first().waitFor();
      const counted = /^[\d,]+/.exec((await main().locator('.tl-counts').textContent()) ?? '')?.[0];
      expect(Number(counted?.replace(/\D/g, ''))).toBeGreaterThan(1_000);
      await checkScreen(flow.host, '12-timeline');
    });

    it('is brushed around the densest window and zooms to it', async () => {
      const before = await heading();
      await press(']');
      await main().getByRole('button', { name: 'Zoom to it' }).waitFor();
      const around = await until('the picture is around it', async () => {
        const now = await heading();
        return now === before ? null : now;
      });
      await press('Escape');
      await main().getByRole('button', { name: 'Zoom to it' }).waitFor({ state: 'detached' });
      const box = await overlay().boundingBox();
      if (box === null) throw new Error('the picture is not there');
      const { mouse } = flow.host.page;
      await mouse.move(box.x + box.width * 0.25, box.y + 60);
      await mouse.down();
      await mouse.move(box.x + box.width * 0.5, box.y + 60);
      await mouse.move(box.x + box.width * 0.75, box.y + 60);
      await mouse.up();
      await main().getByRole('button', { name: 'Zoom to it' }).waitFor();
      await press('Enter');
      await until('the picture is zoomed', async () => ((await heading()) === around ? null : true));
      const zoomed = await heading();
      await mouse.move(box.x + box.width / 2, box.y + 60);
      await mouse.wheel(0, -200);
      await until('the wheel zooms too', async () => ((await heading()) === zoomed ? null : true));
    });

    it('tells what came before an event, with chains first', async () => {
      await rows().focus();
      await until('the list is where the picture is', async () =>
        ((await rows().getByRole('option', { selected: true }).first().textContent()) ?? '').startsWith('17 Jun 13')
          ? true
          : null,
      );
      await press('j', 'j', 't');
      await rows().locator('.is-pivot').first().waitFor({ timeout: 60_000 });
      await inspector().getByRole('combobox', { name: 'Window around the pivot' }).selectOption('15 min each way');
      await chain().waitFor({ timeout: 60_000 });
      await checkScreen(flow.host, '12-timeline-pivot');
      await widePictures(flow.host, '12-timeline-pivot');
    });

    it('opens both ends of a chain, and comes back to the pivot', async () => {
      const pivot = await inspector().getByRole('heading', { level: 2 }).textContent();
      for (const end of ['first', 'last'] as const) {
        const link = chain().getByRole('link')[end]();
        const line = /:(\d+)/.exec((await link.textContent()) ?? '')?.[1];
        await link.click();
        await screen('Files');
        await flow.host.page.locator(`#line-${line}[aria-selected="true"]`).waitFor();
        await press('Alt+ArrowLeft');
        await screen('Timeline');
        await chain().waitFor();
        expect(await inspector().getByRole('heading', { level: 2 }).textContent()).toBe(pivot);
      }
    });

    it('pins the chain: both lines are kept with what they show', async () => {
      const title = (await chain().locator('b').first().textContent()) ?? '';
      await chain().getByRole('button', { name: 'Pin to report' }).click();
      await flow.host.page.getByText(/^Chain pinned: \d lines kept/).waitFor();
      await press('Alt+7');
      await screen('Files');
      await main()
        .getByRole('button', { name: /Bookmarks/ })
        .click();
      expect(await main().getByText(`Chain "${title}", `, { exact: false }).count()).toBeGreaterThanOrEqual(2);
    });

    it('is a table as well, and the window of every screen', async () => {
      await press('Alt+6');
      await screen('Timeline');
      await main().getByRole('button', { name: 'Show as table' }).click();
      const table = main().getByRole('grid', { name: 'Lines by time' });
      await table.getByRole('row').nth(1).waitFor();
      await main().getByRole('button', { name: 'Show as picture' }).click();
      await press(']');
      await main().getByRole('button', { name: 'Only this window' }).click();
      await flow.host.page.getByRole('button', { name: 'Clear the time window' }).waitFor();
      await flow.host.page.getByRole('button', { name: 'Clear the time window' }).click();
      expect(flow.host.problems()).toEqual([]);
    });
  });
}
