/** What a server or command line says to the runtime host, beside the model contract (`../wire`). */

import * as v from "valibot";
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc/node";
import { logLevels } from "../../base/log.ts";
import { fimFamilyIds } from "../../model/fim.ts";
import { runtimeKinds } from "../../model/model-info.ts";
import { wireErrorSchema } from "../wire/errors.ts";

/** Raised with every change that an older host or client would not understand. */
export const hostProtocolVersion = 2;

/** What either end reads of the other: little before the handshake is done, and no message without a bound. */
export const readingLimits = { maxBodyBytes: 64 * 1024 * 1024, maxBytesBeforeTrust: 64 * 1024 } as const;

const short = v.pipe(v.string(), v.maxLength(256));
const count = v.pipe(v.number(), v.finite(), v.minValue(0));

export const helloSchema = v.object({ nonce: short });
export const welcomeSchema = v.object({ nonce: short, proof: short, pid: count });
export const proveSchema = v.object({ proof: short });

const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const address = v.pipe(v.string(), v.url(), v.maxLength(2048));
/** As the runtime names it. */
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(512));

/** Its issues must not quote it. */
const secret = v.pipe(v.string("no text"), v.nonEmpty("empty"), v.maxLength(4096, "too long"));
/** The proxy that leads to `url`: the host has only the environment of whoever started it. */
const proxy = v.exactOptional(address);
const openaiSpecSchema = v.object({
  runtime: v.literal("openai"),
  url: address,
  proxy,
  model: name,
  /** The API key; it goes to the origin of `url` and nowhere else. */
  key: v.exactOptional(secret),
  /** Paths of PEM files. */
  tls: v.object({ ca: v.exactOptional(path), cert: v.exactOptional(path), key: v.exactOptional(path) }),
  /** Tells a router whose prefixes belong together. */
  session: v.exactOptional(short),
});

export const modelSpecSchema = v.variant("runtime", [
  v.object({ runtime: v.literal("embedded"), path }),
  v.object({ runtime: v.literal("llama-server"), url: address, proxy, model: name }),
  v.object({
    runtime: v.literal("started-llama-server"),
    program: path,
    args: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4096))), v.maxLength(256)),
    path,
  }),
  openaiSpecSchema,
  /** `program`: what to start where nobody answers. */
  v.object({
    runtime: v.literal("ollama"),
    url: address,
    proxy,
    model: name,
    program: v.exactOptional(path),
  }),
]);
export type ModelSpec = Readonly<v.InferOutput<typeof modelSpecSchema>>;
export type SpecOf<Runtime extends ModelSpec["runtime"]> = Extract<ModelSpec, { readonly runtime: Runtime }>;

/** Of a runtime that is there already. */
export type RemoteSpec = Exclude<ModelSpec, SpecOf<"embedded" | "started-llama-server">>;

/** How events and metrics name what is not a file on this machine. */
export function remoteModelName({ runtime, url, model }: RemoteSpec): string {
  return `${runtime} ${url} ${model}`;
}

/** How they name a file in a llama-server of ours, by its real path. */
export function startedModelName(file: string): string {
  return `llama-server ${file}`;
}

const cardSamplingSchema = v.object({
  temperature: v.exactOptional(count),
  topP: v.exactOptional(count),
  topK: v.exactOptional(count),
  minP: v.exactOptional(count),
  repeatPenalty: v.exactOptional(count),
});

const reductionSchema = v.object({
  sentence: v.string(),
  values: v.pipe(v.array(v.union([v.string(), v.number()])), v.readonly()),
});

const infoSchema = v.object({
  runtime: v.picklist(runtimeKinds),
  name: v.string(),
  contextTokens: count,
  untrainedTokens: v.exactOptional(count),
  fim: v.exactOptional(v.picklist(fimFamilyIds)),
  reasons: v.boolean(),
  chats: v.exactOptional(v.literal(false)),
  sampling: v.exactOptional(cardSamplingSchema),
  reduced: v.exactOptional(reductionSchema),
});

export const openedSchema = v.object({ model: short, info: infoSchema });
export type Opened = v.InferOutput<typeof openedSchema>;

export const closeSchema = v.object({ model: short });

export const modelStates = ["loading", "ready", "restarting", "failed"] as const;
export const modelEventSchema = v.object({
  /** The real path of a file, else runtime, address and name. */
  model: v.string(),
  state: v.picklist(modelStates),
  /** Loaded so far, from 0 to 1. */
  progress: v.exactOptional(v.number()),
  /** Why it failed or restarts. */
  error: v.exactOptional(wireErrorSchema),
  /** A step down for lack of memory; `error` is the failure that made it necessary. */
  step: v.exactOptional(wireErrorSchema),
  /** What has become ready. */
  info: v.exactOptional(infoSchema),
});
export type ModelEvent = Readonly<v.InferOutput<typeof modelEventSchema>>;

const queueSchema = v.object({
  waiting: count,
  running: count,
  preempted: count,
  waits: v.object({ count, sum: count, p50: count, p95: count, p99: count, max: count }),
});

export const metricsSchema = v.object({
  pid: count,
  upSeconds: count,
  memoryBytes: count,
  clients: count,
  models: v.array(
    v.object({
      model: v.string(),
      state: v.picklist(modelStates),
      /** Why it failed or restarts. */
      error: v.exactOptional(wireErrorSchema),
      /** How it is loaded in place of what memory did not hold. */
      reduced: v.exactOptional(reductionSchema),
      pid: v.exactOptional(count),
      clients: count,
      restarts: count,
      contextTokens: count,
      threads: count,
      gpu: v.string(),
      memoryBytes: count,
      requests: count,
      aborts: count,
      promptTokens: count,
      generatedTokens: count,
      promptTokensPerSecond: count,
      generatedTokensPerSecond: count,
      /** Where requests wait for their turn before they are sent. */
      queue: v.exactOptional(queueSchema),
    }),
  ),
  /** Models that did not open when they were last wanted, and why. */
  failures: v.exactOptional(v.array(v.object({ model: v.string(), error: wireErrorSchema }))),
});
export type HostMetrics = v.InferOutput<typeof metricsSchema>;
export type ModelFailure = NonNullable<HostMetrics["failures"]>[number];
export type ModelMetrics = HostMetrics["models"][number];

export const hostLogSchema = v.object({ level: v.picklist(logLevels), message: v.string() });

export const helloRequest = new RequestType<
  v.InferInput<typeof helloSchema>,
  v.InferInput<typeof welcomeSchema>,
  void
>("host/hello");
export const proveRequest = new RequestType<v.InferInput<typeof proveSchema>, boolean, void>("host/prove");
export const openRequest = new RequestType<ModelSpec, Opened, void>("host/open");
export const closeRequest = new RequestType<v.InferInput<typeof closeSchema>, boolean, void>("host/close");
export const metricsRequest = new RequestType0<HostMetrics, void>("host/metrics");
/** A person has asked for a new start: what memory did not hold is tried in full again. */
export const forgiveRequest = new RequestType0<boolean, void>("host/forgive");
export const modelEvent = new NotificationType<ModelEvent>("host/model");
export const hostLog = new NotificationType<v.InferInput<typeof hostLogSchema>>("host/log");
