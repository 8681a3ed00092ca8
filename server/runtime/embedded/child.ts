/**
 * The process of one model: llama.cpp runs here and nowhere else, so that a native crash ends nothing but
 * this. It holds no state worth saving and dies with the host, however the host dies.
 */

import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from "vscode-jsonrpc/node";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { exposeRuntime, handled } from "../wire/expose-runtime.ts";
import { skipBindingTrial } from "./binding-trial.ts";
import { EmbeddedRuntime } from "./embedded-runtime.ts";
import { resolvePackagesFrom } from "./fetched-packages.ts";
import { loadModel } from "./load.ts";
import {
  againFlag,
  childLog,
  childReading,
  loadParamsSchema,
  loadProgress,
  loadReported,
  loadRequest,
  loadTried,
  threadsFound,
} from "./protocol.ts";

// A native computation cannot be waited for, so it is not asked to end.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));

const again = process.argv.includes(againFlag);
if (again) skipBindingTrial();
// Most of a start is reading the library: it is read while the host decides what to load.
const library = import("node-llama-cpp");
void Promise.allSettled([library]);

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
let runtime: EmbeddedRuntime | undefined;

connection.onRequest(loadRequest, (raw) =>
  handled(loadParamsSchema, raw, async (params) => {
    if (params.build) resolvePackagesFrom(params.build.folder);
    const priority = params.completes ? "completion" : "chat";
    const { embedded, result } = await loadModel(params, {
      library: await library,
      onProgress: (fraction) => void connection.sendNotification(loadProgress, fraction),
      onTried: (tried) => void connection.sendNotification(loadTried, tried),
      onReported: (bytes) => void connection.sendNotification(loadReported, bytes),
      onLog: (message) => void connection.sendNotification(childLog, message),
    });
    runtime = new EmbeddedRuntime(embedded, {
      threads: params.found?.threads,
      onThreads: (threads) => void connection.sendNotification(threadsFound, threads),
    });
    await (again ? runtime.makeRoom(priority) : runtime.prepare(priority));
    return result;
  }),
);
connection.onRequest(childReading, () => ({
  ...loaded().reading(),
  memoryBytes: process.memoryUsage.rss(),
}));
exposeRuntime(connection, loaded);
connection.listen();

function loaded(): EmbeddedRuntime & ModelRuntime {
  if (!runtime) throw new RuntimeError("internal", "The model is not loaded yet.");
  return runtime;
}
