import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINE_SEVERITY, lineSeverity, wordSeverity } from './severity.ts';

const { none, low, warning, error } = LINE_SEVERITY;

/** Between two other lines of a block: what stands around a line must not count. */
function severityOf(line: string): number {
  const bytes = Buffer.from(`E\n${line}\nE0101 00:`);
  return lineSeverity(bytes, 2, 2 + Buffer.byteLength(line));
}

/** The fast form, with the line at any place of a word. */
function wordSeverityOf(line: Buffer, before: string): number {
  const slab = new Uint8Array(Buffer.concat([Buffer.from(before), line, Buffer.from('\nE0101 00:00')]));
  const words = new Int32Array(new Uint8Array([...slab, ...new Uint8Array(8)].slice(0, (slab.length + 7) & ~3)).buffer);
  const start = before.length;
  return wordSeverity(slab, words, start, start + line.length, start);
}

const SAMPLES: readonly (readonly [string, number])[] = [
  ['E0501 12:00:00.123456       1 proxier.go:12] "Sync failed"', error],
  ['W0501 12:00:00.123456       1 reflector.go:561] failed to list', warning],
  ['I0501 12:00:00.123456       1 server.go:1] "Version info" level=error', low],
  ['F20240501 12:00:00.123456     1 a.cc:1] Check failed', error],
  ['E1301 12:00:00.123456       1 a.go:1] no such month', none],
  ['2024-05-01T12:00:00.123456789Z stderr F E0501 12:00:00.123456       1 a.go:1] x', error],
  ['May 01 12:00:00 ip-10-0-1-2 kubelet[1234]: E0501 12:00:00.123456    1234 pod.go:1] x', error],
  ['{"log":"W0501 12:00:00.123456       1 a.go:1] x\\n","stream":"stderr","time":"2024-05-01T12:00:00Z"}', warning],
  ['time="2024-05-01T12:00:00Z" level=warning msg="cleanup"', warning],
  ['time="2024-05-01T12:00:00Z" level="fatal" msg="x ERROR"', error],
  ['t=2024-05-01T12:00:00Z lvl=eror msg=x', error],
  ['time=2024-05-01T12:00:00Z level=WARN msg=x', warning],
  ['time="2024-05-01T12:00:00Z" level=info msg="an ERROR of another"', low],
  ['{"level":"error","ts":"2024-05-01T12:00:00.123Z","msg":"x"}', error],
  ['{"severity":"WARNING","time":"2024-05-01T12:00:00.123Z","message":"x"}', warning],
  ['{"log.level": "error", "message": "x"}', error],
  ['{"level":50,"time":1714564800123,"msg":"x"}', error],
  ['{"level":40,"time":1714564800123,"msg":"x"}', warning],
  ['{"level":30,"time":1714564800123,"msg":"x"}', low],
  ['{"log":"{\\"level\\":\\"error\\",\\"msg\\":\\"x\\"}\\n","stream":"stderr","time":"2024-05-01T12:00:00Z"}', error],
  ['{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"x"}', none],
  ['2024/05/01 12:00:00 [ERROR] plugin/errors: 2 x. A: read udp', error],
  ['[WARNING] No files matching import glob pattern', warning],
  ['2024-05-01 12:00:00,123 ERROR some.python.module: x', error],
  ['2024-05-01 12:00:00,123 - util.py[WARNING]: x', warning],
  ['2024-05-01 12:00:00,123 - util.py[DEBUG]: x', low],
  ['2024/05/01 12:00:00 [error] 7#7: *1 open() failed', error],
  ['[2024-05-01 12:00:00.123][1][warning][config] x', warning],
  ['2024-05-01 12:00:00.123456 E | etcdserver: x', error],
  ['2024-05-01 12:00:00.123456 I | etcdserver: x', low],
  ['WARN[2024-05-01T12:00:00Z] x', warning],
  ['ERRO[0000] x', error],
  ['2024-05-01 12:00:00 ERR: x', error],
  ['panic: runtime error: index out of range', error],
  ['fatal error: concurrent map writes', error],
  ['2024-05-01T12:00:00.123456789Z stderr F panic: x', error],
  ['May 01 12:00:00 host kubelet[3127]: panic: x', error],
  ['2024-05-01T12:00:00.123456789Z stderr F recovered from panic: x', none],
  ['<3>Something failed', error],
  ['<4>[   12.345678] x', warning],
  ['<30>May  1 12:00:00 host app: x', low],
  ['<30>May  1 12:00:00 host kubelet: E0501 12:00:00.1       1 a.go:1] x', error],
  ['<192>x', none],
  ['<b>bold</b>', none],
  ['TERROR is no word, nor is ERRORS, nor ERR', none],
  ['AWS_VPC_K8S_CNI_LOGLEVEL=ERROR', none],
  ['ERR:          0', none],
  ['KUBE_ERROR and ERROR=1 and /ERROR', none],
  ['root  1  0.0 /usr/bin/x --log-level=error --v=2', none],
  ['[12345.678901] nf_conntrack: table full, dropping packet', none],
  ['-A KUBE-SERVICES -d 10.96.0.1/32 -j KUBE-SVC-X', none],
  ['tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 [ASSURED] mark=0 use=1', none],
  ['[Errno 2] and [warnings] and [in]', none],
  ['E', none],
  ['E0501 1', none],
  ['level=', none],
  ['[', none],
  ['', none],
];

