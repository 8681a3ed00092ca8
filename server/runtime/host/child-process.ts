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
  loadRequest,
} from "../embedded/protocol.ts";
import { cleanEnvironment } from "../environment.ts";
import { fromWire, type LostConnection } from "../wire/errors.ts";
import { RemoteRuntime } from "../wire/remote-runtime.ts";

export interface ChildOptions {
  readonly entry: string;
  readonly log: Logger;
  readonly onProgress: (fraction: number) => void;
  /** Ends the process, whether it loads or is loaded. */
  readonly signal: AbortSignal;
}

export interface LoadedChild {
  readonly pid: number;
  readonly runtime: ModelRuntime;
  readonly result: LoadResult;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  reading(): Promise<ChildReading>;
}

const crashed: LostConnection = (cause) =>
  new RuntimeError("runtime-crashed", "The model's process ended unexpectedly.", { cause });
const stderrKept = 4096;

/** Rejects with `runtime-crashed` when the process dies while it loads. */
export async function startChild(params: LoadParams, options: ChildOptions): Promise<LoadedChild> {
  const child = fork(options.entry, [], {
    execArgv: [],
    env: cleanEnvironment(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  let loading = true;
  const forget = onAbort(options.signal, () => void child.kill("SIGKILL"));
  const ended = exitOf(child, options.log).finally(() => {
    forget();
    connection.dispose();
  });
  connection.onError(([error]) => options.log.log("debug", `model process: ${error.message}`));
  connection.onNotification(loadProgress, (raw) => {
    const fraction = v.safeParse(v.number(), raw);
    if (fraction.success && loading) options.onProgress(fraction.output);
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
      ended,
      reading: () => connection.sendRequest(childReading),
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw fromWire(error, crashed);
  }
}

async function exitOf(child: ChildProcess, log: Logger): Promise<void> {
  let stderr = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    stderr = (stderr + bytes.toString()).slice(-stderrKept);
  });
  await new Promise<void>((resolve) => {
    child.once("error", (error) => {
      log.log("error", `The model's process did not start: ${error.message}`);
      resolve();
    });
    child.once("exit", (code, signal) => {
      log.log("info", `The model's process ${child.pid} ended (${signal ?? code}). ${stderr.trim()}`);
      resolve();
    });
  });
}
