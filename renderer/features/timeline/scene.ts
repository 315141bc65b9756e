/** The histogram as it is drawn: plain values, so that a worker can draw it. */
import { barsOf, gapRects } from '../../model/timeline-draw.ts';
import type { Span } from '../../model/timeline-view.ts';
import type { TimelineGap } from '../../model/types.ts';
import { AXIS_PX, BARS_PX, LANE_PAD_PX, LANE_PX } from './geometry.ts';
import { begin, fill, fillBars, hatch, type Marks, type Palette, paintAxis, paintDays, paintMarks } from './paint.ts';

export interface Scene {
  /** Where the columns lie in time, ms. */
  readonly start: number;
  readonly bucketMs: number;
  /** Of all lanes together (model/timeline-lanes.ts). */
  readonly cells: readonly number[];
  /** In the order of the names beside them; of one that is left out the cells are empty. */
  readonly lanes: readonly { readonly cells: readonly number[]; readonly gaps: readonly TimelineGap[] }[];
  /** In CSS pixels; the part of the lanes that is scrolled to. */
  readonly width: number;
  readonly laneTop: number;
  readonly laneHeight: number;
  /** Of what lies over it all. */
  readonly overHeight: number;
  /** Pixels of the screen for a CSS pixel. */
  readonly ratio: number;
  readonly palette: Palette;
}

type Canvas = HTMLCanvasElement | OffscreenCanvas;
export interface Canvases<C extends Canvas = Canvas> {
  readonly all: C;
  readonly axis: C;
  readonly lanes: C;
  readonly over: C;
}

/** Draws a scene as far as it reaches into a view: columns that are not known yet stay empty. */
export function paintScene(canvases: Canvases, scene: Scene, view: Span, marks: Marks | null): void {
  const { all, axis, lanes, over } = canvases;
  const { width, laneTop, laneHeight, overHeight, ratio, palette } = scene;
  const above = begin(over, { width, height: overHeight }, ratio);
  if (above !== null && marks !== null) paintMarks(above, marks, view, { width, height: overHeight }, palette);
  const upper = begin(all, { width, height: BARS_PX }, ratio);
  if (upper !== null) {
    fillBars(upper, [barsOf(scene.cells, scene, view, { y: 0, width, height: BARS_PX }, 'linear')], palette);
    paintDays(upper, view, { width, height: BARS_PX }, palette);
  }
  const between = begin(axis, { width, height: AXIS_PX }, ratio);
  if (between !== null) paintAxis(between, view, { width, height: AXIS_PX }, palette);
  const lower = begin(lanes, { width, height: laneHeight }, ratio);
  if (lower === null) return;
  const first = Math.max(0, Math.floor(laneTop / LANE_PX));
  const shown = scene.lanes.slice(first, first + Math.ceil(laneHeight / LANE_PX) + 1).map((lane, nth) => {
    const y = (first + nth) * LANE_PX - laneTop + LANE_PAD_PX;
    return { ...lane, box: { y, width, height: LANE_PX - 2 * LANE_PAD_PX } };
  });
  fill(
    lower,
    shown.flatMap(({ box }) => [0, box.y, width, box.height]),
    palette.ground,
  );
  fillBars(
    lower,
    shown.map(({ cells, box }) => barsOf(cells, scene, view, box, 'root')),
    palette,
  );
  hatch(
    lower,
    shown.flatMap(({ gaps, box }) => gapRects(gaps, view, box)),
    palette,
  );
}
