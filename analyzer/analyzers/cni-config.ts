/**
 * The CNI configuration of the node (/etc/cni/net.d): the container runtime takes the first file by name, and the node
 * is NotReady without one ("cni plugin not initialized"). The VPC CNI writes 10-aws.conflist only when ipamd is ready.
 */
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, outcomeOf, possible } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

const NOTICES = 'The node is NotReady with "cni plugin not initialized", and no pod with an own address starts.';
const CHECK = ['`sudo crictl info | grep -A3 NetworkReady` says true'];

export const cniConfig: Analyzer = {
  id: 'cni-config',
  title: 'There is a CNI configuration that can be read',
  area: 'node',
  run(facts) {
    const { cni, cniSettings } = facts.agents;
    const [settings] = cniSettings;
    if (cni.length === 0 && settings === undefined) return { outcome: 'skipped', missing: 'files of /etc/cni/net.d' };
    if (cni.length === 0 && settings !== undefined) {
      const line = [...settings.value.values()][0]?.line ?? 1;
      return outcomeOf(
        [
          stateFinding(refAt(settings, line), {
            rule: 'cni-config',
            area: 'vpc-cni',
            title: 'No CNI configuration was captured',
            claim:
              'Settings of the VPC CNI were captured and no file of /etc/cni/net.d: either there was none, or it was not collected.',
            severity: 'low',
            confidence: possible('collectors copy the whole folder; what was not captured may still be there'),
            owner: 'VPC CNI',
            entities: [],
            userNotices: NOTICES,
            now: [
              'See whether it is there: `ls -l /etc/cni/net.d`',
              'When it is not, ipamd is not ready: `sudo tail -50 /var/log/aws-routed-eni/ipamd.log`',
            ],
            check: CHECK,
            evidence: [],
          }),
        ],
        '',
      );
    }
    const broken = cni.filter(({ value }) => value.plugins.length === 0);
    const names = cni.flatMap(({ value }) => value.name ?? value.plugins[0]?.type ?? []);
    return outcomeOf(
      broken.map((fact) =>
        stateFinding(refAt(fact, fact.value.line), {
          rule: 'cni-config',
          area: 'vpc-cni',
          title: 'A CNI configuration names no plugin',
          claim: `${fact.file} is a CNI configuration without a plugin, or is cut off${names.length > 0 ? `; beside it there is ${names.join(', ')}` : ', and it is the only one'}.`,
          severity: names.length > 0 ? 'low' : 'high',
          confidence: certain('the file was captured whole, as the container runtime reads it'),
          owner: 'VPC CNI',
          entities: [],
          userNotices: NOTICES,
          now: [
            'Let the CNI write it again: `kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=NODE`',
            'See whether the disk was full: `df -h /etc`',
          ],
          check: CHECK,
          evidence: [],
        }),
      ),
      `the CNI configuration is ${names.join(', ')}`,
    );
  },
};
