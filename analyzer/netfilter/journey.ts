/**
 * The way of one packet through the node: hooks in the kernel's order, route decisions between them, NAT at its
 * places, IPVS where it takes packets. Sources: net/ipv4/ip_input.c, ip_forward.c, ip_output.c, nf_nat_core.c,
 * ip_vs_core.c; checked against what real kernels did (fixtures/data).
 */
import { isLoopback } from './address.ts';
import { destinationPut, sourcePut, unaddressed } from './address-change.ts';
import { groupsOf } from './base-chains.ts';
import { hasVirtualServer, ipvsDraw } from './ipvs-draw.ts';
import type { BaseChain, HookName, NodeProgram, Packet, Surroundings } from './program.ts';
import type { RouteAnswer, Router } from './routing.ts';
import { refusedSource } from './source-check.ts';
import {
  type Arrival,
  carried,
  fileOf,
  type JourneyEnd,
  stoppedBy,
  type Traveller,
  withPacket,
  withStep,
} from './traveller.ts';
import { type Branch, type Exit, type Questions, split, walkChain } from './walk.ts';

export interface JourneyOptions {
  readonly program: NodeProgram;
  readonly router: Router;
  readonly questions: Questions;
  readonly around: Surroundings;
  /** `later`: nat tables decide as they did for the first packet, every other table sees a known connection. */
  readonly nat: 'first' | 'later' | 'none';
}

/** IPVS takes packets in LOCAL_IN, after filter and just before nat's source changes. */
const IPVS_PRIORITY: Readonly<Partial<Record<HookName, number>>> = { input: 99 };

/** The hooks and route decisions on one way cost as much as so many rules. */
const END_EFFORT = 20;

/** @returns the ends of a packet that starts with `start`; its `inInterface` tells where. Weights sum to its weight. */
export function travel(start: Branch, options: JourneyOptions): readonly JourneyEnd[] {
  return new Journey(options).run(start);
}

class Journey {
  readonly #options: JourneyOptions;
  readonly #ends: JourneyEnd[] = [];
  /** Where in `#ends` what is unknown for one reason stands: it need not be told apart by the way it came. */
  readonly #unknown = new Map<string, number>();

  constructor(options: JourneyOptions) {
    this.#options = options;
  }

  run(branch: Branch): readonly JourneyEnd[] {
    const settled = this.#options.nat === 'none';
    const start: Traveller = {
      branch,
      destinationSettled: settled,
      sourceSettled: settled,
      firstMark: branch.packet.mark,
      sourceNatRule: null,
      undecided: null,
    };
    if (branch.packet.inInterface === null) this.#madeHere(start);
    else this.#incoming(start);
    return this.#ends;
  }

