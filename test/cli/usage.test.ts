/** What the command line says of what was typed wrong, and its help: nothing is done then, and the status is 2. */

import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "mocha";
import { type CliEnd, runCli } from "../support/run-cli.ts";

describe("the command line", function () {
  this.timeout(60_000);
  const run = (...args: readonly string[]): Promise<CliEnd> => runCli({ args, cwd: tmpdir() });

  it("gives the help of a verb by its name too", async () => {
    assert.equal(
      (await run("help", "models", "pull")).stdout,
      (await run("models", "pull", "--help")).stdout,
    );
    assert.equal((await run("help")).stdout, (await run("--help")).stdout);
  });

  describe("refuses wrong usage with status 2", () => {
    const wrong: readonly (readonly [args: readonly string[], said: RegExp])[] = [
      [["complete"], /FILE:LINE:COLUMN is missing/],
      [["complete", "code.ts"], /write it as in src\/main\.ts:10:5/],
      [["complete", "code.ts:5"], /write it as in/],
      ...["0:0", "1:0", "-1:1", "1.5:1", "999999999999999999999:1"].map(
        (numbers) =>
          [
            ["complete", `code.ts:${numbers}`],
            /lines and columns are whole numbers from 1 to 999999999, as in src\/main\.ts:10:5\./,
          ] as const,
      ),
      [["complete", "code.ts:1:1", "more"], /one argument too many/],
      [["complete", "code.ts:1:1", "--jsn"], /Did you mean --json\?/],
      [["complet", "code.ts:1:1"], /There is no command complet\. Did you mean `complete`\?/],
      [["complete", "code.ts:1:1", "--lang", "fr"], /lang cannot be "fr": it must be one of en, zh-cn\./],
      [["complete", "code.ts:1:1", "--lang", "zh_TW"], /must be one of en, zh-cn\./],
      [["complete", "code.ts:1:1", "--jsn"], /\nhearth complete --help says more\.\n$/],
      [["foo"], /^There is no command foo\.\nhearth --help says more\.\n$/],
      [["-V"], /^There is no command -V\.\nhearth --help says more\.\n$/],
      [["models", "foo"], /^There is no command foo\.\nhearth models --help says more\.\n$/],
      [["help", "foo"], /^There is no command foo\./],
      [
        ["complete", "code.ts:1:1", "--set", "completion.maxTokens=many"],
        /^completion\.maxTokens must be a whole number from 1 to 2048, not "many"\.\n$/,
      ],
      [
        ["complete", "code.ts:1:1", "--set", "roles.complet=off"],
        /^roles\.complet is not a setting of Hearth\. Did you mean roles\.complete\?\n$/,
      ],
      [["complete", "code.ts:1:1", "--set", "off"], /^--set takes KEY=VALUE, not off\.\n$/],
      [["plan", "--settings", "/nope.json"], /^There is no file \/nope\.json\.\n$/],
      [["complete", "code.ts:1:1", "--settings"], /--settings needs a value/],
    ];
    for (const [args, said] of wrong) {
      it(args.join(" "), async () => {
        const { status, stderr, stdout } = await run(...args);
        assert.equal(status, 2);
        assert.match(stderr, said);
        assert.equal(stdout, "");
      });
    }
  });
});
