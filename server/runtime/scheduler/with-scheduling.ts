/**
 * A runtime whose requests wait for their turn. One that has to give its place back is ended at the runtime and sent
 * again later, unseen by who asked: as a whole before its first token, and where it stopped if the runtime can.
 */

import {
  type ChatRequest,
  type InfillRequest,
  type ModelRuntime,
  noUsage,
  type StreamPart,
  type Usage,
} from "../../model/model-runtime.ts";
import { promptToString } from "../../model/prompt.ts";
import type { ResumableAnswer, ResumingRuntime } from "./resumable.ts";
import type { Place, SlotQueue, SlotRequest } from "./slot-queue.ts";

/** What a chat template writes around each message, in tokens; the longest known take nine. */
const tokensAroundMessage = 16;

export function withScheduling(runtime: ResumingRuntime, queue: SlotQueue): ModelRuntime {
  const { slots, budgetTokens } = queue.limits;
  const uncounted = slots === 1 ? Infinity : budgetTokens / slots;
  /** No token is less than a byte: what takes no more than its share even so is not counted. */
  const count = async (texts: readonly string[]): Promise<number> => {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes <= uncounted) return bytes;
    const counts = await Promise.all(texts.map((text) => runtime.countTokens(text)));
    return counts.reduce((sum, tokens) => sum + tokens, 0);
  };
  return {
    infill: (request, signal) => {
      const answer = whole((inner) => runtime.infill(request, inner));
      return stream({ queue, answer, slot: () => infillSlot(request, count) }, signal);
    },
    chat: (request, signal) => {
      const answer = runtime.answer?.(request) ?? whole((inner) => runtime.chat(request, inner));
      return stream({ queue, answer, slot: () => chatSlot(request, count) }, signal);
    },
    embed: async (request, signal) => {
      const { texts, priority } = request;
      const slot = { priority, tokens: await count(texts) };
      return once({ queue, call: (inner) => runtime.embed(request, inner), slot }, signal);
    },
    countTokens: (text) => runtime.countTokens(text),
    warm: async (request, signal) => {
      const { prompt, priority } = request;
      const slot = { priority, tokens: await count([promptToString(prompt)]) };
      return once({ queue, call: (inner) => runtime.warm(request, inner), slot }, signal);
    },
  };
}

type Count = (texts: readonly string[]) => Promise<number>;

async function infillSlot(
  { prompt, maxTokens, priority }: InfillRequest,
  count: Count,
): Promise<SlotRequest> {
  return { priority, tokens: maxTokens + (await count([promptToString(prompt)])) };
}

async function chatSlot({ messages, maxTokens, priority }: ChatRequest, count: Count): Promise<SlotRequest> {
  const texts = messages.map(({ text }) => text);
  return { priority, tokens: maxTokens + tokensAroundMessage * (texts.length + 1) + (await count(texts)) };
}

interface Stream {
  readonly queue: SlotQueue;
  readonly slot: () => Promise<SlotRequest>;
  readonly answer: ResumableAnswer;
}

async function* stream(
  { queue, slot, answer }: Stream,
  signal: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  const standing = queue.join(await slot());
  let usage = noUsage;
  try {
    for (;;) {
      const place = await standing.place(signal);
      if (!place) return yield { kind: "stream-end", reason: "aborted", usage };
      try {
        const left = yield* send({ answer, place }, signal);
        if (left === "ended") return;
        usage = left;
      } finally {
        place.dispose();
      }
    }
  } finally {
    standing.dispose();
  }
}

/** The usage so far where the place was wanted: of what cannot be gone on with, nothing has been passed on then. */
async function* send(
  { answer, place }: Pick<Stream, "answer"> & { readonly place: Place },
  signal: AbortSignal,
): AsyncGenerator<StreamPart, Usage | "ended"> {
  const revoked = () => place.revoked.aborted && !signal.aborted;
  let usage = noUsage;
  try {
    for await (const part of answer.run(AbortSignal.any([signal, place.revoked]))) {
      if (part.kind === "stream-end" && part.reason === "aborted" && revoked()) {
        usage = answer.resumes ? part.usage : noUsage;
        continue;
      }
      if (revoked() && !answer.resumes) continue;
      if (answer.resumes) place.lend();
      else place.keep();
      yield part;
      if (part.kind === "stream-end") return "ended";
    }
  } catch (error) {
    if (!revoked()) throw error;
  }
  return place.revoked.aborted ? usage : "ended";
}

/** What is sent again as a whole, as long as nothing of it has been seen. */
function whole(run: ResumableAnswer["run"]): ResumableAnswer {
  return { resumes: false, run };
}

interface Call<T> {
  readonly queue: SlotQueue;
  readonly slot: SlotRequest;
  readonly call: (signal: AbortSignal) => Promise<T>;
}

async function once<T>({ queue, slot, call }: Call<T>, signal: AbortSignal): Promise<T> {
  const standing = queue.join(slot);
  try {
    for (;;) {
      const place = await standing.place(signal);
      if (!place) throw signal.reason;
      try {
        return await call(AbortSignal.any([signal, place.revoked]));
      } catch (error) {
        if (!place.revoked.aborted || signal.aborted) throw error;
      } finally {
        place.dispose();
      }
    }
  } finally {
    standing.dispose();
  }
}
