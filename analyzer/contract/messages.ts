/** Messages between a host and the engine process, the same over child_process, utilityProcess and HTTP. */
import * as z from 'zod';
import { Failure } from '../core/failure.ts';
import { CaseId } from '../core/ids.ts';
import { Job } from '../core/job.ts';
import { SearchProgress } from './search.ts';

export const CallMessage = z
  .object({ type: z.literal('call'), id: z.number().int(), method: z.string(), input: z.unknown() })
  .readonly();
export type CallMessage = z.infer<typeof CallMessage>;

/** `value` is the method's output when `failure` is null. */
export const AnswerMessage = z
  .object({ type: z.literal('answer'), id: z.number().int(), value: z.unknown(), failure: Failure.nullable() })
  .readonly();
export type AnswerMessage = z.infer<typeof AnswerMessage>;

export const EventMessage = z.discriminatedUnion('event', [
  z.object({ type: z.literal('event'), event: z.literal('onDidChangeJob'), payload: Job }).readonly(),
  z
    .object({
      type: z.literal('event'),
      event: z.literal('onDidChangeCase'),
      payload: z.object({ caseId: CaseId }).readonly(),
    })
    .readonly(),
  z.object({ type: z.literal('event'), event: z.literal('onDidProgressSearch'), payload: SearchProgress }).readonly(),
]);
export type EventMessage = z.infer<typeof EventMessage>;

/** Sent once by the engine process when it can take calls. */
export const ReadyMessage = z.object({ type: z.literal('ready') }).readonly();
export type ReadyMessage = z.infer<typeof ReadyMessage>;

export type EngineMessage = AnswerMessage | EventMessage | ReadyMessage;
