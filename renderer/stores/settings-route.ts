/** Places of Settings that other screens lead to. */
import type { Route } from './navigation.ts';

/** Where the clocks of the case are told and changed. */
export const CLOCKS_ROUTE: Route = { screen: 'settings', params: { section: 'clocks' } };
