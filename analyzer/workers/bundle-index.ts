/** Worker entry: indexes slabs of one import and hands them to its sink. Loads nothing but what that takes. */
import { parentPort, workerData } from 'node:worker_threads';
import type { IndexedMessage, IndexReply, IndexRequest, IndexStart } from '../jobs/slab-threads.ts';
import { SlabIndexer } from '../store/slab-indexer.ts';

const reader = parentPort;
if (reader === null) throw new Error('this file is a worker entry');
const { sink, wanted } = workerData as IndexStart;
const indexer = new SlabIndexer(wanted);

reader.on('message', (request: IndexRequest) => {
  if (request.type === 'end') {
    const end: IndexedMessage = { type: 'end', plane: indexer.end() };
    sink.postMessage(end);
    return;
  }
  const { slab, transfer } = indexer.index(request.slab);
  const indexed: IndexedMessage = { type: 'indexed', slab };
  sink.postMessage(indexed, transfer);
  const reply: IndexReply = { type: 'buffer', buffer: request.slab.buffer };
  reader.postMessage(reply, [request.slab.buffer]);
});
