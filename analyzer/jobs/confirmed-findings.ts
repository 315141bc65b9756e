/** One source alone may mislead: what is critical only together with a second signal is told as high without it. */
import type { Finding } from '../core/vocabulary.ts';

/** Same bundle, or the same named node captured twice. */
export function sameNode(one: Finding, two: Finding): boolean {
  return one.bundle === two.bundle || (one.node !== null && one.node === two.node);
}

/** @param findings of a whole case. @returns them in the same order, lowered where no other finding confirms one. */
export function confirmedFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => {
    const named = finding.secondSignal ?? [];
    if (finding.severity !== 'critical' || named.length === 0) return finding;
    const signals = findings.filter(
      (other) => other !== finding && named.includes(other.rule) && sameNode(finding, other),
    );
    const { level, because } = finding.confidence;
    if (signals.length > 0) {
      const titles = [...new Set(signals.map((other) => other.title))].sort().join('; ');
      return { ...finding, confidence: { level, because: `${because}; confirmed on this node by: ${titles}` } };
    }
    const without = `it would be critical with a second signal on this node (${named.join(', ')}), and none was found`;
    return { ...finding, severity: 'high', confidence: { level, because: `${because}; ${without}` } };
  });
}
