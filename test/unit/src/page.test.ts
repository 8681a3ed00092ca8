/** The frame of a page, what a page may say, and which buttons it has. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { pageHtml } from "../../../src/webview/page-html.ts";
import { readPageMessage } from "../../../src/webview/page-message.ts";
import { buttonIds, type PageButton, type PageView } from "../../../src/webview/page-view.ts";

const parts = {
  language: "en",
  title: "Page",
  source: "https://files.example",
  script: "https://files.example/page.js",
  style: "https://files.example/page.css",
  nonce: "0123456789abcdef",
};

describe("the frame of a page", () => {
  it("lets nothing be loaded, run or sent but its own script, style and font", () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(pageHtml(parts))?.[1];
    assert.deepEqual(policy?.replaceAll("&#39;", "'").split("; "), [
      "default-src 'none'",
      "img-src https://files.example",
      "style-src https://files.example",
      "font-src https://files.example",
      "script-src 'nonce-0123456789abcdef'",
      "connect-src 'none'",
      "form-action 'none'",
      "base-uri 'none'",
    ]);
  });

  it("holds its title as text, whatever it is", () => {
    const bare = pageHtml({ ...parts, title: "" });
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("<", ">", '"', "'", "&", "a", "/") }), (title) => {
        const written = pageHtml({ ...parts, title });
        assert.equal(written.replace(/<title>[^<>"']*<\/title>/, "<title></title>"), bare);
      }),
    );
  });
});

describe("what a page says", () => {
  const cases: readonly (readonly [raw: unknown, read: unknown])[] = [
    [{ kind: "ready" }, { kind: "ready" }],
    [
      { kind: "press", id: "again" },
      { kind: "press", id: "again" },
    ],
    [{ kind: "press" }, undefined],
    [{ kind: "press", id: 1 }, undefined],
    [{ kind: "press", id: "x".repeat(501) }, undefined],
    [{ kind: "press", id: "again", command: "workbench.action.quit" }, undefined],
    [{ kind: "run", command: "workbench.action.quit" }, undefined],
    ["press", undefined],
    [null, undefined],
  ];
  for (const [raw, read] of cases) {
    it(`${JSON.stringify(raw).slice(0, 60)} is ${read ? "taken" : "dropped"}`, () =>
      assert.deepEqual(readPageMessage(raw), read));
  }
});

describe("the buttons of a page", () => {
  it("are found wherever they stand", () => {
    const button = (id: string): readonly PageButton[] => [{ id, title: id }];
    const finding = {
      kind: "finding",
      key: "a",
      state: "ok",
      stateWords: "",
      name: "",
      title: "",
      lines: [],
      buttons: button("finding"),
    } as const;
    const view: PageView = {
      title: "",
      lead: [],
      busy: "",
      buttons: button("top"),
      blocks: [
        { kind: "text", text: "no" },
        finding,
        { kind: "table", label: "", columns: [], rows: [{ key: "r", cells: [], buttons: button("row") }] },
        {
          kind: "fold",
          key: "f",
          title: "",
          blocks: [
            { kind: "progress", key: "p", title: "", share: 0, detail: "", buttons: button("progress") },
          ],
        },
      ],
    };
    assert.deepEqual([...buttonIds(view)].toSorted(), ["finding", "progress", "row", "top"]);
  });
});
