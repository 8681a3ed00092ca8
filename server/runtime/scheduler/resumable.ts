/** A model whose answers can be ended at any token, to be gone on with when there is time again. */

import type { ChatRequest, ModelRuntime, StreamPart } from "../../model/model-runtime.ts";

/** One answer, in as many runs as it takes. */
export interface ResumableAnswer {
  /** Whether it can be gone on with; known when its first part has come. */
  readonly resumes: boolean;
  /**
   * To be called again when the run before was ended by its signal. Everything that a run passes on counts as said,
   * and the usage of its end is that of all runs together.
   */
  run(signal: AbortSignal): AsyncIterable<StreamPart>;
}

export interface ResumingRuntime extends ModelRuntime {
  /** As `chat`; left out where no answer can be gone on with. */
  answer?(request: ChatRequest): ResumableAnswer;
}
