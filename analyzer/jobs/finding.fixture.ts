/** Findings for the tests of ranking and verdict. */
import { createHash } from 'node:crypto';
import { findingId } from '../core/cite.ts';
import { BundleId, FileId } from '../core/ids.ts';
import type { Finding } from '../core/vocabulary.ts';

/** @returns a bundle id that a short name stands for. */
export function bundleId(name: string): BundleId {
  return BundleId.parse(createHash('sha256').update(name).digest('hex'));
}

/** @returns a certain finding of severity high from a log, changed as told; `bundle` is a short name. */
export function finding(
  rule: string,
  change: Partial<Omit<Finding, 'bundle'>> & { readonly bundle?: string } = {},
): Finding {
  const bundle = bundleId(change.bundle ?? 'a');
  const node = change.node === undefined ? 'node-1' : change.node;
  const sha256 = createHash('sha256').update(rule).digest('hex');
  return {
    title: `title of ${rule}`,
    claim: `Claim of ${rule}.`,
    severity: 'high',
    confidence: { level: 'certain', because: 'it is captured' },
    owner: 'kube-proxy',
    area: 'kube-proxy',
    first: null,
    last: null,
    count: 1,
    entities: [],
    userNotices: '',
    advice: { now: [], longTerm: [], check: [] },
    explains: [],
    ...(change.area === 'chains' ? {} : { part: 'cause' }),
    evidence: [
      {
        bundle,
        node,
        fileId: FileId.parse(1),
        file: 'file',
        line: 1,
        endLine: 1,
        byteStart: 0,
        byteEnd: 1,
        sha256,
        text: rule,
        note: null,
      },
    ],
    ...change,
    rule,
    id: findingId(rule, node, [{ sha256 }]),
    node,
    bundle,
  };
}
