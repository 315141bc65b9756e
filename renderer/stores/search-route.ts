/** The route of a search: `#/search?q=lock&f=%2Bseverity%3Asev%3Aerror`. */
import { formatFilters } from '../model/filters.ts';
import type { Route } from './navigation.ts';
import type { Place } from './search.ts';

/** @returns the route that brings this search back. */
export function searchRoute({ draft, filters }: Place): Route {
  return {
    screen: 'search',
    params: {
      ...(draft === '' ? {} : { q: draft }),
      ...(filters.length === 0 ? {} : { f: formatFilters(filters) }),
    },
  };
}
