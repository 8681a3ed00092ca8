/** The trial that node-llama-cpp makes of its builds is left out where it is told so, and nowhere else. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

describe("node-llama-cpp's trial of a build", function () {
  this.timeout(30_000);
  const trial = new URL("bindings/utils/testBindingBinary.js", import.meta.resolve("node-llama-cpp")).href;
  const skip = new URL("../../../../server/runtime/embedded/binding-trial.ts", import.meta.url).href;

  const folder = mkdtempSync(join(tmpdir(), "hearth-trial-"));
  after(() => rmSync(folder, { recursive: true }));

  /** What it says of a build that is not there, in a process of its own. */
  async function said(begin: string): Promise<string> {
    const program = join(folder, `${begin.length}.mjs`);
    const asked = `const { testBindingBinary } = await import(${JSON.stringify(trial)});
      process.stdout.write(String(await testBindingBinary("/nowhere.node", undefined, false)));`;
    writeFileSync(program, `${begin}\n${asked}`);
    return (await promisify(execFile)(process.execPath, [program])).stdout;
  }

  it("is made", async () => {
    assert.equal(await said(""), "false");
  });

  it("is not made by a process that takes the place of another", async () => {
    const begin = `import { skipBindingTrial } from ${JSON.stringify(skip)};\nskipBindingTrial();`;
    assert.equal(await said(begin), "true");
  });
});
