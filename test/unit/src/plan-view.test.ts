/** The plan's page and the list of models: what is offered, in each state that a model can be in. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ModelsResult, OfferedModel } from "../../../server/protocol/models.ts";
import type { PlanResult, PlanRole } from "../../../server/protocol/plan.ts";
import { type PlanFacts, planAction, planView } from "../../../src/setup/plan-view.ts";
import { pullChoices } from "../../../src/setup/pull-choices.ts";
import { buttonIds, type PageBlock, type TableRow } from "../../../src/webview/page-view.ts";
import { translate } from "../../support/translate.ts";

const gib = 1024 ** 3;

const role: PlanRole = {
  runtime: "embedded",
  model: "coder-1.5b",
  name: "Coder 1.5B",
  quant: "Q4_K_M",
  licence: "Apache-2.0",
  pull: "coder-1.5b:Q4_K_M",
  ollama: "coder:1.5b",
  contextTokens: 8192,
  kvType: "f16",
  gpuLayers: 0,
  gpus: [],
  slots: 1,
  flashAttention: "off",
  bytes: { weights: gib, kv: gib / 4, overhead: gib / 4 },
  weightsFrom: "published",
  tokensPerSecond: 21.4,
};

const plan: PlanResult = {
  hardware: {
    kind: "computer",
    ramBytes: 16 * gib,
    ramBandwidth: 4e10,
    cores: 8,
    instructions: [],
    gpus: [],
  },
  roles: { complete: role, reason: { ...role, model: "r1-1.5b", name: "R1 1.5B" }, embed: null },
  fits: true,
  cost: null,
  because: ["Coder completes."],
  alternatives: [
    { complete: "coder-1.5b", reason: "r1-7b", kind: "memory", why: "4.0 GiB of memory are missing." },
    { complete: "coder-1.5b", reason: null, kind: "smaller", why: "It fits too." },
  ],
};

const coder: OfferedModel = {
  id: "coder-1.5b",
  name: "Coder 1.5B",
  role: "complete",
  quant: "Q4_K_M",
  pull: "coder-1.5b:Q4_K_M",
  bytes: 1.1e9,
  parameters: 1.5e9,
  contextTokens: 32_768,
  licence: "Apache-2.0",
  commercial: true,
  languages: "92 languages",
  fits: true,
  planned: "complete",
  here: "",
};

const models: ModelsResult = {
  models: [],
  unfinished: [],
  catalogue: [
    coder,
    {
      ...coder,
      id: "r1-7b",
      name: "R1 7B",
      pull: "r1-7b:Q4_K_M",
      role: "reason",
      planned: null,
      fits: false,
    },
  ],
  source: "https://models.example/base",
};

const facts: PlanFacts = {
  plan,
  models,
  looking: false,
  trouble: "",
  complete: "built in (learns from this workspace)",
  pulls: [],
  failure: undefined,
  language: "en",
};

function view(change: Partial<PlanFacts> = {}) {
  return planView({ ...facts, ...change }, translate);
}

function rows(blocks: readonly PageBlock[]): readonly TableRow[] {
  return blocks.flatMap((block) => (block.kind === "table" ? block.rows : []));
}

/** The completing row's last words and its buttons. */
function state(change: Partial<PlanFacts>): readonly string[] {
  const row = rows(view(change).blocks).find(({ key }) => key === "complete");
  const words = row?.cells.at(-1) ?? [];
  return [...words, ...(row?.buttons.map(({ title, id }) => `[${title}] ${id}`) ?? [])];
}

const here = { ...coder, here: "embedded/coder" };
const kept = { name: "embedded/coder", bytes: 1.1e9, fits: ["complete"], usedBy: [] } as const;

const states: readonly (readonly [name: string, change: Partial<PlanFacts>, expected: readonly string[]])[] =
  [
    ["is offered", {}, ["[Fetch…] fetch:coder-1.5b:Q4_K_M"]],
    ["is being fetched", { pulls: [{ name: coder.pull, share: 0.5, text: "50 %" }] }, []],
    [
      "is not known to be anywhere",
      { models: { ...models, catalogue: [] } },
      ["Hearth knows no file of it to fetch."],
    ],
    [
      "is here",
      { models: { ...models, catalogue: [here], models: [kept] } },
      ["It is here.", "[Use It] use:embedded/coder"],
    ],
    [
      "completes",
      { models: { ...models, catalogue: [here], models: [{ ...kept, usedBy: ["complete"] }] } },
      ["It is here, and completes."],
    ],
    ["is being looked for", { looking: true }, []],
  ];

