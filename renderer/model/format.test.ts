import { describe, expect, it } from 'vitest';
import {
  baseName,
  count,
  counted,
  day,
  hostNames,
  instant,
  listed,
  percent,
  sentenceCase,
  sharedPrefix,
  shortInstant,
  size,
} from './format.ts';

describe('format', () => {
  it('groups thousands and chooses the word by number', () => {
    expect(count(1204118)).toBe('1,204,118');
    expect(counted(1, 'gap')).toBe('1 gap');
    expect(counted(0, 'gap')).toBe('0 gaps');
    expect(counted(2, 'match', 'matches')).toBe('2 matches');
  });

  it('lists words as a sentence does', () => {
    expect(listed(['route'])).toBe('route');
    expect(listed(['endpoint', 'route', 'packet rule'])).toBe('endpoint, route and packet rule');
  });

  it('begins a sentence with a capital, but leaves a name as it is spelled', () => {
    expect(sentenceCase('no unit failed')).toBe('No unit failed');
    expect(sentenceCase('kube-proxy is 1.30')).toBe('Kube-proxy is 1.30');
    for (const name of ['net.ipv4.ip_forward is 1', 'rp_filter of eth0 is 2']) expect(sentenceCase(name)).toBe(name);
  });

  it('names sizes without ever writing 1000 of a unit', () => {
    expect(size(1)).toBe('1 byte');
    expect(size(999)).toBe('999 bytes');
    expect(size(900_000)).toBe('900 kB');
    expect(size(999_999)).toBe('1.0 MB');
    expect(size(20_400_000_000)).toBe('20 GB');
  });

  it('never says 100 percent of something that runs, nor any percent of an unknown size', () => {
    expect(percent(1000, 1000)).toBe(99);
    expect(percent(620, 1000)).toBe(62);
    expect(percent(5, null)).toBeNull();
    expect(percent(0, 0)).toBeNull();
  });

  it('shows instants in UTC and leaves alone what is none', () => {
    expect(instant('2025-10-14T10:07:44.812Z')).toBe('14 Oct 2025 10:07:44');
    expect(shortInstant('2025-10-14T12:07:44+02:00')).toBe('14 Oct 10:07:44');
    expect(day('2025-10-14T10:07:44Z')).toBe('14 Oct 2025');
    expect(instant('yesterday')).toBe('yesterday');
  });

  it('takes the last part of a path', () => {
    expect(baseName('var_log/kube-proxy.log')).toBe('kube-proxy.log');
    expect(baseName('plain')).toBe('plain');
  });

  it('drops domains unless two nodes would then look alike, and never the ending of an archive', () => {
    expect(hostNames(['ip-10-0-1-2.eu-west-1.compute.internal'])).toEqual(['ip-10-0-1-2']);
    expect(hostNames(['a.x.internal', 'b.x.internal'])).toEqual(['a', 'b']);
    expect(hostNames(['a.x.internal', 'b.y.internal', 'a.tar.gz'])).toEqual(['a', 'b', 'a.tar.gz']);
    expect(hostNames(['a.x.internal', 'a.y.internal'])).toEqual(['a.x.internal', 'a.y.internal']);
    expect(hostNames(['box.local'])).toEqual(['box']);
    expect(hostNames(['logs.tar.gz'])).toEqual(['logs.tar.gz']);
    expect(hostNames(['10.0.0.1'])).toEqual(['10.0.0.1']);
  });

  it('shortens node names only by whole parts that all share', () => {
    expect(sharedPrefix(['ip-10-0-113-27', 'ip-10-0-126-200'])).toEqual({
      prefix: 'ip-10-0-',
      rest: ['113-27', '126-200'],
    });
    expect(sharedPrefix(['ip-10-0-113-27'])).toEqual({ prefix: '', rest: ['ip-10-0-113-27'] });
    expect(sharedPrefix(['a-1', 'b-1'])).toEqual({ prefix: '', rest: ['a-1', 'b-1'] });
  });
});
