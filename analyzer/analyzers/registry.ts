/** Every analyzer, once. Adding one is a file, its test and a line here. */
import type { Analyzer } from './analyzer.ts';
import { awsSnatNoVpcReturn } from './aws-snat-no-vpc-return.ts';
import { bridgeNfCallOff } from './bridge-nf-call-off.ts';
import { certificateValidity } from './certificate-validity.ts';
import { chainNotHooked } from './chain-not-hooked.ts';
import { clockOffset } from './clock-offset.ts';
import { clockUnsynchronised } from './clock-unsynchronised.ts';
import { cniConfig } from './cni-config.ts';
import { componentSkew } from './component-skew.ts';
import { conntrackFull } from './conntrack-full.ts';
import { conntrackStaleUdp } from './conntrack-stale-udp.ts';
import { cpuThrottled } from './cpu-throttled.ts';
import { danglingJump } from './dangling-jump.ts';
import { defaultRoute } from './default-route.ts';
import { duplicateRules } from './duplicate-rules.ts';
import { emptyEndpointChain } from './empty-endpoint-chain.ts';
import { emptySep } from './empty-sep.ts';
import { enaAllowanceExceeded } from './ena-allowance-exceeded.ts';
import { eniRuleRouteMismatch } from './eni-rule-route-mismatch.ts';
import { fileHandlesNearLimit } from './file-handles-near-limit.ts';
import { filesystemNearlyFull } from './filesystem-nearly-full.ts';
import { filesystemReadOnly } from './filesystem-read-only.ts';
import { forwardDrop } from './forward-drop.ts';
import { forwardPolicyDrop } from './forward-policy-drop.ts';
import { forwardReject } from './forward-reject.ts';
import { interfaceDown } from './interface-down.ts';
import { interfaceErrors } from './interface-errors.ts';
import { ipForwardOff } from './ip-forward-off.ts';
import { ipsetMissing } from './ipset-missing.ts';
import { ipvsAddressMissing } from './ipvs-address-missing.ts';
import { ipvsConntrackOff } from './ipvs-conntrack-off.ts';
import { ipvsLeftovers } from './ipvs-leftovers.ts';
import { ipvsModulesMissing } from './ipvs-modules-missing.ts';
import { ipvsNoRealServers } from './ipvs-no-real-servers.ts';
import { ipvsVsMissing } from './ipvs-vs-missing.ts';
import { kubeServicesEmpty } from './kube-services-empty.ts';
import { kubeletCgroupDriver } from './kubelet-cgroup-driver.ts';
import { kubeletClusterDns } from './kubelet-cluster-dns.ts';
import { kubeletEvictionThresholds } from './kubelet-eviction-thresholds.ts';
import { kubeletMaxPods } from './kubelet-max-pods.ts';
import { kubeletReserved } from './kubelet-reserved.ts';
import { kubeletSwap } from './kubelet-swap.ts';
import { largeEnvironments } from './large-environments.ts';
import { macAddressPolicy } from './mac-address-policy.ts';
import { mapElementMissing } from './map-element-missing.ts';
import { markDrop } from './mark-drop.ts';
import { markMasqEmpty } from './mark-masq-empty.ts';
import { memoryLow } from './memory-low.ts';
import { missingEndpoint } from './missing-endpoint.ts';
import { missingService } from './missing-service.ts';
import { mtuMismatch } from './mtu-mismatch.ts';
import { nodeportsJumpMissing } from './nodeports-jump-missing.ts';
import { numgenHole } from './numgen-hole.ts';
import { orphanSep } from './orphan-sep.ts';
import { orphanSvc } from './orphan-svc.ts';
import { pidsNearLimit } from './pids-near-limit.ts';
import { postroutingNoMasquerade } from './postrouting-no-masquerade.ts';
import { pressureStall } from './pressure-stall.ts';
import { probabilitySum } from './probability-sum.ts';
import { rebootsMany } from './reboots-many.ts';
import { resolvConf } from './resolv-conf.ts';
import { routeLocalnetOff } from './route-localnet-off.ts';
import { rpFilterStrict } from './rp-filter-strict.ts';
import { sepMismatch } from './sep-mismatch.ts';
import { shadowed } from './shadowed.ts';
import { staleEndpoint } from './stale-endpoint.ts';
import { staleReject } from './stale-reject.ts';
import { svcNoEndpoints } from './svc-no-endpoints.ts';
import { truncatedDump } from './truncated-dump.ts';
import { twoModes } from './two-modes.ts';
import { unexpectedRejectDrop } from './unexpected-reject-drop.ts';
import { unitsFailed } from './units-failed.ts';
import { unreachableEndpoints } from './unreachable-endpoints.ts';
import { versionSkew } from './version-skew.ts';
import { vpcCniAddressesUsedUp } from './vpc-cni-addresses-used-up.ts';
import { vpcCniExternalSnat } from './vpc-cni-external-snat.ts';
import { vpcCniPrefixDelegation } from './vpc-cni-prefix-delegation.ts';
import { vpcCniWarmPool } from './vpc-cni-warm-pool.ts';
import { zombieProcesses } from './zombie-processes.ts';

