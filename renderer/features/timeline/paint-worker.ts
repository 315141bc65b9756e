/** Draws the picture of the Timeline beside the page's thread. A worker of its own: it ends with the picture. */

import type { Span } from '../../model/timeline-view.ts';
import type { Marks } from './paint.ts';
import type { PaintMessage } from './painter.ts';
import { type Canvases, paintScene, type Scene } from './scene.ts';

let canvases: Canvases<OffscreenCanvas> | null = null;
let scene: Scene | null = null;
let view: Span | null = null;
let marks: Marks | null = null;
let drawing: 'asked' | 'no' = 'no';

/** However many notches a wheel makes between two frames: one drawing, of the last one. */
function drawSoon(): void {
  if (drawing === 'asked') return;
  drawing = 'asked';
  requestAnimationFrame(() => {
    drawing = 'no';
    if (canvases !== null && scene !== null && view !== null) paintScene(canvases, scene, view, marks);
  });
}

addEventListener('message', ({ data }: MessageEvent<PaintMessage>) => {
  if (data.kind === 'canvases') canvases = data.canvases;
  else if (data.kind === 'marks') marks = data.marks;
  else {
    view = data.view;
    if (data.kind === 'scene') scene = data.scene;
  }
  drawSoon();
});
