/** Worker entry: indexes slabs of one import and hands them to its sink. Loads nothing but what that takes. */
import { parentPort, workerData } from 'node:worker_threads';
import type { IndexedMessage, IndexReply, IndexRequest, IndexStart } from '../jobs/slab-threads.ts';
import { type Indexed, SlabIndexer } from '../store/slab-indexer.ts';

const reader = parentPort;
if (reader === null) throw new Error('this file is a worker entry');
const { sink, wanted } = workerData as IndexStart;
const indexer = new SlabIndexer(wanted);

const send = async (packed: Promise<Indexed>, buffer: ArrayBuffer): Promise<void> => {
  const { slab, transfer } = await packed;
  const indexed: IndexedMessage = { type: 'indexed', slab };
  sink.postMessage(indexed, transfer);
  const reply: IndexReply = { type: 'buffer', buffer };
  reader.postMessage(reply, [buffer]);
};

/** What fails ends the thread, which its reader hears. */
let sent: Promise<void> = Promise.resolve();
const answer = async (request: IndexRequest): Promise<void> => {
  if (request.type === 'end') {
    await sent;
    const end: IndexedMessage = { type: 'end', plane: indexer.end() };
    sink.postMessage(end);
    return;
  }
  const { packed } = await indexer.scan(request.slab);
  sent = Promise.all([sent, send(packed, request.slab.buffer)]).then(() => undefined);
};

/** One slab at a time. */
let answered: Promise<void> = Promise.resolve();
reader.on('message', (request: IndexRequest) => {
  answered = answered.then(() => answer(request));
});
