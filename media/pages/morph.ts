/**
 * Makes one element like another and keeps what is the same, so that the focus, the selection and open folds
 * outlive a page that is drawn several times a second.
 */

export function morph(old: Element, wanted: Element): void {
  copyAttributes(old, wanted);
  // Copies: both lists change while they are gone through.
  const kept = Array.from(old.childNodes);
  const children = Array.from(wanted.childNodes);
  let place = 0;
  for (const child of children) {
    const found = kept.findIndex((node, index) => index >= place && isSame(node, child));
    if (found < 0) {
      old.insertBefore(child, kept[place] ?? null);
      continue;
    }
    for (const gone of kept.slice(place, found)) gone.remove();
    const [node] = kept.slice(found, found + 1);
    if (node instanceof Element && child instanceof Element) morph(node, child);
    else if (node && node.nodeValue !== child.nodeValue) node.nodeValue = child.nodeValue;
    place = found + 1;
  }
  for (const gone of kept.slice(place)) gone.remove();
}

function isSame(old: Node, wanted: Node): boolean {
  if (old.nodeName !== wanted.nodeName) return false;
  return keyOf(old) === keyOf(wanted);
}

function keyOf(node: Node): string | undefined {
  if (!(node instanceof HTMLElement)) return undefined;
  return node.dataset["key"] ?? node.dataset["press"];
}

/** What a person has opened stays open. */
const theirs = new Set(["open"]);

function copyAttributes(old: Element, wanted: Element): void {
  const gone = old.getAttributeNames().filter((name) => !wanted.hasAttribute(name) && !theirs.has(name));
  for (const name of gone) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
