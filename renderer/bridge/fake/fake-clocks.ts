/** Clocks of the fake case, with what was given by hand kept in memory: for tests. */
import type { MethodInput } from '../../../analyzer/contract/contract.ts';
import type { BundleId, ClockAlignments, ClockOverride, ClockOverrideRequest } from '../../model/types.ts';
import { AFFECTED, HEALTHY, makeEvidence } from './fake-case.ts';

const ok = <T>(value: T) => ({ ok: true as const, value });
const SET_AT = '2025-10-14T12:00:00.000Z';

export const ALIGNMENTS: ClockAlignments = {
  reference: 'ip-10-0-126-200',
  sentence: '1 clock is aligned with ip-10-0-126-200: ip-10-0-113-27 is 90 s ahead of it.',
  nodes: [
    {
      bundle: AFFECTED,
      node: 'ip-10-0-113-27',
      outcome: 'aligned',
      offsetMs: 90_040,
      spreadMs: 120,
      anchors: [
        {
          kind: 'shared-event',
          what: 'service port shop/web:http added, logged by kube-proxy',
          offsetMs: 90_040,
          here: makeEvidence({ file: 'var_log/kube-proxy.log', line: 32, endLine: 32 }),
          there: makeEvidence({
            bundle: HEALTHY,
            node: 'ip-10-0-126-200',
            file: 'var_log/kube-proxy.log',
            line: 30,
            endLine: 30,
          }),
        },
      ],
      anchorCount: 5,
      shiftMs: 0,
      sentence: '90 s ahead of ip-10-0-126-200, by 5 anchors, spread 0.1 s',
    },
    {
      bundle: HEALTHY,
      node: 'ip-10-0-126-200',
      outcome: 'reference',
      offsetMs: 0,
      spreadMs: null,
      anchors: [],
      anchorCount: 0,
      shiftMs: 0,
      sentence: 'the reference: the others are told against it',
    },
  ],
};

const sameTarget = (a: ClockOverrideRequest, b: ClockOverrideRequest): boolean =>
  a.what === b.what && a.file === b.file && a.node === b.node && a.bundle === b.bundle;

/** @returns answers of a fake bridge about clocks; values that begin with `no` are refused. */
export function fakeClocks() {
  let overrides: readonly ClockOverride[] = [];
  let id = 0;
  return {
    'clock.overrides': () => ok(overrides),
    'clock.override': (input: MethodInput<'clock.override'>) => {
      const override = { ...input.override, bundle: input.override.bundle as BundleId | null };
      if (override.value.startsWith('no'))
        return {
          ok: false as const,
          failure: {
            code: 'wrong-usage' as const,
            message: 'This is no shift of a clock. Expected `+90s`.',
            where: null,
            advice: null,
          },
        };
      const replaced = overrides.find((one) => sameTarget(one, override)) ?? null;
      id += 1;
      const set = { ...override, id, setAt: SET_AT };
      overrides = [...overrides.filter((one) => one !== replaced), set];
      return ok({ set, replaced, files: 4 });
    },
    'clock.restore': (input: MethodInput<'clock.restore'>) => {
      const gone = overrides.filter((one) => input.overrides === null || input.overrides.includes(one.id));
      overrides = overrides.filter((one) => !gone.includes(one));
      return ok(gone);
    },
    'clocks.align': () => ok(ALIGNMENTS),
  };
}