const REGISTERED: readonly Analyzer[] = [
  awsSnatNoVpcReturn,
  bridgeNfCallOff,
  certificateValidity,
  chainNotHooked,
  clockOffset,
  clockUnsynchronised,
  cniConfig,
  componentSkew,
  conntrackFull,
  conntrackStaleUdp,
  cpuThrottled,
  danglingJump,
  defaultRoute,
  duplicateRules,
  emptyEndpointChain,
  emptySep,
  enaAllowanceExceeded,
  eniRuleRouteMismatch,
  fileHandlesNearLimit,
  filesystemNearlyFull,
  filesystemReadOnly,
  forwardDrop,
  forwardPolicyDrop,
  forwardReject,
  interfaceDown,
  interfaceErrors,
  ipForwardOff,
  ipsetMissing,
  ipvsAddressMissing,
  ipvsConntrackOff,
  ipvsLeftovers,
  ipvsModulesMissing,
  ipvsNoRealServers,
  ipvsVsMissing,
  kubeServicesEmpty,
  kubeletCgroupDriver,
  kubeletClusterDns,
  kubeletEvictionThresholds,
  kubeletMaxPods,
  kubeletReserved,
  kubeletSwap,
  largeEnvironments,
  macAddressPolicy,
  mapElementMissing,
  markDrop,
  markMasqEmpty,
  memoryLow,
  missingEndpoint,
  missingService,
  mtuMismatch,
  nodeportsJumpMissing,
  numgenHole,
  orphanSep,
  orphanSvc,
  pidsNearLimit,
  postroutingNoMasquerade,
  pressureStall,
  probabilitySum,
  rebootsMany,
  resolvConf,
  routeLocalnetOff,
  rpFilterStrict,
  sepMismatch,
  shadowed,
  staleEndpoint,
  staleReject,
  svcNoEndpoints,
  truncatedDump,
  twoModes,
  unexpectedRejectDrop,
  unitsFailed,
  unreachableEndpoints,
  versionSkew,
  vpcCniAddressesUsedUp,
  vpcCniExternalSnat,
  vpcCniPrefixDelegation,
  vpcCniWarmPool,
  zombieProcesses,
];

/** All analyzers by id. */
export const ANALYZERS: readonly Analyzer[] = sortedById(REGISTERED);

/** @returns the analyzers sorted by id. @throws Error when two share an id: a bug that must fail at start. */
export function sortedById(analyzers: readonly Analyzer[]): readonly Analyzer[] {
  const sorted = [...analyzers].sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
  for (const [index, analyzer] of sorted.entries()) {
    if (sorted[index + 1]?.id === analyzer.id) throw new Error(`two analyzers are registered as ${analyzer.id}`);
  }
  return sorted;
}
