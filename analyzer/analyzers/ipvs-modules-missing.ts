/** kube-proxy is told to use IPVS, but the kernel's list of modules holds no ip_vs, or not the scheduler that is set. */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { type ModulesFact, proxySetting, refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { chainFinding, likely, listed, outcomeOf } from './outcome.ts';

export const ipvsModulesMissing: Analyzer = {
  id: 'ipvs-modules-missing',
  title: 'Kernel modules that IPVS mode needs are loaded',
  area: 'network',
  run(facts) {
    const wanted = ipvsWanted(facts);
    if (wanted === null) {
      return facts.mode.mode === 'unknown' && facts.state.proxyConfig.length === 0
        ? { outcome: 'skipped', missing: 'the mode of kube-proxy' }
        : { outcome: 'pass', because: 'neither settings, log nor rules say that kube-proxy uses IPVS' };
    }
    const [list] = facts.state.modules.filter(
      (fact) => fact.whole || fact.modules.some((each) => /^(ip_vs|nf_conntrack)/.test(each.name)),
    );
    if (list === undefined) return { outcome: 'skipped', missing: 'loaded kernel modules (lsmod)' };
    // Virtual servers that are listed show that the code is there, loaded or built in.
    if (facts.network.ipvs.some((fact) => fact.value.services.length > 0))
      return { outcome: 'pass', because: 'virtual servers are listed, so that IPVS works' };
    const scheduler = proxySetting(facts.state, (config) => config.ipvsScheduler);
    const needed = ['ip_vs', `ip_vs_${scheduler?.value ?? 'rr'}`];
    const missing = needed.filter((name) => !list.modules.some((each) => each.name === name));
    return outcomeOf(
      missing.length === 0 ? [] : [finding(list, wanted, missing, scheduler?.ref ?? null)],
      `${needed.join(' and ')} are loaded`,
    );
  },
};

interface Wanted {
  readonly sentence: string;
  readonly refs: readonly LineRef[];
}

/** By setting or by what kube-proxy said and left; flags and files win over traces. */
function ipvsWanted(facts: NodeFacts): Wanted | null {
  const mode = proxySetting(facts.state, (config) => config.mode);
  if (mode !== null)
    return mode.value === 'ipvs' ? { sentence: `${mode.file} sets mode ipvs`, refs: [mode.ref] } : null;
  return facts.mode.mode === 'ipvs' ? { sentence: facts.mode.because, refs: facts.mode.evidence } : null;
}

function finding(
  list: ModulesFact,
  wanted: Wanted,
  missing: readonly string[],
  scheduler: LineRef | null,
): FindingDraft {
  const near = list.modules.find((each) => each.name.startsWith('ip_vs')) ?? list.modules[0];
  const shown = refAt(list, near?.line ?? 1, `the list of modules; ${listed(missing)} is not in it`);
  return chainFinding(wanted.refs[0] ?? shown, {
    rule: 'ipvs-modules-missing',
    area: 'network',
    title: `IPVS mode without the kernel ${missing.length === 1 ? 'module' : 'modules'} ${listed(missing)}`,
    claim: `kube-proxy is to use IPVS (${wanted.sentence}), but ${list.file} lists no ${missing.join(' and no ')}, and no virtual server was captured.`,
    severity: missing.includes('ip_vs') ? 'high' : 'medium',
    confidence: likely('a kernel can have IPVS built in, which no list of modules shows'),
    owner: 'node OS',
    entities: [],
    userNotices: missing.includes('ip_vs')
      ? 'kube-proxy ends at its start, or falls back to iptables mode (older versions): services do not work, or not in the mode that was asked for.'
      : 'kube-proxy cannot make virtual servers with the scheduler that is set: services are not reached.',
    now: [`Load them: \`sudo modprobe -a ${missing.join(' ')}\`, then restart kube-proxy on this node`],
    longTerm: [`Load them at boot: \`printf '%s\\n' ${missing.join(' ')} | sudo tee /etc/modules-load.d/ipvs.conf\``],
    check: ['`lsmod | grep ip_vs` names them and `sudo ipvsadm -Ln` lists virtual servers'],
    evidence: [shown, ...(scheduler === null ? [] : [scheduler]), ...wanted.refs.slice(1, 3)],
  });
}
