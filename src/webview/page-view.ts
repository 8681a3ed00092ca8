/**
 * What a page shows, as data: whoever makes one writes words and buttons, and the page draws them.
 *
 * Invariant: every text is drawn as text. There is no way to hand over markup, an address or a script.
 */

export interface PageView {
  readonly title: string;
  /** Under the title; empty lines are left out. */
  readonly lead: readonly string[];
  /** What is going on, with a spinner before it; empty when nothing is. */
  readonly busy: string;
  readonly buttons: readonly PageButton[];
  readonly blocks: readonly PageBlock[];
}

export interface PageButton {
  /** What comes back when it is pressed; unique on its page. */
  readonly id: string;
  readonly title: string;
  /** For who does not see what stands beside it, such as `Cancel the download of qwen`. */
  readonly label?: string;
  /** The one that most people want, on the whole page. */
  readonly main?: true;
  /** The key that presses it too, wherever the focus is on the page. */
  readonly key?: "Escape";
}

export type FindingState = "ok" | "warn" | "fail";

export interface Finding {
  readonly kind: "finding";
  /** Unique among the blocks beside it. */
  readonly key: string;
  readonly state: FindingState;
  /** The state in words, for who does not see the icon. */
  readonly stateWords: string;
  /** What was looked at. */
  readonly name: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly buttons: readonly PageButton[];
}

export interface TableRow {
  readonly key: string;
  /** As many as there are columns, each in lines; the first names the row. */
  readonly cells: readonly (readonly string[])[];
  readonly buttons: readonly PageButton[];
}

export interface Table {
  readonly kind: "table";
  /** For who does not see what stands above it. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface Progress {
  readonly kind: "progress";
  readonly key: string;
  readonly title: string;
  /** Of 1; undefined while nobody knows. */
  readonly share: number | undefined;
  readonly detail: string;
  readonly buttons: readonly PageButton[];
}

export interface Fold {
  readonly kind: "fold";
  readonly key: string;
  readonly title: string;
  readonly blocks: readonly PageBlock[];
}

/** Text as it came, with its lines and spaces; of code every character has the same width. */
export interface Passage {
  readonly kind: "prose" | "code";
  readonly text: string;
  /** More of it may come. */
  readonly growing?: true;
}

/** What somebody says while one looks: each passage is read out once it no longer grows. */
export interface Speech {
  readonly kind: "speech";
  /** For who does not see what stands above it. */
  readonly label: string;
  readonly passages: readonly Passage[];
}

/** Small buttons in a row. */
export interface Chips {
  readonly kind: "chips";
  /** What they are, before them. */
  readonly label: string;
  readonly buttons: readonly PageButton[];
}

export type PageBlock =
  | { readonly kind: "heading" | "text"; readonly text: string }
  | Passage
  | Speech
  | Chips
  | { readonly kind: "list"; readonly items: readonly string[] }
  | Finding
  | Table
  | Progress
  | Fold;

/** The ids of all buttons that a person can press. */
export function buttonIds(view: PageView): ReadonlySet<string> {
  return new Set([...view.buttons, ...view.blocks.flatMap(buttonsOf)].map(({ id }) => id));
}

function buttonsOf(block: PageBlock): readonly PageButton[] {
  switch (block.kind) {
    case "finding":
    case "progress":
    case "chips":
      return block.buttons;
    case "table":
      return block.rows.flatMap(({ buttons }) => buttons);
    case "fold":
      return block.blocks.flatMap(buttonsOf);
    case "heading":
    case "text":
    case "list":
    case "prose":
    case "code":
    case "speech":
      return [];
  }
}
