/** What a runtime gives to come under the contract: how it is started with a model file, and its own account of its work. */

import type { RuntimeKind } from "../../../server/model/model-info.ts";
import type { HostClient, ModelSpec } from "../../../server/runtime/host/client.ts";
import type { Need } from "../../support/needs.ts";

export interface RuntimeUnderTest {
  /** As the table of runtimes and behaviours names it: `llama-server`, `openai on llama-server`. */
  readonly name: string;
  readonly kind: RuntimeKind;
  readonly need: Need;
  /** What it cannot do by its nature: the name of the behaviour, and what would be needed. Skipped by that name. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** Starts it with this model; resolves when it can be opened. */
  start(model: ModelFile, client: HostClient): Promise<Started>;
}

export interface ModelFile {
  /** A GGUF. */
  readonly path: string;
  /** Of prompt and answer together, as the file was trained. */
  readonly contextTokens: number;
  /** What it is started for, where that makes a difference. */
  readonly task: "generate" | "embed";
}

export interface Started {
  readonly spec: ModelSpec;
  /** The same runtime and a model that it does not have. */
  readonly absent: ModelSpec;
  /** What the runtime itself says that it has computed since it was started. */
  computed(): Promise<Computed>;
  /** Resolves as soon as the runtime itself says that nothing runs in it. */
  idle(): Promise<void>;
  /** Kills what runs the model, as `kill -9` does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Tokens of prompts and of answers; what a cache spared is not among them. */
export interface Computed {
  readonly prompt: number;
  readonly generated: number;
}
