/** Chromium's own drag input: the page gets a real drop event with real File objects, as from a file manager. */
import type { Page } from 'playwright';

/** Drops files of this machine on the middle of the first element that `target` selects. */
export async function dropFiles(page: Page, paths: readonly string[], target: string): Promise<void> {
  const box = await page.locator(target).first().boundingBox();
  if (box === null) throw new Error(`nothing to drop on: ${target}`);
  const at = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  }
  await session.detach();
}