describe("the plan's page", () => {
  it("has the machine, a row for each role, and the reasons", () => {
    const { lead, blocks } = view();
    assert.deepEqual(lead, [
      "16.0 GiB of memory, 8 cores, no GPU.",
      "Completes now: built in (learns from this workspace).",
    ]);
    assert.deepEqual(rows(blocks)[0]?.cells, [
      ["Completion", "ghost text as you type"],
      ["Coder 1.5B Q4_K_M", "1.1 GB from models.example", "Apache-2.0"],
      ["≈ 21 tokens a second", "1.5 GiB of memory", "a context of 8,192 tokens"],
      [],
    ]);
    assert.deepEqual(
      rows(blocks).map(({ key }) => key),
      ["complete", "reason", "embed"],
    );
    assert.deepEqual(
      blocks.map(({ kind }) => kind),
      ["table", "heading", "list", "heading", "chips", "fold", "fold"],
    );
  });

  it("opens the rest under a question, with names", () => {
    const fold = view().blocks.find((block) => block.kind === "fold");
    assert.deepEqual(fold?.kind === "fold" && fold.blocks, [
      { kind: "list", items: ["Coder 1.5B + R1 7B: 4.0 GiB of memory are missing."] },
    ]);
  });

  it("says what tokens cost, and leads to the prices that were assumed", () => {
    const perMillion = { electricity: 1, hardware: 1, total: 2, api: 3 };
    const prices = { electricity: 1, watts: 1, hardware: 1, years: 1, hoursADay: 1, api: 3 };
    const cost = {
      model: "r1-1.5b",
      perMillion,
      prices,
      because: ["It costs $2.", "An API asks $3.", "Assumed: 1 W."],
    };
    const { blocks } = planView({ ...facts, plan: { ...plan, cost } }, translate);
    const at = blocks.findIndex((block) => block.kind === "heading" && block.text === "What its words cost");
    assert.deepEqual(blocks[at + 1], { kind: "text", text: "It costs $2." });
    assert.deepEqual(blocks[at + 2], { kind: "text", text: "An API asks $3." });
    const text = JSON.stringify(blocks[at + 3]);
    assert.match(text, /Assumed: 1 W\./);
    assert.match(text, /"id":"prices"/);
    assert.deepEqual(planAction("prices"), { kind: "prices" });
  });

  it("leads to the prices where it knows none, and says nothing of cost where nothing reasons", () => {
    const chips = view().blocks.find((block) => block.kind === "chips");
    assert.equal(chips?.label, "Hearth does not know what this hardware takes and costs.");
    assert.deepEqual(
      chips.buttons.map(({ id }) => id),
      ["prices"],
    );
    const silent = { ...plan, roles: { ...plan.roles, reason: null } };
    assert.ok(view({ plan: silent }).blocks.every((block) => block.kind !== "chips"));
  });

  it("keeps what fits too apart from what is too large", () => {
    const folds = view().blocks.filter((block) => block.kind === "fold");
    assert.deepEqual(
      folds.map(({ title, blocks }) => [title, JSON.stringify(blocks).includes("It fits too.")]),
      [
        ["Why not larger?", false],
        ["What else fits?", true],
      ],
    );
  });

  it("says that nothing fits, and that the built-in completer answers", () => {
    const none = { ...plan, roles: { complete: null, reason: null, embed: null } };
    const [complete, reason] = rows(view({ plan: none }).blocks);
    assert.deepEqual([complete?.cells[1]?.[0], reason?.cells[1]], ["built in", ["none"]]);
  });

  for (const [name, change, expected] of states) {
    it(`knows what to do with a model that ${name}`, () => assert.deepEqual(state(change), expected));
  }

  it("shows a download with a way to end it, and one that failed with a way to try again", () => {
    const pulls = [{ name: coder.pull, share: undefined, text: "" }];
    const [progress] = view({ pulls }).blocks;
    assert.deepEqual(progress?.kind === "progress" && [progress.title, progress.detail], [
      "Fetching Coder 1.5B",
      "Asking what there is…",
    ]);
    const failure = { name: coder.pull, message: "The host is gone.", mend: "" };
    const [finding] = view({ failure }).blocks;
    assert.deepEqual(finding?.kind === "finding" && finding.lines, ["The host is gone."]);
    assert.ok(
      view({ failure, pulls }).blocks.every(({ kind }) => kind !== "finding"),
      "it is tried again",
    );
  });

  it("means what its buttons say, and nothing else", () => {
    const both = view({ pulls: [{ name: "a:b:c", share: 0, text: "" }] });
    for (const id of [...buttonIds(both), ...buttonIds(view())]) assert.ok(planAction(id), id);
    assert.deepEqual(planAction("cancel:a:b:c"), { kind: "cancel", name: "a:b:c" });
    assert.equal(planAction("quit"), undefined);
  });
});

describe("the list of models to fetch", () => {
  const titles = (change: Partial<ModelsResult>) =>
    pullChoices({ ...models, ...change }, translate).map(
      ({ title, choices }) => `${title}: ${choices.map(({ label }) => label).join(", ")}`,
    );

  it("has what the plan chooses before what is too large", () =>
    assert.deepEqual(titles({}), [
      "Planned for this machine: Coder 1.5B Q4_K_M",
      "Too large for this machine: R1 7B Q4_K_M",
    ]));

  it("begins with what is not finished, and leaves out what is here", () => {
    const unfinished = [
      { pull: coder.pull, file: "coder.gguf", bytes: 5e8, total: 1e9 },
      { pull: "", file: "lost.gguf", bytes: 1, total: 2 },
    ];
    assert.deepEqual(titles({ unfinished, catalogue: [here] }), ["Not finished: coder.gguf"]);
  });

  it("says size, licence and what it may not be used for", () => {
    const catalogue = [{ ...coder, commercial: false }];
    const [group] = pullChoices({ ...models, catalogue }, translate);
    assert.deepEqual(group?.choices[0], {
      name: coder.pull,
      label: "Coder 1.5B Q4_K_M",
      description: "1.1 GB · Apache-2.0, not for work",
      detail: "completes code · 92 languages",
    });
  });
});
