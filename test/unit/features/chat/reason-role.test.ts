/** What the role that reasons is bound to, from its setting to what a question says of it. */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, it } from "mocha";
import { ReasonRole } from "../../../../server/features/chat/reason-role.ts";
import type { WantedModel } from "../../../../server/features/completion/completion-model.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";

const r1: WantedModel = { kind: "embedded", model: "/models/r1-7b.gguf" };
const named = { runtime: "embedded", name: "r1-7b" };
const here = { trusted: true, place: "" };
const missing = new RuntimeError("model-not-found", "There is none.");
const full = new RuntimeError("out-of-memory", "It does not fit.");

describe("the role that reasons", () => {
  let found: WantedModel | RuntimeError = r1;
  let looks = 0;
  let role: ReasonRole;
  beforeEach(() => {
    [found, looks] = [r1, 0];
    role = new ReasonRole({
      find: () => {
        looks++;
        return found instanceof RuntimeError ? Promise.reject(found) : Promise.resolve(found);
      },
      quiet: async () => {},
      changed: () => {},
    });
  });

  async function bound(setting: string, more: Partial<typeof here> = {}) {
    role.bind(setting, { ...here, ...more });
    await setImmediate();
    return role.state;
  }

  it("is off where it is off, and looks for nothing where no model may be asked", async () => {
    assert.deepEqual(await bound("off"), { kind: "off" });
    assert.deepEqual(await bound("auto", { trusted: false }), { kind: "untrusted" });
    assert.equal(looks, 0);
  });

  it("names what it stands for, and looks once however often it is bound", async () => {
    assert.deepEqual(await bound("auto"), { kind: "idle", model: named });
    await bound("auto");
    assert.equal(looks, 1);
  });

  it("lacks a model, and has it when one has come", async () => {
    found = missing;
    assert.deepEqual(await bound("auto"), { kind: "none", error: missing });
    found = r1;
    role.modelsChanged();
    await setImmediate();
    assert.equal(role.state.kind, "idle");
  });

  it("fails where the model that is named is not there", async () => {
    found = missing;
    const name = "embedded/r1-7b";
    assert.deepEqual(await bound(name), { kind: "failed", name, error: missing });
  });

  it("remembers what a question said of it, and forgets that when it is bound anew", async () => {
    await bound("auto");
    const opening = role.watch(async () => ({ info: named }));
    assert.deepEqual(role.state, { kind: "loading", model: named });
    await opening;
    assert.deepEqual(role.state, { kind: "ready", model: named });
    await assert.rejects(
      role.watch(() => Promise.reject(full)),
      full,
    );
    assert.deepEqual(role.state, { kind: "failed", name: "r1-7b", error: full });
    assert.equal((await bound("auto", { place: "elsewhere" })).kind, "idle");
  });

  it("takes nothing from a question that was cancelled", async () => {
    await bound("auto");
    const stopped = new DOMException("stopped", "AbortError");
    await assert.rejects(role.watch(() => Promise.reject(stopped)));
    assert.deepEqual(role.state, { kind: "idle", model: named });
  });
});
