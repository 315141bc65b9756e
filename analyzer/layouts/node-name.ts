/** Whose node a bundle is of: what its layout says names the node, then logs, folders and instance ids. */
import { layoutDefinitions } from './definitions.ts';
import type { FoundLayout } from './find-layout.ts';
import type { Role } from './roles.ts';

interface Member {
  readonly path: string;
  readonly head: Uint8Array;
}

export interface NodeName {
  readonly node: string | null;
  readonly nodeBecause: string;
}

/**
 *   May 01 12:00:00 ip-10-0-1-2.ec2.internal kubelet[123]: ...          RFC 3164, journald short
 *   2024-05-01T12:00:00.123456+0000 ip-10-0-1-2 kubelet[123]: ...       journald short-iso-precise
 */
const JOURNAL_HOST =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) (\S+) [\w@.-]+(?:\[\d+\])?: /m;
/** The head of a log file of klog. */
const KLOG_MACHINE = /^Running on machine: (\S+)\s*$/m;
const HOST_ROLES: readonly Role[] = ['kubelet-log', 'container-runtime-log', 'system-log'];
/** RFC 1123, as Kubernetes wants of a node's name. */
const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;
const INSTANCE_ID = /\bi-[0-9a-f]{8,17}\b/;

/** @returns the node's name with its reason; null when nothing names it, or when the bundle is of a whole cluster. */
export function findNode(
  members: readonly Member[],
  files: readonly { readonly role: Role }[],
  bundleName: string,
  { layout, depth }: FoundLayout,
): NodeName {
  if (layout.about === 'cluster')
    return { node: null, nodeBecause: `a bundle of a cluster (${layout.title}), not of one node` };
  for (const glob of layout.hostnames) {
    for (const member of members) {
      if (!glob.test(member.path.split('/'), depth)) continue;
      const name = text(member).trim().split('\n', 1)[0] ?? '';
      if (isNodeName(name)) return { node: name, nodeBecause: `host name in ${member.path}` };
    }
  }
  const inLog = fromRole(
    members,
    files,
    HOST_ROLES,
    (head) => JOURNAL_HOST.exec(head)?.[1] ?? KLOG_MACHINE.exec(head)?.[1],
  );
  if (inLog !== null) return { node: inLog.name, nodeBecause: `host name in ${inLog.path}` };
  for (const { path } of layout.nodeFolder === null ? [] : members) {
    const names = path.split('/');
    const folder = depth < names.length - 1 ? (names[depth] as string) : '';
    const node = layout.nodeFolder?.exec(folder)?.groups?.node;
    if (node !== undefined) return { node, nodeBecause: `folder ${folder}` };
  }
  const kernel = fromRole(members, files, ['uname'], (head) => /^Linux (\S+) \d/.exec(head)?.[1]);
  if (kernel !== null) return { node: kernel.name, nodeBecause: `host name in ${kernel.path}` };
  const instance = fromRole(members, files, ['identity'], (head) => INSTANCE_ID.exec(head)?.[0]);
  if (instance !== null) return { node: instance.name, nodeBecause: `instance id in ${instance.path}` };
  for (const { names } of layoutDefinitions().values()) {
    for (const pattern of names) {
      const node = pattern.exec(bundleName)?.groups?.node;
      if (node === undefined) continue;
      const what = node.startsWith('i-') ? 'instance id' : 'node';
      return { node, nodeBecause: `${what} in the name ${bundleName}` };
    }
  }
  return { node: null, nodeBecause: 'no file names the node' };
}

function fromRole(
  members: readonly Member[],
  files: readonly { readonly role: Role }[],
  roles: readonly Role[],
  nameIn: (head: string) => string | undefined,
): { readonly name: string; readonly path: string } | null {
  for (const role of roles) {
    for (const [index, member] of members.entries()) {
      if (files[index]?.role !== role) continue;
      const name = nameIn(text(member));
      if (name !== undefined && isNodeName(name)) return { name, path: member.path };
    }
  }
  return null;
}

function isNodeName(name: string): boolean {
  return HOST_NAME.test(name) && !/^localhost(?:\.|$)/i.test(name);
}

function text({ head }: Member): string {
  return Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
}
