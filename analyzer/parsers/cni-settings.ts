/**
 * Settings of the AWS VPC CNI: what ipamd answers on its debug port, and the environment of its container
 * (amazon-vpc-cni-k8s: GetConfigForDebug of pkg/ipamd and pkg/networkutils; `ctr container info`):
 *
 *   {"AWS_VPC_K8S_CNI_EXTERNALSNAT": false, "WARM_ENI_TARGET": 1}
 *   "env": ["PATH=/usr/sbin", "ENABLE_PREFIX_DELEGATION=true", "WARM_PREFIX_TARGET=1"]
 */
import type { AtLine } from '../core/node-state.ts';
import { eachLine } from './text-lines.ts';

const SETTING =
  /"((?:AWS_VPC|WARM|MINIMUM|MAX_ENI|ENABLE_|DISABLE_|POD_SECURITY|ADDITIONAL_ENI|NETWORK_POLICY|ENI_CONFIG|ANNOTATE_POD|CLUSTER_NAME)[A-Z0-9_]{0,60})(?:=([^"]{0,200})"|" ?: ?("?)([^",}\n]{0,200})\3)/g;
const SETTINGS_MAX = 200;
const LINE_CHARS_MAX = 64 * 1024;

/** @returns settings by name; the first place counts. Never throws. */
export function parseCniSettings(text: string): ReadonlyMap<string, AtLine<string>> {
  const found = new Map<string, AtLine<string>>();
  eachLine(text, (whole, line) => {
    for (const match of whole.slice(0, LINE_CHARS_MAX).matchAll(SETTING)) {
      if (found.size >= SETTINGS_MAX) return;
      const name = match[1] as string;
      if (!found.has(name)) found.set(name, { value: (match[2] ?? match[4] ?? '').trim(), line });
    }
  });
  return found;
}
