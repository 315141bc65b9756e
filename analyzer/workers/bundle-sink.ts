/** Worker entry: compresses and stores what the ingest worker reads, so that reading and storing share two cores. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SinkReply, SinkRequest } from '../jobs/remote-sink.ts';
import { type SinkPlace, SqliteSink } from '../store/bundle-sink.ts';

const port = parentPort;
if (port === null) throw new Error('this file is a worker entry');
const reply = (message: SinkReply) => port.postMessage(message);
let sink: SqliteSink | null = null;
let failed = false;

async function handle(request: SinkRequest): Promise<void> {
  sink ??= new SqliteSink(workerData as SinkPlace);
  switch (request.type) {
    case 'block': {
      const textBytes = request.block.text.length;
      sink.block(request.block);
      return reply({ type: 'stored', textBytes });
    }
    case 'section':
      sink.section(request.section);
      return reply({ type: 'stored', textBytes: request.section.text.length });
    case 'file':
      sink.file(request.file);
      return reply({ type: 'stored', textBytes: 0 });
    case 'seal':
      return reply({ type: 'ended', outcome: await sink.seal(request.seal, request.totals) });
    case 'abandon':
      await sink.abandon();
      return reply({ type: 'ended', outcome: null });
  }
}

port.on('message', (request: SinkRequest) => {
  // After a failure only giving up is left; everything else of the queue is let go.
  if (failed && request.type !== 'abandon') return;
  handle(request).catch((error: Error) => {
    failed = true;
    reply(request.type === 'abandon' ? { type: 'ended', outcome: null } : { type: 'failed', message: error.message });
  });
});
