/** Checks and pictures that every screen gets, in every theme. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { TestHost } from './host.ts';

const projectRoot = path.join(import.meta.dirname, '..', '..');

export const THEMES = ['Light theme', 'Dark theme', 'High contrast theme'] as const;

/** Waits until `look` gives something else than null. @throws with `what` after half a minute. */
export async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  for (let round = 0; round < 300; round += 1) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`did not happen within 30 s: ${what}`);
}

/** Writes test-results/screens/<host>-<name>.png, for people to look at. */
export async function picture(host: TestHost, name: string): Promise<void> {
  const folder = path.join(projectRoot, 'test-results', 'screens');
  await mkdir(folder, { recursive: true });
  await host.page.screenshot({ path: path.join(folder, `${host.name}-${name}.png`), animations: 'disabled' });
}

/**
 * @param of `colours`: what another theme can change.
 * @returns violations that keep somebody from using the screen, with what and where.
 */
export async function seriousViolations(
  page: Page,
  of: 'everything' | 'colours' = 'everything',
): Promise<readonly string[]> {
  // Legacy mode: Electron offers no blank second page to collect results in.
  // A frame may run nothing, not even what looks at it; the documents in them have checks of their own.
  const builder = new AxeBuilder({ page }).setLegacyMode(true).exclude('iframe');
  if (of === 'colours') builder.withRules(['color-contrast', 'link-in-text-block']);
  const { violations } = await builder.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(
        (node) => `${impact} ${id}: ${node.target.join(' ')}: ${node.any[0]?.message ?? node.html.slice(0, 160)}`,
      ),
    );
}

/** The page itself never scrolls; panes inside it do. */
async function expectNoPageScroll(page: Page): Promise<void> {
  const sizes = await page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return { scrollWidth, scrollHeight, innerWidth, innerHeight };
  });
  expect(sizes.scrollHeight).toBeLessThanOrEqual(sizes.innerHeight);
  expect(sizes.scrollWidth).toBeLessThanOrEqual(sizes.innerWidth);
}

/** Chooses a theme as somebody does who knows its name; the focus goes back to where it was. */
export async function chooseTheme(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await page.keyboard.press('Control+Shift+P');
  const box = page.getByRole('combobox', { name: 'Command, runbook or file' });
  await box.fill(theme);
  await page.getByRole('option', { name: theme }).waitFor();
  await box.press('Enter');
  await box.waitFor({ state: 'detached' });
}

/** Pictures of the screen on a monitor of 1920 x 1080, in light and in dark. */
export async function widePictures(host: TestHost, name: string): Promise<void> {
  if (host.name !== 'web') return;
  await host.resize(1920, 1080);
  await expectNoPageScroll(host.page);
  for (const theme of ['Dark theme', 'Light theme'] as const) {
    await chooseTheme(host.page, theme);
    await host.page.mouse.move(0, 0);
    await picture(host, `${name}-1920-${theme.split(' ')[0]?.toLowerCase()}`);
  }
  await host.resize(1280, 720);
}

/** Looks at the screen that is shown: no page scroll at 1280 x 720 and on 4K, axe in three themes, pictures of each. */
export async function checkScreen(host: TestHost, name: string): Promise<void> {
  const { page } = host;
  await host.resize(1280, 720);
  // Colours half-way through a transition are nobody's choice.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expectNoPageScroll(page);
  const violations: string[] = [];
  // The page is the same in both hosts, so the themes are looked at in the quicker one.
  for (const theme of host.name === 'web' ? THEMES : THEMES.slice(0, 1)) {
    await chooseTheme(page, theme);
    // The pointer would leave a tooltip and a hover colour in the picture.
    await page.mouse.move(0, 0);
    await picture(host, `${name}-${theme.split(' ')[0]?.toLowerCase()}`);
    const of = theme === THEMES[0] ? 'everything' : 'colours';
    violations.push(...(await seriousViolations(page, of)).map((one) => `${theme}: ${one}`));
  }
  await chooseTheme(page, 'Light theme');
  if (host.name === 'web') {
    await host.resize(3840, 2160);
    await expectNoPageScroll(page);
    await host.resize(1280, 720);
  }
  // The rest of the way is walked all the same.
  expect.soft(violations).toEqual([]);
}
