/** Healthy nodes of several systems, as their outputs look: nothing of theirs is more than a note. */
import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { standsAlone } from '../../test/support/stands-alone.ts';
import { severityRank } from '../core/vocabulary.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { ANALYZERS } from './registry.ts';

const STAT = (pid: number, name: string, threads: number) =>
  `${pid} (${name}) S 1 1 1 0 -1 4194560 8212 0 0 0 4102 3712 0 0 20 0 ${threads} 0 5821 0\n`;
const PS = `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root           1  0.0  0.1 171024  9120 ?        Ss   Nov20   0:14 /usr/lib/systemd/systemd --switched-root --system
root        3127  1.1  0.6 1891024 98204 ?       Ssl  Nov20  21:07 /usr/bin/kubelet --config=/etc/kubernetes/kubelet/config.json --kubeconfig=/var/lib/kubelet/kubeconfig --max-pods=29
root        5120  0.0  0.0      0     0 ?        Z    10:03   0:00  \\_ [sh] <defunct>
`;
const SYSCTL = `fs.file-max = 9223372036854775807
fs.file-nr = 5312\t0\t9223372036854775807
kernel.pid_max = 4194304
kernel.threads-max = 30482
net.ipv4.ip_forward = 1
net.netfilter.nf_conntrack_count = 412
net.netfilter.nf_conntrack_max = 131072
vm.overcommit_memory = 1
`;
const kubelet = (more: object) =>
  `${JSON.stringify({ kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', clusterDNS: ['172.20.0.10'], cgroupDriver: 'systemd', ...more }, null, 2)}\n`;

