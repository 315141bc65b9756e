/** Lines with users, clusters, nodes, resources and names of the network, as the programs of a node write them (planted-values.ts). */
import type { createPrng } from '../../fixtures/lib/prng.ts';

/** How planted-values.ts takes values and lines. */
export interface Planting {
  readonly prng: ReturnType<typeof createPrng>;
  /** The value may not be left. */
  is(value: string): string;
  /** A line of the log behind its stamp. */
  say(text: string): void;
  /** A line of the log as it is. */
  line(text: string): void;
  /** Said as it gives itself away, then in other forms. */
  hidden(value: string, telling: string): void;
}

export function plantNames(planting: Planting): void {
  users(planting);
  clustersAndNodes(planting);
  resources(planting);
  network(planting);
}

function users({ prng, is, say, line, hidden }: Planting): void {
  const name = (start: string): string => is(`${start}${prng.suffix(6)}`);
  const tried = name('tr');
  hidden(tried, `Invalid user ${tried} from 203.0.113.9 port 22`);
  say(`Disconnected from user ${name('dc')} 203.0.113.9 port 4711`);
  say(`Connection closed by authenticating user ${name('au')} 203.0.113.9 port 4711 [preauth]`);
  say(`User ${name('na')} from 203.0.113.9 not allowed because not listed in AllowUsers`);
  say(`error: maximum authentication attempts exceeded for ${name('mx')} from 203.0.113.9 port 22 ssh2`);
  say(`New session 3 of user ${name('lg')}. Started session-4.scope - Session 4 of User ${name('st')}.`);
  say(`Created slice User Slice of ${name('sl')}.`);
  say(`pam_unix(sudo:session): session opened for user root(uid=0) by ${name('by')}(uid=1000)`);
  say(`type=USER_LOGIN msg=audit(1.2:3): uid=0 msg='op=login acct="${name('ac')}" AUID="${name('ad')}"'`);
  say(`new user: name=${name('nu')}, UID=1001, uid=1002(${name('id')}) gid=1002, /Users/${name('us')}/go/x.go`);
  say(`nodes is forbidden: User "${name('rb')}" cannot list resource "nodes" in API group "" at the cluster scope`);
  say(`{"user":{"username":"${name('un')}","groups":["system:masters"]}}`);
  line(`Feb 15 07:00:00 localhost su[7]: (to root) ${name('su')} on pts/0`);
  line(`Feb 15 07:00:00 localhost CROND[7]: (${name('cr')}) CMD (/opt/x)`);
  line(`${name('pw')}:x:1000:1000::/opt:/bin/bash`);
}

function clustersAndNodes({ prng, is, say, line, hidden }: Planting): void {
  const cluster = is(`eu-${prng.suffix(7)}`);
  hidden(cluster, `+ /etc/eks/bootstrap.sh ${cluster} --apiserver-endpoint x`);
  say(`"--cluster-name","${is(`us-${prng.suffix(7)}`)}" clusterName: ${is(`ap-${prng.suffix(7)}`)}`);
  say(`--node-labels=eks.amazonaws.com/nodegroup=${is(`ng-${prng.suffix(7)}`)},x=y`);
  say(
    `"kubernetes.io/cluster/${is(`tag-${prng.suffix(7)}`)}": "owned", /aws/eks/${is(`log-${prng.suffix(7)}`)}/cluster`,
  );
  const node = is(`metal-${prng.suffix(7)}`);
  hidden(node, `"kind":"Pod","nodeName":"${node}"`);
  say(`system:node:${is(`nodeb-${prng.suffix(7)}`)} --hostname-override=${is(`nodec-${prng.suffix(7)}`)} --v=2`);
  line(`Feb 15 07:00:00.123456 ${is(`noded-${prng.suffix(7)}`)} kubelet[9]: x`);
  line(`Feb 15 07:00:00 ${is(`rack_${prng.suffix(7)}`)} kubelet[9]: x`);
}

function resources({ prng, is, say, hidden }: Planting): void {
  const number = (): string => is(`46${String(prng.int(10 ** 9)).padStart(10, '0')}`);
  say(`https://sqs.eu-west-1.amazonaws.com/${number()}/q https://${number()}.signin.aws.amazon.com/console`);
  say(`s3://${is(`data-${prng.suffix(8)}`)}/x https://s3.eu-west-1.amazonaws.com/${is(`path-${prng.suffix(8)}`)}/x`);
  const arn = (service: string, rest: string): string => `arn:aws:${service}:eu-west-1:460000000001:${rest}`;
  say(arn('elasticloadbalancing', `loadbalancer/app/${is(`front-${prng.suffix(6)}`)}/50dc6c495c0c9188`));
  say(arn('elasticloadbalancing', `targetgroup/${is(`back-${prng.suffix(6)}`)}/73e2d6bc24d8a067`));
  say(`${arn('sqs', is(`queue-${prng.suffix(6)}`))} ${arn('sns', is(`topic-${prng.suffix(6)}`))}`);
  say(`${arn('rds', `db:${is(`db-${prng.suffix(6)}`)}`)} ${arn('kms', `alias/${is(`key-${prng.suffix(6)}`)}`)}`);
  for (const label of ['dopt', 'vgw', 'eigw', 'pl']) {
    const id = is(`${label}-0${prng.hex(16)}`);
    hidden(id, `of it: ${id}`);
  }
  const disk = is(`0${prng.hex(16)}`);
  say(`/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol${disk} is volume vol-${disk}`);
}

function network({ prng, is, say, hidden }: Planting): void {
  const dashed = is(`52-${prng.between(20, 250)}-${prng.between(20, 250)}-${prng.between(20, 250)}`);
  say(`ec2-${dashed}.eu-west-1.compute.amazonaws.com and ec2-${dashed}.compute-1.amazonaws.com`);
  say(`from ${is(dashed.replaceAll('-', '.'))} port 4711`);
  const mac = (): string => `0${[1, 2, 3].map(() => `e${prng.hex(3)}`).join('')}`.slice(0, 12);
  say(`altname ${is(`enx${mac()}`)}`);
  say(`neighbor ${is(mac().replace(/....(?=.)/g, '$&.'))} is up`);
  for (const last of ['se', 'co.nz', 'xyz', 'es', 'com.tr', 'cz']) {
    const domain = is(`db2.${prng.suffix(8)}.${last}`);
    hidden(domain, `lookup ${domain} on 10.100.0.10:53: no such host`);
  }
  say(`SRV _etcd-server._tcp.${is(`${prng.suffix(8)}.com`)}`);
}
