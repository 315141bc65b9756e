/** What the checks of kernel settings share: a captured value that is wrong for this node, and the command that sets it. */
import type { FindingDraft, LineRef, Owner, Severity } from '../core/vocabulary.ts';
import type { StateValue } from '../facts/node-state.ts';
import { certain, chainFinding, likely } from './outcome.ts';

export interface WrongSetting {
  readonly rule: string;
  readonly key: string;
  readonly captured: StateValue;
  readonly right: string;
  readonly title: string;
  /** Why the value is wrong on this node, after "KEY is VALUE: ". */
  readonly because: string;
  readonly severity: Severity;
  readonly owner: Owner;
  /** Null: the value alone decides; else what else it depends on. */
  readonly dependsOn: string | null;
  readonly userNotices: string;
  readonly longTerm: readonly string[];
  /** Lines that show that the setting matters here. */
  readonly evidence: readonly LineRef[];
}

/** @returns a finding about one kernel setting; its first evidence is the captured value. */
export function settingFinding(wrong: WrongSetting): FindingDraft {
  return chainFinding(wrong.captured.ref, {
    rule: wrong.rule,
    area: 'network',
    title: wrong.title,
    claim: `${wrong.key} is ${wrong.captured.value}: ${wrong.because}`,
    severity: wrong.severity,
    confidence: wrong.dependsOn === null ? certain('the kernel printed the value') : likely(wrong.dependsOn),
    owner: wrong.owner,
    entities: [],
    userNotices: wrong.userNotices,
    now: [`\`sudo sysctl -w ${wrong.key}=${wrong.right}\``],
    longTerm: [
      `Find what sets it: \`grep -rn ${wrong.key.split('.').at(-1)} /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d /run/sysctl.d\``,
      ...wrong.longTerm,
    ],
    check: [`\`sysctl ${wrong.key}\` prints ${wrong.right}`],
    evidence: wrong.evidence,
  });
}
