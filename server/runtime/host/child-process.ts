/** Starts the process of one model and loads it. One that dies takes its requests with it, and nothing else. */

import { type ChildProcess, fork } from "node:child_process";
import * as v from "valibot";
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from "vscode-jsonrpc/node";
import { onAbort } from "../../base/abort.ts";
import type { Logger } from "../../base/log.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import {
  type ChildReading,
  childLog,
  childReading,
  type LoadParams,
  type LoadResult,
  loadProgress,
  loadReported,
  loadRequest,
  loadTried,
  type TriedLoad,
  triedSchema,
} from "../embedded/protocol.ts";
import { cleanEnvironment } from "../environment.ts";
import { killedForMemory, oomKills } from "../supervisor/oom-kills.ts";
import { type Exit, endCause, type OutputCause } from "../supervisor/output-causes.ts";
import { fromWire, type LostConnection } from "../wire/errors.ts";
import { RemoteRuntime } from "../wire/remote-runtime.ts";

export interface ChildOptions {
  readonly entry: string;
  readonly log: Logger;
  readonly onProgress: (fraction: number) => void;
  readonly onTried: (tried: TriedLoad) => void;
  /** The runtime's own account of what it allocated beside the weights. */
  readonly onReported: (bytes: number) => void;
  /** Ends the process, whether it loads or is loaded. */
  readonly signal: AbortSignal;
}

export interface LoadedChild {
  readonly pid: number;
  readonly runtime: ModelRuntime;
  readonly result: LoadResult;
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>;
  /** Then, with the reason as far as somebody said one. */
  readonly ended: Promise<RuntimeError>;
  reading(): Promise<ChildReading>;
  kill(): void;
}

const crashed: LostConnection = (cause) =>
  new RuntimeError("runtime-crashed", "The model's process ended unexpectedly.", { cause });
const stderrKept = 4096;
/** What a model's process dies of with words of its own; the rest it answers. */
const ends: ReadonlySet<OutputCause> = new Set([
  "gpu-memory",
  "main-memory",
  "memory",
  "processor-unsupported",
]);

/** Rejects with `runtime-crashed` when the process dies while it loads. */
export async function startChild(params: LoadParams, options: ChildOptions): Promise<LoadedChild> {
  const killsBefore = await oomKills();
  const child = fork(options.entry, [], {
    execArgv: [],
    env: cleanEnvironment(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  let loading = true;
  const forget = onAbort(options.signal, () => void child.kill("SIGKILL"));
  const ended = exitOf(child, { log: options.log, killsBefore });
  const gone = goneOf(child).finally(() => {
    forget();
    connection.dispose();
  });
  connection.onError(([error]) => options.log.log("debug", `model process: ${error.message}`));
  connection.onNotification(loadProgress, (raw) => {
    const fraction = v.safeParse(v.number(), raw);
    if (fraction.success && loading) options.onProgress(fraction.output);
  });
  connection.onNotification(loadReported, (raw) => {
    const bytes = v.safeParse(v.pipe(v.number(), v.finite(), v.minValue(1)), raw);
    if (bytes.success) options.onReported(bytes.output);
  });
  connection.onNotification(loadTried, (raw) => {
    const tried = v.safeParse(triedSchema, raw);
    if (tried.success) options.onTried(tried.output);
  });
  connection.onNotification(childLog, (raw) => {
    const message = v.safeParse(v.string(), raw);
    if (message.success) options.log.log("debug", `llama.cpp: ${message.output.trim()}`);
  });
  connection.listen();
  try {
    const result = await connection.sendRequest(loadRequest, params);
    loading = false;
    return {
      pid: child.pid ?? 0,
      runtime: new RemoteRuntime({ connection, model: "loaded", lost: crashed }),
      result,
      gone,
      ended,
      reading: () => connection.sendRequest(childReading),
      kill: () => void child.kill("SIGKILL"),
    };
  } catch (error) {
    const failure = fromWire(error, crashed);
    child.kill("SIGKILL");
    // What ended it says more than that it ended.
    throw failure.code === "runtime-crashed" ? await ended : failure;
  }
}

interface ExitOptions {
  readonly log: Logger;
  readonly killsBefore: number;
}

function goneOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
}

async function exitOf(child: ChildProcess, { log, killsBefore }: ExitOptions): Promise<RuntimeError> {
  const name = "llama.cpp";
  let stderr = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    stderr = (stderr + bytes.toString()).slice(-stderrKept);
  });
  const { code, signal } = await new Promise<Pick<Exit, "code" | "signal">>((resolve) => {
    child.once("error", (error) => {
      log.log("error", `The model's process did not start: ${error.message}`);
      resolve({ code: null, signal: null });
    });
    child.once("close", (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
  });
  log.log("info", `The model's process ${child.pid} ended (${signal ?? code}). ${stderr.trim()}`);
  const killed = await killedForMemory({ name, signal }, killsBefore);
  if (killed) return killed;
  const { cause, error } = endCause({ name, output: stderr, code, signal });
  return cause !== undefined && ends.has(cause) ? error : crashed(error);
}
