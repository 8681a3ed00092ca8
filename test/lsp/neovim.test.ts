/** The server with a client that is not ours: Neovim's own, without a plugin of ours. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "mocha";
import { entryPoint } from "../../server/entries.ts";
import type { MetricsResult } from "../../server/protocol/metrics.ts";
import type { StatusParams } from "../../server/protocol/status.ts";
import { alone } from "../support/alone.ts";
import { itNeeds, program } from "../support/needs.ts";

interface Seen {
  readonly failed?: string;
  readonly problem?: unknown;
  readonly encoding: string;
  readonly provides: boolean;
  readonly status: StatusParams;
  readonly line: string;
  readonly metrics: MetricsResult;
  readonly stopped: boolean;
}

const script = fileURLToPath(new URL("../fixtures/neovim/complete.lua", import.meta.url));

describe("Neovim", () => {
  itNeeds(program("nvim"), "gets a completion by its own client", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hearth-nvim-"));
    try {
      await writeFile(join(folder, "a.ts"), "const value = computeTheValue(first, second);\n".repeat(4));
      const seen = await run(folder);
      assert.equal(seen.failed, undefined);
      assert.equal(seen.problem, undefined);
      assert.equal(seen.encoding, "utf-16");
      assert.equal(seen.provides, true);
      assert.equal(seen.status.roles.complete.runtime, "builtin");
      assert.equal(seen.line, "/* 𝄞 */ const value = computeTheValue(first, second);");
      assert.equal(seen.metrics.counters["completion.accepted"], 1);
      assert.equal(seen.stopped, true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

async function run(folder: string): Promise<Seen> {
  const result = join(folder, "result.json");
  const args = [
    "--headless",
    "-u",
    "NONE",
    "-i",
    "NONE",
    "-n",
    join(folder, "a.ts"),
    "-c",
    `luafile ${script}`,
  ];
  const child = spawn("nvim", args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      ...alone,
      HOME: folder,
      HEARTH_HOME: join(folder, "home"),
      HEARTH_TEST_COMMAND: JSON.stringify([process.execPath, entryPoint("server"), "--stdio"]),
      HEARTH_TEST_RESULT: result,
    },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(child, "close");
  const text = await readFile(result, "utf8").catch(() => assert.fail(`Neovim wrote no result: ${said}`));
  return JSON.parse(text) as Seen;
}
