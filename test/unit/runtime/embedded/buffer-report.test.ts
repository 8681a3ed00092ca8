/** llama.cpp's account of a load is read from its log, whole or not at all. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BufferReport } from "../../../../server/runtime/embedded/buffer-report.ts";

const weights = "load_tensors:   CPU_Mapped model buffer size =   195.78 MiB";
const video = "llama_kv_cache:      CUDA0 KV buffer size =  1024.00 MiB";
const output = "llama_context:        CPU  output buffer size =     0.14 MiB";
const keys = "llama_kv_cache:        CPU KV buffer size =    28.00 MiB";
const graph = "sched_reserve:        CPU compute buffer size =    66.01 MiB";

function check(name: string, messages: readonly string[], mebibytes: number | undefined): void {
  it(name, async () => {
    const reported: number[] = [];
    const report = new BufferReport((bytes) => reported.push(bytes));
    for (const message of messages) report.hear(message);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(reported, mebibytes === undefined ? [] : [Math.round(mebibytes * 1024 ** 2)]);
  });
}

describe("llama.cpp's account of a load", () => {
  check("adds up what it allocates", [output, keys, graph], 0.14 + 28 + 66.01);
  check("counts every memory", [keys, video, graph, graph], 28 + 1024 + 2 * 66.01);
  check("leaves the weights to the header", [weights, keys, graph], 28 + 66.01);
  check("may come in one message", [`${weights}\n${keys}\n${graph}\n`], 28 + 66.01);
  check("is nothing while a line is missing", [weights, keys, output], undefined);
  check("does not believe what only looks like it", [keys, "compute buffer size = lots MiB"], undefined);
});
