/** Drives one window of the editor the way a person does: with keys, and by looking at what is on the screen. */

import type { Browser, Page } from "playwright-core";

/** In CSS pixels; a picture of it has `scale` times as many each way. */
export interface WindowSize {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** How long anything that must appear may take. */
const patience = { timeout: 20_000 };

export class Workbench {
  readonly page: Page;
  /** Every address that the window has asked for. */
  readonly requests: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("request", (request) => this.requests.push(request.url()));
  }

  static async launch(browser: Browser, { width, height, scale }: WindowSize): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale });
    return new Workbench(await context.newPage());
  }

  /** Opens the window and waits until the extension shows itself. */
  async open(url: string, folder: string): Promise<void> {
    await this.page.goto(`${url}/?folder=${encodeURIComponent(folder)}`);
    await this.ready();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Opens a file of the folder by its name and puts the cursor into it. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    const input = this.page.locator(".quick-input-widget input");
    await input.waitFor(patience);
    await input.fill(name);
    await this.page
      .locator(".quick-input-list .monaco-list-row .label-name", { hasText: name })
      .first()
      .waitFor(patience);
    await this.page.keyboard.press("Enter");
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor(patience);
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor(patience);
    await this.page.evaluate(windowIsIdle);
  }

  /** Runs a command of the palette by its title, as it is shown. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget input");
    await input.waitFor(patience);
    await input.fill(`>${title}`);
    await this.page
      .locator(".quick-input-list .monaco-list-row", { hasText: title })
      .first()
      .waitFor(patience);
    await this.page.keyboard.press("Enter");
    await this.page.waitForFunction(paletteIsGone, undefined, patience);
  }

  async goToEnd(): Promise<void> {
    await this.page.keyboard.press("Control+End");
  }

  /** Opens a file of the folder and goes on writing where it ends. */
  async append(name: string, text: string): Promise<void> {
    await this.openFile(name);
    await this.goToEnd();
    await this.type(text);
  }

  /** Puts the cursor at the end of a line, counted from one. */
  async goToLineEnd(line: number): Promise<void> {
    await this.page.keyboard.press("Control+G");
    const input = this.page.locator(".quick-input-widget input");
    await input.waitFor(patience);
    await input.fill(`:${line}:1000`);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor(patience);
    await this.page.locator(".statusbar-item a", { hasText: `Ln ${line},` }).waitFor(patience);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async press(keys: string): Promise<void> {
    await this.page.keyboard.press(keys);
  }

  /** The grey text at the cursor, as it stands on the screen; empty when there is none. */
  ghostText(): Promise<string> {
    return this.page.evaluate(readGhostText);
  }

  /** Waits until the grey text is exactly this; the error says what stood there instead. */
  async waitForGhostText(expected: string): Promise<void> {
    try {
      await this.page.waitForFunction(
        `${readGhostText} === ${JSON.stringify(expected)}`,
        undefined,
        patience,
      );
    } catch (error) {
      const seen = await this.ghostText();
      throw new Error(`expected the ghost text ${JSON.stringify(expected)}, saw ${JSON.stringify(seen)}`, {
        cause: error,
      });
    }
  }

  /** Waits until there is any grey text, and returns it. */
  async anyGhostText(): Promise<string> {
    await this.page.waitForFunction(`${readGhostText} !== ""`, undefined, patience);
    return this.ghostText();
  }

  /** Watches for longer than an answer takes; for what must not appear there is nothing to wait for. */
  async staysWithoutGhostText(): Promise<void> {
    const appeared = await this.page.evaluate<string>(watchForGhostText);
    if (appeared !== "") throw new Error(`expected no ghost text, saw ${JSON.stringify(appeared)}`);
  }

  async waitForNoGhostText(): Promise<void> {
    await this.waitForGhostText("");
  }

  /** Waits until the status item's name for a screen reader says this, however short it does. */
  async waitForStatus(sentence: string): Promise<void> {
    const saying = `${statusItem} a[aria-label*="${sentence}"]`;
    try {
      await this.page.waitForFunction(untilThereIs(saying), undefined, patience);
    } catch (error) {
      const seen = await this.statusItem().getAttribute("aria-label");
      throw new Error(`expected the status ${JSON.stringify(sentence)}, saw ${JSON.stringify(seen)}`, {
        cause: error,
      });
    }
  }

  statusItem() {
    return this.page.locator(`${statusItem} a`);
  }

  /** Waits until the hover of the status item says this, and returns all that it says. */
  async waitForHover(sentence: string): Promise<string> {
    await this.statusItem().hover();
    const hover = this.page.locator(".monaco-hover", { hasText: sentence });
    await hover.waitFor(patience);
    const text = await hover.innerText();
    await this.page.mouse.move(640, 300);
    return text;
  }

  /** The inside of Hearth's page in front. */
  inPage() {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** The question that stands before everything else. */
  dialog() {
    return this.page.locator(".monaco-dialog-box");
  }

  async waitForNotification(words: string): Promise<void> {
    await this.page.locator(".notification-list-item", { hasText: words }).waitFor(patience);
  }

  /** How many notifications stand on the screen. */
  notifications(): Promise<number> {
    return this.page.locator(".notification-list-item").count();
  }

  /** A row of the list that is open. */
  menuEntry(words: string) {
    return this.page.locator(".quick-input-list .monaco-list-row", { hasText: words }).first();
  }

  /** Saves the file and waits until the editor shows it as saved. */
  async save(): Promise<void> {
    await this.page.keyboard.press("Control+S");
    await this.page.locator(".tab.active:not(.dirty)").waitFor(patience);
  }

  private async ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor(patience);
    await this.statusItem().waitFor(patience);
  }
}

const statusItem = '.statusbar-item[id="hearth.hearth.hearth.status"]';

/**
 * Evaluated inside the page. A new editor gets its ghost text when its window is idle for the first time, after
 * 5 s at the latest: keys from before are not asked about. A person is slower than that; idle callbacks run in turn.
 */
const windowIsIdle = `new Promise((resolve) => requestIdleCallback(resolve, { timeout: 6000 }))`;

/** Evaluated inside the page. A command may open a list of its own in the same place. */
const paletteIsGone = `!document.querySelector(".quick-input-widget input")?.checkVisibility() ||
  !document.querySelector(".quick-input-widget input").value.startsWith(">")`;

/** Evaluated inside the page. Looks at every change: what is asked for again and again is missed in between. */
function untilThereIs(selector: string): string {
  return `new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector(${JSON.stringify(selector)})) return;
      observer.disconnect();
      resolve(true);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { attributes: true, childList: true, subtree: true });
    look();
  })`;
}

/**
 * Evaluated inside the page. The first line is drawn in pieces among the text, further lines below it.
 * A string: this side of the wall knows no DOM.
 */
const readGhostText = `(() => {
  const text = (node) => node.textContent.replaceAll("\\u00a0", " ");
  const pieces = [...document.querySelectorAll(".view-lines .ghost-text-decoration")];
  const below = [...document.querySelectorAll(".view-zones .suggest-preview-text .view-line")];
  return [pieces.map(text).join(""), ...below.map(text)].join("\\n");
})()`;

/** Evaluated inside the page: the first ghost text of the next 1.5 s, or nothing. */
const watchForGhostText = `new Promise((resolve) => {
  const began = performance.now();
  const look = () => {
    const text = ${readGhostText};
    if (text !== "" || performance.now() - began > 1500) resolve(text);
    else requestAnimationFrame(look);
  };
  look();
})`;
