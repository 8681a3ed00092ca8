/** The index worker, a thread of the server: composes the built-in completer's counts with the file system. */

import { parentPort } from "node:worker_threads";
import { systemClock } from "../base/clock.ts";
import { isToWorker } from "./ngram/builtin-protocol.ts";
import { BuiltinWorker } from "./ngram/builtin-worker.ts";
import { mostCountsBytes } from "./ngram/limits.ts";

const port = parentPort;
if (!port) throw new Error("The index worker runs as a thread of the server.");

const worker = new BuiltinWorker({
  clock: systemClock,
  countsBytes: mostCountsBytes,
  send: (message) => port.postMessage(message),
});
port.on("message", (message: unknown) => {
  if (isToWorker(message)) worker.receive(message);
});
