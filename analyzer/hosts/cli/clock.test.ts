import { describe, expect, it } from 'vitest';
import type { ClockOverride } from '../../core/clock-override.ts';
import { fail, ok } from '../../core/failure.ts';
import { type FileClock, NO_CLOCK } from '../../core/file-clock.ts';
import { FileId } from '../../core/ids.ts';
import type { SourceFile } from '../../core/vocabulary.ts';
import { clockWords } from './clock-text.ts';
import { type TestWorld, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const CLOCK: FileClock = {
  stamps: 'yearless',
  zoneMinutes: -420,
  zoneFrom: 'inferred',
  yearReference: Date.UTC(2024, 4, 1),
  boot: null,
  shiftMs: 0,
  because: ['year: said somewhere', 'zone -07:00: said elsewhere'],
};
const file = (name: string, clock: FileClock): SourceFile => ({
  ...{ id: FileId.parse(1), bundle: WHOLE_BUNDLE.id, path: name, role: 'kubelet-log', roleBecause: 'x' },
  ...{ format: 'text', encoding: 'utf-8', clock, bytes: 1, lines: 1, firstTime: null, lastTime: null },
  ...{ warnings: 0, errors: 0, sha256: 'b'.repeat(64), aliasOf: null, coverage: 'read' },
});

const testWorld = testWorlds({ cases: ['mine'], archives: ['node.tar.gz'] });

/** A world whose engine keeps overrides; `none.log` is in no bundle. */
function clockWorld(): TestWorld {
  let kept: ClockOverride[] = [];
  return testWorld({
    answers: {
      'file.list': () => ok([file('kubelet/kubelet.log', CLOCK), file('networking/iproute.txt', NO_CLOCK)]),
      'clock.overrides': () => ok(kept),
      'clock.override': ({ override }) => {
        if (override.file === 'none.log') return fail('wrong-usage', 'No file of this case is meant.', override.file);
        const set = { ...override, id: kept.length + 1, setAt: '2024-05-02T00:00:00Z' } as ClockOverride;
        kept = [...kept, set];
        return ok({ set, replaced: null, files: 1 });
      },
      'clock.restore': ({ overrides }) => {
        const gone = kept.filter((one) => overrides === null || overrides.includes(one.id));
        kept = kept.filter((one) => !gone.includes(one));
        return ok(gone);
      },
    },
  });
}

const asked = (here: TestWorld): readonly unknown[] =>
  here.calls
    .filter((call) => call.method === 'clock.override')
    .map((call) => (call.input as { readonly override: unknown }).override);
const NODE = WHOLE_BUNDLE.node ?? WHOLE_BUNDLE.name;
const NOTHING = { file: null, node: null, bundle: null };

describe('clock', () => {
  it('shows the clock of each file that has times, with its reasons', async () => {
    const here = clockWorld();
    expect(await here.run('clock', 'mine')).toBe(0);
    expect(here.out()).toBe(
      'kubelet/kubelet.log  -07:00 inferred\n  - year: said somewhere\n  - zone -07:00: said elsewhere\n',
    );
    expect(here.err()).toContain('1 file without times not shown.');
  });

  it('sets, lists and takes back', async () => {
    const here = clockWorld();
    expect(await here.run('clock', 'mine', '--zone', 'kubelet/*=-0700', '--shift', `${NODE}=+90s`, '--quiet')).toBe(0);
    expect(asked(here)).toEqual([
      { ...NOTHING, what: 'zone', value: '-0700', file: 'kubelet/*' },
      { ...NOTHING, what: 'shift', value: '+90s', node: NODE },
    ]);
    expect(here.out()).toContain(`Set by hand:\n  1: zone -0700 of kubelet/*\n  2: shift +90s of node ${NODE}\n`);
    expect(await here.run('clock', 'mine', '--clear', '1', '--clear', '7')).toBe(2);
    expect(here.calls.some(({ method }) => method === 'clock.restore')).toBe(false);
    expect(await here.run('clock', 'mine', '--clear', '1')).toBe(0);
    expect(here.err()).toContain('Taken back: 1: zone -0700 of kubelet/*');
    expect(await here.run('clock', 'mine', '--clear', '7')).toBe(2);
    expect(await here.run('clock', 'mine', '--clear', 'all')).toBe(0);
    expect(here.calls.at(-3)).toEqual({ method: 'clock.restore', input: expect.objectContaining({ overrides: null }) });
  });

  it('means one bundle with --node', async () => {
    const here = clockWorld();
    expect(await here.run('clock', 'mine', '--node', NODE, '--zone', '*.log=UTC')).toBe(0);
    expect(asked(here)).toEqual([{ ...NOTHING, what: 'zone', value: 'UTC', file: '*.log', bundle: WHOLE_BUNDLE.id }]);
  });

  it('gives one document with --json', async () => {
    const here = clockWorld();
    expect(await here.run('clock', 'mine', '--json', '--shift', 'kubelet.log=-2m')).toBe(0);
    expect(JSON.parse(here.out())).toMatchObject({
      overrides: [{ id: 1, what: 'shift', value: '-2m', file: 'kubelet.log' }],
      files: [{ path: 'kubelet/kubelet.log', clock: CLOCK }, { path: 'networking/iproute.txt' }],
    });
  });

  it.each([
    [['--zone', 'a=Mars'], '`+02:00`, `-0700`, `UTC`'],
    [['--zone', 'UTC'], 'FILE=ZONE'],
    [['--shift', 'a=90'], '`+90s`, `-2m`, `1h30m`'],
    [['--shift', '=+90s'], 'NODE=SHIFT'],
    [['--clear', 'x'], 'a number, or all'],
  ])('%j: exit 2 with what was expected, and nothing is asked', async (words, expected) => {
    const here = clockWorld();
    expect(await here.run('clock', 'mine', ...words)).toBe(2);
    expect(here.err()).toContain(expected);
    expect(here.calls).toEqual([]);
  });

  it('a target that is neither a node nor a file: exit 2 with the nodes', async () => {
    const here = clockWorld();
    expect(await here.run('clock', 'mine', '--shift', 'none.log=+90s')).toBe(2);
    expect(here.err()).toContain('neither a node nor a file');
    expect(here.err()).toContain(NODE);
  });
});

describe('import', () => {
  it('sets zones and shifts for what was imported', async () => {
    const here = clockWorld();
    const words = ['import', 'node.tar.gz', '--case', 'new', '--zone', 'kubelet.log=-07:00', '--json', '--quiet'];
    expect(await here.run(...words)).toBe(0);
    const override = { ...NOTHING, what: 'zone', value: '-07:00', file: 'kubelet.log', bundle: WHOLE_BUNDLE.id };
    expect(asked(here)).toEqual([override]);
    expect(JSON.parse(here.out())).toMatchObject({ bundles: [{ id: WHOLE_BUNDLE.id }], overrides: [override] });
  });

  it('refuses wrong words before it imports; what means nothing afterwards ends with 2, and the import stays', async () => {
    const here = clockWorld();
    expect(await here.run('import', 'node.tar.gz', '--case', 'new', '--zone', 'a=Mars')).toBe(2);
    expect(here.calls).toEqual([]);
    expect(await here.run('import', 'node.tar.gz', '--case', 'new', '--zone', 'none.log=UTC')).toBe(2);
    expect(here.out()).toContain('imported: ');
    expect(here.err()).toContain('No file of this case is meant.');
  });
});

describe('clockWords', () => {
  it.each([
    [NO_CLOCK, '-'],
    [{ ...CLOCK, zoneFrom: 'given', shiftMs: 90_000 }, '-07:00 given +1m30s'],
    [{ ...CLOCK, yearReference: null }, 'year not known'],
    [{ ...CLOCK, stamps: 'zoneless', zoneMinutes: 0, zoneFrom: 'assumed' }, 'UTC assumed'],
    [{ ...NO_CLOCK, stamps: 'zoned' }, 'zoned'],
    [{ ...NO_CLOCK, stamps: 'boot' }, 'since boot, start not known'],
  ] as const)('%#: %s', (clock, words) => {
    expect(clockWords(clock)).toBe(words);
  });
});
