/**
 * Units of systemd that failed, or that are started again and again. Some fail on healthy nodes (a mail service without
 * its configuration): only those without which no pod runs are more than a note.
 */
import type { UnitSeen } from '../core/host-state.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { Captured } from '../facts/host-state.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, listed, outcomeOf } from './outcome.ts';
import { countText, stateFinding } from './state-finding.ts';

const NEEDED = /^(?:kubelet|snap\.kubelet-eks\.daemon|containerd|crio|cri-docker|docker)\.service$/;

export const unitsFailed: Analyzer = {
  id: 'units-failed',
  title: 'No unit of systemd failed',
  area: 'node',
  run(facts) {
    const lists = facts.host.units;
    if (lists.length === 0) return { outcome: 'skipped', missing: 'units of systemd: systemctl list-units' };
    const findings = lists.flatMap((list) => {
      const bad = list.value.filter(({ active, sub }) => active === 'failed' || sub === 'auto-restart');
      return [
        ...bad.filter(({ name }) => NEEDED.test(name)).map((unit) => needed(list, unit)),
        ...others(
          list,
          bad.filter(({ name }) => !NEEDED.test(name)),
        ),
      ];
    });
    return outcomeOf(findings, 'no unit of systemd is failed or being restarted');
  },
};

function needed(list: Captured<readonly UnitSeen[]>, unit: UnitSeen): FindingDraft {
  const service = unit.name.replace(/\.service$/, '');
  const restarted = unit.sub === 'auto-restart';
  return stateFinding(refAt(list, unit.line), {
    rule: 'units-failed',
    area: 'services',
    title: restarted ? `${service} ends and is started again` : `${service} failed`,
    claim: `${unit.name} was ${unit.active} (${unit.sub}) when the node was captured: ${restarted ? 'systemd waited to start it again' : 'it did not run'}.`,
    severity: 'high',
    confidence: certain('systemd says so'),
    owner: service === 'kubelet' || service.startsWith('snap.kubelet') ? 'kubelet' : 'container runtime',
    entities: [{ kind: 'unit', name: unit.name }],
    userNotices: 'The node is NotReady: no pod is started or stopped on it, and after five minutes its pods are moved.',
    now: [`See why: \`systemctl status ${unit.name}\`, \`journalctl -u ${unit.name} --no-pager | tail -50\``],
    check: [`\`systemctl is-active ${unit.name}\` prints active, twice a minute apart`],
    evidence: [],
  });
}

function others(list: Captured<readonly UnitSeen[]>, units: readonly UnitSeen[]): readonly FindingDraft[] {
  const [first, ...rest] = units;
  if (first === undefined) return [];
  return [
    stateFinding(refAt(list, first.line), {
      rule: 'units-failed',
      area: 'services',
      title: `${countText(units.length, 'unit')} of the system failed`,
      claim: `${listed(
        units.map(({ name }) => name),
        5,
      )} ${units.length === 1 ? 'was' : 'were'} failed when the node was captured.`,
      severity: 'low',
      confidence: likely('whether anything needs it, the list does not tell'),
      owner: 'node OS',
      count: units.length,
      entities: units.slice(0, 20).map(({ name }) => ({ kind: 'unit', name })),
      userNotices: 'Nothing, unless something on the node needs it.',
      now: [`See why: \`systemctl status ${first.name}\`, \`journalctl -u ${first.name} --no-pager | tail -50\``],
      check: ['`systemctl --failed` lists nothing'],
      evidence: rest.map(({ line }) => refAt(list, line)),
    }),
  ];
}
