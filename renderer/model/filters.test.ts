import { describe, expect, it } from 'vitest';
import {
  addFilter,
  changeFilter,
  composeQuery,
  type Filter,
  filterLabel,
  formatFilters,
  NO_TIME,
  parseFilters,
} from './filters.ts';

const filter = (kind: Filter['kind'], query: string, part: Partial<Filter> = {}): Filter => ({
  kind,
  query,
  side: 'in',
  state: 'on',
  ...part,
});
const composed = (draft: string, filters: readonly Filter[], window: Parameters<typeof composeQuery>[2] = null) => {
  const answer = composeQuery(draft, filters, window);
  return answer.ok ? answer.query : answer.error;
};
const AT = Date.parse('2025-10-14T10:00:00Z');

describe('what is sent', () => {
  it('is what was typed AND every filter that is on', () => {
    const out = filter('node', 'node:126-200', { side: 'out' });
    expect(composed('lock failed', [filter('severity', 'sev:error'), out])).toBe('lock failed sev:error -node:126-200');
    expect(composed('lock', [filter('severity', 'sev:error', { state: 'off' })])).toBe('lock');
    expect(composed('a OR b', [out])).toBe('(a OR b) -node:126-200');
  });

  it('takes places of one kind as alternatives, and texts together', () => {
    const files = [filter('file', 'file:a.log'), filter('file', 'file:b.log')];
    expect(composed('x', files)).toBe('x (file:a.log OR file:b.log)');
    expect(composed('', [filter('text', '"exit status 4"'), filter('text', 'lock')])).toBe('"exit status 4" lock');
  });

  it('is nothing when nothing was asked for, whatever the window', () => {
    expect(composed('  ', [filter('text', 'x', { state: 'off' })], { from: AT, to: null })).toBe('');
  });

  it('ends with the window of time', () => {
    expect(composed('x', [], { from: AT, to: AT + 3_600_000 })).toMatch(
      /^x after:2025-10-14T10:00\S* before:2025-10-14T11:00\S*$/,
    );
    expect(composed('x', [], { from: null, to: null })).toBe('x');
  });

  it('names the place of an error in what was typed', () => {
    expect(composed('lock "never', [filter('severity', 'sev:error')])).toMatchObject({ start: 5 });
  });

  it('leaves lines out by the negation of a whole filter', () => {
    const hour = filter('time', 'after:2025-10-14T10:00Z before:2025-10-14T11:00Z', { side: 'out' });
    expect(composed('x', [hour])).toMatch(/^x -\(after:\S+ before:\S+\)$/);
  });
});

describe('filters', () => {
  it('are told apart by their query: the other side takes the place of this one', () => {
    const one = addFilter([], { kind: 'severity', query: 'sev:error', side: 'in' });
    expect(addFilter(one, { kind: 'severity', query: 'sev:error', side: 'out' })).toEqual([
      filter('severity', 'sev:error', { side: 'out' }),
    ]);
    expect(changeFilter(one, 'sev:error', { state: 'off' })[0]?.state).toBe('off');
  });

  it('are named in a few words', () => {
    expect(filterLabel(filter('file', 'file:*log/kube-proxy.log'))).toBe('kube-proxy.log');
    expect(filterLabel(filter('severity', 'sev:none'))).toBe('no severity');
    expect(filterLabel(filter('time', 'after:2025-10-14T10:00Z before:2025-10-14T11:00Z'))).toBe(
      '14 Oct 10:00 to 11:00',
    );
    expect(filterLabel(filter('time', NO_TIME))).toBe('no time');
    expect(filterLabel(filter('text', '"exit status 4"'))).toBe('"exit status 4"');
  });

  it('come back from a route as they were; what cannot be read is left out', () => {
    const list = [
      filter('text', '"a:b \\" c"', { side: 'out' }),
      filter('severity', 'sev:error', { state: 'off' }),
      filter('file', 'file:x'),
    ];
    expect(parseFilters(formatFilters(list))).toEqual(list);
    expect(parseFilters('+file:file:x\nnonsense\n+odd:x\n+text:"never closed')).toEqual([filter('file', 'file:x')]);
  });
});
