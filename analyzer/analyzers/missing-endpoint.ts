/** A ready endpoint of a captured service to which the rules of the node send nothing. */
import { capturedCluster } from '../facts/captured-cluster.ts';
import { nodeServices } from '../facts/services.ts';
import type { Analyzer } from './analyzer.ts';
import { endpointsCaptured, missingEndpoints, withObjects } from './endpoint-crosscheck.ts';
import { gathered, outcomeOf } from './outcome.ts';

export const missingEndpoint: Analyzer = {
  id: 'missing-endpoint',
  title: 'Ready endpoints of captured services are in the rules',
  area: 'network',
  run(facts) {
    const cluster = capturedCluster(facts.state);
    if (!endpointsCaptured(cluster))
      return {
        outcome: 'skipped',
        missing: 'Endpoints or EndpointSlices: without them an old endpoint on another node cannot be seen either',
      };
    if (nodeServices(facts).length === 0) return { outcome: 'skipped', missing: 'service rules of the node' };
    const found = missingEndpoints(nodeServices(facts), cluster).map(withObjects);
    return outcomeOf(
      gathered(found, `${found.length} services lack ready endpoints in the rules of this node`),
      'the rules have every captured ready endpoint that they should have',
    );
  },
};