  #end(traveller: Traveller, arrival: Arrival): void {
    this.#options.questions.effort.spend(END_EFFORT);
    if (arrival.kind === 'unknown') {
      const { packet, assumed, weight } = traveller.branch;
      const key = JSON.stringify([arrival.because, packet.destination, packet.destinationPort, ...assumed]);
      const at = this.#unknown.get(key);
      const other = at === undefined ? undefined : this.#ends[at];
      if (at !== undefined && other !== undefined) {
        const { branch } = other.traveller;
        const whole = { ...branch, weight: branch.weight + weight };
        this.#ends[at] = { ...other, traveller: { ...other.traveller, branch: whole } };
        return;
      }
      this.#unknown.set(key, this.#ends.length);
    }
    this.#ends.push({ traveller, arrival });
  }

  #incoming(start: Traveller): void {
    for (const one of this.#hook('prerouting', start)) {
      const { packet } = one.branch;
      const answer = this.#route(packet);
      const refused = answer.kind === 'refused' ? null : refusedSource(packet, this.#options);
      if (refused !== null) this.#end(one, { kind: 'drop', because: refused });
      else if (answer.kind === 'local') this.#takeIn(one);
      else if (answer.kind === 'forward') this.#forward(one, answer);
      else this.#end(this.#routeStep(one, answer), refusal(answer));
    }
  }

  #forward(traveller: Traveller, answer: Extract<RouteAnswer, { kind: 'forward' }>): void {
    const { family, sysctls } = this.#options.program;
    const key = family === 'IPv4' ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
    if (sysctls.get(key) === '0') {
      this.#end(traveller, { kind: 'drop', because: `${key} is 0: this node forwards nothing` });
      return;
    }
    const routed = withPacket(this.#routeStep(traveller, answer), { outInterface: answer.device });
    for (const one of this.#hook('forward', routed)) this.#leave(one, answer);
  }

  #leave(traveller: Traveller, answer: Extract<RouteAnswer, { kind: 'forward' }>): void {
    const leaving = withPacket(traveller, { outInterface: answer.device });
    for (const one of this.#hook('postrouting', leaving, answer))
      this.#end(one, { kind: 'out', device: answer.device, route: answer });
  }

  #takeIn(traveller: Traveller): void {
    const before = withPacket(traveller, { outInterface: null });
    for (const one of this.#hook('input', before)) this.#end(one, { kind: 'local' });
  }

  #madeHere(start: Traveller): void {
    const first = this.#route(start.branch.packet);
    if (first.kind === 'refused') {
      this.#end(this.#routeStep(start, first), refusal(first));
      return;
    }
    const device = first.kind === 'forward' ? first.device : first.kind === 'local' ? 'lo' : '?';
    for (const one of this.#hook('output', withPacket(start, { outInterface: device }))) this.#sendOut(one);
  }

  /** Routes a packet that was made here (or by IPVS) once more, and hands it on. */
  #sendOut(traveller: Traveller): void {
    const { packet } = traveller.branch;
    const answer = this.#route({ ...packet, inInterface: null });
    if (answer.kind === 'forward') {
      const { sysctls } = this.#options.program;
      const localnet = [
        sysctls.get(`net.ipv4.conf.${answer.device}.route_localnet`),
        sysctls.get('net.ipv4.conf.all.route_localnet'),
      ];
      if (isLoopback(packet.source) && localnet.some((one) => one !== undefined) && !localnet.includes('1')) {
        const because = `${packet.source} may not leave by ${answer.device}: route_localnet is 0`;
        this.#end(traveller, { kind: 'drop', because });
        return;
      }
      this.#leave(this.#routeStep(traveller, answer), answer);
      return;
    }
    if (answer.kind !== 'local') {
      this.#end(this.#routeStep(traveller, answer), refusal(answer));
      return;
    }
    // IPVS takes what this node sends to a virtual server before it is looped back. kube-proxy lets its source ranges
    // hold for such packets too, by rules that not every dump can show, so that INPUT is asked here as for others.
    if (!packet.viaIpvs && hasVirtualServer(this.#options.program, packet)) {
      this.#takeIn(withPacket(traveller, { inInterface: 'lo' }));
      return;
    }
    // A packet to the node itself runs through the loopback interface and comes in again.
    for (const out of this.#hook('postrouting', withPacket(traveller, { outInterface: 'lo' }), answer)) {
      const again = withPacket(out, { inInterface: 'lo', outInterface: null });
      for (const one of this.#hook('prerouting', again)) this.#takeIn(one);
    }
  }

  #route(packet: Packet): RouteAnswer {
    return this.#options.router.route(packet);
  }

  #routeStep(traveller: Traveller, answer: RouteAnswer): Traveller {
    const { files } = this.#options.program;
    if (answer.kind === 'unknown') return traveller;
    const { route } = answer;
    const rule = answer.kind === 'refused' ? answer.rule : null;
    const source = route !== null ? files.routes : files.policyRules;
    const raw = route?.raw ?? (rule !== null && rule.line > 0 ? rule.raw : null);
    if (raw === null) return traveller;
    const line = route?.line ?? rule?.line ?? null;
    return withStep(traveller, { hook: 'routing', table: 'route', rule: raw.trim(), line, ...fileOf(source) });
  }

  /** @returns the travellers that pass a hook; the others have ended. */
  #hook(hook: HookName, start: Traveller, answer: RouteAnswer | null = null): readonly Traveller[] {
    let live: readonly Traveller[] = [start];
    const at = IPVS_PRIORITY[hook];
    let ipvsDone = at === undefined || this.#options.nat === 'none';
    for (const group of groupsOf(this.#options.program.bases, hook)) {
      if (!ipvsDone && (group[0]?.priority ?? 0) > (at ?? 0)) {
        ipvsDone = true;
        live = live.flatMap((one) => this.#ipvs(hook, one));
      }
      live = live.flatMap((one) => this.#group(hook, group, one, answer));
    }
    if (!ipvsDone) live = live.flatMap((one) => this.#ipvs(hook, one));
    const natHook = hook !== 'forward';
    const source = hook === 'postrouting' || hook === 'input';
    if (!natHook) return live;
    return live.map((one) => ({
      ...one,
      destinationSettled: one.destinationSettled || !source,
      sourceSettled: one.sourceSettled || source,
    }));
  }

  #group(
    hook: HookName,
    group: readonly BaseChain[],
    start: Traveller,
    answer: RouteAnswer | null,
  ): readonly Traveller[] {
    const nat = group.filter((base) => base.type === 'nat');
    const settled = hook === 'postrouting' || hook === 'input' ? start.sourceSettled : start.destinationSettled;
    if (nat.length < 2 || settled || start.branch.packet.state === 'UNTRACKED')
      return this.#inOrder(hook, group, start, answer);
    const { natFirst } = this.#options.program;
    if (natFirst !== null) {
      const first = group.filter((base) => base.table.backend === natFirst);
      return this.#inOrder(hook, [...first, ...group.filter((base) => !first.includes(base))], start, answer);
    }
    // The hook that was registered last runs first, and dumps do not tell which that was.
    const because = `which nat chains of ${hook} run first (${nat.map(({ table }) => table.file).join(' or ')}) is not captured`;
    const either = split(start.branch, this.#options.questions, `order ${hook}`, because);
    if (either === null) {
      this.#end(start, { kind: 'unknown', because });
      return [];
    }
    return either.flatMap(([asListed, branch]) =>
      this.#inOrder(hook, asListed ? group : [...group].reverse(), { ...start, branch }, answer),
    );
  }

  #inOrder(
    hook: HookName,
    group: readonly BaseChain[],
    start: Traveller,
    answer: RouteAnswer | null,
  ): readonly Traveller[] {
    let live: readonly Traveller[] = [start];
    for (const base of group) live = live.flatMap((one) => this.#base(hook, base, one, answer));
    return live;
  }

  #base(hook: HookName, base: BaseChain, traveller: Traveller, answer: RouteAnswer | null): readonly Traveller[] {
    const { packet } = traveller.branch;
    const natOf = hook === 'postrouting' || hook === 'input' ? traveller.sourceSettled : traveller.destinationSettled;
    if (base.type === 'nat' && (natOf || packet.state === 'UNTRACKED')) return [traveller];
    const place = { hook, around: this.#options.around, questions: this.#options.questions };
    const later = base.type === 'nat' && this.#options.nat === 'later';
    const first: Packet = { ...packet, state: 'NEW', mark: traveller.firstMark };
    const asked: Branch = later ? { ...traveller.branch, packet: first } : traveller.branch;
    return walkChain(base.table, base.chain, asked, place).flatMap((exit) => {
      const next = this.#decided(hook, base, traveller, exit, answer);
      if (next === null || this.#options.nat !== 'later') return next ?? [];
      if (!later) return [{ ...next, firstMark: carried(packet.mark, next.branch.packet.mark, next.firstMark) }];
      // Marks are set on the packet that met the rule, the first one; the connection keeps its addresses only.
      const { mark } = next.branch.packet;
      return [{ ...withPacket(next, { state: packet.state, mark: packet.mark }), firstMark: mark }];
    });
  }

  /** @returns the traveller after a base chain, or null when it ended there. */
  #decided(
    hook: HookName,
    base: BaseChain,
    before: Traveller,
    exit: Exit,
    answer: RouteAnswer | null,
  ): Traveller | null {
    const traveller: Traveller = { ...before, branch: exit.branch };
    const { verdict } = exit;
    switch (verdict.verdict) {
      case 'accept':
        return traveller;
      case 'end':
      case 'return': {
        if (base.policy !== 'drop') return traveller;
        const rule = `-P ${base.chain} DROP`;
        const line = base.table.chain(base.chain)?.line ?? null;
        const place = { hook, table: base.table.name, chain: base.chain, rule, line };
        const stopped = withStep(traveller, { ...place, ...fileOf(base.table) });
        this.#end(stopped, { kind: 'drop', because: `the policy of ${base.table.name} ${base.chain} is DROP` });
        return null;
      }
      case 'drop':
        this.#end(traveller, { kind: 'drop', because: stoppedBy(base, traveller) });
        return null;
      case 'reject':
        this.#end(this.#withReset(traveller, verdict.with), { kind: 'reject', because: stoppedBy(base, traveller) });
        return null;
      case 'unknown':
        this.#end(traveller, { kind: 'unknown', because: verdict.because });
        return null;
      case 'dnat':
      case 'redirect': {
        if (base.type !== 'nat') break;
        const nowhere = verdict.verdict === 'redirect' ? unaddressed(this.#options.router, hook, traveller) : null;
        if (nowhere !== null) {
          this.#end(traveller, nowhere);
          return null;
        }
        return destinationPut(this.#options.router, hook, traveller, verdict);
      }
      case 'snat':
      case 'masquerade': {
        if (base.type !== 'nat') break;
        return sourcePut(this.#options.router, traveller, verdict.verdict === 'snat' ? verdict.address : null, answer);
      }
      default:
        break;
    }
    this.#end(traveller, {
      kind: 'unknown',
      because: `${verdict.verdict} outside a nat chain (${base.table.name} ${base.chain})`,
    });
    return null;
  }

  /**
   * A TCP reset is sent with the connection of the packet it answers, whose source is not settled yet: unlike an ICMP
   * error it meets the nat rules of POSTROUTING, without the packet's mark (nf_send_reset(), nf_nat_inet_fn()).
   */
  #withReset(traveller: Traveller, answer: string | null): Traveller {
    const settled = traveller.sourceSettled || this.#options.nat !== 'first';
    if (settled || answer === null || !/^tcp.?res(?:e)?t$/.test(answer)) return traveller;
    const { packet, trail } = traveller.branch;
    const reset: Packet = {
      ...packet,
      source: packet.destination,
      sourcePort: packet.destinationPort,
      destination: packet.source,
      destinationPort: packet.sourcePort,
      inInterface: null,
      outInterface: packet.inInterface ?? 'lo',
      mark: 0,
    };
    const place = { hook: 'postrouting' as const, around: this.#options.around, questions: this.#options.questions };
    let after = trail;
    for (const base of groupsOf(this.#options.program.bases, 'postrouting').flat()) {
      if (base.type !== 'nat') continue;
      const [exit] = walkChain(base.table, base.chain, { ...traveller.branch, packet: reset, trail: after }, place);
      after = exit?.branch.trail ?? after;
    }
    return { ...traveller, branch: { ...traveller.branch, trail: after } };
  }

  #ipvs(hook: HookName, traveller: Traveller): readonly Traveller[] {
    const draw = ipvsDraw(this.#options.program, hook, traveller);
    if (draw === null) return [traveller];
    if (draw.kind === 'refused') this.#end(draw.traveller, { kind: 'reject', because: draw.because });
    else if (draw.kind === 'unknown') this.#end(draw.traveller, { kind: 'unknown', because: draw.because });
    else {
      for (const sent of draw.sent) {
        if (this.#options.router.isLocal(sent.branch.packet.destination) === true) this.#end(sent, { kind: 'local' });
        // ip_vs_nat_send_or_cont(): through LOCAL_OUT, then POSTROUTING; nat has settled the destination before.
        else this.#sendFromIpvs({ ...sent, destinationSettled: true });
      }
    }
    return [];
  }

  #sendFromIpvs(traveller: Traveller): void {
    const answer = this.#route({ ...traveller.branch.packet, inInterface: null });
    const device = answer.kind === 'forward' ? answer.device : '?';
    for (const one of this.#hook('output', withPacket(traveller, { inInterface: null, outInterface: device })))
      this.#sendOut(one);
  }
}

function refusal(answer: RouteAnswer): Arrival {
  if (answer.kind === 'refused') return { kind: 'drop', because: answer.because };
  return { kind: 'unknown', because: answer.kind === 'unknown' ? answer.because : 'no route decision' };
}
