/** Stands in for the index worker: says which documents and folders it was given, and dies when it is asked. */

import { parentPort } from "node:worker_threads";

const port = parentPort;
const given: string[] = [];

port?.on("message", (message: { kind: string; id: number; path?: string; document?: { text: string } }) => {
  if (message.kind === "add-folder") {
    given.push(message.path ?? "");
    const status = {
      files: 1,
      tokens: 0,
      bytes: 0,
      reading: true,
      calibrating: false,
      omitted: [],
      gates: {},
    };
    port?.postMessage({ kind: "progress", status });
  }
  if (message.kind === "open") given.push(message.document?.text ?? "");
  if (message.kind === "complete") process.exit(1);
  if (message.kind === "status") {
    const omitted = [{ reason: "data", count: given.length, examples: given }];
    const status = { files: 0, tokens: 0, bytes: 0, reading: false, calibrating: false, omitted, gates: {} };
    port?.postMessage({ kind: "status", id: message.id, status });
  }
});
