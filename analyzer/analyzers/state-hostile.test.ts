/** Outputs that were cut, mixed up or made up: no check throws, and every line that is cited is there. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { CERTIFICATE } from '../../test/support/sample-certificate.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { ANALYZERS } from './registry.ts';

const STATE = ANALYZERS.filter(({ area }) => area !== 'chains');
const NAME = 'eks_i-0abc12345_2026-06-19_1258-UTC_0.7.9.tar.gz';

/** One output of each kind, bad enough that its check has something to say. */
const OUTPUTS: Readonly<Record<string, string>> = {
  'system/ps.txt': `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n${'root 4021 0 0 0 0 ? Z 10:03 0:00 [sh] <defunct>\n'.repeat(3)}root 1 0 0 0 0 ? Ssl 10:03 0:00 /usr/bin/kubelet --max-pods=110 --eviction-hard=memory.available<5%\n`,
  'system/allprocstat.txt': '4021 (java) Z 77 1 1 0 -1 1077936384 8212 0 0 0 4102 3712 0 0 20 0 9500 0 5821\n',
  'system/top.txt':
    'Tasks: 142 total,   1 running, 30 zombie\nMiB Mem :   7645.7 total\nMiB Swap:      1.0 total, 0.0 used.   1.5 avail Mem\n',
  'system/large_environments.txt': 'PID\tCount\n4021\t1534\n',
  'system/cpu_throttling.txt':
    '/sys/fs/cgroup/a/cpu.stat\nnr_periods 1000\nnr_throttled 900\n 4021 ?        Ssl    1:18 x\n',
  'system/services.txt': '● kubelet.service loaded failed failed K\n● a.service loaded failed failed A\n',
  'system/last_reboot.txt':
    'reboot   system boot  6.1 Fri Jun 19 10:50   still running\nreboot   system boot  6.1 Fri Jun 19 10:40 - crash (0:10)\nreboot   system boot  6.1 Fri Jun 19 10:30 - crash (0:10)\n',
  'system/pressure_memory.txt':
    'some avg10=2.10 avg60=93.42 avg300=2.90 total=1\nfull avg10=0.00 avg60=90.00 avg300=0.00 total=0\n',
  'sysctls/sysctl_all.txt': 'fs.file-nr = 990\t0\t1000\nkernel.pid_max = 10000\nvm.overcommit_memory = 2\n',
  'storage/mounts.txt':
    '/dev/a on / type ext4 (ro)\ncgroup on /sys/fs/cgroup/memory type cgroup (rw)\n\nFilesystem Size Used Avail Use% Mounted on\n/dev/b 20G 19G 1G 99% /var/lib/containerd\n',
  'networking/resolv.conf':
    'search a b c d e f g\nnameserver 127.0.0.53\nnameserver 127.0.0.54\nnameserver 127.0.0.55\nnameserver 127.0.0.56\n',
  'networking/ethtool.txt': 'Interface eth0\nNIC statistics:\n     conntrack_allowance_exceeded: 1200\n',
  'networking/ifconfig.txt':
    'eth0: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500\n        inet 192.168.10.5  netmask 255.255.224.0  broadcast 1.2.3.4\n        RX packets 8123455  bytes 1\n        RX errors 812345  dropped 12\neni0abc0f12345: flags=4163<UP,RUNNING>  mtu 9001\n        inet6 fe80::1  prefixlen 64\n',
  'networking/iproute.txt':
    'default via 192.168.0.1 dev eth0\ndefault via 192.168.0.2 dev eth1\n192.168.12.7 dev eni0abc0f12345 scope link\n',
  'networking/curl_api_server.txt':
    'curling https://a (1 of 5) 2026-06-19T12:57:10.123UTC\n< date: Fri, 19 Jun 2026 11:57:10 GMT\n',
  'kubelet/config.json':
    '{"kind":"KubeletConfiguration","cgroupDriver":"cgroupfs","evictionHard":{"memory.available":"0%"}}\n',
  'kubelet/kubelet.log':
    'May 01 12:00:00 n1 kubelet[812]: I0501 12:00:00.1 812 server.go:487] "Kubelet version" kubeletVersion="v1.35.0"\n',
  'kubelet/kubeconfig.yaml': `client-certificate-data: ${Buffer.from(CERTIFICATE).toString('base64')}\n`,
  'containerd/containerd-config.txt': '[plugins."a".runtimes.runc.options]\nSystemdCgroup = true\n',
  'cni/10-aws.conflist': '{"cniVersion":"0.4.0","plug',
  'ipamd/enis.json': '{"TotalIPs":18,"AssignedIPs":18,"ENIs":{"eni-1":{}}}',
  'ipamd/metrics.json': 'awscni_assigned_ip_addresses 18\nawscni_ip_max 18\n',
  'ipamd/ipamd-env-settings.json': '{"AWS_VPC_K8S_CNI_EXTERNALSNAT":true,"WARM_ENI_TARGET":0}\n',
};

function cited(files: Readonly<Record<string, string>>): number {
  const bundle = memoryBundle({ 'system/instance-id.txt': 'i-0abc12345\n', ...files }, NAME);
  const facts = buildNodeFacts(bundle);
  let findings = 0;
  for (const analyzer of STATE) {
    const result = analyzer.run(facts);
    for (const finding of result.outcome === 'finding' ? result.findings : []) {
      findings += 1;
      expect(finding.rule).toBe(analyzer.id);
      for (const { fileId, line, endLine } of finding.evidence) {
        expect(line, analyzer.id).toBeGreaterThan(0);
        expect(endLine, analyzer.id).toBeLessThanOrEqual(bundle.file(fileId)?.lines ?? 0);
      }
      expect(`${finding.title} ${finding.claim}`, analyzer.id).not.toMatch(/NaN|undefined|Infinity|\[object/);
    }
  }
  return findings;
}

test('every output says something', () => {
  expect(cited(OUTPUTS)).toBeGreaterThan(25);
});

test('cut anywhere', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      cited(
        Object.fromEntries(Object.entries(OUTPUTS).map(([file, text]) => [file, text.slice(0, text.length * share)])),
      );
    }),
    { numRuns: 25 },
  );
});

test('lines in the wrong files', () => {
  const lines = Object.values(OUTPUTS).flatMap((text) => text.split('\n'));
  const some = fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...Object.keys(OUTPUTS)), some), { maxLength: 24 }), (files) => {
      cited(Object.fromEntries(files.map(([file, text]) => [file, `${text.join('\n')}\n`])));
    }),
    { numRuns: 40 },
  );
});
