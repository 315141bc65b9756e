/**
 * Findings over the picture are put where they begin: by a transform, and not by React, so that a notch of the wheel needs
 * no layout.
 */
import { type Span, xOf } from '../../model/timeline-view.ts';

/** So far outside nothing is seen of a shape. */
const OUTSIDE_PX = 60;

/** @param root holds them, each with its instant as `data-at`. @param width of the picture, in CSS pixels. */
export function placeMarks(root: HTMLElement, view: Span, width: number): void {
  for (const mark of root.querySelectorAll<HTMLElement>('[data-at]')) {
    const x = Math.max(-OUTSIDE_PX, Math.min(width + OUTSIDE_PX, xOf(Number(mark.dataset.at), view, width)));
    mark.style.transform = `translateX(${Math.round(x)}px)`;
  }
}
