/**
 * `node bench/overhead.ts [--only ollama] [--requests 200]`: what the way through the host and an adapter adds to the
 * first token, against curl that sends the same runtime the very request which the adapter sends. Both take turns in
 * blocks; one curl sends a whole block, over one connection, so that its start costs nothing. The prompt stays the
 * same, so the runtime has it in its cache, and what is left is the way.
 */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import type { ModelRuntime } from "../server/model/model-runtime.ts";
import type { HostClient, ModelSpec } from "../server/runtime/host/client.ts";
import type { RuntimeUnderTest } from "../test/runtime/contract/runtime.ts";
import { llamaServer } from "../test/runtime/contract/runtimes/llama-server.ts";
import { ollama } from "../test/runtime/contract/runtimes/ollama.ts";
import { openAiOnLlamaServer } from "../test/runtime/contract/runtimes/openai.ts";
import { collect, fim, greedy, hostFixture, never } from "../test/support/host-fixture.ts";
import { scripted } from "../test/support/scripted-model.ts";
import { exitOnSignals } from "./end-with.ts";
import { Spread, verdict } from "./spread.ts";

exitOnSignals();
const { values: flags } = parseArgs({
  options: { requests: { type: "string", default: "200" }, only: { type: "string", default: "" } },
});
const mostMs = 3;
const inBlock = 20;
const blocks = Math.ceil(Number(flags.requests) / inBlock);
const request = {
  prompt: fim("const answer = ".repeat(20)),
  maxTokens: 4,
  stop: [],
  sampling: greedy,
  priority: "completion",
} as const;

const folder = mkdtempSync(join(tmpdir(), "hearth-overhead-"));
try {
  for (const under of [llamaServer(), openAiOnLlamaServer(), ollama()]) {
    if (!under.name.includes(flags.only)) continue;
    if (under.need.met) await measure(under);
    else console.log(`${under.name}: skipped, needs ${under.need.what}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);

async function measure(under: RuntimeUnderTest): Promise<void> {
  const host = hostFixture();
  const client = host.client();
  const path = await scripted({ infill: "return x; return y;" }, { name: "scripted-qwen-coder" });
  const started = await under.start({ path, contextTokens: 4096, task: "generate" }, client);
  try {
    const sent = await sentBy(client, started.spec);
    const { runtime } = await client.open(started.spec, never);
    await viaAdapter(runtime);
    const adapter: number[] = [];
    const curl: number[] = [];
    for (let block = 0; block < blocks; block++) {
      adapter.push(...(await viaAdapter(runtime)));
      curl.push(...(await viaCurl(sent)));
    }
    const [ours, raw] = [new Spread(adapter), new Spread(curl)];
    const added = (share: number) => ours.at(share) - raw.at(share);
    console.log(`${under.name}: to the first token ${ours.milliseconds()}; curl ${raw.milliseconds()}`);
    console.log(
      `${under.name}: added at p50 ${added(0.5).toFixed(1)} ms, at p95 ${added(0.95).toFixed(1)} ms; ` +
        verdict(added(0.95), mostMs),
    );
  } finally {
    await started.stop();
    await host.dispose();
  }
}

async function viaAdapter(runtime: ModelRuntime): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < inBlock; index++) {
    const asked = performance.now();
    let first: number | undefined;
    for await (const { kind } of runtime.infill(request, never))
      if (kind === "text-delta") first ??= performance.now() - asked;
    if (first !== undefined) times.push(first);
  }
  return times;
}

interface Sent {
  readonly url: string;
  readonly body: string;
}

/** The request for the answer itself: the last that the adapter sends, caught on its way. */
async function sentBy(client: HostClient, spec: ModelSpec): Promise<Sent> {
  if (!("url" in spec)) throw new Error("only what is reached by an address");
  const target = new URL(spec.url);
  let last: Sent | undefined;
  const proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      last = { url: new URL(incoming.url ?? "", target).href, body: body.toString() };
      const { method, headers } = incoming;
      const passed = forward(last.url, { method, headers: { ...headers, host: target.host } }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      outgoing.once("close", () => passed.destroy());
      passed.once("error", () => outgoing.destroy());
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  if (typeof address !== "object" || !address) throw new Error("no address");
  const url = new URL(spec.url);
  url.port = String(address.port);
  const opened = await client.open({ ...spec, url: url.href }, never);
  await collect(opened.runtime.infill(request, never));
  opened.dispose();
  proxy.closeAllConnections();
  proxy.close();
  if (!last) throw new Error("the adapter sent nothing");
  return last;
}

/** The first of a block makes the connection and does not count. Meanwhile what the runtime logs is read. */
async function viaCurl({ url, body }: Sent): Promise<readonly number[]> {
  const data = join(folder, "body.json");
  writeFileSync(data, body);
  const one = [
    `url = "${url}"`,
    `data-binary = "@${data}"`,
    'header = "content-type: application/json"',
    'output = "/dev/null"',
    String.raw`write-out = "%{time_starttransfer}\n"`,
    "silent",
  ].join("\n");
  const config = join(folder, "curl.conf");
  writeFileSync(config, Array.from({ length: inBlock + 1 }, () => one).join("\nnext\n"));
  const { stdout } = await promisify(execFile)("curl", ["-q", "-K", config]);
  return stdout
    .trim()
    .split("\n")
    .slice(1)
    .map((seconds) => Number(seconds) * 1000);
}
