import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { statedVersions } from '../facts/stated-versions.ts';
import { versionFacts } from './overview-facts.ts';

test('a version is a fact that names its line; what no file states is none', () => {
  const reader = memoryBundle({
    'system/instance-id.txt': 'i-0abc\n',
    'var_log/kube-proxy.log': 'x\nI0501 12:00:00.1       1 server.go:652] "Version info" version="v1.29.0"\n',
  });
  expect(versionFacts(reader, statedVersions(reader))).toMatchObject([
    {
      name: 'kube-proxy version',
      value: 'v1.29.0',
      because: 'stated in var_log/kube-proxy.log',
      evidence: [{ file: 'var_log/kube-proxy.log', line: 2 }],
    },
  ]);
});
