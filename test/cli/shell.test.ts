/** The lines of `hearth shell`, run by the shells that they are for. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe } from "mocha";
import { entryPoint } from "../../server/entries.ts";
import { alone } from "../support/alone.ts";
import { itNeeds, program } from "../support/needs.ts";

/** Shows what is proposed for `hearth do`, and what for a word that no verb or flag begins with. */
const scripts = {
  bash: `eval "$(hearth shell bash)"
COMP_WORDS=(hearth do); COMP_CWORD=1; _hearth; echo "\${COMPREPLY[@]}"
COMP_WORDS=(hearth complete a.t); COMP_CWORD=2; _hearth; echo "\${COMPREPLY[@]:-a.ts}"`,
  // Outside of its line editor zsh has no completion: what it would call is here in its place.
  zsh: `compdef() { : }; _files() { print a.ts }
compadd() { (( \${#proposals} )) && print -l -- $proposals }
eval "$(hearth shell zsh)"
words=(hearth do); CURRENT=2; _hearth
words=(hearth complete a.t); CURRENT=3; _hearth`,
  fish: `hearth shell fish | source
complete -C "hearth do"
complete -C "hearth complete a.t"`,
} as const;

describe("the shell's completion", function () {
  this.timeout(60_000);
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-shell-"));
    await writeFile(join(folder, "a.ts"), "");
    await writeFile(
      join(folder, "hearth"),
      `#!/bin/sh\nexec "${process.execPath}" "${entryPoint("cli")}" "$@"\n`,
    );
    await chmod(join(folder, "hearth"), 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  for (const [shell, script] of Object.entries(scripts)) {
    itNeeds(program(shell), `${shell}: verbs where there are any, files elsewhere`, () => {
      const env = {
        ...process.env,
        ...alone,
        HOME: folder,
        PATH: `${folder}${delimiter}${process.env["PATH"]}`,
      };
      const { stdout } = spawnSync(shell, ["-c", script], { cwd: folder, env, encoding: "utf8" });
      assert.deepEqual(stdout.trim().split("\n"), ["doctor", "a.ts"]);
    });
  }
});
