/** Turns a view into elements: one function a kind of block. */

import type {
  Chips,
  Finding,
  FindingState,
  Fold,
  PageBlock,
  PageButton,
  PageView,
  Passage,
  Progress,
  Speech,
  Table,
  TableRow,
} from "../../src/webview/page-view.ts";
import { element, icon } from "./elements.ts";

export function drawPage({ title, lead, busy, buttons, blocks }: PageView): HTMLElement {
  const header = element(
    "header",
    {},
    element("h1", {}, title),
    ...lead.map((line) => element("p", {}, line)),
    // Always there: a live region that comes with its words is not read out.
    element("p", { class: "busy", role: "status" }, ...(busy === "" ? [] : [icon("loading"), ` ${busy}`])),
    ...drawButtons(buttons),
  );
  return element("main", {}, header, ...blocks.map(drawBlock));
}

function drawBlock(block: PageBlock): HTMLElement {
  switch (block.kind) {
    case "heading":
      return element("h2", {}, block.text);
    case "text":
      return element("p", {}, block.text);
    case "list":
      return element("ul", {}, ...block.items.map((item) => element("li", {}, item)));
    case "prose":
    case "code":
      return drawPassage(block);
    case "speech":
      return drawSpeech(block);
    case "chips":
      return drawChips(block);
    case "finding":
      return drawFinding(block);
    case "table":
      return drawTable(block);
    case "progress":
      return drawProgress(block);
    case "fold":
      return drawFold(block);
  }
}

function drawButtons(buttons: readonly PageButton[]): readonly HTMLElement[] {
  if (buttons.length === 0) return [];
  return [element("div", { class: "buttons" }, ...buttons.map(drawButton))];
}

function drawButton({ id, title, label, main, key }: PageButton): HTMLElement {
  const named = { "data-press": id, "aria-label": label, "aria-keyshortcuts": key };
  return element("button", { type: "button", class: main ? "main" : undefined, ...named }, title);
}

function drawChips({ label, buttons }: Chips): HTMLElement {
  const name = element("span", {}, label);
  return element(
    "div",
    { class: "chips", role: "group", "aria-label": label },
    name,
    ...buttons.map(drawButton),
  );
}

/** `key`: one that is done is another element than one that grows, so that it is read out when it comes. */
function drawPassage({ kind, text, growing }: Passage, key?: string): HTMLElement {
  const attributes = { "data-key": key, "aria-live": growing ? "off" : undefined };
  if (kind === "prose") return element("p", { class: "prose", ...attributes }, text);
  // What is wider than the page is scrolled, by the keyboard too.
  return element("pre", { tabindex: "0", ...attributes }, element("code", {}, text));
}

function drawSpeech({ label, passages }: Speech): HTMLElement {
  const drawn = passages.map((passage, index) =>
    drawPassage(passage, passage.growing ? `${index}…` : `${index}`),
  );
  return element("section", { class: "speech", "aria-live": "polite", "aria-label": label }, ...drawn);
}

const stateIcons: Readonly<Record<FindingState, string>> = { ok: "pass", warn: "warning", fail: "error" };

function drawFinding({ key, state, stateWords, name, title, lines, buttons }: Finding): HTMLElement {
  return element(
    "section",
    { class: `finding ${state}`, "data-key": key },
    icon(stateIcons[state], stateWords),
    element("p", { class: "name" }, name),
    element(
      "div",
      {},
      element("h3", {}, title),
      ...lines.map((line) => element("p", {}, line)),
      ...drawButtons(buttons),
    ),
  );
}

function drawTable({ label, columns, rows }: Table): HTMLElement {
  const heads = columns.map((column) => element("th", { scope: "col" }, column));
  return element(
    "table",
    { "aria-label": label },
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows.map((row) => drawRow(row, columns))),
  );
}

/** Its column's name goes with each cell: on a narrow page the rows become cards. */
function drawRow({ key, cells, buttons }: TableRow, columns: readonly string[]): HTMLElement {
  const drawn = cells.map((lines, index) => {
    const content = lines.map((line) => element("p", {}, line));
    const last = index === cells.length - 1 ? drawButtons(buttons) : [];
    return index === 0
      ? element("th", { scope: "row" }, ...content, ...last)
      : element("td", { "data-column": columns[index] }, ...content, ...last);
  });
  return element("tr", { "data-key": key }, ...drawn);
}

function drawProgress({ key, title, share, detail, buttons }: Progress): HTMLElement {
  const value = share === undefined ? {} : { value: String(share), max: "1" };
  return element(
    "section",
    { class: "progress", "data-key": key },
    element("h3", {}, title),
    element("progress", { "aria-label": title, ...value }),
    element("p", {}, detail),
    ...drawButtons(buttons),
  );
}

function drawFold({ key, title, blocks }: Fold): HTMLElement {
  return element("details", { "data-key": key }, element("summary", {}, title), ...blocks.map(drawBlock));
}
