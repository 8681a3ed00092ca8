/**
 * From a key going down to the first frame with ghost text, in the real editor with everything included: the
 * editor's own wait of 50 ms, its extension host, the language server, the completer or a model, the drawing.
 * Prints also how long the typed letter itself took to be drawn, and how long the extension waited for the
 * server; what is left of the way is the editor's: its wait, its extension host's, and the drawing. So that this
 * can be told apart, the same keys are pressed with an extension that answers at once with the same text.
 */

import { join } from "node:path";
import { mochaGlobalSetup, mochaGlobalTeardown } from "../test/vscode/support/global-setup.ts";
import { Session, type SessionOptions } from "../test/vscode/support/session.ts";
import { instantExtension } from "./instant-extension.ts";

const samples = 100;

/** How many lines of the pattern are finished for each that waits for its rest. */
const finishedPerSample = 8;

interface Scenario {
  readonly name: string;
  /** Undefined for what is there to compare with. */
  readonly targetMs: number | undefined;
  readonly session: SessionOptions;
  /** Zero-based lines whose end is a place to press `key` at. */
  readonly lines: readonly number[];
  readonly key: string;
  /** What the status item says once it is ready. */
  readonly ready: string;
}

interface Scene {
  readonly keys: readonly Measured[];
  /** How long the extension waited for each answer with a suggestion. */
  readonly serverMs: readonly number[];
}

interface Measured {
  readonly drawnMs: number;
  /** Undefined when no ghost text came within three seconds. */
  readonly ghostMs?: number;
}

/** Evaluated inside the page before the key is pressed; the promise settles when ghost text stands in a frame. */
const watchNextKey = `void (globalThis.hearthMeasured = new Promise((resolve) => {
  const hasGhostText = () => document.querySelector(".view-lines .ghost-text-decoration") !== null;
  const before = document.querySelector(".view-lines").textContent;
  addEventListener("keydown", (event) => {
    let drawnMs;
    const look = () => {
      const now = performance.now() - event.timeStamp;
      if (drawnMs === undefined && document.querySelector(".view-lines").textContent !== before) drawnMs = now;
      if (hasGhostText()) resolve({ drawnMs, ghostMs: now });
      else if (now > 3000) resolve({ drawnMs });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
}))`;

mochaGlobalSetup();
try {
  for (const scenario of [instant(), builtIn(), testModel()]) report(scenario, await measure(scenario));
} finally {
  await mochaGlobalTeardown();
}

function instant(): Scenario {
  const scenario = builtIn();
  return {
    ...scenario,
    name: "an extension that answers at once",
    targetMs: undefined,
    session: {
      ...scenario.session,
      name: "keystroke-instant",
      settings: { "hearth.completion.enabled": false },
      beside: (folder) => instantExtension(folder, "dispatcher.dispatch(event, context));"),
    },
    ready: "Hearth",
  };
}

function builtIn(): Scenario {
  const count = samples * (finishedPerSample + 1);
  const waits = (line: number) => line % (finishedPerSample + 1) === finishedPerSample;
  const text = (line: number) => {
    const head = `registry.on("event${line}", (event) =>`;
    return waits(line) ? head : `${head} dispatcher.dispatch(event, context));`;
  };
  const all = Array.from({ length: count }, (_, line) => line);
  return {
    name: "built in",
    targetMs: 120,
    session: { name: "keystroke-built-in", files: { "wiring.ts": all.map(text).join("\n") } },
    lines: all.filter(waits),
    key: "Space",
    ready: "Ready. built in",
  };
}

function testModel(): Scenario {
  const seedling = join(import.meta.dirname, "../test/fixtures/models/seedling-q8_0.gguf");
  const parts = Array.from(
    { length: samples },
    (_, index) => `export function sum${index}(first: number, second: number): number {\n  return\n}\n`,
  );
  return {
    name: "test model",
    targetMs: 300,
    session: {
      name: "keystroke-model",
      files: { "sums.ts": parts.join("\n") },
      machine: async () => ({ "hearth.roles.complete": `embedded/${seedling}` }),
    },
    lines: parts.map((_, index) => index * 4 + 1),
    key: "Space",
    ready: "Ready. seedling",
  };
}

async function measure({ session: options, lines, key, ready }: Scenario): Promise<Scene> {
  const session = new Session(options);
  try {
    await session.start();
    const { workbench } = session;
    const { page } = workbench;
    await workbench.waitForStatus(ready);
    await workbench.openFile(Object.keys(options.files)[0] ?? "");
    const measured: Measured[] = [];
    for (const line of lines) {
      await workbench.goToLineEnd(line + 1);
      await page.evaluate(watchNextKey);
      await page.keyboard.press(key);
      measured.push(await page.evaluate<Measured>("globalThis.hearthMeasured"));
      await workbench.press("Escape");
      await workbench.waitForNoGhostText();
    }
    const log = session.log();
    const hover = await workbench.waitForHover("Hearth");
    for (const line of [/activated in .*/.exec(log)?.[0], /server ready .*/.exec(log)?.[0], hover]) {
      process.stdout.write(`${line?.replaceAll(/\s*\n\s*/g, "; ")}\n`);
    }
    const serverMs = [...log.matchAll(/[1-9] suggestions after (\d+) ms/g)].map(([, ms]) => Number(ms));
    return { keys: measured, serverMs };
  } finally {
    await session.stop();
  }
}

function report({ name, targetMs }: Scenario, { keys, serverMs }: Scene): void {
  const ghost = keys.flatMap(({ ghostMs }) => (ghostMs === undefined ? [] : [ghostMs]));
  const drawn = keys.map(({ drawnMs }) => drawnMs);
  const p95 = quantile(ghost, 0.95);
  const verdict = targetMs === undefined ? "" : ` (at most ${targetMs}: ${p95 <= targetMs ? "yes" : "no"})`;
  process.stdout.write(
    `${name}: ${ghost.length} of ${keys.length} keys gave ghost text; p50 ${quantile(ghost, 0.5)} ms, ` +
      `p95 ${p95} ms${verdict}, ` +
      `the letter itself p50 ${quantile(drawn, 0.5)} ms, p95 ${quantile(drawn, 0.95)} ms, ` +
      (serverMs.length === 0
        ? "no server\n"
        : `the server p50 ${quantile(serverMs, 0.5)} ms, p95 ${quantile(serverMs, 0.95)} ms\n`),
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
}
