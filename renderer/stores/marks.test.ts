import { describe, expect, it } from 'vitest';
import type { Bridge } from '../bridge/bridge.ts';
import { fakeNotebook } from '../bridge/fake/fake-notebook.ts';
import type { CaseId, FindingId } from '../model/types.ts';
import { createMarks } from './marks.ts';

const CASE = 'case-1' as CaseId;
const one = 'f-one' as FindingId;
const other = 'f-other' as FindingId;

/** A notebook that answers later, as an engine does. */
function slowBridge(): Bridge {
  const answers = fakeNotebook() as unknown as Record<string, (input: object) => unknown>;
  const call = async (method: string, input: object) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return answers[method]?.(input);
  };
  return { call } as unknown as Bridge;
}

describe('marks of findings', () => {
  it('keep what was said before when a part is changed, also while it is on its way', async () => {
    const bridge = slowBridge();
    const marks = createMarks(bridge, () => CASE);
    const { change } = marks.getState();
    await Promise.all([
      change(one, { pinned: 'yes' }),
      change(one, { note: 'seen before' }),
      change(other, { noise: 'yes' }),
    ]);
    expect(marks.getState().marks.get(one)).toMatchObject({ pinned: 'yes', noise: 'no', note: 'seen before' });
    const again = createMarks(bridge, () => CASE);
    await again.getState().load();
    expect([...again.getState().marks.keys()]).toEqual([one, other]);
    await again.getState().change(other, { noise: 'no' });
    expect([...again.getState().marks.keys()]).toEqual([one]);
  });

  it('keep what another window has said of the same finding', async () => {
    const bridge = slowBridge();
    const [mine, theirs] = [createMarks(bridge, () => CASE), createMarks(bridge, () => CASE)];
    await Promise.all([mine.getState().load(), theirs.getState().load()]);
    await theirs.getState().change(one, { note: 'seen before' });
    await mine.getState().change(one, { pinned: 'yes' });
    expect(mine.getState().marks.get(one)).toMatchObject({ pinned: 'yes', note: 'seen before' });
  });

  it('are not written into a case that was opened meanwhile', async () => {
    let open: CaseId | null = CASE;
    const marks = createMarks(slowBridge(), () => open);
    const first = marks.getState().change(one, { pinned: 'yes' });
    const second = marks.getState().change(one, { note: 'x' });
    await first;
    open = 'case-2' as CaseId;
    expect(await second).not.toBeNull();
    open = null;
    expect(await marks.getState().change(one, { pinned: 'no' })).toMatchObject({ code: 'not-found' });
  });
});