const AL2023 = {
  'system/instance-id.txt': 'i-0abc12345\n',
  'system/ps.txt': PS,
  'system/allprocstat.txt': STAT(1, 'systemd', 1) + STAT(3127, 'kubelet', 21) + STAT(2744, 'containerd', 180),
  'system/top.txt': `top - 12:58:11 up 1 day,  2:08,  0 users,  load average: 0.21, 0.18, 0.12
Tasks: 142 total,   1 running, 140 sleeping,   0 stopped,   1 zombie
MiB Mem :   7645.7 total,   3526.1 free,   1107.9 used,   3011.7 buff/cache
MiB Swap:      0.0 total,      0.0 free,      0.0 used.   6310.5 avail Mem
`,
  'kernel/uname.txt':
    'Linux n1 6.1.102-111.182.amzn2023.x86_64 #1 SMP PREEMPT_DYNAMIC Wed Jul 31 2024 x86_64 GNU/Linux\n',
  'system/large_environments.txt': 'PID\tCount\n',
  'system/cpu_throttling.txt': `/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-2.scope/cpu.stat
usage_usec 91234411
nr_periods 812344
nr_throttled 1201
throttled_usec 8123441
   4310 ?        Ssl    3:40 ./aws-k8s-agent

`,
  'system/services.txt': `  UNIT                               LOAD      ACTIVE SUB       DESCRIPTION
  containerd.service                 loaded    active running   containerd container runtime
  kubelet.service                    loaded    active running   Kubernetes Kubelet
● update-motd.service                loaded    failed failed    Dynamically Generate Message Of The Day
`,
  'system/last_reboot.txt':
    'reboot   system boot  6.1.102-111.182. Fri Jun 19 10:50   still running\n\nwtmp begins Fri Jun 19 10:50:02 2026\n',
  'system/pressure_cpu.txt':
    'some avg10=2.10 avg60=3.42 avg300=2.90 total=81234411\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  'system/pressure_io.txt':
    'some avg10=4.00 avg60=6.10 avg300=1.00 total=122041\nfull avg10=3.80 avg60=5.90 avg300=1.00 total=118730\n',
  'system/pressure_memory.txt':
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  'sysctls/sysctl_all.txt': SYSCTL,
  'storage/mounts.txt': `/dev/nvme0n1p1 on / type xfs (rw,noatime,attr2,inode64,logbufs=8,logbsize=32k,sunit=1024,swidth=1024,noquota)
tmpfs on /sys/fs/cgroup type tmpfs (ro,nosuid,nodev,noexec,size=4096k,nr_inodes=1024,mode=755)
/dev/nvme0n1p128 on /boot/efi type vfat (rw,noatime,fmask=0077)
overlay on /run/containerd/io.containerd.runtime.v2.task/k8s.io/1/rootfs type overlay (rw,relatime,lowerdir=/var/lib/a)

Filesystem        Size  Used Avail Use% Mounted on
devtmpfs          4.0M     0  4.0M   0% /dev
tmpfs             3.9G     0  3.9G   0% /dev/shm
/dev/nvme0n1p1     20G  8.4G   12G  43% /
/dev/nvme0n1p128   10M  1.3M  8.7M  13% /boot/efi
overlay            20G  8.4G   12G  43% /run/containerd/io.containerd.runtime.v2.task/k8s.io/1/rootfs
`,
  'storage/inodes.txt':
    'Filesystem         Inodes  IUsed   IFree IUse% Mounted on\n/dev/nvme0n1p1   10420224 142311 10277913    2% /\n/dev/nvme0n1p128        0      0       0     - /boot/efi\n',
  'networking/resolv.conf': 'search eu-west-1.compute.internal\nnameserver 192.168.0.2\noptions timeout:2 attempts:5\n',
  'networking/ethtool.txt':
    'Interface ens5\nNIC statistics:\n     tx_timeout: 0\n     bw_in_allowance_exceeded: 812\n     bw_out_allowance_exceeded: 0\n     pps_allowance_exceeded: 3\n     conntrack_allowance_exceeded: 0\n     linklocal_allowance_exceeded: 0\n\nInterface lo\nno stats available\n',
  'networking/ifconfig.txt': `ens5: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        inet 192.168.10.5  netmask 255.255.224.0  broadcast 192.168.31.255
        RX packets 8123455  bytes 9123412345 (8.4 GiB)
        RX errors 0  dropped 12  overruns 0  frame 0
        TX packets 6123455  bytes 812341234 (774.7 MiB)
        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0
eni0abc0f12345: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001
        inet6 fe80::1  prefixlen 64  scopeid 0x20<link>
        RX packets 523455  bytes 9123412 (8.7 MiB)
        RX errors 0  dropped 0  overruns 0  frame 0
`,
  'networking/iproute.txt':
    'default via 192.168.0.1 dev ens5 proto dhcp src 192.168.10.5 metric 512\n192.168.0.2 via 192.168.0.1 dev ens5 proto dhcp src 192.168.10.5 metric 512\n192.168.12.7 dev eni0abc0f12345 scope link\n',
  'networking/curl_api_server.txt':
    'curling https://a (1 of 5) 2026-06-19T12:57:10.123UTC\n\n\n* Connected to a (10.0.0.1) port 443 (#0)\n*  expire date: Nov 19 12:00:00 2026 GMT\n< HTTP/2 200\n< date: Fri, 19 Jun 2026 12:57:10 GMT\n',
  'kubelet/config.json': kubelet({
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '10%', 'nodefs.inodesFree': '5%' },
    kubeReserved: { cpu: '70m', 'ephemeral-storage': '1Gi', memory: '442Mi' },
    maxPods: 17,
  }),
  'containerd/containerd-config.txt':
    "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n  SystemdCgroup = true\n",
  'networking/systemd-network/99-default.link':
    '[Match]\nOriginalName=*\n[Link]\nNamePolicy=keep kernel\nMACAddressPolicy=none\n',
  'cni/10-aws.conflist':
    '{"cniVersion":"0.4.0","name":"aws-cni","plugins":[{"name":"aws-cni","type":"aws-cni","podSGEnforcingMode":"strict"},{"type":"portmap"}]}\n',
  'ipamd/enis.json': '{"TotalIPs":18,"AssignedIPs":7,"ENIs":{"eni-1":{},"eni-2":{}}}',
  'ipamd/metrics.json': 'awscni_assigned_ip_addresses 7\nawscni_eni_max 3\nawscni_ip_max 27\n',
  'ipamd/ipamd-env-settings.json':
    '{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":false,"WARM_ENI_TARGET":1,"WARM_IP_TARGET":0,"ENABLE_PREFIX_DELEGATION":false}',
};

