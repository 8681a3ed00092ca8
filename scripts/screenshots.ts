/** Takes the pictures of the README in a real editor and puts them into `docs/images/`. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { mochaGlobalSetup, mochaGlobalTeardown } from "../test/vscode/support/global-setup.ts";
import { Session } from "../test/vscode/support/session.ts";

const images = join(import.meta.dirname, "..", "docs", "images");

const source = `import type { EventBus } from "./event-bus.ts";
import { orderMessage } from "./messages.ts";
import type { Queue } from "./queue.ts";

/** Every event of an order that other systems hear about. */
export function forwardOrders(bus: EventBus, queue: Queue): void {
  bus.on("order.placed", (event) => queue.push(orderMessage(event), { retry: true }));
  bus.on("order.changed", (event) => queue.push(orderMessage(event), { retry: true }));
  bus.on("order.paid", (event) => queue.push(orderMessage(event), { retry: true }));
  bus.on("order.packed", (event) => queue.push(orderMessage(event), { retry: true }));
  bus.on("order.sent", (event) => queue.push(orderMessage(event), { retry: true }));
  bus.on("order.delivered", (event) => queue.push(orderMessage(event), { retry: true }));
`;

const typed = '  bus.on("order.returned", ';

const look = {
  "workbench.colorTheme": "Default Dark Modern",
  "editor.fontSize": 14,
  "editor.renderLineHighlight": "none",
  "breadcrumbs.enabled": false,
  "workbench.activityBar.location": "hidden",
  "window.commandCenter": false,
  "workbench.layoutControl.enabled": false,
};

/** Evaluated inside the page: nothing spins and no notification waits. */
const isCalm = `!document.querySelector(".statusbar-item .codicon-loading, .statusbar-item .codicon-bell-dot")`;

mochaGlobalSetup();
try {
  mkdirSync(images, { recursive: true });
  await takePictures("en");
  await takePictures("zh-cn");
} finally {
  await mochaGlobalTeardown();
}

async function takePictures(language: "en" | "zh-cn"): Promise<void> {
  const session = new Session({
    name: `pictures-${language}`,
    files: { "orders.ts": source },
    settings: look,
    window: { width: 940, height: 480, scale: 1.5 },
    ...(language === "zh-cn" ? { locale: language } : {}),
  });
  const suffix = language === "en" ? "" : `.${language}`;
  try {
    await session.start();
    const { workbench } = session;
    await workbench.waitForStatus(language === "en" ? "Ready." : "就绪。");
    await workbench.openFile("orders.ts");
    await workbench.press("Control+B");
    await workbench.goToEnd();
    await workbench.type(typed);
    await workbench.anyGhostText();
    await workbench.page.waitForFunction(isCalm);
    if (language === "en") await picture(workbench.page, "ghost-text");
    await workbench.press("Escape");
    // Tall enough for the whole list.
    await workbench.page.setViewportSize({ width: 940, height: 600 });
    await workbench.statusItem().click();
    await workbench.menuEntry(language === "en" ? "Turn off everywhere" : "全部关闭").waitFor();
    await picture(workbench.page, `status-menu${suffix}`);
    await workbench.press("Escape");
    if (language === "en") await takePlan(session);
  } finally {
    await session.stop();
  }
}

async function takePlan({ workbench }: Session): Promise<void> {
  await workbench.page.setViewportSize({ width: 940, height: 700 });
  await workbench.runCommand("Hearth: What This Machine Can Run (Plan)");
  await workbench.inPage().getByRole("table").waitFor();
  // The palette's shadow fades.
  await workbench.page.waitForFunction(isCalm);
  await picture(workbench.page, "plan");
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(images, `${name}.png`), animations: "disabled" });
}
