/** `coldcase check kube-proxy <target>`: a fixed list of checks, one line each. */
import type { Command } from 'commander';
import ipaddr from 'ipaddr.js';
import { publicEvidence } from '../../../report/public-shape.ts';
import { EXIT } from '../exit.ts';
import { referencesLine } from '../findings-text.ts';
import { oneBundleOf } from '../nodes.ts';
import { withNodeOption, withTargetOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { visible } from '../text.ts';

interface Options extends TargetOptions {
  readonly podIp?: string;
}

export const registerCheck: Registrar = (program, run) => {
  const check = program.command('check').description('run one list of checks');
  const command = withNodeOption(withTargetOptions(check.command('kube-proxy')))
    .description(
      'mode, chains, activity, masquerade and pod rules of kube-proxy, as [OK], [INFO], [WARN] and [ISSUE] lines',
    )
    .option('--pod-ip <address>', 'also look for the rules of this pod');
  command.action((target: string, options: Options, self: Command) =>
    run(self, async (world, output) => {
      const podIp = options.podIp ?? null;
      if (podIp !== null && !isAddress(podIp)) wrongUsage('This is not an IP address.', `--pod-ip ${podIp}`);
      return withTarget(world, output, target, options, async ({ session, caseId, summary }) => {
        const bundle = oneBundleOf(summary, options.node);
        const answers = await session.call('kubeProxy.check', { caseId, node: bundle.node, podIp });
        const answer = answers.find((one) => one.bundle === bundle.id);
        if (answer === undefined) return wrongUsage('The checks gave no answer for this bundle.', bundle.name);
        const { lines, ...rest } = answer;
        if (output.form === 'json') {
          await output.json({
            lines: lines.map(({ level, text, evidence, actions }) => ({
              level,
              text,
              evidence: evidence.map(publicEvidence),
              actions,
            })),
            ...rest,
          });
        } else {
          await output.lines(
            lines.flatMap((line) => [
              `[${line.level}] ${visible(line.text.replace(/\s+/g, ' '))}`,
              // On a line of its own: the first one stays what the runbooks of this check quote.
              ...(line.evidence.length === 0 ? [] : [`    ${referencesLine(line.evidence, 2)}`]),
              ...line.actions.map((action) => `    next: ${visible(action)}`),
            ]),
          );
        }
        return EXIT.done;
      });
    }),
  );
};

/** `ipaddr.isValid` also takes short forms such as `10.1`, and zones, in which no pod address is written. */
function isAddress(word: string): boolean {
  if (word.includes('%')) return false;
  return ipaddr.IPv4.isValidFourPartDecimal(word) || ipaddr.IPv6.isValid(word);
}
