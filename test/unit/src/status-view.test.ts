/** What the status item says, for each state that the extension and the server can be in. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import { describeStatus } from "../../../server/lsp/status.ts";
import type { StatusParams } from "../../../server/protocol/status.ts";
import { type StatusFacts, statusView } from "../../../src/editor/status-view.ts";
import { translate } from "../../support/translate.ts";

const ready: StatusParams = {
  state: "ready",
  roles: {
    complete: {
      runtime: "builtin",
      model: "ngram",
      label: "built in (learns from this workspace)",
      state: "ready",
    },
    reason: { runtime: "ollama", model: "deepseek-r1:7b", label: "deepseek-r1:7b", state: "idle" },
    embed: { runtime: "none", model: "", label: "off", state: "off" },
  },
  message: "",
};

const facts: StatusFacts = {
  host: "running",
  server: ready,
  completion: "on",
  language: "typescript",
  virtualScheme: undefined,
  spinning: false,
  pulls: [],
};

const mend = { title: "Choose a model", command: "hearth.chooseModel" };

const cases: readonly (readonly [
  name: string,
  change: Partial<StatusFacts>,
  icon: string,
  sentence: string,
])[] = [
  ["idle", {}, "flame", "Ready."],
  ["before the server answers", { host: "starting", server: undefined }, "loading~spin", "Starting…"],
  ["between a crash and the restart", { host: "waiting", server: undefined }, "loading~spin", "Starting…"],
  [
    "a server that keeps crashing",
    { host: "gave-up" },
    "warning",
    "The language server has stopped several times in a row.",
  ],
  ["a completion that takes long", { spinning: true }, "loading~spin", "Completing…"],
  [
    "other work, in the server's words",
    { spinning: true, server: { ...ready, state: "busy", message: "Reading." } },
    "loading~spin",
    "Reading.",
  ],
  [
    "work that is not visible yet",
    { server: { ...ready, state: "busy", message: "Reading." } },
    "flame",
    "Reading.",
  ],
  ["turned off", { completion: "off" }, "debug-pause", "Completion while typing is off."],
  [
    "turned off for the language",
    { completion: "off-for-language" },
    "debug-pause",
    "Completion while typing is off for typescript.",
  ],
  [
    "paused by the server",
    { server: { ...ready, state: "paused", message: "No model." } },
    "debug-pause",
    "No model.",
  ],
  [
    "failed, even when turned off",
    { completion: "off", server: { ...ready, state: "failed", message: "Broken." } },
    "warning",
    "Broken.",
  ],
  [
    "a virtual workspace",
    { virtualScheme: "vscode-vfs", host: "stopped" },
    "debug-pause",
    "Off here: the files of this workspace (vscode-vfs) are not on a disk.",
  ],
];

describe("the status item", () => {
  for (const [name, change, icon, sentence] of cases) {
    it(name, () => {
      const view = statusView({ ...facts, ...change }, translate);
      assert.deepEqual([view.icon, view.sentence], [icon, sentence]);
    });
  }

  it("names what completes", () => {
    assert.equal(statusView(facts, translate).complete, "built in (learns from this workspace)");
    assert.equal(statusView({ ...facts, server: undefined }, translate).complete, "");
  });

  it("says for each role its model, the runtime and how far it is", () => {
    const lines = statusView(facts, translate).roles.map(({ name, text }) => `${name}: ${text}`);
    assert.deepEqual(lines, [
      "complete: built in (learns from this workspace)",
      "reason: deepseek-r1:7b · Ollama · loads when it is first asked",
      "embed: off",
    ]);
    assert.deepEqual(statusView({ ...facts, server: undefined }, translate).roles, []);
  });

  it("shows how far the longest download is, and all of them in the hover", () => {
    const pulls = [
      { name: "small", share: 0.999, text: "99 %" },
      { name: "large", share: 0.128, text: "12 %  1 GB / 8 GB" },
      { name: "new", share: undefined, text: "" },
    ];
    const { icon, text, work, sentence } = statusView({ ...facts, pulls }, translate);
    assert.deepEqual([icon, text, sentence], ["flame", "12 %", "Ready."]);
    assert.deepEqual(work, ["Fetching small  99 %", "Fetching large  12 %  1 GB / 8 GB", "Fetching new"]);
    assert.equal(statusView(facts, translate).text, "Hearth");
  });

  it("offers the one mend that the server names", () => {
    const server: StatusParams = { ...ready, state: "failed", message: "No such file.", mend };
    assert.deepEqual(statusView({ ...facts, server }, translate).mend, mend);
  });

  it("says that it is off, and offers to turn it on, as the server does", () => {
    const said = describeStatus(
      {
        completionEnabled: false,
        model: { kind: "none" },
        reason: { kind: "off" },
        trusted: true,
        reading: undefined,
      },
      english,
    );
    const view = statusView({ ...facts, completion: "off" }, translate);
    assert.deepEqual([view.sentence, view.mend], [said.message, said.mend]);
  });

  it("offers a restart when the server was given up", () => {
    assert.equal(statusView({ ...facts, host: "gave-up" }, translate).mend?.command, "hearth.restart");
  });
});
