/**
 * A runtime whose requests wait for their turn. One that has to give its place back before its first token is
 * ended at the runtime and sent again later, unseen by who asked.
 */

import type {
  ChatRequest,
  InfillRequest,
  ModelRuntime,
  StreamPart,
  Usage,
} from "../../model/model-runtime.ts";
import { promptToString } from "../../model/prompt.ts";
import type { Place, SlotQueue, SlotRequest } from "./slot-queue.ts";

/** What a chat template writes around each message, in tokens; the longest known take nine. */
const tokensAroundMessage = 16;

export function withScheduling(runtime: ModelRuntime, queue: SlotQueue): ModelRuntime {
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
    infill: (request, signal) =>
      stream(
        { queue, open: (inner) => runtime.infill(request, inner), slot: () => infillSlot(request, count) },
        signal,
      ),
    chat: (request, signal) =>
      stream(
        { queue, open: (inner) => runtime.chat(request, inner), slot: () => chatSlot(request, count) },
        signal,
      ),
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
  readonly open: (signal: AbortSignal) => AsyncIterable<StreamPart>;
}

const noUsage: Usage = { prompt: 0, cached: 0, reasoning: 0, generated: 0 };

async function* stream({ queue, slot, open }: Stream, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
  const standing = queue.join(await slot());
  try {
    for (;;) {
      const place = await standing.place(signal);
      if (!place) return yield { kind: "stream-end", reason: "aborted", usage: noUsage };
      try {
        if (yield* send({ open, place }, signal)) return;
      } finally {
        place.dispose();
      }
    }
  } finally {
    standing.dispose();
  }
}

/** Whether it came to its end; else its place was wanted, and nothing of it has been passed on. */
async function* send(
  { open, place }: Pick<Stream, "open"> & { readonly place: Place },
  signal: AbortSignal,
): AsyncGenerator<StreamPart, boolean> {
  const revoked = () => place.revoked.aborted && !signal.aborted;
  let ended = false;
  try {
    for await (const part of open(AbortSignal.any([signal, place.revoked]))) {
      if (revoked()) continue;
      place.keep();
      ended = part.kind === "stream-end";
      yield part;
    }
  } catch (error) {
    if (!revoked()) throw error;
  }
  return ended || !place.revoked.aborted;
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
