/** The contract's methods about searches, as the engine answers them. */
import type { EventPayload, MethodArguments, MethodName, MethodOutput } from '../contract/contract.ts';
import type { SearchAnswer, SearchStop } from '../contract/search.ts';
import { ok, type Result } from '../core/failure.ts';
import { counted } from '../report/model.ts';
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
        const onPart = search === null ? undefined : (answer: SearchAnswer) => onProgress({ search, answer });
        return desk.run(store, input, onPart).then((found) => (found.ok ? ok(ofWholeCase(found.value, store)) : found));
      }),
    'search.page': (input) => inCase(input, (store) => desk.page(store, input)),
    'search.cancel': async ({ search }) => ok({ ended: desk.cancel(search) }),
    'file.find': (input) => inCase(input, (store) => desk.find(store, input)),
    'file.matchMap': (input) => inCase(input, (store) => desk.matchMap(store, input)),
  };
}

/** @param unreadable at least one. */
export function notSearched(unreadable: readonly unknown[]): SearchStop {
  const were = unreadable.length === 1 ? 'was' : 'were';
  const message = `${counted(unreadable.length, 'bundle')} of this case could not be opened and ${were} not searched.`;
  return { because: 'not-opened', message };
}

/** A search knows the bundles that are open: what is in the others was not looked at, whatever node they are of. */
function ofWholeCase(answer: SearchAnswer, { unreadable }: Pick<CaseStore, 'unreadable'>): SearchAnswer {
  if (unreadable.length === 0) return answer;
  const lost = notSearched(unreadable);
  const stopped =
    answer.stopped === null ? lost : { ...answer.stopped, message: `${answer.stopped.message} ${lost.message}` };
  return { ...answer, complete: false, stopped };
}
