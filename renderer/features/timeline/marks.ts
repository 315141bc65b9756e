/**
 * What lies over the picture is put where its instants are: `data-at` a line or a shape, `data-from` and `data-to` a stretch.
 * By transforms alone, and not by React: a notch of the wheel then needs neither layout nor painting.
 */
import { type Span, xOf } from '../../model/timeline-view.ts';

/** Width of a stretch before it is scaled: the stylesheet has the same. */
const STRETCH_PX = 100;
/** So far outside nothing is seen of what is drawn. */
const OUTSIDE_PX = 60;

/** @param root holds the marks. @param width of the picture, in CSS pixels. */
export function placeMarks(root: HTMLElement, view: Span, width: number): void {
  const xAt = (at: string | undefined) =>
    Math.max(-OUTSIDE_PX, Math.min(width + OUTSIDE_PX, xOf(Number(at), view, width)));
  for (const mark of root.querySelectorAll<HTMLElement>('[data-at]')) {
    mark.style.transform = `translateX(${Math.round(xAt(mark.dataset.at))}px)`;
  }
  for (const stretch of root.querySelectorAll<HTMLElement>('[data-from]')) {
    const [left, right] = [xAt(stretch.dataset.from), xAt(stretch.dataset.to)];
    stretch.style.transform = `translateX(${left}px) scaleX(${Math.max(0, right - left) / STRETCH_PX})`;
  }
}
