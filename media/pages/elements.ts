/** Makes elements of a page. Children are elements and texts; nothing is ever read as markup. */

type Child = Node | string;

/** `undefined` leaves an attribute out. */
export type Attributes = Readonly<Record<string, string | undefined>>;

export function element(name: string, attributes: Attributes, ...children: readonly Child[]): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** An icon of the editor's; without words it says nothing to who does not see it. */
export function icon(name: string, words?: string): HTMLElement {
  const spoken = words === undefined ? { "aria-hidden": "true" } : { role: "img", "aria-label": words };
  const classes =
    name === "loading" ? "codicon codicon-loading codicon-modifier-spin" : `codicon codicon-${name}`;
  return element("span", { class: classes, ...spoken });
}
