/** `coldcase trace <target>`: one packet, or a file of flows, through the captured rules of one node. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { Flow, type Trace } from '../../../contract/network.ts';
import { grouped } from '../../../core/grouped.ts';
import type { Bundle } from '../../../core/vocabulary.ts';
import { EXIT } from '../exit.ts';
import { oneBundleOf } from '../nodes.ts';
import { withNodeOption, withTargetOptions } from '../options.ts';
import type { Registrar } from '../registrar.ts';
import { type OpenCase, type TargetOptions, withTarget, wrongUsage } from '../session.ts';
import { readTextFile } from '../text-file.ts';
import { traceLines } from '../trace-text.ts';
import type { World } from '../world.ts';

interface Options extends TargetOptions {
  readonly from?: string;
  readonly to?: string;
  readonly proto: string;
  readonly inInterface?: string;
  readonly state: 'new' | 'established';
  readonly flows?: string;
  readonly steps?: boolean;
}

/** The contract's own bound. */
const FLOWS_MAX = 100_000;

export const registerTrace: Registrar = (program, run) => {
  const command = withNodeOption(withTargetOptions(program.command('trace')))
    .description('what the captured rules of one node do with a packet: every outcome with its share')
    .option('--from <address|node>', 'who sends it: the address of a pod or of a client, or node')
    .option('--to <destination>', 'address:port, [v6]:port, or namespace/name[:port] of a Service')
    .option('--proto <name>', 'tcp, udp, sctp, icmp, or a number', 'tcp')
    .option('--in-interface <name>', 'by which interface it comes in (default: the one of the route back)')
    .addOption(
      new Option('--state <state>', 'first packet of a connection, or a later one')
        .choices(['new', 'established'])
        .default('new'),
    )
    .option('--flows <file>', 'many packets: a JSON array of {src, dst, dport, proto, in_iface}')
    .option('--steps', 'with --flows: the rules each packet met (a single trace always has them)');
  command.action((target: string, options: Options, self: Command) =>
    run(self, async (world, output) => {
      const flows = options.flows === undefined ? null : await flowsOf(world, options.flows, self);
      if (flows === null) checkSingle(options);
      return withTarget(world, output, target, options, async (open) => {
        const bundle = oneBundleOf(open.summary, options.node);
        if (flows === null) {
          const trace = await traceOne(open, bundle, options);
          if (output.form === 'json') await output.json(publicTrace(trace, 'steps'));
          else await output.lines(traceLines(output, trace, 'steps'));
          return EXIT.done;
        }
        const steps = options.steps === true;
        const traces = await open.session.call('network.traceFlows', {
          caseId: open.caseId,
          bundle: bundle.id,
          node: null,
          flows: [...flows],
          steps,
        });
        const form = steps ? 'steps' : 'no steps';
        if (output.form === 'json') await output.json(traces.map((trace) => publicTrace(trace, form)));
        else
          await output.lines(
            traces.flatMap((trace, at) => [...(at > 0 ? [''] : []), ...traceLines(output, trace, form)]),
          );
        return EXIT.done;
      });
    }),
  );
};

function checkSingle(options: Options): void {
  if (options.from !== undefined && options.to !== undefined) return;
  wrongUsage(
    'A trace needs --from and --to, or --flows.',
    null,
    'For example: --from node --to kube-system/kube-dns:dns --proto udp',
  );
}

function traceOne({ session, caseId }: OpenCase, bundle: Bundle, options: Options): Promise<Trace> {
  return session.call('network.trace', {
    caseId,
    bundle: bundle.id,
    node: null,
    from: options.from ?? '',
    to: options.to ?? '',
    protocol: options.proto,
    inInterface: options.inInterface ?? null,
    state: options.state,
  });
}

/** @returns the flows of a file; ends the command naming the first one that is none. */
async function flowsOf(world: World, file: string, command: Command): Promise<readonly Flow[]> {
  for (const [option, flag] of SINGLE_ONLY) {
    if (command.getOptionValueSource(option) === 'cli')
      wrongUsage('Each flow of the file says this itself.', `${flag} with --flows`);
  }
  const text = await textOf(world, file);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return wrongUsage(`This is no JSON: ${messageOf(error)}`, file);
  }
  if (!Array.isArray(document)) {
    return wrongUsage('This is no JSON array of flows.', file, 'Each flow is {src, dst, dport, proto, in_iface}.');
  }
  if (document.length > FLOWS_MAX) return wrongUsage(`More than ${grouped(FLOWS_MAX)} flows at once.`, file);
  return document.map((one: unknown, index) => {
    // A key that is left out means what null means.
    const parsed = Flow.safeParse(typeof one === 'object' && one !== null ? { src: null, dport: null, ...one } : one);
    if (parsed.success) return parsed.data;
    const key = String(parsed.error.issues[0]?.path[0] ?? '');
    return wrongUsage(FLOW_KEYS.get(key) ?? 'A flow is {src, dst, dport, proto, in_iface}.', `${file}, flow ${index}`);
  });
}

/** What each key of a flow must be. */
const FLOW_KEYS: ReadonlyMap<string, string> = new Map([
  ['src', 'src must be an address, or null.'],
  ['dst', 'dst must be an address.'],
  ['dport', 'dport must be a whole number from 0 to 65535, or null for a protocol without ports.'],
  ['proto', 'proto must be a name such as tcp, or a number in quotation marks.'],
  ['in_iface', 'in_iface must be the name of an interface, or null for a packet made on the node.'],
]);

/** @returns the text of a file, without the byte order mark that some editors put first. */
async function textOf(world: World, file: string): Promise<string> {
  return (await readTextFile(world, file, 'flows')).replace(/^\uFEFF/, '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const SINGLE_ONLY = [
  ['from', '--from'],
  ['to', '--to'],
  ['proto', '--proto'],
  ['inInterface', '--in-interface'],
  ['state', '--state'],
] as const;

/** @returns the documented shape, its keys in the documented order; without `steps` unless they were asked for. */
export function publicTrace(trace: Trace, steps: 'steps' | 'no steps') {
  const { outcomes, sticky, assumptions, unknown, ...rest } = trace;
  return {
    outcomes: outcomes.map((outcome) => {
      const { verdict, share, endpoint, snat, snatTo, sourceNatRule, returnPath, steps: met, ...more } = outcome;
      const told = steps === 'no steps' ? {} : { steps: met.map(publicStep) };
      return { verdict, share, endpoint, snat, snatTo, sourceNatRule, returnPath, ...told, ...more };
    }),
    sticky,
    assumptions,
    unknown,
    ...rest,
  };
}

function publicStep(step: Trace['outcomes'][number]['steps'][number]) {
  const { hook, table, chain, rule, file, line, packets, ...rest } = step;
  return { hook, table, chain, rule, file, line, packets, ...rest };
}
