import { describe, expect, it } from 'vitest';
import { timeInName } from './name-time.ts';

const NOW = Date.UTC(2026, 0, 1);
const told = (name: string): string | null => {
  const found = timeInName(name, NOW);
  return found === null ? null : `${new Date(found.time).toISOString().slice(0, 19)} ${found.precision} ${found.zone}`;
};

describe('timeInName', () => {
  it.each([
    ['eks_i-0abc1234_2024-05-01_1200-UTC_0.7.9.tar.gz', '2024-05-01T12:00:00 minute utc'],
    ['sgfp_bundle_shop_pod-1_20240501_120005', '2024-05-01T12:00:05 second unsaid'],
    ['support-bundle-2024-05-01T12_00_05.tar.gz', '2024-05-01T12:00:05 second unsaid'],
    ['insights-2021-07-07-123456.tar.gz', '2021-07-07T12:34:56 second unsaid'],
    ['log__us-east-1__ip-10-0-1-2__2024-05-01T12-00-05Z.tar.gz', '2024-05-01T12:00:05 second utc'],
    ['log__us-east-1__i-0abc__20240501120005.tar.gz', '2024-05-01T12:00:05 second utc'],
    ['log__us-east-1__node__1714564805.tar.gz', '2024-05-01T12:00:05 second utc'],
    ['sosreport-node1-0123456-2024-05-01-abcdefg.tar.xz', '2024-05-01T00:00:00 day unsaid'],
    ['sosreport-node1-1600000123-2024-05-01-abcdefg.tar.xz', '2024-05-01T00:00:00 day unsaid'],
    ['node1-1714564805-2024-05-01.tar.xz', '2024-05-01T12:00:05 second utc'],
    ['must-gather-20240501.tar', '2024-05-01T00:00:00 day unsaid'],
    ['must-gather.local.5421342344627712289', null],
    ['logs_2024-13-01_1200-UTC.tar.gz', null],
    ['logs-2031-05-01T12_00_00.tar.gz', null],
    ['i-0120240501aabbccd.tar.gz', null],
    ['node-logs.tar.gz', null],
    ['', null],
  ])('%s: %s', (name, expected) => {
    expect(told(name)).toBe(expected);
  });
});
