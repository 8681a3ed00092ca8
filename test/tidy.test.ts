/** Holds the code to the rules of the house; each rule has a control, because a rule that cannot fail is none. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { generatedFiles } from "../scripts/generated-files.ts";
import binaries from "../server/runtime/embedded/binaries.json" with { type: "json" };
import {
  badNames,
  importCycles,
  layerBreaks,
  longFiles,
  longFunctions,
  quantile,
  silentOpenings,
  silentSkips,
  strangers,
  unparsed,
} from "./support/house-rules.ts";
import { type Lockfile, unlocked } from "./support/lockfile.ts";
import { parseSource, type SourceFile } from "./support/source-file.ts";

const everything = read("{server,src,media,scripts,bench,test}/**/*.ts");
const product = everything.filter(({ path }) => /^(server|src|media)\//.test(path));

function read(pattern: string): readonly SourceFile[] {
  const paths = globSync(pattern, { exclude: ["test/fixtures/**"] }).map((path) =>
    path.replaceAll("\\", "/"),
  );
  return paths.toSorted().map((path) => parseSource(path, readFileSync(path, "utf8")));
}

/** `keep` finds nothing in the project; `bad` is a small project that breaks it, in exactly these places. */
interface Rule {
  readonly name: string;
  readonly keep: (files: readonly SourceFile[]) => readonly string[];
  readonly over: readonly SourceFile[];
  readonly bad: Readonly<Record<string, string>>;
  readonly found: readonly string[];
}

const rules: readonly Rule[] = [
  {
    name: "every file can be read",
    keep: unparsed,
    over: everything,
    bad: { "src/half.ts": "export function" },
    found: ["src/half.ts: Expected `(` but found `EOF`"],
  },
  {
    name: "imports go down, siblings stay apart, the client knows the protocol alone",
    keep: layerBreaks,
    over: everything,
    bad: {
      "server/base/clock.ts": 'import type { A } from "../text/snapshot.ts";',
      "server/config/schema.ts": 'export * from "../protocol/status.ts";',
      "server/lsp/connection.ts": 'const cli = await import("../cli/main.ts");',
      "server/text/snapshot.ts": 'import type * as vscode from "vscode";',
      "server/text/edit.ts": 'type Fixture = import("../../test/support/fixture.ts").Fixture;',
      "src/status-item.ts": 'import { t } from "../server/base/l10n.ts";',
      "media/pages/page.ts":
        'import { t } from "../../src/translate.ts"; import "../../src/webview/page-view.ts";',
      "server/main.ts": 'import { run } from "./lsp/connection.ts";',
      "server/features/fine.ts": 'import "../base/clock.ts"; import "./other.ts"; import "node:fs";',
    },
    found: [
      "server/base/clock.ts → server/text/snapshot.ts",
      "server/config/schema.ts → server/protocol/status.ts",
      "server/lsp/connection.ts → server/cli/main.ts",
      "server/text/snapshot.ts → vscode",
      "server/text/edit.ts → test/support/fixture.ts",
      "src/status-item.ts → server/base/l10n.ts",
      "media/pages/page.ts → src/translate.ts",
    ],
  },
  {
    name: "every folder of the server has its layer",
    keep: strangers,
    over: product,
    bad: {
      "server/utils/things.ts": "",
      "server/loose.ts": "",
      "server/base/clock.ts": "",
      "server/main.ts": "",
    },
    found: ["server/utils/things.ts", "server/loose.ts"],
  },
  {
    name: "no import cycles, through types neither",
    keep: importCycles,
    over: everything,
    bad: {
      "src/a.ts": 'import { b } from "./b.ts";',
      "src/b.ts": 'import type { C } from "./c.ts";',
      "src/c.ts": 'export { a } from "./a.ts";',
    },
    found: ["src/a.ts → src/b.ts → src/c.ts → src/a.ts"],
  },
  {
    name: "no file over 400 lines",
    keep: (files) => longFiles(files, 400),
    over: everything,
    bad: { "src/long.ts": "\n".repeat(401), "src/short.ts": "\n".repeat(400) },
    found: ["src/long.ts: 401 lines"],
  },
  {
    name: "no function over 60 lines",
    keep: (files) => longFunctions(files, 60),
    over: product,
    bad: {
      "src/long.ts": `class A {\n  #run() {${"\n".repeat(60)}}\n}\nconst go = () => {${"\n".repeat(60)}};`,
      "src/short.ts": `function run() {${"\n".repeat(59)}}`,
    },
    found: ["src/long.ts: run has 61 lines", "src/long.ts: go has 61 lines"],
  },
  {
    name: "files have kebab-case names",
    keep: badNames,
    over: everything,
    bad: { "src/CamelCase.ts": "", "src/snake_case.ts": "", "src/kebab-case.test.ts": "" },
    found: ["src/CamelCase.ts", "src/snake_case.ts"],
  },
  {
    name: "a file opens with what it is for",
    keep: silentOpenings,
    over: everything.filter(({ path }) => !path.startsWith("test/")),
    bad: { "src/silent.ts": "export {};", "src/said.ts": "#!/usr/bin/env node\n/** Said. */" },
    found: ["src/silent.ts"],
  },
  {
    name: "a test that is skipped says what it needs",
    keep: silentSkips,
    over: everything.filter(({ path }) => path.startsWith("test/")),
    bad: {
      "test/silent.test.ts": 'it("a", function () { if (old) this.skip(); }); (old ? it.skip : it)("b");',
      "test/said.test.ts": 'itNeeds(posix, "a", () => {}); "this.skip()";',
      "test/support/needs.ts": "it.skip(title);",
    },
    found: ["test/silent.test.ts: 2"],
  },
];

describe("the house", () => {
  for (const { name, keep, over, bad, found } of rules) {
    it(name, () => assert.deepEqual(keep(over), []));
    it(`${name}: control`, () => {
      const files = Object.entries(bad).map(([path, text]) => parseSource(path, text));
      assert.deepEqual(keep(files), found);
    });
  }

  const functions = product.flatMap((file) => file.functions.map(({ lines }) => lines));
  const longest = quantile(functions, 0.95);
  it(`95 of 100 functions have at most 40 lines (they have ${longest})`, () => {
    assert.ok(functions.length > 100, "the functions were not found");
    assert.ok(longest <= 40);
    assert.equal(quantile([...Array(94).fill(1), ...Array(6).fill(41)], 0.95), 41, "control");
  });

  const median = quantile(
    product.map(({ lines }) => lines),
    0.5,
  );
  it(`files stay small (median ${median} lines, ${product.length} files)`, () => assert.ok(median <= 120));
});

describe("generated files", () => {
  for (const [path, text] of generatedFiles()) {
    it(`${path} is what \`npm run generate\` writes`, () => assert.equal(readFileSync(path, "utf8"), text));
  }
});

describe("the lockfile", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lockfile;

  // `npm install` leaves out what the registry lacks, without a word; `npm ci` then refuses, everywhere.
  it("knows every part that some platform needs", () => assert.deepEqual(unlocked(lock), []));
  it("knows every part that some platform needs: control", () => {
    const tool = {
      version: "1.0.0",
      optionalDependencies: { "tool-linux": "1.0.0", "tool-darwin": "1.0.0" },
    };
    const packages = {
      "node_modules/tool": tool,
      "node_modules/tool/node_modules/tool-linux": { version: "1.0.0" },
    };
    assert.deepEqual(unlocked({ packages }), ["node_modules/tool → tool-darwin"]);
  });
});

describe("the binaries of llama.cpp", () => {
  const installed = JSON.parse(readFileSync("node_modules/node-llama-cpp/package.json", "utf8")) as {
    readonly version: string;
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lockfile;
  const targets = Object.entries(binaries.targets);

  it("are those of the installed node-llama-cpp", () => assert.equal(binaries.version, installed.version));

  for (const [target, { package: name, integrity }] of targets) {
    it(`${target} is what the lockfile says`, () => {
      assert.equal(installed.optionalDependencies[name], binaries.version);
      const locked = lock.packages[`node_modules/${name}`];
      assert.deepEqual([locked?.version, locked?.integrity], [binaries.version, integrity]);
    });
  }
});
