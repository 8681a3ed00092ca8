/** A model of a runtime that somebody else has started: what they can do where its memory runs out. */

import type { ModelRuntime } from "../../model/model-runtime.ts";
import type { RuntimeError } from "../../model/runtime-error.ts";
import { isOutOfMemory } from "./descent.ts";
import { watchedRuntime } from "./watched-runtime.ts";

export type Advise = (failure: RuntimeError) => RuntimeError;

export function withAdvice(runtime: ModelRuntime, advise: Advise): ModelRuntime {
  const failed = (error: unknown) => Promise.resolve(isOutOfMemory(error) ? advise(error) : error);
  return watchedRuntime(runtime, { served() {}, failed });
}
