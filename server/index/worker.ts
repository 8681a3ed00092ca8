/** The index worker, a thread of the server: composes the built-in completer's counts with the file system. */

import { parentPort, workerData } from "node:worker_threads";
import { isToWorker, limitsFrom } from "./ngram/builtin-protocol.ts";
import { BuiltinWorker } from "./ngram/builtin-worker.ts";

const port = parentPort;
if (!port) throw new Error("The index worker runs as a thread of the server.");

const worker = new BuiltinWorker({
  limits: limitsFrom(workerData),
  send: (message) => port.postMessage(message),
});
port.on("message", (message: unknown) => {
  if (isToWorker(message)) worker.receive(message);
});
