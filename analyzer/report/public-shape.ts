/** Findings as other programs read them: the documented keys first, everything else after. */
import type { Evidence, Finding } from '../core/vocabulary.ts';

/** @returns the evidence with `file, line, endLine, text, sha256` first. */
export function publicEvidence(evidence: Evidence) {
  const { file, line, endLine, text, sha256, ...rest } = evidence;
  return { file, line, endLine, text, sha256, ...rest };
}

/** @returns the finding with its keys in the documented order. */
export function publicFinding(finding: Finding) {
  const {
    id,
    rule,
    title,
    severity,
    confidence,
    owner,
    node,
    first,
    last,
    count,
    evidence,
    entities,
    advice,
    ...rest
  } = finding;
  return {
    id,
    rule,
    title,
    severity,
    confidence,
    owner,
    node,
    first,
    last,
    count,
    evidence: evidence.map(publicEvidence),
    entities,
    advice,
    ...rest,
  };
}
