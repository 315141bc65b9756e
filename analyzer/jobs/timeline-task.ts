/** What the resident timeline worker does with each question. */
import type { BundleRef } from './bundle-ref.ts';
import { type Pause, serveQuestions } from './resident-task.ts';
import { type OpenBundle, OpenBundles } from './search-bundles.ts';
import { TimelineBlocks } from './timeline-blocks.ts';
import { TimelineBundle } from './timeline-bundle.ts';
import { gapsOfBundle } from './timeline-gaps.ts';
import { histogramOf } from './timeline-histogram.ts';
import { linesOf } from './timeline-lines.ts';
import type { AnyTimelineAsk, TimelineAnswers } from './timeline-protocol.ts';

/** Answers questions until the thread is ended from outside. */
export function serveTimeline(): void {
  const timelines = new Timelines();
  serveQuestions<AnyTimelineAsk>((ask, pause) => timelines.answer(ask, pause));
}

/** Work between two pauses: what another question waits at most, beside the block that is being read. */
const STRETCH_MS = 15;

export class Timelines {
  readonly #bundles: OpenBundles;
  readonly #timelines = new WeakMap<OpenBundle, TimelineBundle>();
  readonly #blocks = new TimelineBlocks();

  constructor(bundles = new OpenBundles()) {
    this.#bundles = bundles;
  }

  /** Throws a FailureError for an expected failure. */
  async answer(ask: AnyTimelineAsk, pause: Pause): Promise<TimelineAnswers[AnyTimelineAsk['want']]> {
    const taken: BundleRef[] = [];
    try {
      const breathe = atIntervals(pause);
      const bundles: TimelineBundle[] = [];
      for (const ref of ask.bundles) {
        await breathe();
        const open = this.#bundles.take(ref);
        taken.push(ref);
        bundles.push(this.#timelineOf(open));
      }
      if (ask.want === 'lines') return await linesOf(ask.input, bundles, this.#blocks, breathe);
      const gapsOf = async (bundle: TimelineBundle) => {
        bundle.gaps ??= await gapsOfBundle(bundle.reader, breathe);
        return bundle.gaps;
      };
      return await histogramOf(ask.input, bundles, this.#blocks, gapsOf, breathe);
    } finally {
      for (const ref of taken) this.#bundles.release(ref);
    }
  }

  #timelineOf(open: OpenBundle): TimelineBundle {
    const timeline = this.#timelines.get(open) ?? new TimelineBundle(open.reader);
    this.#timelines.set(open, timeline);
    return timeline;
  }
}

function atIntervals(pause: Pause): Pause {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < STRETCH_MS) return;
    await pause();
    since = performance.now();
  };
}
