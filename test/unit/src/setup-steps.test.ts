/** The steps of the walkthrough: each is ticked once, when what it is about has happened. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { SetupSteps } from "../../../src/setup/setup-steps.ts";

const role = { runtime: "none", model: "", label: "", state: "off" } as const;

function status(runtime: string) {
  return {
    state: "ready",
    roles: { complete: { ...role, runtime }, reason: role, embed: role },
    message: "",
  } as const;
}

function ticked(act: (steps: SetupSteps) => void): readonly string[] {
  const done: string[] = [];
  act(new SetupSteps((step) => done.push(step.replace("hearth.setup.", ""))));
  return done;
}

const cases: readonly (readonly [name: string, act: (steps: SetupSteps) => void, done: readonly string[]])[] =
  [
    ["nothing at first", () => {}, []],
    [
      "ghost text, once",
      (steps) => {
        steps.suggested();
        steps.suggested();
      },
      ["suggested"],
    ],
    ["the plan", (steps) => steps.planned(), ["planned"]],
    ["no model, while the built-in completer answers", (steps) => steps.serverSaid(status("builtin")), []],
    ["no model, when the role is off", (steps) => steps.serverSaid(status("none")), []],
    [
      "a model of any runtime, and what it suggests",
      (steps) => {
        steps.serverSaid(status("ollama"));
        steps.suggested();
      },
      ["hasModel", "suggested", "modelSuggested"],
    ],
    [
      "no suggestion of a model that is gone",
      (steps) => {
        steps.serverSaid(status("embedded"));
        steps.serverSaid(undefined);
        steps.suggested();
      },
      ["hasModel", "suggested"],
    ],
  ];

describe("the walkthrough", () => {
  for (const [name, act, done] of cases) {
    it(`ticks ${name}`, () => assert.deepEqual(ticked(act), done));
  }

  it("waits for exactly these, in this order, and has its pages in both languages", () => {
    const { contributes } = JSON.parse(readFileSync("package.json", "utf8")) as {
      readonly contributes: {
        readonly walkthroughs: readonly {
          readonly steps: readonly {
            readonly completionEvents: readonly string[];
            readonly media: { readonly markdown: string };
          }[];
        }[];
      };
    };
    const steps = contributes.walkthroughs[0]?.steps ?? [];
    assert.deepEqual(
      steps.flatMap(({ completionEvents }) => completionEvents),
      ["suggested", "planned", "hasModel", "modelSuggested"].map((step) => `onContext:hearth.setup.${step}`),
    );
    for (const { media } of steps) {
      const [english, chinese] = [media.markdown, media.markdown.replace(/\.md$/, ".nls.zh-cn.md")].map(
        (path) => readFileSync(path, "utf8").split("\n").length,
      );
      assert.equal(english, chinese, media.markdown);
    }
  });
});
