/** One line of the contract: what every runtime does alike, and the check that it does. */

import type { ChatRequest, InfillRequest, ModelRuntime } from "../../../server/model/model-runtime.ts";
import type { HostClient, OpenModel } from "../../../server/runtime/host/client.ts";
import { type Collected, collect, fim, greedy, never } from "../../support/host-fixture.ts";
import type { ModelName } from "./models.ts";
import type { ModelFile, RuntimeUnderTest, Started } from "./runtime.ts";

export interface Behaviour {
  /** The title of the test, and the key of `lacks`. */
  readonly name: string;
  readonly model: ModelName;
  /** Gets a runtime of its own, which it may end. */
  readonly own?: "runtime";
  readonly check: (subject: Subject) => Promise<void>;
}

export interface Subject extends Pick<OpenModel, "info" | "runtime"> {
  readonly under: RuntimeUnderTest;
  readonly file: ModelFile;
  readonly started: Started;
  readonly client: HostClient;
}

export function infill(
  { runtime }: { readonly runtime: ModelRuntime },
  request: Partial<InfillRequest> = {},
  signal: AbortSignal = never,
): Promise<Collected> {
  const usual = { maxTokens: 64, stop: [], sampling: greedy, priority: "completion" } as const;
  return collect(runtime.infill({ prompt: fim("const a = "), ...usual, ...request }, signal));
}

export function chatRequest(request: Partial<ChatRequest> = {}): ChatRequest {
  return {
    messages: [
      { role: "system", text: "Be short." },
      { role: "user", text: "Hello" },
    ],
    maxTokens: 64,
    stop: [],
    sampling: greedy,
    priority: "chat",
    ...request,
  };
}

export function chat(
  { runtime }: { readonly runtime: ModelRuntime },
  request: Partial<ChatRequest> = {},
  signal: AbortSignal = never,
): Promise<Collected> {
  return collect(runtime.chat(chatRequest(request), signal));
}
