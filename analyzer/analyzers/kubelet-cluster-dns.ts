/**
 * The name server kubelet writes into pods (`clusterDNS`) against the address of the service kube-dns. Without the
 * setting pods get the node's own name servers and find no name of the cluster. NodeLocal DNSCache listens on an address
 * of its own, usually 169.254.20.10.
 */
import { kubeletFile, kubeletSetting } from '../facts/agent-state.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { refAt } from '../facts/node-state.ts';
import { nodeServices } from '../facts/services.ts';
import type { NodeService } from '../netfilter/node-service.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

export const kubeletClusterDns: Analyzer = {
  id: 'kubelet-cluster-dns',
  title: 'kubelet gives pods the name server of the cluster',
  area: 'node',
  run(facts) {
    const setting = kubeletSetting(facts.agents, 'clusterDNS');
    if (setting === null || setting.value === '') return absent(facts);
    const servers = setting.value.split(',');
    const dns = dnsServices(facts);
    const addresses = [...new Set(dns.flatMap(({ clusterIP }) => clusterIP ?? []))];
    if (addresses.length === 0)
      return {
        outcome: 'skipped',
        missing: `the address of the service kube-dns (kubelet tells pods to ask ${servers.join(', ')})`,
      };
    const local = new Set(
      facts.network.interfaces.flatMap(({ value }) =>
        value.flatMap((one) => one.addresses.map(({ address }) => address)),
      ),
    );
    const right = servers.some((one) => addresses.includes(one) || local.has(one) || one.startsWith('169.254.'));
    if (right) return { outcome: 'pass', because: `kubelet tells pods to ask ${servers.join(', ')} for names` };
    const entry = dns.flatMap(({ entries }) => entries).find(({ kind }) => kind === 'cluster IP');
    return outcomeOf(
      [
        stateFinding(setting.ref, {
          rule: 'kubelet-cluster-dns',
          area: 'dns',
          title: `Pods are told to ask ${servers.join(', ')}, kube-dns is ${addresses.join(', ')}`,
          claim: `clusterDNS of kubelet is ${servers.join(', ')}; the service kube-system/kube-dns has the address ${addresses.join(', ')} on this node, and the other is no address of the node.`,
          severity: 'high',
          confidence: likely('another name server may be meant to serve the cluster'),
          owner: 'kubelet',
          entities: [
            { kind: 'service', name: 'kube-system/kube-dns' },
            ...servers.slice(0, 5).map((name) => ({ kind: 'ip' as const, name })),
          ],
          userNotices: 'Pods that start on this node resolve no name at all: every lookup times out.',
          now: [
            `Set it right: \`clusterDNS: [${addresses[0]}]\` in the configuration of kubelet (EKS: \`--dns-cluster-ip\` of bootstrap.sh, \`spec.cluster.cidr\` of nodeadm)`,
            '`sudo systemctl restart kubelet`, then start the pods of the node again: a pod keeps the file it started with',
          ],
          check: [
            '`kubectl exec POD -- cat /etc/resolv.conf` names the address of `kubectl -n kube-system get svc kube-dns`',
          ],
          evidence: entry === undefined ? [] : [refAt(entry.place, entry.place.line)],
        }),
      ],
      '',
    );
  },
};

function dnsServices(facts: NodeFacts): readonly NodeService[] {
  return nodeServices(facts).filter(
    ({ namespace, name }) => namespace === 'kube-system' && (name === 'kube-dns' || name === 'coredns'),
  );
}

function absent(facts: NodeFacts): ReturnType<Analyzer['run']> {
  const file = kubeletFile(facts.agents);
  if (file === null) return { outcome: 'skipped', missing: "kubelet's configuration file" };
  const flags = facts.agents.kubelet.some(({ value }) => value.source === 'command line');
  return outcomeOf(
    [
      stateFinding(file, {
        rule: 'kubelet-cluster-dns',
        area: 'dns',
        title: 'kubelet does not know the name server of the cluster',
        claim: `clusterDNS is set neither in kubelet's captured configuration nor ${flags ? 'on' : 'by a captured'} command line: pods with dnsPolicy ClusterFirst get the node's own name servers.`,
        severity: 'medium',
        confidence: flags
          ? certain('file and command line were captured')
          : likely("kubelet's command line, which may set it, was not captured"),
        owner: 'kubelet',
        entities: [],
        userNotices:
          'Pods on this node find names of the outside and none of the cluster; their events say MissingClusterDNS.',
        now: [
          'Set `clusterDNS` to the address of `kubectl -n kube-system get svc kube-dns`, then `sudo systemctl restart kubelet` and start the pods again',
        ],
        check: ['`kubectl exec POD -- cat /etc/resolv.conf` names the address of kube-dns'],
        evidence: [],
      }),
    ],
    '',
  );
}
