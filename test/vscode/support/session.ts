/** One editor over one folder of files, for the tests of a `describe`: started before them, stopped after. */

import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, afterEach, before } from "mocha";
import { type Browser, chromium } from "playwright-core";
import type { Editor } from "../../../scripts/editor-setup.ts";
import {
  type EditorServer,
  type EditorServerOptions,
  installExtension,
  startEditor,
} from "./editor-server.ts";
import { type HearthProcess, hearthProcesses } from "./processes.ts";
import { recorded } from "./recording.ts";
import { type WindowSize, Workbench } from "./workbench.ts";

export interface SessionOptions extends Pick<EditorServerOptions, "settings" | "locale" | "trust"> {
  readonly name: string;
  /** Names and texts of the files in the folder that is opened. */
  readonly files: Readonly<Record<string, string>>;
  /** Settings of machine scope, such as the model that completes. */
  readonly machine?: () => Promise<Readonly<Record<string, unknown>>>;
  readonly window?: WindowSize;
  /** JavaScript that one program of a copy of the extension of its own runs before it does anything. */
  readonly planted?: { readonly program: string; readonly code: string };
  /** Makes another extension in this folder, to be installed beside Hearth; returns its VSIX. */
  readonly beside?: (folder: string) => Promise<string>;
}

const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const usualWindow: WindowSize = { width: 1280, height: 760, scale: 1 };

export class Session {
  readonly #options: SessionOptions;
  #browser: Browser | undefined;
  #server: EditorServer | undefined;
  #workbench: Workbench | undefined;
  #starts = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get workbench(): Workbench {
    if (!this.#workbench) throw new Error("the session has not started");
    return this.#workbench;
  }

  get folder(): string {
    return join(this.#root, "workspace");
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** What the extension and the server have written, of all windows of this session. */
  log(): string {
    const folder = join(this.#root, "user", "logs");
    const files = globSync("**/Hearth.log", { cwd: folder });
    return files.map((file) => readFileSync(join(folder, file), "utf8")).join("");
  }

  /** `HEARTH_HOME` of this session. */
  get home(): string {
    return join(this.#root, "hearth");
  }

  /** The person's own folder, as programs of this session see it. */
  get userHome(): string {
    return join(this.#root, "home");
  }

  processes(): readonly HearthProcess[] {
    return hearthProcesses(this.home);
  }

  /** Holds what `recording.ts` reads of this session. */
  get records(): string {
    return join(this.#root, "records");
  }

  async start(): Promise<void> {
    const editor = JSON.parse(process.env["HEARTH_TEST_EDITOR"] ?? "{}") as Editor;
    for (const [name, text] of Object.entries(this.#options.files)) this.write(name, text);
    await this.#installOwn(editor);
    const machine = (await this.#options.machine?.()) ?? {};
    const { settings = {}, locale, trust = "given" } = this.#options;
    mkdirSync(this.userHome, { recursive: true });
    mkdirSync(this.records, { recursive: true });
    this.#server = await startEditor({
      editor,
      folders: { root: this.#root, extensions: this.#extensions },
      settings,
      machine,
      trust,
      ...(locale === undefined ? {} : { locale }),
      env: { HOME: this.userHome },
      before: recorded(join(this.records, `${this.#starts++}.strace`)),
    });
    this.#browser = await chromium.launch({ executablePath: editor.browser, args: browserArguments });
    this.#workbench = await Workbench.launch(this.#browser, this.#options.window ?? usualWindow);
    await this.#workbench.open(this.#server.url, this.folder);
  }

  /** Extensions that no other session shall see. */
  async #installOwn(editor: Editor): Promise<void> {
    const { planted, beside } = this.#options;
    if (!planted && !beside) return;
    const folders = { root: this.#root, extensions: this.#extensions };
    installExtension(editor, folders, runVsix());
    if (planted) this.#plant(planted);
    if (beside) installExtension(editor, folders, await beside(join(this.#root, "beside")));
  }

  #plant({ program, code }: NonNullable<SessionOptions["planted"]>): void {
    const [path] = globSync(`hearth.hearth-*/dist/${program}`, { cwd: this.#extensions });
    if (path === undefined) throw new Error(`the extension has no ${program}`);
    const file = join(this.#extensions, path);
    writeFileSync(file, `${code}\n${readFileSync(file, "utf8")}`);
  }

  /** What a failed test leaves behind: the screen and the log, in `out/test-vscode/`. */
  async keepEvidence(title: string): Promise<void> {
    const folder = join("out", "test-vscode");
    const name = `${this.#options.name}: ${title}`.replaceAll(/[^\w]+/g, "-");
    mkdirSync(folder, { recursive: true });
    await this.#workbench?.page.screenshot({ path: join(folder, `${name}.png`) });
    writeFileSync(join(folder, `${name}.log`), this.log());
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    this.#workbench = undefined;
    await this.#server?.stop();
  }

  get #root(): string {
    return join(runFolder(), this.#options.name);
  }

  get #extensions(): string {
    return join(this.#options.planted || this.#options.beside ? this.#root : runFolder(), "extensions");
  }
}

/** Known only after the global set-up, so later than a `describe` is read. */
export function runFolder(): string {
  const folder = process.env["HEARTH_TEST_RUN"];
  if (!folder) throw new Error("HEARTH_TEST_RUN is not set: run through test/vscode/.mocharc.json");
  return folder;
}

function runVsix(): string {
  return process.env["HEARTH_VSIX"] ?? "";
}

/** A session around the tests of the `describe` that calls this. */
export function useSession(options: SessionOptions): Session {
  const session = new Session(options);
  before(async () => {
    try {
      await session.start();
    } catch (error) {
      await session.keepEvidence("start");
      throw error;
    }
  });
  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    await session.keepEvidence(this.currentTest.title);
  });
  after(() => session.stop());
  return session;
}
