/** Starts the language server named on the command line, greets it, and fails unless it can complete inline. */

import { spawn } from "node:child_process";
import process from "node:process";

const server = spawn(process.argv[2], ["--stdio"], { stdio: ["pipe", "pipe", "inherit"], timeout: 30_000 });
let answer = "";
server.stdout.on("data", (chunk) => {
  answer += chunk;
  if (answer.includes('"inlineCompletionProvider"')) server.stdin.end();
});
server.on("close", () => {
  process.stdout.write(`${answer}\n`);
  process.exitCode = answer.includes('"inlineCompletionProvider"') ? 0 : 1;
});

const params = { processId: process.pid, rootUri: null, capabilities: {} };
const message = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
server.stdin.write(`Content-Length: ${message.length}\r\n\r\n${message}`);
