import { describe, expect, test } from 'vitest';
import { statedTime } from './collection-time.ts';
import { collectionTime, type MemberHead, recogniseLayout } from './recognise.ts';

const member = (path: string, text = '', modified: number | null = null): MemberHead => ({
  path,
  head: Buffer.from(text),
  bytes: text.length,
  modified,
});
const TRUE = '2023-11-10T08:12:19.000Z';

describe('texts that say an instant', () => {
  test.each([
    ['2023-11-10 09:12:19.123456789 +0100 CET m=+0.123456\n', TRUE],
    ['2023-11-10 08:12:19 +0000 UTC\n', TRUE],
    ['2023-11-10T08:12:19Z', TRUE],
    ['2023-11-10T03:12:19.5-05:00', TRUE],
    ['Fri Nov 10 08:12:19 UTC 2023\n', TRUE],
    ['Fri 10 Nov 2023 08:12:19 AM UTC\n', TRUE],
    ['Fri Nov 10 08:12:19 AM UTC 2023\n', TRUE],
    ['Fri 10 Nov 2023 12:12:19 AM GMT\n', '2023-11-10T00:12:19.000Z'],
    [
      '               Local time: Fri 2023-11-10 09:12:19 CET\n           Universal time: Fri 2023-11-10 08:12:19 UTC\n',
      TRUE,
    ],
    // The start and the end of a collection.
    ['2023-11-10 08:10:00.1 +0000 UTC m=+0.1\n2023-11-10 08:12:19.1 +0000 UTC m=+139.1\n', TRUE],
  ])('%j', (text, expected) => {
    expect(new Date(statedTime(text) ?? 0).toISOString()).toBe(expected);
  });

  test.each([
    'Fri Nov 10 09:12:19 CET 2023\n',
    'Fri Nov 10 09:12:19 IST 2023\n',
    '2023-02-31 08:12:19 UTC',
    '2023-11-10 08:99:19 UTC',
    '2023-11-10 08:12:19 +2000',
    '1970-01-01 00:00:00 UTC',
    '9999-01-01 00:00:00 UTC',
    '2023-11-10 08:12:19',
    '',
    '\0'.repeat(500),
  ])('a zone known by letters only, no day, no minute, no zone and no time say none: %j', (text) => {
    expect(statedTime(text)).toBeNull();
  });
});

describe('when a bundle was collected', () => {
  test.each([
    ['eks_i-0abc_2023-11-10_0812-UTC_0.7.9.tar.gz', '2023-11-10T08:12:00.000Z'],
    ['log__us-east-1__ip-10-0-1-2.ec2.internal__2023-11-10T08-12-19Z.tar.gz', TRUE],
    ['log__us-east-1__i-0abc__20231110081219.tar.gz', TRUE],
    ['sgfp_bundle_shop_orders-0_20231110_081219', TRUE],
    ['support-bundle-2023-11-10T08_12_19.tar.gz', TRUE],
    ['preflightbundle-2023-11-10T08_12_19', TRUE],
    ['sosreport-node1-2023-11-10-abcdefg.tar.xz', null],
    ['insights-2023-11-10-081219.tar.gz', TRUE],
    ['log__us-east-1__node__1699603939.tar.gz', TRUE],
    ['ip-10-0-1-2.ec2.internal-logs.tar.gz', null],
  ])('the name %s', (name, expected) => {
    expect(collectionTime([], name)).toBe(expected);
  });

  test('a file that says it comes before the name, a name in UTC before the members, these before a local name', () => {
    const date = member('sos_commands/date/date', 'Fri Nov 10 08:12:19 UTC 2023\n', Date.UTC(2024, 0, 1));
    expect(recogniseLayout([date], 'eks_i-0abc_2022-01-01_0000-UTC', null).collectedAt).toBe(TRUE);
    const old = [member('a', 'x', Date.parse(TRUE)), member('b', 'x', 0)];
    expect(collectionTime(old, 'eks_i-0abc_2022-01-01_0000-UTC')).toBe('2022-01-01T00:00:00.000Z');
    expect(collectionTime(old, 'sgfp_bundle_shop_orders-0_20220101_000000')).toBe(TRUE);
  });

  test('of objects saved by hand nothing says it', () => {
    const objects = member(
      'svc.json',
      '{"apiVersion":"v1","kind":"ServiceList","items":[{"kind":"Service"}]}',
      Date.parse(TRUE),
    );
    expect(recogniseLayout([objects], 'x', null)).toMatchObject({ layout: 'cluster-resources', collectedAt: null });
  });
});
