import { FailureNote } from '../../components/States.tsx';
import { sentenceCase } from '../../model/format.ts';
import type { Failure } from '../../model/types.ts';

/**
 * Splits a query at the character that its failure names.
 * @returns what stands before it and from it on; null when the failure names none, e.g. when the engine is away.
 */
export function faultyPart(failure: Failure): { readonly before: string; readonly from: string } | null {
  const position = /\(character (\d+)\)$/.exec(failure.message)?.[1];
  if (failure.code !== 'wrong-usage' || failure.where === null || position === undefined) return null;
  const at = Number(position) - 1;
  return at < 0 || at >= failure.where.length
    ? null
    : { before: failure.where.slice(0, at), from: failure.where.slice(at) };
}

/** Why a query could not be run; asking again helps only when the query itself was not at fault. */
export function QueryFailure({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
  const part = faultyPart(failure);
  if (part === null) return <FailureNote failure={failure} onRetry={onRetry} />;
  return (
    <>
      <FailureNote failure={{ ...failure, message: sentenceCase(failure.message), where: null }} />
      <p className="query-fault mono">
        {part.before}
        <u>{part.from}</u>
      </p>
    </>
  );
}
