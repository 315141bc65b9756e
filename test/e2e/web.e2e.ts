import { compareFlow } from './compare-flow.ts';
import { keyboardFlow } from './keyboard-flow.ts';
import { mainFlow } from './main-flow.ts';
import { networkFlow } from './network-flow.ts';
import { runbookFlow } from './runbook-flow.ts';
import { searchFlow } from './search-flow.ts';
import { timelineFlow } from './timeline-flow.ts';
import { viewerFlow } from './viewer-flow.ts';
import { launchWeb } from './web-host.ts';

mainFlow('web', launchWeb);
keyboardFlow('web', launchWeb);
searchFlow('web', launchWeb);
networkFlow('web', launchWeb);
runbookFlow('web', launchWeb);
viewerFlow('web', launchWeb);
timelineFlow('web', launchWeb);
compareFlow('web', launchWeb);
