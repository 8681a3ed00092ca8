/** The pages in a real Chromium: what is text stays text, the keyboard reaches everything, 320 px are enough. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Editor } from "../../scripts/editor-setup.ts";
import { pageHtml } from "../../src/webview/page-html.ts";
import type { PageBlock, PageButton, PageView, Passage } from "../../src/webview/page-view.ts";

const origin = "https://page.test";
const dist = join(import.meta.dirname, "..", "..", "dist");
const files: Readonly<Record<string, string>> = {
  "/page.js": "text/javascript",
  "/page.css": "text/css",
  "/codicon.ttf": "font/ttf",
};

/** A view with `text` in every place that takes one. */
function everywhere(text: string): PageView {
  const buttons = (id: string): readonly PageButton[] => [{ id, title: text, label: text }];
  const blocks: readonly PageBlock[] = [
    { kind: "heading", text },
    { kind: "text", text },
    { kind: "list", items: [text] },
    { kind: "prose", text },
    { kind: "code", text },
    {
      kind: "speech",
      label: text,
      passages: [
        { kind: "prose", text },
        { kind: "code", text },
        { kind: "prose", text, growing: true },
      ],
    },
    { kind: "chips", label: text, buttons: buttons("chip") },
    {
      kind: "finding",
      key: text,
      state: "fail",
      stateWords: text,
      name: text,
      title: text,
      lines: [text],
      buttons: buttons("finding"),
    },
    {
      kind: "table",
      label: text,
      columns: [text, text],
      rows: [{ key: text, cells: [[text], [text, text]], buttons: buttons("row") }],
    },
    { kind: "progress", key: text, title: text, share: 0.5, detail: text, buttons: buttons("progress") },
    { kind: "fold", key: text, title: text, blocks: [{ kind: "text", text }] },
  ];
  return { title: text, lead: [text], busy: text, buttons: buttons("top"), blocks };
}

const payloads: readonly string[] = [
  "<script>parent.caught = 1</script>",
  "<img src=https://evil.test/a onerror=caught=1>",
  "![a](https://evil.test/b)",
  "<svg onload=caught=1><use href=https://evil.test/c /></svg>",
  "<iframe srcdoc='<script>caught=1</script>'></iframe>",
  "<style>@import 'https://evil.test/d';</style>",
  "<link rel=stylesheet href=https://evil.test/e>",
  "<base href=https://evil.test/>",
  "<meta http-equiv=refresh content='0;url=https://evil.test/f'>",
  "<form action=https://evil.test/g><button autofocus>x</button></form>",
  '"><script src=https://evil.test/h></script>',
  "javascript:caught=1",
  "[x](command:workbench.action.quit)",
  "</main></body><script>caught=1</script>",
  "&lt;script&gt;caught=1&lt;/script&gt;",
  "${caught=1}",
];

