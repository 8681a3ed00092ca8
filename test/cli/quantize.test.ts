/** `hearth models quantize` with a program in llama-quantize's place, as a shell sees it. */

import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe } from "mocha";
import { ggufBytes } from "../support/gguf-fixtures.ts";
import { itNeeds, posix } from "../support/needs.ts";
import { runCli } from "../support/run-cli.ts";

/** Takes its input for the result, and tells what it was asked; what is not F16 it refuses as the real one does. */
const program = `#!/bin/sh
case "$1" in
  *-f16.gguf) cp "$1" "$2"; echo "$3" > "$ASKED" ;;
  *) cat >&2 <<'END'
[   5/  51] blk.0.attn_k.weight - [ 896, 128, 1, 1], type = q8_0, llama_model_quantize: failed to quantize: requantizing from type q8_0 is disabled
llama_quantize: failed to quantize model from 'a.gguf'
END
    exit 1 ;;
esac
`;

describe("hearth models quantize", function () {
  this.timeout(120_000);
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-quantize-"));
    await mkdir(join(folder, "bin"));
    await mkdir(join(folder, "home", "models"), { recursive: true });
    for (const name of ["coder-f16", "other-q8_0"])
      await writeFile(join(folder, "home", "models", `${name}.gguf`), ggufBytes());
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function install(place: string): Promise<void> {
    const path = join(folder, "bin", place);
    await writeFile(path, program);
    await chmod(path, 0o700);
  }

  async function quantize(name: string, quant: string, ...flags: readonly string[]) {
    const { status, stdout } = await runCli({
      args: ["models", "quantize", name, quant, "--json", ...flags],
      cwd: folder,
      env: {
        HEARTH_HOME: join(folder, "home"),
        PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
        ASKED: join(folder, "asked"),
      },
    });
    const json = JSON.parse(stdout) as Record<string, unknown>;
    return { status, json, error: json["error"] as Readonly<Record<string, string>> | undefined };
  }

  const models = async () =>
    (await readdir(join(folder, "home", "models"))).filter((name) => name.endsWith(".gguf")).toSorted();

  itNeeds(posix, "makes a file beside the one it is of, and one alone", async () => {
    await install("llama-quantize");
    const { status, json } = await quantize("embedded/coder-f16", "q4_k_m");
    assert.deepEqual([status, json["model"]], [0, "embedded/coder-q4_k_m"]);
    assert.deepEqual(await models(), ["coder-f16.gguf", "coder-q4_k_m.gguf", "other-q8_0.gguf"]);
    const { mode } = await stat(join(folder, "home", "models", "coder-q4_k_m.gguf"));
    assert.equal(mode & 0o077, 0, "it is the person's own");
    assert.equal((await quantize("coder-f16", "Q4_K_M")).error?.["code"], "exists");
  });

  itNeeds(posix, "leaves nothing where the program fails, and passes on its last words", async () => {
    await install("llama-quantize");
    const { status, error } = await quantize("other-q8_0", "Q4_K_M");
    assert.equal(status, 1);
    assert.deepEqual(error, {
      code: "not-quantized",
      message: "llama-quantize could not quantise it: requantizing from type q8_0 is disabled",
      mend: "Take a model at F16 or BF16: what was quantised once gets no smaller without harm.",
    });
    assert.deepEqual(await models(), ["coder-f16.gguf", "other-q8_0.gguf"]);
  });

  itNeeds(posix, "says in words what is missing", async () => {
    assert.equal((await quantize("coder-f16", "Q4_K_M")).error?.["code"], "no-quantizer");
    for (const quant of ["tiny", "Q9"]) {
      const { error } = await quantize("coder-f16", quant);
      assert.equal(error?.["code"], "quant-unclear");
      assert.match(error["mend"] ?? "", /^Name one as llama\.cpp does: F16, .*Q4_K_M, /);
    }
    const near = await quantize("coder-f17", "Q4_K_M");
    assert.equal(near.error?.["mend"], "Did you mean coder-f16?");
    const closed = ["--set", "runtimes.ollama.url=http://127.0.0.1:9"];
    assert.equal((await quantize("ollama/x", "Q4_K_M", ...closed)).error?.["code"], "no-ollama");
  });
});