test.each(SAMPLES)('%s', (line, expected) => {
  expect(severityOf(line)).toBe(expected);
  expect(wordSeverityOf(Buffer.from(line), 'E\n')).toBe(expected);
});

test('the file before may end without a line feed: what it ends with does not count', () => {
  for (const [line, expected] of SAMPLES) {
    for (const before of [']', '_', 'Z', 'a]', 'ab]', 'abc]', 'ABCD']) {
      expect([before, line, wordSeverityOf(Buffer.from(line), before)]).toEqual([before, line, expected]);
    }
  }
});

test('a word far behind the front of a line is part of the message', () => {
  expect(severityOf(`${'x '.repeat(95)}ERROR`)).toBe(error);
  expect(severityOf(`${'x '.repeat(96)}ERROR`)).toBe(none);
});

test('behind the stamp there is the same as from the start of the line', () => {
  for (const [line, expected] of SAMPLES) {
    const stamped = Buffer.from(`2024-05-01T12:00:00.123456789Z ${line}`);
    expect(lineSeverity(stamped, 0, stamped.length, 30)).toBe(lineSeverity(stamped, 0, stamped.length));
    if (expected !== none && !/^(?:<|panic|fatal)/.test(line)) {
      expect(lineSeverity(stamped, 0, stamped.length)).toBe(expected);
    }
  }
});

const PIECES = SAMPLES.flatMap(([line]) => line.split(/(?=[ "[\]=:])/));

test('four bytes at a time find the same', () => {
  const glued = fc.array(
    fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...'[]EIW_=: \\"é'), fc.string({ maxLength: 3 })),
  );
  fc.assert(
    fc.property(glued, fc.constantFrom('', '\n', 'Z\n', '[[\n', 'Z', '_', ']', 'le', '"l'), (parts, before) => {
      const line = Buffer.from(parts.join(''));
      expect(wordSeverityOf(line, before)).toBe(lineSeverity(line, 0, line.length));
    }),
    { numRuns: 3000 },
  );
});

test('whatever byte stands behind that of a mark, four bytes at a time find the same', () => {
  const rests = [
    'RROR x',
    'ARN x',
    'NFO x',
    'el=error',
    '501 12:00:00',
    '0240501 12:00:00',
    'arn] x',
    ' panic: x',
    '| x',
    ' x',
  ];
  const differing: string[] = [];
  for (const mark of 'ACDEFINPSTWv[]') {
    for (let next = 0; next < 256; next++) {
      for (const rest of rests) {
        const line = Buffer.concat([Buffer.from(` le${mark}`), Buffer.of(next), Buffer.from(rest)]);
        for (const from of [1, 3]) {
          const cut = line.subarray(from);
          if (wordSeverityOf(cut, '\n') !== lineSeverity(cut, 0, cut.length)) differing.push(cut.toString('latin1'));
        }
      }
    }
  }
  expect(differing).toEqual([]);
});

test('never reads beyond the line', () => {
  const line = fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(line, line, (text, behind) => {
      const alone = Buffer.from(text);
      const followed = Buffer.from(text + behind);
      expect(lineSeverity(followed, 0, alone.length)).toBe(lineSeverity(alone, 0, alone.length));
    }),
    { numRuns: 500 },
  );
});
