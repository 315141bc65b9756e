/** The contract's methods about searches, as the engine answers them. */
import type { EventPayload, MethodArguments, MethodName, MethodOutput } from '../contract/contract.ts';
import { ok, type Result } from '../core/failure.ts';
import type { CaseStore } from '../store/case-store.ts';
import type { SearchDesk } from './search-desk.ts';

type SearchMethod = 'search.run' | 'search.page' | 'search.cancel' | 'file.find' | 'file.matchMap';

export type SearchHandlers = { [M in SearchMethod]: Handler<M> };

type Handler<M extends MethodName> = (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;

type InCase = <T>(
  input: Pick<MethodArguments<'case.open'>, 'caseId'>,
  work: (store: CaseStore) => Promise<Result<T>>,
) => Promise<Result<T>>;

/** @param onProgress gets the answers of searches with a name while they run. */
export function searchHandlers(
  desk: SearchDesk,
  inCase: InCase,
  onProgress: (progress: EventPayload<'onDidProgressSearch'>) => void,
): SearchHandlers {
  return {
    'search.run': (input) =>
      inCase(input, (store) => {
        const { search } = input;
        return desk.run(store, input, search === null ? undefined : (answer) => onProgress({ search, answer }));
      }),
    'search.page': (input) => inCase(input, (store) => desk.page(store, input)),
    'search.cancel': async ({ search }) => ok({ ended: desk.cancel(search) }),
    'file.find': (input) => inCase(input, (store) => desk.find(store, input)),
    'file.matchMap': (input) => inCase(input, (store) => desk.matchMap(store, input)),
  };
}
