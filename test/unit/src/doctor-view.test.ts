/** The doctor's page: what fails comes first, what a click can mend has a button, and no other button mends. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { DoctorCheck, MendAction } from "../../../server/protocol/doctor.ts";
import { doctorView, mendOf } from "../../../src/editor/doctor-view.ts";
import type { PageBlock } from "../../../src/webview/page-view.ts";
import { translate } from "../../support/translate.ts";

const node: DoctorCheck = { id: "node", state: "ok", found: "Node 24", why: "", mend: "" };
const choose: MendAction = { command: "hearth.chooseModel", arguments: [], title: "Choose a model" };
const change: MendAction = { command: "hearth.openSettings", arguments: ["roles.complete"], title: "Change" };
const model: DoctorCheck = {
  id: "model",
  state: "fail",
  found: "No such file.",
  why: "It was moved.\nTwice.",
  mend: "Choose another.",
  mendActions: [choose, change],
};
const ollama: DoctorCheck = { id: "ollama", state: "warn", found: "Old.", why: "", mend: "Update it." };

function view(checks: readonly DoctorCheck[], running = false) {
  return doctorView({ checks, running }, translate);
}

function text(block: PageBlock | undefined): readonly string[] {
  if (block?.kind !== "finding") return [];
  return [
    block.stateWords,
    block.name,
    block.title,
    ...block.lines,
    ...block.buttons.map(({ title }) => `[${title}]`),
  ];
}

describe("the doctor's page", () => {
  it("begins with what fails, with why, the mend and its buttons", () => {
    const { blocks, lead } = view([node, ollama, model]);
    assert.deepEqual(blocks.map(text), [
      [
        "Does not work",
        "model",
        "No such file.",
        "It was moved.",
        "Twice.",
        "Choose another.",
        "[Choose a model]",
        "[Change]",
      ],
      ["Worth a look", "Ollama", "Old.", "Update it."],
      ["In order", "Node.js", "Node 24"],
    ]);
    assert.deepEqual(lead, ["1 to mend, 1 worth a look, 1 in order."]);
  });

  it("says it in one line when all is well", () =>
    assert.deepEqual(view([node, node]).lead, ["All 2 checks are in order."]));

  it("can be cancelled while it looks, and run again and copied afterwards", () => {
    const titles = (checks: readonly DoctorCheck[], running: boolean) =>
      view(checks, running).buttons.map(({ title }) => title);
    assert.deepEqual(titles([], true), ["Cancel"]);
    assert.deepEqual(titles([node], true), ["Cancel"]);
    assert.deepEqual(titles([node], false), ["Run Again", "Copy as Text"]);
    assert.deepEqual(titles([], false), ["Run Again"]);
    assert.equal(view([], false).busy, "");
  });

  it("knows what each button mends", () => {
    const checks = [node, model];
    const ids = view(checks).blocks.flatMap((block) => (block.kind === "finding" ? block.buttons : []));
    assert.deepEqual(
      ids.map(({ id }) => mendOf(id, checks)),
      [choose, change],
    );
    assert.equal(mendOf("again", checks), undefined);
  });

  it("has no button for what it cannot do", () => {
    const action = { command: "workbench.action.quit", arguments: [], title: "Quit" };
    const strange = { ...model, mendActions: [action as unknown as MendAction, choose] };
    assert.deepEqual(text(view([strange]).blocks[0]).slice(-1), ["[Choose a model]"]);
    assert.deepEqual(mendOf("mend:model:0", [strange]), choose);
  });
});
