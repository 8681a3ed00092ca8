/** A real Ollama on a port of its own, with a model of its own and its own account of its work; gone after `stop`. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import type { Computed } from "../runtime/contract/runtime.ts";
import { realOllama } from "./real-runtimes.ts";

export interface OllamaProcess {
  readonly url: string;
  /** Makes a model of a GGUF, with R1's template where none is given. */
  create(name: string, gguf: string, template?: string): Promise<void>;
  /** Of prompts what its cache did not spare; of answers up to the last `idle`. */
  computed(): Promise<Computed>;
  /** Resolves when the one slot is free: asked by a request of our own, which tells how full the slot was. */
  idle(model: string): Promise<void>;
  /** How often it has loaded a model. */
  loads(): number;
  /** As `kill -9` does, with its runner. */
  stop(): Promise<void>;
}

/** DeepSeek-R1's for Ollama, without its branches for tools; it begins the thought, as the one of 0528 does. */
export const r1Template = `{{- if .System }}{{ .System }}{{ end }}
{{- range $i, $_ := .Messages }}
{{- $last := eq (len (slice $.Messages $i)) 1}}
{{- if eq .Role "user" }}<｜User｜>{{ .Content }}
{{- else if eq .Role "assistant" }}<｜Assistant｜>
{{- if and $last .Thinking -}}<think>
{{ .Thinking }}
</think>
{{- end }}{{ .Content }}{{- if not $last }}<｜end▁of▁sentence｜>{{- end }}
{{- end }}
{{- if and $last (ne .Role "assistant") }}<｜Assistant｜><think>
{{ if and $.IsThinkSet (not $.Think) }}
</think>

{{ end }}
{{- end -}}
{{- end }}`;

export async function startOllama(
  environment: Readonly<Record<string, string>> = {},
): Promise<OllamaProcess> {
  const folder = mkdtempSync(join(tmpdir(), "hearth-ollama-"));
  const host = `127.0.0.1:${await freePort()}`;
  const child = spawn(realOllama.path, ["serve"], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      OLLAMA_HOST: host,
      OLLAMA_MODELS: join(folder, "models"),
      OLLAMA_NO_CLOUD: "1",
      OLLAMA_DEBUG: "1",
      ...environment,
    },
  });
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", () => killGroup(child));
  const url = `http://${host}`;
  const account = new Account();
  await listening(child, account);
  return {
    url,
    create: (name, gguf, template = r1Template) => create(url, { name, gguf, template }),
    async computed() {
      // The log comes in between.
      await setImmediate();
      return account.computed();
    },
    async idle(model) {
      const turn = { model, prompt: "b", raw: true, stream: false, options: { num_predict: 1 } };
      account.expectProbe();
      await post(`${url}/api/generate`, turn);
    },
    loads: () => account.loads,
    stop,
  };
}

/** What its log says. It counts no tokens of an answer that was aborted: the next request finds them in the slot. */
class Account {
  loads = 0;
  #prompt = 0;
  #generated = 0;
  #last = 0;
  #probes = 0;

  read(line: string): void {
    if (line.includes("starting go runner")) this.loads++;
    const slot = /loading cache slot.* cache=(\d+) prompt=(\d+) used=\d+ remaining=(\d+)/.exec(line);
    if (!slot) return;
    const [held = 0, prompt = 0, remaining = 0] = slot.slice(1).map(Number);
    // The last token of an answer is never put into the cache.
    if (this.#last > 0) this.#generated += Math.max(0, held - this.#last);
    this.#last = prompt;
    if (this.#probes > 0) this.#probes--;
    else this.#prompt += remaining;
  }

  expectProbe(): void {
    this.#probes++;
  }

  computed(): Computed {
    return { prompt: this.#prompt, generated: this.#generated };
  }
}

async function create(
  url: string,
  { name, gguf, template }: { readonly name: string; readonly gguf: string; readonly template: string },
): Promise<void> {
  const bytes = await readFile(gguf);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const blob = await fetch(`${url}/api/blobs/${digest}`, { method: "POST", body: bytes });
  assert.ok(blob.ok, await blob.text());
  await post(`${url}/api/create`, { model: name, files: { "model.gguf": digest }, template, stream: false });
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, text);
}

async function listening(child: ChildProcess, account: Account): Promise<void> {
  assert.ok(child.stderr, "it has a pipe");
  const ready = Promise.withResolvers<void>();
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    account.read(line);
    said.push(line);
    if (said.length > 20) said.shift();
    if (line.includes("Listening on")) ready.resolve();
  });
  child.once("error", ready.reject);
  child.once("exit", () => ready.reject(new Error(`Ollama ended: ${said.join("\n")}`)));
  await ready.promise;
}

/** It ends at a signal that it cannot see without its runner, so the group is ended: both. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exit = once(child, "exit");
  killGroup(child);
  await exit;
}

function killGroup(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  process.kill(-child.pid, "SIGKILL");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  server.close();
  await once(server, "close");
  return address.port;
}
