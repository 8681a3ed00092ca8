/** The script of every page: draws what the extension sends, and tells it which button was pressed. */

import type { PageMessage } from "../../src/webview/page-message.ts";
import type { PageView } from "../../src/webview/page-view.ts";
import { drawPage } from "./draw-page.ts";
import { morph } from "./morph.ts";

declare function acquireVsCodeApi(): { readonly postMessage: (message: PageMessage) => void };

const tell = acquireVsCodeApi().postMessage;
const root = document.createElement("main");
document.body.append(root);

// Only the editor's own frame around the page can post to it, and nothing that it says is drawn but as text.
addEventListener("message", ({ data }: MessageEvent<PageView>) => morph(root, drawPage(data)));

addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>("button[data-press]") : null;
  const id = button?.dataset["press"];
  if (id !== undefined) tell({ kind: "press", id });
});

addEventListener("keydown", ({ key, isComposing }) => {
  const button = document.querySelector<HTMLElement>(`button[aria-keyshortcuts="${CSS.escape(key)}"]`);
  const id = isComposing ? undefined : button?.dataset["press"];
  if (id !== undefined) tell({ kind: "press", id });
});

tell({ kind: "ready" });