describe("the pages", () => {
  let browser: Browser;
  let page: Page;
  /** Addresses that the network was asked for. */
  let asked: string[];

  before(async () => {
    const editor = JSON.parse(process.env["HEARTH_TEST_EDITOR"] ?? "{}") as Editor;
    browser = await chromium.launch({
      executablePath: editor.browser,
      args: ["--no-sandbox", "--disable-gpu"],
    });
  });
  after(() => browser.close());
  beforeEach(async () => {
    await page?.close();
    page = await browser.newPage({ viewport: { width: 900, height: 700 } });
    asked = [];
    await open((html) => html);
  });

  /** `change`: of the frame, to see what its policy is good for. */
  async function open(change: (html: string) => string): Promise<void> {
    const html = pageHtml({
      language: "en",
      title: "Page",
      source: origin,
      script: `${origin}/page.js`,
      style: `${origin}/page.css`,
      nonce: "0123456789abcdef",
    });
    await page.route("**/*", async (route) => {
      asked.push(route.request().url());
      const { pathname, origin: from } = new URL(route.request().url());
      const contentType = files[pathname];
      if (from !== origin) await route.abort();
      else if (contentType === undefined)
        await route.fulfill({ contentType: "text/html", body: change(html) });
      else await route.fulfill({ contentType, body: await readFile(join(dist, pathname)) });
    });
    await page.addInitScript(`
      globalThis.said = [];
      globalThis.acquireVsCodeApi = () => ({ postMessage: (message) => said.push(message) });`);
    await page.goto(`${origin}/`);
    await page.waitForFunction("said.length === 1");
    // As the editor does.
    await page.evaluate("document.documentElement.style.setProperty('--vscode-focusBorder', 'blue')");
  }

  async function show(view: PageView): Promise<void> {
    await page.evaluate(`postMessage(${JSON.stringify(view)})`);
    await page.waitForFunction(`document.querySelector("h1")?.textContent === ${JSON.stringify(view.title)}`);
  }

  const strangers = () => asked.filter((url) => !url.startsWith(origin));
  const said = () => page.evaluate<readonly unknown[]>("said");
  const focused = () => page.evaluate<string>("document.activeElement.dataset.press ?? ''");

  it("say that they are ready, and load nothing but their own three files", async () => {
    await show(everywhere("text"));
    await page.evaluate("document.fonts.ready.then(() => true)");
    assert.deepEqual(await said(), [{ kind: "ready" }]);
    assert.deepEqual(asked.map((url) => new URL(url).pathname).toSorted(), [
      "/",
      "/codicon.ttf",
      "/page.css",
      "/page.js",
    ]);
  });

  for (const payload of payloads) {
    it(`draw ${payload} as text`, async () => {
      await show(everywhere(payload));
      const drawn = await page.locator("main").textContent();
      assert.equal(drawn?.split(payload).length, 30, "the text was not drawn everywhere");
      assert.equal(await page.evaluate("globalThis.caught"), undefined);
      assert.equal(
        await page.locator("main :is(script, img, svg, iframe, style, link, base, meta, form)").count(),
        0,
      );
      assert.deepEqual(strangers(), []);
    });
  }

  it("run and load nothing else even if markup came in: control, and with the policy taken away", async () => {
    const plant = `new Promise((resolve) => {
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective));
      globalThis.ran = () => resolve("ran");
      const made = document.createElement("div");
      made.innerHTML = "<img src='https://evil.test/planted' onerror='ran()'>";
      document.body.append(made);
    })`;
    assert.match(await page.evaluate<string>(plant), /^(img-src|script-src-attr)$/);
    assert.deepEqual(strangers(), []);
    await page.unroute("**/*");
    await open((html) => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
    assert.equal(await page.evaluate<string>(plant), "ran");
    assert.deepEqual(strangers(), ["https://evil.test/planted"]);
  });

  it("are worked with the keyboard alone", async () => {
    await show(everywhere("text"));
    const reached: string[] = [];
    for (const _ of Array(7)) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
    }
    // Code is reached too, for it may be wider than the page.
    assert.deepEqual(reached, ["top", "", "", "chip", "finding", "row", "progress"]);
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert.equal(outline, "solid");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("details[open]").count(), 1);
    assert.deepEqual((await said()).slice(1), [{ kind: "press", id: "progress" }]);
  });

  it("press by its key the button that has one, and nothing once it is gone", async () => {
    const stop = { id: "stop", title: "Stop", key: "Escape" } as const;
    await show({ ...everywhere("text"), buttons: [stop] });
    await page.keyboard.press("Escape");
    assert.deepEqual((await said()).slice(1), [{ kind: "press", id: "stop" }]);
    await show({ ...everywhere("text"), title: "done" });
    await page.keyboard.press("Escape");
    assert.equal((await said()).length, 2);
  });

  it("read out each passage once, when it no longer grows", async () => {
    const speech = (...passages: readonly Passage[]): PageView => ({
      ...everywhere("text"),
      blocks: [{ kind: "speech", label: "Answer", passages }],
    });
    await show({
      ...everywhere("text"),
      title: "none",
      blocks: [{ kind: "speech", label: "Answer", passages: [] }],
    });
    await page.evaluate(`
      globalThis.read = [];
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
          for (const node of addedNodes) if (!node.closest('[aria-live="off"]')) read.push(node.textContent);
      }).observe(document.querySelector('[aria-live="polite"]'), { childList: true });`);
    const grown = (text: string): Passage => ({ kind: "prose", text, growing: true });
    for (const view of [
      speech(grown("On")),
      speech(grown("One.")),
      speech({ kind: "prose", text: "One." }, grown("Tw")),
      speech({ kind: "prose", text: "One." }, { kind: "code", text: "two" }),
    ])
      await page.evaluate(`postMessage(${JSON.stringify(view)})`);
    await page.locator(".speech pre").waitFor();
    assert.deepEqual(await page.evaluate("read"), ["One.", "two"]);
  });

  it("keep the focus and what is open when they are drawn again", async () => {
    await show(everywhere("text"));
    await page.locator("summary").click();
    await page.locator('[data-press="progress"]').focus();
    const moved = everywhere("text");
    await show({
      ...moved,
      title: "again",
      blocks: [{ kind: "text", text: "new" }, ...moved.blocks.slice(1)],
    });
    assert.equal(await focused(), "progress");
    assert.equal(await page.locator("details[open]").count(), 1);
    await show({ ...moved, title: "gone", blocks: [] });
    assert.equal(await page.locator("main > *").count(), 1);
  });

  it("need no more than 320 px", async () => {
    await page.setViewportSize({ width: 320, height: 700 });
    await show(
      everywhere("/a/very/long/path/without/any/space/in/it/that/ends/nowhere/qwen2.5-coder-0.5b.gguf"),
    );
    assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= 320);
    await page.locator("td p").first().waitFor();
  });

  it("stand still for who asked for that", async () => {
    await show(everywhere("text"));
    const moving = () =>
      page.evaluate("getComputedStyle(document.querySelector('.codicon-loading')).animationName");
    assert.notEqual(await moving(), "none");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await moving(), "none");
  });

  it("have targets of 24 px or more", async () => {
    await show(everywhere("text"));
    const heights = await page
      .locator("button, summary")
      .evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().height));
    assert.ok(heights.length === 6 && heights.every((height) => height >= 24), String(heights));
  });
});
