import { beforeEach, describe, expect, it } from 'vitest';
import { createNavigation, formatRoute, parseRoute } from './navigation.ts';

beforeEach(() => window.history.replaceState(null, '', '#/start'));

const moved = () =>
  new Promise((resolve) => window.addEventListener('popstate', () => setTimeout(resolve, 0), { once: true }));

describe('routes', () => {
  it('reads back what it wrote, whatever a file is called', () => {
    const route = { screen: 'files', params: { file: 'a b/ü?#&=.log', line: '88' } } as const;
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('opens Start for anything unknown', () => {
    expect(parseRoute('')).toEqual({ screen: 'start', params: {} });
    expect(parseRoute('#/constructor?x=1')).toEqual({ screen: 'start', params: {} });
  });
});

describe('navigation', () => {
  it('goes, goes back and forward, and knows whether it can', async () => {
    const navigation = createNavigation(window);
    const state = () => navigation.getState();
    state().go({ screen: 'findings', params: {} });
    state().go({ screen: 'files', params: { file: 'a', line: '1' } });
    state().go({ screen: 'files', params: { file: 'a', line: '1' } });
    expect([state().index, state().last]).toEqual([2, 2]);
    state().replace({ screen: 'files', params: { file: 'a', line: '2' } });
    let done = moved();
    state().back();
    await done;
    expect(state().route.screen).toBe('findings');
    expect([state().index, state().last]).toEqual([1, 2]);
    done = moved();
    state().forward();
    await done;
    expect(state().route.params.line).toBe('2');
    state().go({ screen: 'report', params: {} });
    expect([state().index, state().last]).toEqual([3, 3]);
  });

  it('does not leave the app by going back from its first entry', () => {
    const navigation = createNavigation(window);
    navigation.getState().back();
    expect(navigation.getState().route.screen).toBe('start');
  });
});
