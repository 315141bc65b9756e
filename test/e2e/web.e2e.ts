import { keyboardFlow } from './keyboard-flow.ts';
import { mainFlow } from './main-flow.ts';
import { networkFlow } from './network-flow.ts';
import { launchWeb } from './web-host.ts';

mainFlow('web', launchWeb);
keyboardFlow('web', launchWeb);
networkFlow('web', launchWeb);
