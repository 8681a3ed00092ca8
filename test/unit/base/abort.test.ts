import assert from "node:assert/strict";
import { Latest, untilAborted } from "../../../server/base/abort.ts";
import { DisposableStore } from "../../../server/base/disposable.ts";
import { createLocalizer, languageOf } from "../../../server/base/l10n.ts";

describe("Latest", () => {
  it("aborts the signal before when a new one is asked for", () => {
    const latest = new Latest();
    const first = latest.next();
    const second = latest.next();
    assert.deepEqual([first.aborted, second.aborted], [true, false]);
    latest.dispose();
    assert.equal(second.aborted, true);
  });
});

describe("untilAborted", () => {
  it("gives what the promise comes to", async () =>
    assert.equal(await untilAborted(Promise.resolve(7), new AbortController().signal), 7));

  it("gives up at the abort, while the promise runs on", async () => {
    const controller = new AbortController();
    const never = Promise.withResolvers<number>();
    const waiting = untilAborted(never.promise, controller.signal);
    controller.abort();
    assert.equal(await waiting, undefined);
  });

  it("passes a failure on", async () =>
    assert.rejects(untilAborted(Promise.reject(new Error("no")), new AbortController().signal), /no/));
});

describe("DisposableStore", () => {
  it("disposes newest first, and at once what comes late", () => {
    const order: string[] = [];
    const store = new DisposableStore();
    for (const name of ["a", "b"]) store.add({ dispose: () => void order.push(name) });
    store.dispose();
    store.add({ dispose: () => void order.push("late") });
    assert.deepEqual(order, ["b", "a", "late"]);
  });
});

describe("languages", () => {
  const tags = [
    ["zh-cn", "zh-cn"],
    ["zh_CN.UTF-8", "zh-cn"],
    ["zh", "zh-cn"],
    ["zh-Hans", "zh-cn"],
    ["zh-TW", "en"],
    ["de", "en"],
    [undefined, "en"],
  ] as const;
  for (const [tag, language] of tags) {
    it(`reads ${tag} as ${language}`, () => assert.equal(languageOf(tag), language));
  }

  it("falls back to the English sentence and fills in values", () => {
    const { t } = createLocalizer("zh-cn", { "{0} files": "{0} 个文件" });
    assert.equal(t("{0} files", 3), "3 个文件");
    assert.equal(t("{0} of {1}", 1), "1 of {1}");
  });
});
