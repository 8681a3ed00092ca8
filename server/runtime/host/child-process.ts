/**
 * The process of one model. It begins to read its library before anybody has decided what to load; one that dies
 * takes its requests with it, and nothing else.
 */

import { type ChildProcess, fork } from "node:child_process";
import * as v from "valibot";
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  type NotificationType,
} from "vscode-jsonrpc/node";
import { onAbort } from "../../base/abort.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import {
  againFlag,
  bestThreadsSchema,
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
  threadsFound,
  triedSchema,
} from "../embedded/protocol.ts";
import type { BestThreads } from "../embedded/thread-ladder.ts";
import { cleanEnvironment } from "../environment.ts";
import { offer } from "../first-to-end.ts";
import { killedForMemory, oomKills } from "../supervisor/oom-kills.ts";
import { type Exit, endCause, type OutputCause } from "../supervisor/output-causes.ts";
import { fromWire, type LostConnection } from "../wire/errors.ts";
import { RemoteRuntime } from "../wire/remote-runtime.ts";

export interface ForkOptions {
  readonly entry: string;
  readonly log: Logger;
  /** Ends the process, whether it waits, loads or is loaded. */
  readonly signal: AbortSignal;
  /** Set where an earlier one has loaded the same. */
  readonly again?: true;
}

export interface LoadOptions {
  readonly onProgress: (fraction: number) => void;
  readonly onTried: (tried: TriedLoad) => void;
  /** The runtime's own account of what it allocated beside the weights. */
  readonly onReported: (bytes: number) => void;
  /** How many are better than those so far. */
  readonly onThreads?: (threads: BestThreads) => void;
}

export interface ForkedChild {
  /** Once. Rejects with `runtime-crashed` when the process dies meanwhile. */
  load(params: LoadParams, options: LoadOptions): Promise<LoadedChild>;
  kill(): void;
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

export function startChild(params: LoadParams, options: ForkOptions & LoadOptions): Promise<LoadedChild> {
  return forkChild(options).load(params, options);
}

export function forkChild(options: ForkOptions): ForkedChild {
  const killsBefore = oomKills();
  const child = fork(options.entry, options.again ? [againFlag] : [], {
    execArgv: [],
    env: cleanEnvironment(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  if (child.pid !== undefined) offer(child.pid);
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  const kill = () => void child.kill("SIGKILL");
  const forget = onAbort(options.signal, kill);
  const ended = exitOf(child, { log: options.log, killsBefore });
  const gone = goneOf(child).finally(() => {
    forget();
    connection.dispose();
  });
  connection.onError(([error]) => options.log.log("debug", `model process: ${error.message}`));
  connection.onNotification(childLog, (raw) => {
    const message = v.safeParse(v.string(), raw);
    if (message.success) options.log.log("debug", `llama.cpp: ${message.output.trim()}`);
  });
  connection.listen();
  return {
    kill,
    async load(params, listeners) {
      const loading = listen(connection, listeners);
      try {
        const result = await connection.sendRequest(loadRequest, params);
        loading.dispose();
        const runtime = new RemoteRuntime({ connection, model: "loaded", lost: crashed });
        const reading = () => connection.sendRequest(childReading);
        return { pid: child.pid ?? 0, runtime, result, gone, ended, reading, kill };
      } catch (error) {
        const failure = fromWire(error, crashed);
        kill();
        // What ended it says more than that it ended.
        throw failure.code === "runtime-crashed" ? await ended : failure;
      }
    },
  };
}

/** Disposed when it is loaded: then only the progress is not heard any more. */
function listen(connection: MessageConnection, options: LoadOptions): Disposable {
  const hear = <S extends v.GenericSchema>(
    type: NotificationType<v.InferOutput<S>>,
    schema: S,
    heard: (value: v.InferOutput<S>) => void,
  ) =>
    connection.onNotification(type, (raw) => {
      const parsed = v.safeParse(schema, raw);
      if (parsed.success) heard(parsed.output);
    });
  hear(loadReported, v.pipe(v.number(), v.finite(), v.minValue(1)), options.onReported);
  hear(loadTried, triedSchema, options.onTried);
  hear(threadsFound, bestThreadsSchema, (threads) => options.onThreads?.(threads));
  return hear(loadProgress, v.number(), options.onProgress);
}

interface ExitOptions {
  readonly log: Logger;
  readonly killsBefore: Promise<number>;
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
  const killed = await killedForMemory({ name, signal }, await killsBefore);
  if (killed) return killed;
  const { cause, error } = endCause({ name, output: stderr, code, signal });
  return cause !== undefined && ends.has(cause) ? error : crashed(error);
}
