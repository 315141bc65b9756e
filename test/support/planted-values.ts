/**
 * Lines of a log with values of every kind that is never to be in a redacted report, each with the words that give it away, and then
 * again in other forms. The same seed gives the same lines.
 */
import { createPrng } from '../../fixtures/lib/prng.ts';
import { plantNames } from './planted-names.ts';
import { CERTIFICATE } from './sample-certificate.ts';

export interface Planted {
  /** The customer's own words, to be replaced wherever they stand. */
  readonly words: readonly string[];
  /** None of them may be left, whole or a line of a key. */
  readonly values: readonly string[];
  /** Those that an engineer would name. */
  readonly named: readonly string[];
  readonly lines: readonly string[];
}

/** The name of an archive with one log of the planted lines. */
export const PLANTED_ARCHIVE = 'eks_i-0ac17e9ac17e90001_2026-02-15_0730-UTC_0.7.9.tar.gz';
export const PLANTED_FILE = 'var_log/messages';
/** Lines that are shown together. A block of a key may lie in two groups: the second one has no BEGIN of it. */
export const PLANTED_GROUP = 9;

/** @param own values that the case has beside these, with their kinds: they stand here in other forms. */
export function plantedValues(seed: string, own: readonly string[]): Planted {
  const prng = createPrng(`planted ${seed}`);
  const values: string[] = ['i-0ac17e9ac17e90001'];
  const named: string[] = [];
  const lines: string[] = [];
  const host = `worker-${prng.suffix(6)}`;
  const say = (text: string): void => {
    const at = new Date(Date.UTC(2026, 1, 15, 7, 0, lines.length)).toISOString().slice(11, 19);
    lines.push(`Feb 15 ${at} ${host} kubelet[812]: ${text}`);
  };
  const block = (name: string, body: readonly string[]): void => {
    lines.push(`-----BEGIN ${name}-----`, ...body.map(is), `-----END ${name}-----`);
  };
  const is = (value: string): string => {
    values.push(value);
    return value;
  };
  /** Said once as it gives itself away, then as programs write values of others. */
  const hidden = (value: string, telling: string): void => {
    named.push(value);
    say(telling);
    for (const form of formsOf(value, prng.int(3))) say(form);
  };
  is(host);
  const words = [`Initech${prng.suffix(3)}`, `Globex ${prng.suffix(3)} Ltd`].map(is);
  const [company = '', longer = ''] = words;
  say(`the ${company} shop, ${company.toUpperCase()}-prod, my${company.toLowerCase()}cluster, of ${longer}`);
  say(`who runs on ${host}? ${host.toUpperCase()} does`);

  const secret = (start: string, chars: number): string => is(start + letters(prng.hex(chars)));
  const password = is(`hu<${prng.suffix(4)}>&*Qx/${prng.suffix(5)}`);
  hidden(password, `db_password="${password}"`);
  const plain = secret('pw', 14);
  hidden(plain, `config {"user": "app", "Password":"${plain}"}`);
  say(`PASSWORD: '${secret('Tr0ub', 10)}' passwd=${secret('s3c', 9)}, passphrase=${secret('correct-horse-', 6)}`);
  say(`db.password = ${secret('pb', 9)} passphrase = ${secret('battery-', 7)} DB_PASS:          ${secret('pc', 9)}`);
  say(
    `<password>${secret('px', 9)}</password> run --admin-password ${secret('1pf', 9)} ["--token","${secret('tf1', 14)}"]`,
  );
  say(`exec [mysqladmin ping -uroot -p${secret('.pm', 9)}] and ["redis-cli","-a","${secret('pr', 9)}","ping"]`);
  say(`sshpass -p ${secret('ps', 9)} ssh x`);
  say(
    `dsn="${is(`app:${prng.suffix(9)}`)}@tcp(10.100.0.7:3306)/db" https://${secret('oauth1token', 20)}@localhost/x.git`,
  );
  say(
    `EnvVar{Name:SMTP_PASSWORD,Value:${secret('pe', 9)},ValueFrom:nil,} {"name":"API_TOKEN","value":"${secret('te', 9)}"}`,
  );
  lines.push('    - name: SESSION_SECRET', `      value: ${secret('sv', 12)}`);
  say(`postgres://${is(`app${prng.suffix(5)}:${prng.suffix(12)}`)}@db7.${is(`${prng.suffix(7)}.internal`)}:5432/x`);
  const token = is(`k8s-aws-v1.${Buffer.from(`https://sts/?${prng.hex(40)}`).toString('base64url')}`);
  hidden(token, `Authorization: Bearer ${token}`);
  say(`curl -H "authorization: basic ${is(Buffer.from(`jane:${prng.hex(9)}`).toString('base64'))}" https://localhost`);
  say(`{"Authorization":["Bearer ${secret('opaque.', 30)}"]}`);
  say(`Authorization: Token ${secret('at1', 14)} {"Proxy-Authorization":["Basic ${secret('ab1', 14)}"]}`);
  say(`Cookie: sid=${secret('ck', 14)}; lang=de and Set-Cookie: session=${secret('cs', 14)}; Path=/; HttpOnly`);
  say(`the bootstrap token ${is(`${prng.hex(5)}7.${prng.hex(15)}8`)} has expired, GITHUB_TOKEN=${secret('gh', 18)}`);
  say(
    `ghp_${secret('', 36)} glpat-${secret('1', 20)} xoxb-12345-${secret('', 24)} npm_${secret('', 36)} hvs.${secret('1', 24)}`,
  );
  const part = (of: object): string => Buffer.from(JSON.stringify(of)).toString('base64url');
  const jwt = is(`${part({ alg: 'RS256' })}.${part({ sub: `system:${prng.suffix(5)}` })}.${letters(prng.hex(43))}`);
  hidden(jwt, `the server rejected ${jwt}`);
  const key = is(`AKIA${base32(prng.hex(16))}`);
  hidden(key, `using ${key} of the instance`);
  say(`ASIA of a session: ${is(`ASIA${base32(prng.hex(16))}`)}`);
  const own2 = secret('wJalr', 35);
  hidden(own2, `aws_secret_access_key = ${own2}`);
  say(`"SessionToken": "x", aws_session_token=${secret('IQoJb3JpZ2luX2Vj', 60)}`);
  say(`api_key: ${secret('ak', 20)} client_secret="${secret('cs', 24)}" refresh_token=${secret('rt', 24)}`);
  say(`client-secret: ${secret('cx', 20)} DD_API_KEY=${secret('dd', 20)} apikey: ${secret('ap', 20)}`);
  say(`encryption_key=${secret('1ek', 20)} access_key = ${secret('1ac', 20)} SIGN_KEY=${secret('aS1', 20)}`);
  say(`secret: ${secret('aB1', 20)} APP_SECRET=${is(prng.hex(32))} tls.key: ${secret('aT1', 40)}`);
  say(`caBundle: ${secret('aC1', 40)} .dockerconfigjson: ${secret('aD1', 40)} ?sv=2024&sig=${secret('sg', 30)}&se=2`);
  say(`--b64-cluster-ca ${is(Buffer.from(`-----BEGIN CERTIFICATE-----${prng.hex(40)}`).toString('base64'))} --dns x`);
  say(`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA${secret('I', 40)} ${is(`jr${prng.suffix(5)}`)}@laptop`);
  say(`ssh2: ED25519 SHA256:${is(letters(prng.hex(43)))}`);
  say(`{"auths":{"r":{"auth":"${is(Buffer.from(`AWS:${prng.hex(20)}`).toString('base64'))}"}}}`);
  say(`    client-key-data: ${is(Buffer.from(prng.hex(60)).toString('base64'))}`);
  const signature = is(prng.hex(64));
  say(
    `GET https://${is(`${prng.suffix(9)}-logs`)}.s3.eu-west-1.amazonaws.com/l.gz?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${is(`ASIA${base32(prng.hex(16))}%2F20260101%2Feu-west-1`)}&X-Amz-Date=20260101T000000Z&X-Amz-Security-Token=${secret('FwoGZXIvYXdz', 40)}&X-Amz-Signature=${signature}`,
  );
  const body =
    Buffer.from(prng.hex(150))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  // A line of a key in quotes, by itself.
  named.push(body[0] ?? '', body.at(-1) ?? '');
  say(`"-----BEGIN PRIVATE KEY-----\\n${body.map(is).join('\\n')}\\n-----END PRIVATE KEY-----\\n"`);
  block(
    'RSA PRIVATE KEY',
    body.map((one) => [...one].reverse().join('')),
  );
  block('CERTIFICATE', CERTIFICATE.trim().split('\n').slice(1, -1));

  const account = is(`47${String(prng.int(10 ** 9)).padStart(10, '0')}`);
  const role = is(`shop-node-${prng.suffix(5)}`);
  hidden(account, `AccessDenied: arn:aws:sts::${account}:assumed-role/${role}/s is not allowed`);
  say(`bucket arn:aws:s3:::${is(`backup-${prng.suffix(8)}`)}/x "accountId" : "${is(digits(prng.hex(12)))}"`);
  for (const label of ['i', 'eni', 'vpc', 'subnet', 'sg', 'vol', 'ami', 'fs']) {
    const id = is(`${label}-0${prng.hex(16)}`);
    hidden(id, `${label} of it: ${id}, ${label.toUpperCase()} ${id.slice(id.indexOf('-') + 1)}`);
  }
  const endpoint = is(prng.hex(32).toUpperCase());
  hidden(endpoint, `dial https://${endpoint}.gr7.us-east-2.eks.amazonaws.com`);
  const user = is(`jroe${prng.suffix(4)}`);
  hidden(user, `Accepted publickey for ${user} from 10.77.3.${prng.between(2, 250)} port 22`);
  say(`open /home/${is(`mm${prng.suffix(6)}`)}/.kube/config; pam_unix: session opened for user ${user} by x`);
  say(`invalid user ${is(`oracle${prng.suffix(3)}`)} of ${user}`);
  const mail = is(`${user}.mail@corp${prng.suffix(3)}.example.org`);
  hidden(mail, `mail to ${mail}.`);

  const number = (): number => prng.between(2, 250);
  const address = is(`10.77.${number()}.${number()}`);
  const dashed = address.replaceAll('.', '-');
  const hex = address.split('.').map((one) => Number(one).toString(16).padStart(2, '0'));
  hidden(address, `dial tcp ${address}:443 of ip-${is(dashed)}.eu-west-1.compute.internal`);
  say(`PTR ${is(`${address.split('.').reverse().join('.')}.in-addr.arpa`)}. and IP-${dashed.toUpperCase()}`);
  say(
    `ip-${is(hex.join(''))} 0x${hex.join('')} ${is([...hex].reverse().join(''))} ::ffff:${address} ${dashed}.shop.pod`,
  );
  say(`from ${is(`8${number() % 10}.${number()}.${number()}.${number()}`)} port 4711`);
  const six = is(`fd12:3456:${prng.hex(3)}a::1${prng.hex(2)}b`);
  hidden(six, `inet6 ${six}/64 via 2600:1f13:${is(`${prng.hex(3)}f:${prng.hex(3)}f`)}::${prng.hex(3)}e`);
  say(`inet6 ${six.toUpperCase()} again`);
  const mac = is(`0a:${[1, 2, 3, 4, 5].map(() => prng.hex(2)).join(':')}`);
  hidden(mac, `link/ether ${mac} brd ff:ff:ff:ff:ff:ff`);
  say(`${is(mac.replaceAll(':', '-').toUpperCase())} ${is(mac.replaceAll(':', ''))}`);
  const domain = is(`db1.${prng.suffix(8)}.com`);
  hidden(domain, `lookup ${domain} on 10.100.0.10:53: no such host`);
  say(`Get https://internal-${is(`${prng.suffix(8)}-${digits(prng.hex(9))}`)}.us-west-2.elb.amazonaws.com/`);
  plantNames({ prng, is, say, hidden, line: (text) => lines.push(text) });
  for (const value of own) hidden(value, `of the case: ${value} was seen`);
  return { words, values: values.flatMap((value) => [value, ...bare(value)]), named, lines };
}

/** The part of an id that is looked for by itself. */
function bare(value: string): readonly string[] {
  const id = /^[a-z]+-(0[0-9a-f]{16})$/.exec(value)?.[1];
  return id === undefined ? [] : [id];
}

/** @param before bytes in front of it, which decide how base64 looks. */
function formsOf(value: string, before: number): readonly string[] {
  const bytes = Buffer.from(value);
  const codes = [...value].map((one) => one.charCodeAt(0));
  const escaped = codes.map((code) => `\\u${code.toString(16).padStart(4, '0')}`).join('');
  return [
    `as ${Buffer.from(`${'xyz'.slice(0, before)}${value}!`).toString('base64')} or ${bytes.toString('base64url')}`,
    `as ${bytes.toString('hex')} or ${codes.map((code) => `%${code.toString(16)}`).join('')}`,
    `?q=${encodeURIComponent(value)}&r=1 ${JSON.stringify(JSON.stringify(value))} "${escaped}"`,
    `<b>${codes.map((code) => `&#${code};`).join('')}</b> ${codes.map((code) => `&#x${code.toString(16)};`).join('')}`,
  ];
}

/** Hex digits as letters of both cases and digits. */
function letters(hex: string): string {
  return hex.replace(/[a-f]/g, (one, at: number) => 'GhJkMnPqRsTv'[one.charCodeAt(0) - 97 + (at % 2) * 6] ?? one);
}

function digits(hex: string): string {
  return hex.replace(/[a-f]/g, (one) => String(one.charCodeAt(0) % 9));
}

function base32(hex: string): string {
  return hex.toUpperCase().replace(/[0189]/g, 'Q');
}
