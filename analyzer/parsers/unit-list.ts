/**
 * Units of systemd, by `systemctl list-units`:
 *
 *     UNIT                 LOAD   ACTIVE     SUB          DESCRIPTION
 *     containerd.service   loaded active     running      containerd container runtime
 *   ● kubelet.service      loaded activating auto-restart Kubernetes Kubelet
 *   * postfix.service      loaded failed     failed       Postfix Mail Transport Agent
 */
import type { UnitSeen } from '../core/host-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** A node with 1,000 pods has some thousand mounts and scopes. */
const UNITS_MAX = 50_000;
/** In front, what systemctl marks a unit with: a dot, a circle, a cross or an arrow. */
const UNIT =
  /^[\u25cf\u25cb\u00d7\u21bb*x\s]{0,4}(\S{1,256}\.(?:service|socket|target|mount|automount|swap|timer|path|slice|scope|device))\s+(?:loaded|not-found|bad-setting|error|masked)\s+(active|reloading|inactive|failed|activating|deactivating|maintenance)\s+(\S{1,40})(?:\s|$)/;

/** @returns units in order. Never throws. */
export function parseUnitList(text: CapturedText): readonly UnitSeen[] {
  const found: UnitSeen[] = [];
  eachLine(text, (whole, line) => {
    const match = found.length >= UNITS_MAX ? null : UNIT.exec(whole.slice(0, 600));
    if (match === null) return;
    found.push({ line, name: match[1] as string, active: match[2] as string, sub: match[3] as string });
  });
  return found;
}
