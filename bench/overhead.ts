/**
 * `node bench/overhead.ts [--only ollama] [--requests 200]`: what the way through the host and an adapter adds to the
 * first token, against a bare socket that stays open and sends the same runtime the very request which the adapter
 * sends, in turns. The prompt stays the same, so the runtime has it in its cache, and what is left is the way. Not
 * curl: its own clock stops at the headers, which llama-server sends before it has a token, and its start hides the rest.
 */

import { createServer, request as forward } from "node:http";
import { parseArgs } from "node:util";
import type { ModelRuntime } from "../server/model/model-runtime.ts";
import type { HostClient, ModelSpec } from "../server/runtime/host/client.ts";
import type { RuntimeUnderTest } from "../test/runtime/contract/runtime.ts";
import { llamaServer } from "../test/runtime/contract/runtimes/llama-server.ts";
import { ollama } from "../test/runtime/contract/runtimes/ollama.ts";
import { openAiOnLlamaServer } from "../test/runtime/contract/runtimes/openai.ts";
import { collect, fim, greedy, hostFixture, never } from "../test/support/host-fixture.ts";
import { scripted } from "../test/support/scripted-model.ts";
import { BareClient, type BareRequest } from "./bare-client.ts";
import { exitOnSignals } from "./end-with.ts";
import { Spread, verdict } from "./spread.ts";

exitOnSignals();
const { values: flags } = parseArgs({
  options: { requests: { type: "string", default: "200" }, only: { type: "string", default: "" } },
});
const mostMs = 3;
/** Of each, that do not count: code that is compiled, connections that are made. */
const warmUp = 20;
const requests = Number(flags.requests);
const request = {
  prompt: fim("const answer = ".repeat(20)),
  maxTokens: 4,
  stop: [],
  sampling: greedy,
  priority: "completion",
} as const;

for (const under of [llamaServer(), openAiOnLlamaServer(), ollama()]) {
  if (!under.name.includes(flags.only)) continue;
  if (under.need.met) await measure(under);
  else console.log(`${under.name}: skipped, needs ${under.need.what}`);
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
    const bare = new BareClient(sent);
    const times: { readonly ours: number; readonly raw: number }[] = [];
    for (let index = -warmUp; index < requests; index++) {
      const pair = { ours: await firstToken(runtime), raw: await bare.firstToken() };
      if (index >= 0) times.push(pair);
    }
    bare.dispose();
    const [ours, raw] = [
      new Spread(times.map((pair) => pair.ours)),
      new Spread(times.map((pair) => pair.raw)),
    ];
    const added = (share: number) => ours.at(share) - raw.at(share);
    console.log(`${under.name}: to the first token ${ours.milliseconds()}; bare ${raw.milliseconds()}`);
    console.log(
      `${under.name}: added at p50 ${added(0.5).toFixed(1)} ms, at p95 ${added(0.95).toFixed(1)} ms; ` +
        verdict(added(0.95), mostMs),
    );
  } finally {
    await started.stop();
    await host.dispose();
  }
}

async function firstToken(runtime: ModelRuntime): Promise<number> {
  const asked = performance.now();
  let first = Number.NaN;
  for await (const { kind } of runtime.infill(request, never))
    if (kind === "text-delta" && Number.isNaN(first)) first = performance.now() - asked;
  return first;
}

/** The request for the answer itself: the last that the adapter sends, caught on its way. */
async function sentBy(client: HostClient, spec: ModelSpec): Promise<BareRequest> {
  if (!("url" in spec)) throw new Error("only what is reached by an address");
  const target = new URL(spec.url);
  let last: BareRequest | undefined;
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
