/** Starts the web host with the stub engine as a program of its own: `serve-main.ts <work folder> [target...]`. */
import { endWithParent } from '../../analyzer/hosts/web/end-with-parent.ts';
import { serve } from '../../analyzer/hosts/web/serve.ts';
import { hostOptions } from './web-host-support.ts';

const [work = '', ...targets] = process.argv.slice(2);
const host = await serve(hostOptions(work, { targets, log: (line) => process.stderr.write(`${line}\n`) }));
if (!host.ok) {
  process.stderr.write(`${host.failure.message}\n`);
  process.exit(2);
}
process.stdout.write(`${host.value.url}\n`);
process.exitCode = await endWithParent(host.value);
