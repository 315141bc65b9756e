import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { eventPairs, type SharedEvent, sharedEvents } from './anchors.ts';

const LOG = 'var_log/kube-proxy.log';
const START = Date.UTC(2026, 5, 17, 12, 0, 0);
const stamp = (at: number): string => new Date(at).toISOString().replace('Z', '000000Z');
const cri = (at: number, message: string): string => `${stamp(at)} stderr F I0617 12:00:00.000000       1 ${message}\n`;
const adding = (name: string): string =>
  `servicechangetracker.go:211] "Adding new service port" portName="shop/${name}:http" servicePort="172.20.10.20:80/TCP"`;
const removing = (name: string): string => `service.go:462] "Removing service port" portName="shop/${name}:http"`;
const setting = (name: string, endpoints: string): string =>
  `endpointslicecache.go:348] "Setting endpoints for service port name" portName="shop/${name}:http" endpoints=${endpoints}`;

const read = (texts: Readonly<Record<string, string>>): readonly SharedEvent[] =>
  sharedEvents(memoryBundle(texts), () => undefined);

describe('sharedEvents', () => {
  it('reads changes of services with their instants and lines', () => {
    const found = read({
      [LOG]: [
        cri(START, adding('web')),
        cri(START + 900, setting('web', '["10.0.1.2:8080"]')),
        cri(START + 5_000, 'proxier.go:822] "SyncProxyRules complete" ipFamily="IPv4" elapsed="30ms"'),
        cri(START + 60_000, removing('web')),
      ].join(''),
    });
    expect(found.map(({ time, ref, what }) => [time - START, ref.line, what])).toEqual([
      [0, 1, 'service port shop/web:http added, logged by kube-proxy'],
      [900, 2, 'service port shop/web:http given endpoints, logged by kube-proxy'],
      [60_000, 4, 'service port shop/web:http removed, logged by kube-proxy'],
    ]);
  });

  it('knows the same change in the spelling of another version, whatever the line of the source', () => {
    const [one] = read({ [LOG]: cri(START, adding('web')) });
    const [two] = read({ [LOG]: cri(START, adding('web').replace('servicechangetracker.go:211', 'service.go:437')) });
    const [old] = read({
      [LOG]: cri(START, 'service.go:310] Adding new service port "shop/web:http" at 172.20.10.20:80/TCP'),
    });
    expect(one?.key).toBe(two?.key);
    expect(old?.what).toBe('service port shop/web:http added, logged by kube-proxy');
  });

  it('tells another address and other endpoints apart', () => {
    const keys = [
      adding('web'),
      adding('web').replace('.20:80', '.21:80'),
      setting('web', '["10.0.1.2:8080"]'),
      setting('web', '["10.0.1.2:8080","10.0.1.3:8080"]'),
    ].map((message) => read({ [LOG]: cri(START, message) })[0]?.key);
    expect(new Set(keys).size).toBe(4);
  });

  it('leaves out what a start lists, and what happened twice', () => {
    const found = read({
      [LOG]: [
        cri(START, 'shared_informer.go:320] Caches are synced for service config'),
        cri(START + 200, adding('listed')),
        cri(START + 59_000, setting('listed', '["10.0.1.2:8080"]')),
        cri(START + 200_000, adding('once')),
        cri(START + 300_000, adding('twice')),
        cri(START + 400_000, adding('twice')),
      ].join(''),
    });
    expect(found.map(({ what }) => what.split(' ')[2])).toEqual(['shop/once:http']);
  });

  it('reads the log of kube-proxy alone; one line in two files is one event', () => {
    expect(read({ 'var_log/messages': `Jun 17 12:00:00 node app: ${adding('web')}\n` })).toEqual([]);
    const line = cri(START, adding('web'));
    const found = read({ [LOG]: line, 'var_log/kube-proxy.log.1': `${line}${cri(START + 1, removing('x'))}` });
    expect(found.map(({ time }) => time - START)).toEqual([0, 1]);
  });

  it('counts lines rightly between others, to the end of a file without a line feed', () => {
    const other = cri(START, 'proxier.go:822] "SyncProxyRules complete"');
    const log = `${other}${other}${cri(START, adding('a'))}${other}${cri(START + 9, removing('a'))}${other}${cri(START + 20, setting('a', '["Adding new service port"]'))}`;
    const found = read({ [LOG]: log.trimEnd() });
    expect(found.map(({ ref }) => ref.line)).toEqual([3, 5, 7]);
  });

  it('takes back a shift that was given', () => {
    const reader = memoryBundle({ [LOG]: cri(START, adding('web')) });
    const shifted: BundleReader = {
      ...reader,
      files: () => reader.files().map((file) => ({ ...file, clock: { ...file.clock, shiftMs: -90_000 } })),
    };
    expect(sharedEvents(shifted, () => undefined)[0]?.time).toBe(START);
  });

  it('stops when it is cancelled', () => {
    const cancelled = (): never => {
      throw new Error('cancelled');
    };
    expect(() => sharedEvents(memoryBundle({ [LOG]: cri(START, adding('web')) }), cancelled)).toThrow('cancelled');
  });
});

describe('eventPairs', () => {
  const event = (key: string, time: number): SharedEvent => ({
    key,
    what: key,
    time,
    ref: { fileId: 1 as SharedEvent['ref']['fileId'], line: 1, endLine: 1 },
  });
  const offsets = (here: readonly SharedEvent[], there: readonly SharedEvent[]): readonly number[] =>
    eventPairs(here, there).map((pair) => pair.here.time - pair.there.time);

  it('pairs what both saw', () => {
    const here = [event('a', 90_000), event('b', 190_000), event('c', 290_000)];
    const there = [event('b', 100_000), event('d', 150_000), event('c', 200_100)];
    expect(offsets(here, there)).toEqual([90_000, 89_900]);
  });

  it('counts the changes of one sync once', () => {
    const here = [event('a', 90_000), event('b', 90_001), event('c', 91_500), event('d', 500_000)];
    const there = [event('a', 0), event('b', 1), event('c', 1_400), event('d', 410_000)];
    expect(offsets(here, there)).toEqual([90_000, 90_000]);
  });

  it('leaves out what one node learned late, all at once', () => {
    const here = [event('a', 500_000), event('b', 500_001), event('c', 500_002), event('d', 900_000)];
    const there = [event('a', 100_000), event('b', 200_000), event('c', 300_000), event('d', 900_000)];
    expect(offsets(here, there)).toEqual([0]);
    expect(offsets(there, here)).toEqual([0]);
  });
});
