/** Rectangles onto a canvas, in the colours of the theme. */
import type { Bars, Rects } from '../../model/timeline-draw.ts';
import { axisTicks, dayChanges, type Span, xOf } from '../../model/timeline-view.ts';

/** Colours of the tokens as they are now: a canvas knows no CSS. */
export interface Palette {
  readonly other: string;
  readonly warning: string;
  readonly error: string;
  readonly gap: string;
  readonly gapGround: string;
  readonly ground: string;
  readonly line: string;
  readonly text: string;
  readonly accent: string;
  readonly veil: string;
  readonly font: string;
}

/** @returns the colours of the theme that is shown. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    other: token('--info-line'),
    warning: token('--med'),
    error: token('--high'),
    gap: token('--line-strong'),
    gapGround: token('--bg'),
    ground: token('--bg-sunken'),
    line: token('--line'),
    text: token('--text-3'),
    accent: token('--accent'),
    veil: token('--bg-shell'),
    font: `11px ${token('--font-mono')}`,
  };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/**
 * @param size in CSS pixels. @param ratio pixels of the screen for each of them.
 * @returns the canvas cleared and ready to be drawn on in CSS pixels; null where there is no drawing (tests).
 */
export function begin(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  { width, height }: Size,
  ratio: number,
): Context | null {
  const context = canvas.getContext('2d') as Context | null;
  if (context === null) return null;
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export function fill(context: Context, rects: Rects, colour: string): void {
  if (rects.length === 0) return;
  context.fillStyle = colour;
  context.beginPath();
  for (let at = 0; at + 3 < rects.length; at += 4)
    context.rect(rects[at] as number, rects[at + 1] as number, rects[at + 2] as number, rects[at + 3] as number);
  context.fill();
}

export function fillBars(context: Context, bars: readonly Bars[], palette: Palette): void {
  fill(
    context,
    bars.flatMap(({ other }) => other),
    palette.other,
  );
  fill(
    context,
    bars.flatMap(({ warning }) => warning),
    palette.warning,
  );
  fill(
    context,
    bars.flatMap(({ error }) => error),
    palette.error,
  );
}

const HATCH_PX = 6;

/** Diagonal lines: nothing is known there. */
export function hatch(context: Context, rects: Rects, palette: Palette): void {
  if (rects.length === 0) return;
  fill(context, rects, palette.gapGround);
  context.save();
  context.beginPath();
  for (let at = 0; at + 3 < rects.length; at += 4)
    context.rect(rects[at] as number, rects[at + 1] as number, rects[at + 2] as number, rects[at + 3] as number);
  context.clip();
  context.strokeStyle = palette.gap;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = 0; at + 3 < rects.length; at += 4) {
    const [x, y, width, height] = rects.slice(at, at + 4) as [number, number, number, number];
    // In step with the whole picture, so that neighbours join.
    const first = Math.floor((x - height) / HATCH_PX) * HATCH_PX;
    for (let left = first; left < x + width; left += HATCH_PX) {
      context.moveTo(left, y + height);
      context.lineTo(left + height, y);
    }
  }
  context.stroke();
  context.restore();
}

const TICK_PX = 4;

/** A line through the picture where a day begins. */
export function paintDays(context: Context, view: Span, size: Size, palette: Palette): void {
  const { width, height } = size;
  const days = dayChanges(view, width).flatMap((at) => [Math.round(xOf(at, view, width)), 0, 1, height]);
  fill(context, days, palette.line);
}

export function paintAxis(context: Context, view: Span, { width, height }: Size, palette: Palette): void {
  fill(context, [0, 0, width, 1], palette.line);
  context.font = palette.font;
  context.textBaseline = 'alphabetic';
  context.fillStyle = palette.text;
  const ticks = axisTicks(view, width).map(({ at, label }) => ({ label, x: xOf(at, view, width) }));
  for (const { x } of ticks) context.fillRect(Math.round(x), 0, 1, TICK_PX);
  const widthOf = (label: string) => context.measureText(label).width;
  for (const { label, left } of placedLabels(ticks, width, widthOf)) context.fillText(label, left, height - 4);
}

/** Between two labels, at least. */
const LABEL_GAP_PX = 6;

interface PlacedLabel {
  readonly label: string;
  readonly left: number;
  readonly right: number;
  /** Pushed from the middle of its tick by an edge of the picture. */
  readonly pushed: boolean;
}

/** @returns the labels for which there is room, from left to right; one that an edge pushed makes room for the next. */
function placedLabels(
  ticks: readonly { readonly label: string; readonly x: number }[],
  width: number,
  widthOf: (label: string) => number,
): readonly PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  for (const { label, x } of ticks) {
    const own = widthOf(label);
    const left = Math.min(width - own, Math.max(0, x - own / 2));
    const before = placed.at(-1);
    if (before !== undefined && left < before.right + LABEL_GAP_PX) {
      if (!before.pushed) continue;
      placed.pop();
    }
    placed.push({ label, left, right: left + own, pushed: left !== x - own / 2 });
  }
  return placed;
}

/** What lies over the picture, ms; null where there is none. */
export interface Marks {
  /** Around the pivot. */
  readonly around: Span | null;
  readonly pivot: number | null;
  /** A span that was drawn over the picture. */
  readonly brush: Span | null;
  /** The first line of the list. */
  readonly cursor: number | null;
  /** The window of every screen: what is outside of it is veiled. */
  readonly windowFrom: number | null;
  readonly windowTo: number | null;
}

const CURSOR_PX = 5;

export function paintMarks(
  context: Context,
  marks: Marks,
  view: Span,
  { width, height }: Size,
  palette: Palette,
): void {
  const xAt = (at: number) => Math.max(-1, Math.min(width + 1, xOf(at, view, width)));
  const inView = (at: number) => at >= view.from && at <= view.to;
  const stretch = (from: number, to: number, colour: string, share: number) => {
    context.globalAlpha = share;
    fill(context, [xAt(from), 0, Math.max(0, xAt(to) - xAt(from)), height], colour);
    context.globalAlpha = 1;
  };
  const line = (at: number, wide: number, colour: string) => {
    if (inView(at)) fill(context, [Math.round(xAt(at)) - Math.floor(wide / 2), 0, wide, height], colour);
  };
  const { around, pivot, brush, cursor, windowFrom, windowTo } = marks;
  if (around !== null) stretch(around.from, around.to, palette.accent, 0.09);
  if (windowFrom !== null) stretch(view.from, windowFrom, palette.veil, 0.72);
  if (windowTo !== null) stretch(windowTo, view.to, palette.veil, 0.72);
  if (brush !== null) {
    stretch(brush.from, brush.to, palette.accent, 0.16);
    line(brush.from, 1, palette.accent);
    line(brush.to, 1, palette.accent);
  }
  if (cursor !== null && inView(cursor)) {
    const x = Math.round(xAt(cursor));
    context.strokeStyle = palette.text;
    context.fillStyle = palette.text;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x + 0.5, 0);
    context.lineTo(x + 0.5, height);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x - CURSOR_PX, height);
    context.lineTo(x + CURSOR_PX, height);
    context.lineTo(x, height - CURSOR_PX);
    context.fill();
  }
  if (pivot !== null) line(pivot, 2, palette.accent);
}
