/**
 * The words that make a Chromium print one file and do nothing else. Switches: chromium's
 * `headless/public/switches.cc`, `chrome/common/chrome_switches.cc`, `net/dns/mapped_host_resolver.cc`,
 * `services/network/public/cpp/network_switches.cc`. One that a browser does not know is ignored by it.
 */
import { pathToFileURL } from 'node:url';

export interface PrintOrder {
  /** Absolute paths: the document, where the PDF goes, an empty folder for the browser's profile. */
  readonly page: string;
  readonly output: string;
  readonly profile: string;
  /** 'off' only where the browser refuses to start with it: as root. */
  readonly sandbox: 'on' | 'off';
}

/** No name resolves, and the only way out is a proxy that has no address; loopback goes there too. */
const OFFLINE = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-pings',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--proxy-server=http://nowhere.invalid:9',
  '--proxy-bypass-list=<-loopback>',
  // Looks for screens to cast to on the local network; the others ask Google.
  '--disable-features=MediaRouter,DialMediaRouteProvider,OptimizationHints,Translate,AutofillServerCommunication',
];

/** Nothing of the person who runs it: no keyring, no extension, no report of a crash, no first-run page. */
const UNATTENDED = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-extensions',
  '--disable-default-apps',
  '--disable-breakpad',
  '--disable-crash-reporter',
  '--password-store=basic',
  '--use-mock-keychain',
  '--mute-audio',
];

/** @returns the arguments, without the program itself. */
export function printArguments({ page, output, profile, sandbox }: PrintOrder): readonly string[] {
  return [
    '--headless=new',
    `--print-to-pdf=${output}`,
    '--no-pdf-header-footer',
    // The same before Chromium 109.
    '--print-to-pdf-no-header',
    '--generate-pdf-document-outline',
    '--disable-gpu',
    // /dev/shm of a container is often 64 MB, which a large report does not fit into.
    '--disable-dev-shm-usage',
    ...UNATTENDED,
    ...OFFLINE,
    `--user-data-dir=${profile}`,
    ...(sandbox === 'off' ? ['--no-sandbox'] : []),
    pathToFileURL(page).href,
  ];
}
