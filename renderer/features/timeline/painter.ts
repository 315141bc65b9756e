/** Draws the picture in a worker where the canvases can be given to one: what the wheel does then costs the page nothing. */
import type { Span } from '../../model/timeline-view.ts';
import type { Marks } from './paint.ts';
import { type Canvases, paintScene, type Scene } from './scene.ts';

export type PaintMessage =
  | { readonly kind: 'canvases'; readonly canvases: Canvases<OffscreenCanvas> }
  | { readonly kind: 'scene'; readonly scene: Scene; readonly view: Span }
  | { readonly kind: 'view'; readonly view: Span }
  | { readonly kind: 'marks'; readonly marks: Marks };

export interface Painter {
  readonly paint: (scene: Scene, view: Span) => void;
  /** The same scene in another view. */
  readonly move: (view: Span) => void;
  /** What lies over it. */
  readonly mark: (marks: Marks) => void;
}

export interface Painting {
  readonly painter: Painter;
  /** To be called when the canvases may have left the page. */
  readonly leave: () => void;
}

/** React may take an effect back and do it again with the same canvas, which can be given away once. */
const paintings = new WeakMap<HTMLCanvasElement, Painting>();

export function paintingOf(canvases: Canvases<HTMLCanvasElement>): Painting {
  const known = paintings.get(canvases.all);
  if (known !== undefined) return known;
  const isBeside = typeof Worker !== 'undefined' && 'transferControlToOffscreen' in canvases.all;
  const made = isBeside ? beside(canvases) : { painter: here(canvases), leave: () => {} };
  paintings.set(canvases.all, made);
  return made;
}

function beside(canvases: Canvases<HTMLCanvasElement>): Painting {
  const worker = new Worker(new URL('./paint-worker.ts', import.meta.url));
  const send = (message: PaintMessage, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const given = {
    all: canvases.all.transferControlToOffscreen(),
    axis: canvases.axis.transferControlToOffscreen(),
    lanes: canvases.lanes.transferControlToOffscreen(),
    over: canvases.over.transferControlToOffscreen(),
  };
  send({ kind: 'canvases', canvases: given }, Object.values(given));
  return {
    painter: {
      paint: (scene, view) => send({ kind: 'scene', scene, view }),
      move: (view) => send({ kind: 'view', view }),
      mark: (marks) => send({ kind: 'marks', marks }),
    },
    leave: () =>
      setTimeout(() => {
        if (!canvases.all.isConnected) worker.terminate();
      }),
  };
}

function here(canvases: Canvases<HTMLCanvasElement>): Painter {
  let last: { readonly scene: Scene; readonly view: Span } | null = null;
  let marked: Marks | null = null;
  const paint = (next: typeof last) => {
    last = next;
    if (next !== null) paintScene(canvases, next.scene, next.view, marked);
  };
  return {
    paint: (scene, view) => paint({ scene, view }),
    move: (view) => paint(last && { ...last, view }),
    mark: (marks) => {
      marked = marks;
      paint(last);
    },
  };
}
