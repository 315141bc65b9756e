/** Where a pinned answer was asked. Pure. */
import type { BundleId, PinnedAnswer } from '../../model/types.ts';
import { compareRoute } from '../../stores/compare-route.ts';
import type { Route } from '../../stores/navigation.ts';
import { runRoute } from '../../stores/runbooks-route.ts';
import { type PivotQuestion, timelineRoute } from '../../stores/timeline-route.ts';
import { traceRoute } from '../network/routes.ts';

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const list = (value: unknown): readonly BundleId[] =>
  Array.isArray(value) ? value.filter((one): one is BundleId => typeof one === 'string') : [];
const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;

/** @returns the route that asks the question of a pinned answer again; null when its input cannot be read as one. */
export function routeOfPin({ method, input }: Pick<PinnedAnswer, 'method' | 'input'>): Route | null {
  switch (method) {
    case 'network.trace': {
      const [from, to] = [text(input.from), text(input.to)];
      if (from === null || to === null) return null;
      return traceRoute({
        bundle: text(input.bundle) as BundleId | null,
        from,
        to,
        protocol: text(input.protocol) ?? 'tcp',
        inInterface: text(input.inInterface),
        state: input.state === 'established' ? 'established' : 'new',
      });
    }
    case 'compare.run':
      return compareRoute({ bundles: list(input.bundles), affected: list(input.affected), tab: 'meaning', pair: null });
    case 'runbooks.run': {
      const runbook = text(input.runbook);
      return runbook === null ? null : runRoute({ runbook, bundle: text(input.bundle) as BundleId | null });
    }
    case 'correlate.run': {
      const pivot = pivotOf(input.pivot);
      if (pivot === null) return null;
      return timelineRoute({ pivot, ...(typeof input.windowMs === 'number' ? { windowMs: input.windowMs } : {}) });
    }
    case 'timeline.lines': {
      const from = Date.parse(text(field(input.at, 'time')) ?? '');
      const until = Date.parse(text(input.until) ?? '');
      const to = until > from ? until : from + MINUTE_MS;
      return Number.isNaN(from) ? null : timelineRoute({ view: { from, to } });
    }
  }
}

/** Where the question says only where its lines begin. */
const MINUTE_MS = 60_000;

function pivotOf(pivot: unknown): PivotQuestion | null {
  const [finding, words, time] = [field(pivot, 'finding'), field(pivot, 'text'), field(pivot, 'time')];
  if (typeof finding === 'string') return { kind: 'finding', finding: finding as never };
  if (typeof words === 'string') return { kind: 'text', text: words };
  if (typeof time === 'string') return { kind: 'time', time };
  const [bundle, file, line] = [field(pivot, 'bundle'), field(pivot, 'file'), field(pivot, 'line')];
  if (typeof bundle !== 'string' || typeof file !== 'string' || typeof line !== 'number') return null;
  return { kind: 'line', bundle: bundle as BundleId, file, line };
}
