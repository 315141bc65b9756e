/** What the resident network worker does with each question. One file a topic; here they are told apart. */
import type { BundleRef } from './bundle-ref.ts';
import { oneChain, rawChains } from './network-chains.ts';
import { lookUp, mergeLookups } from './network-lookup.ts';
import { namesOf } from './network-names.ts';
import { type LoadedNode, NetworkNodes } from './network-nodes.ts';
import type { AnyAsk, NetworkAnswer, NetworkTopic } from './network-protocol.ts';
import { graphOf, servicesOf } from './network-services.ts';
import { traceFlows, traceOne } from './network-trace.ts';
import { type Pause, serveQuestions } from './resident-task.ts';

/** Answers questions until the thread is ended from outside. */
export function serveNetwork(): void {
  const nodes = new NetworkNodes();
  serveQuestions<AnyAsk>((ask, pause) => answerNetwork(nodes, ask, pause));
}

/** @returns the answer that the contract promises for `ask.want`; throws a FailureError for an expected failure. */
async function answerNetwork(nodes: NetworkNodes, ask: AnyAsk, pause: Pause): Promise<NetworkAnswer<NetworkTopic>> {
  const each = async <T>(work: (node: LoadedNode) => T | Promise<T>): Promise<readonly T[]> => {
    const found: T[] = [];
    for (const ref of ask.bundles) {
      found.push(await nodes.with(ref, work));
      await pause();
    }
    return found;
  };
  const one = <T>(work: (node: LoadedNode) => T | Promise<T>): Promise<T> =>
    nodes.with(ask.bundles[0] as BundleRef, work);
  switch (ask.want) {
    case 'services': {
      const found = await each((node) => servicesOf(node, ask.findings));
      return { services: found.flatMap((part) => part.services), nodes: found.flatMap((part) => part.nodes) };
    }
    case 'graph':
      return one((node) => graphOf(node, ask.input, ask.findings));
    case 'names': {
      const found = await each(namesOf);
      return { services: found.flatMap((part) => part.services), sources: found.flatMap((part) => part.sources) };
    }
    case 'trace':
      return one((node) => traceOne(node, ask.input));
    case 'traceFlows':
      return one((node) => traceFlows(node, ask.input, pause));
    case 'lookup':
      return mergeLookups(ask.input.address, await each((node) => lookUp(node, ask.input.address, pause)));
    case 'chains':
      return (await each(rawChains)).flat();
    case 'chain':
      return one((node) => oneChain(node, ask.input));
  }
}