const UBUNTU = {
  ...AL2023,
  'networking/resolv.conf':
    '# stub\nnameserver 127.0.0.53\noptions edns0 trust-ad\nsearch eu-west-1.compute.internal\n',
  'kubelet/config.json': kubelet({ resolvConf: '/run/systemd/resolve/resolv.conf', kubeReserved: { memory: '442Mi' } }),
  'storage/mounts.txt': `/dev/root on / type ext4 (rw,relatime,discard,errors=remount-ro)
/dev/loop0 on /snap/amazon-ssm-agent/7993 type squashfs (ro,nodev,relatime,errors=continue)
cgroup2 on /sys/fs/cgroup type cgroup2 (rw,nosuid,nodev,noexec,relatime)

Filesystem      Size  Used Avail Use% Mounted on
/dev/root        20G  8.4G   12G  43% /
/dev/loop0       26M   26M     0 100% /snap/amazon-ssm-agent/7993
efivarfs        128K  121K  2.1K  99% /sys/firmware/efi/efivars
`,
};

const BOTTLEROCKET = {
  ...AL2023,
  'storage/mounts.txt': `/dev/dm-0 on / type erofs (ro,relatime,seclabel,user_xattr)
/dev/nvme1n1p1 on /local type xfs (rw,nosuid,nodev,noatime,seclabel,attr2)
/dev/nvme1n1p1 on /var type xfs (rw,nosuid,nodev,noatime,seclabel,attr2)
/dev/nvme1n1p1 on /opt type xfs (rw,nosuid,nodev,noatime,seclabel,attr2)
/dev/loop1 on /x86_64-bottlerocket-linux-gnu/sys-root/usr/share/licenses type squashfs (ro,relatime,seclabel)

Filesystem      Size  Used Avail Use% Mounted on
/dev/dm-0       904M  904M     0 100% /
/dev/nvme1n1p1   80G   11G   70G  14% /local
/dev/loop1       12M   12M     0 100% /x86_64-bottlerocket-linux-gnu/sys-root/usr/share/licenses
`,
};

const IDLE_AND_FULL_OF_PODS = {
  ...AL2023,
  'ipamd/enis.json': '{"TotalIPs":27,"AssignedIPs":27,"ENIs":{"eni-1":{},"eni-2":{},"eni-3":{}}}',
  'kubelet/config.json': kubelet({ maxPods: 29 }),
};

test.each([
  ['Amazon Linux 2023', AL2023],
  ['Ubuntu with systemd-resolved and snaps', UBUNTU],
  ['Bottlerocket, whose root is sealed', BOTTLEROCKET],
  ['a node full of pods', IDLE_AND_FULL_OF_PODS],
])('%s', (_what, files) => {
  const facts = buildNodeFacts(memoryBundle(files, 'eks_i-0abc12345_2026-06-19_1258-UTC_0.7.9.tar.gz'));
  const results = ANALYZERS.filter(({ area }) => area === 'node').map((analyzer) => ({
    id: analyzer.id,
    result: analyzer.run(facts),
  }));
  const loud = results
    .flatMap(({ result }) => (result.outcome === 'finding' ? result.findings : []))
    .filter((finding) => severityRank(finding.severity) > severityRank('low'));
  expect(loud.map(({ claim }) => claim)).toEqual([]);
  // Shown without the title of the check, a reason names what it speaks of.
  const passed = results.flatMap(({ result }) => (result.outcome === 'pass' ? [result.because] : []));
  expect(passed.filter((because) => !standsAlone(because))).toEqual([]);
  // What was captured is looked at: a check that is skipped lacks something that really is not there.
  const skipped = results.filter(({ result }) => result.outcome === 'skipped').map(({ id }) => id);
  expect(skipped).toEqual(['certificate-validity', 'clock-unsynchronised', 'kubelet-cluster-dns']);
});
