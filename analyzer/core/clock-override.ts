/**
 * What the engineer says about clocks: a zone for local stamps, a shift for a clock that runs wrong. Kept by the case
 * and applied when a bundle is read: nothing that was stored changes, and taking it back restores what was inferred.
 */
import * as z from 'zod';
import { BundleId } from './ids.ts';

/** Longest path or name that an override is for; a member's path is no longer. */
const TARGET_CHARS_MAX = 4096;

const target = z.string().min(1).max(TARGET_CHARS_MAX).nullable();

export const ClockOverrideRequest = z
  .object({
    what: z.enum(['zone', 'shift']),
    /** `+02:00`, `UTC`, `America/Los_Angeles`; `+90s`, `-2m`, `1h30m`. As given: names are resolved when they are used. */
    value: z.string().max(100),
    /** Path of a file, the end of one, or a glob with `*`, `**` and `?`; null: every file. */
    file: target,
    /** Only bundles of this node (or of this name, when their node is not known); null: every node. */
    node: target,
    /** Only this bundle; null: every bundle, also those imported later. */
    bundle: BundleId.nullable(),
  })
  .readonly();
export type ClockOverrideRequest = z.infer<typeof ClockOverrideRequest>;

export const ClockOverride = z
  .object({ ...ClockOverrideRequest.unwrap().shape, id: z.number().int().positive(), setAt: z.string() })
  .readonly();
export type ClockOverride = z.infer<typeof ClockOverride>;
