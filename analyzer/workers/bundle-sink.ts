/** Worker entry: stores what the index workers of one import made of its text, then seals the bundle. */
import '../core/plain-zod.ts';
import { parentPort, workerData } from 'node:worker_threads';
import type { IndexedMessage, SinkReply, SinkRequest, SinkStart } from '../jobs/slab-threads.ts';
import { SqliteSink, storeFailure } from '../store/bundle-sink.ts';

const reader = parentPort;
if (reader === null) throw new Error('this file is a worker entry');
const { place, ports } = workerData as SinkStart;
const reply = (message: SinkReply) => reader.postMessage(message);
let sink: SqliteSink | null = null;
let failed = false;
let ended = 0;
/** Slabs to come in all, once the reader knows. */
let expected = Number.POSITIVE_INFINITY;

/** After a failure only giving up is left; everything else of the queue is let go. */
function guarded(work: () => void | Promise<void>): void {
  if (failed) return;
  const give = (error: unknown) => {
    failed = true;
    reply({ type: 'failed', failure: storeFailure(error) });
  };
  try {
    const pending = work();
    if (pending !== undefined) pending.catch(give);
  } catch (error) {
    give(error);
  }
}

function opened(): SqliteSink {
  sink ??= new SqliteSink(place);
  return sink;
}

function take(message: IndexedMessage): void {
  if (message.type === 'end') {
    ended += 1;
    if (message.plane !== null) opened().plane(message.plane);
  } else {
    opened().slab(message.slab);
    reply({ type: 'stored', slabs: opened().slabs, lines: opened().lines });
  }
  finishWhenAllIsThere();
  opened().indexText();
}

function finishWhenAllIsThere(): void {
  if (ended !== ports.length || opened().slabs !== expected) return;
  // The reader infers clocks from them meanwhile.
  reply({ type: 'finished', totals: opened().totals().values });
  opened().settle();
}

for (const port of ports) port.on('message', (message: IndexedMessage) => guarded(() => take(message)));

reader.on('message', (request: SinkRequest) => {
  switch (request.type) {
    case 'finish':
      expected = request.slabs;
      return guarded(finishWhenAllIsThere);
    case 'files':
      return guarded(() => void reply({ type: 'files-stored', files: opened().files(request.files) }));
    case 'seal':
      return guarded(async () => reply({ type: 'ended', outcome: await opened().seal(request.seal) }));
    case 'abandon': {
      const gone = sink === null ? Promise.resolve() : sink.abandon();
      failed = true;
      void gone.catch(() => undefined).then(() => reply({ type: 'ended', outcome: null }));
    }
  }
});

// The file is made, and SQLite loaded, while the archive's first bytes are being read.
guarded(() => void opened());
