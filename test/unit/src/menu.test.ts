/** The status item's menu as data: its groups, and what each entry turns on or off. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type LanguageChange,
  type SwitchState,
  switchLanguage,
  switchOf,
  toggleScope,
} from "../../../src/editor/completion-switch.ts";
import { type MenuFacts, menuGroups } from "../../../src/editor/menu.ts";
import { translate } from "../../support/translate.ts";

const on: SwitchState = {
  enabled: true,
  enabledHere: undefined,
  enabledEverywhere: true,
  languages: { "*": true },
  languagesHere: {},
  languagesEverywhere: {},
  language: "typescript",
};

const facts: MenuFacts = {
  view: {
    icon: "flame",
    text: "Hearth",
    sentence: "Ready.",
    complete: "built in (learns from this workspace)",
    roles: [
      { role: "complete", name: "complete", text: "built in (learns from this workspace)", trouble: "" },
      { role: "reason", name: "reason", text: "deepseek-r1:7b · Ollama", trouble: "" },
    ],
    work: [],
  },
  completion: on,
  hasWorkspace: true,
  pulls: [],
};

function labels(change: Partial<MenuFacts>): readonly string[] {
  const group = menuGroups({ ...facts, ...change }, translate).find(({ title }) => title === "Completion");
  return group?.entries.map(({ label }) => label) ?? [];
}

const switches: readonly (readonly [name: string, change: Partial<MenuFacts>, labels: readonly string[]])[] =
  [
    ["on", {}, ["Turn off in this workspace", "Turn off for typescript", "Turn off everywhere"]],
    ["without a folder", { hasWorkspace: false }, ["Turn off for typescript", "Turn off everywhere"]],
    [
      "without an editor",
      { completion: { ...on, language: undefined } },
      ["Turn off in this workspace", "Turn off everywhere"],
    ],
    [
      "off everywhere",
      { completion: { ...on, enabled: false, enabledEverywhere: false } },
      ["Turn on in this workspace", "Turn on everywhere"],
    ],
    [
      "off here alone",
      { completion: { ...on, enabled: false, enabledHere: false } },
      ["Turn on in this workspace", "Turn off everywhere"],
    ],
    [
      "off for the language",
      { completion: { ...on, languages: { "*": true, typescript: false } } },
      ["Turn off in this workspace", "Turn on for typescript", "Turn off everywhere"],
    ],
  ];

describe("the menu", () => {
  it("has its groups in order, the mend first when there is one", () => {
    const titles = (change: Partial<MenuFacts>) =>
      menuGroups({ ...facts, ...change }, translate).map(({ title }) => title);
    assert.deepEqual(titles({}), ["Completion", "Models and runtime", "Help"]);
    const view = {
      ...facts.view,
      sentence: "It stopped.",
      mend: { title: "Restart", command: "hearth.restart" },
    };
    assert.deepEqual(titles({ view }), ["It stopped.", "Completion", "Models and runtime", "Help"]);
  });

  for (const [name, change, expected] of switches) {
    it(`offers the right switches: ${name}`, () => assert.deepEqual(labels(change), expected));
  }

  it("says what completes, and how to choose, plan and fetch another", () => {
    const models = menuGroups(facts, translate).find(({ title }) => title === "Models and runtime");
    assert.deepEqual(
      models?.entries.map(({ label, description }) => `${label}  ${description}`.trim()),
      [
        "complete  built in (learns from this workspace)",
        "reason  deepseek-r1:7b · Ollama",
        "Choose a model…",
        "What this machine can run",
        "Fetch a model…",
      ],
    );
  });

  it("says what is wrong with a role, and mends it where that is pressed", () => {
    const trouble = "The runtime does not answer. Start it.";
    const mend = { title: "Run the doctor", command: "hearth.doctor" };
    const roles = [{ role: "reason", name: "reason", text: "r1 does not run", trouble, mend }] as const;
    const groups = menuGroups({ ...facts, view: { ...facts.view, roles } }, translate);
    assert.deepEqual(groups.find(({ title }) => title === "Models and runtime")?.entries[0], {
      icon: "warning",
      label: "reason",
      description: "r1 does not run",
      detail: `Run the doctor: ${trouble}`,
      action: { kind: "command", command: "hearth.doctor" },
    });
  });

  it("cancels each download by name", () => {
    const pulls = [
      { name: "small", share: 0.5, text: "50 %" },
      { name: "maker/models/large", share: undefined, text: "" },
    ];
    const work = menuGroups({ ...facts, pulls }, translate).find(({ title }) => title === "Work");
    assert.deepEqual(
      work?.entries.map(({ label, description, action }) => [label, description, action]),
      [
        ["Cancel the download of small", "50 %", { kind: "cancel-pull", name: "small" }],
        ["Cancel the download of large", "", { kind: "cancel-pull", name: "maker/models/large" }],
      ],
    );
  });
});

describe("the switch", () => {
  it("is on, off, or off for the language", () => {
    assert.equal(switchOf(on), "on");
    assert.equal(switchOf({ ...on, enabled: false }), "off");
    assert.equal(switchOf({ ...on, languages: { "*": false } }), "off-for-language");
    assert.equal(switchOf({ ...on, languages: { "*": false, typescript: true } }), "on");
  });

  it("toggles where the decision is made", () => {
    assert.equal(toggleScope(on), "everywhere");
    assert.equal(toggleScope({ ...on, enabledHere: true }), "workspace");
  });

  const languageCases: readonly (readonly [
    name: string,
    state: Partial<SwitchState>,
    change: LanguageChange,
  ])[] = [
    ["with nothing set", {}, { scope: "everywhere", languages: { markdown: false } }],
    [
      "where the person's settings name it",
      {
        languages: { "*": true, markdown: false, css: false },
        languagesHere: { css: false },
        languagesEverywhere: { markdown: false },
      },
      { scope: "everywhere", languages: { markdown: true } },
    ],
    [
      "where the workspace names it",
      {
        languages: { "*": true, markdown: false, css: false },
        languagesHere: { markdown: false },
        languagesEverywhere: { markdown: true, css: false },
      },
      { scope: "workspace", languages: { markdown: true } },
    ],
    [
      "where the workspace decides about all the others",
      { languages: { "*": false }, languagesHere: { "*": false } },
      { scope: "workspace", languages: { "*": false, markdown: true } },
    ],
  ];
  for (const [name, state, change] of languageCases) {
    it(`switches one language ${name}, and leaves the others`, () =>
      assert.deepEqual(switchLanguage({ ...on, ...state }, "markdown"), change));
  }
});
