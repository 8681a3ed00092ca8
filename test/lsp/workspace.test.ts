/** What the server learns from the folders of the workspace, and what it says while it reads them. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  DidSaveTextDocumentNotification,
  FileChangeType,
  type Registration,
  RegistrationRequest,
  WorkDoneProgress,
  WorkDoneProgressCreateRequest,
} from "vscode-languageserver-protocol/node";
import { LanguageClient } from "../support/language-client.ts";

const open = "file:///tmp/hearth-workspace/open.ts";

describe("the language server's workspace", () => {
  let client: LanguageClient;
  let folder = "";

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-folder-"));
    await teach("first.ts", "frobnicate");
    client = await LanguageClient.start();
  });
  afterEach(async () => {
    await client.dispose();
    await rm(folder, { recursive: true });
  });

  /** A file from which `const result = <name>(left, right);` can be learnt. */
  async function teach(file: string, name: string): Promise<string> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, file);
    await writeFile(path, `const result = ${name}(left, right);\n`.repeat(5));
    return pathToFileURL(path).href;
  }

  function workspaceFolder(path: string) {
    return { uri: pathToFileURL(path).href, name: "test" };
  }

  /** What follows `const result = <name>(`. */
  async function known(name: string): Promise<string> {
    const text = `const result = ${name}(`;
    const uri = `${open}.${performance.now()}.ts`;
    await client.open(uri, text);
    const [item] = await client.complete(uri, { line: 0, character: text.length }, { manual: true });
    return typeof item?.insertText === "string" ? item.insertText : "";
  }

  async function hasRead(): Promise<void> {
    await client.status(({ state }) => state === "ready");
  }

  it("completes from the folders that initialize names", async () => {
    await client.initialize({ workspaceFolders: [workspaceFolder(folder)] });
    await hasRead();
    assert.equal(await known("frobnicate"), "left, right);");
  });

  it("completes from the rootUri of an older client", async () => {
    await client.initialize({ rootUri: pathToFileURL(folder).href });
    await hasRead();
    assert.equal(await known("frobnicate"), "left, right);");
  });

  it("completes from the rootPath of a still older client", async () => {
    await client.initialize({ rootPath: folder });
    await hasRead();
    assert.equal(await known("frobnicate"), "left, right);");
  });

  it("follows folders that come and go", async () => {
    await client.initialize({ workspaceFolders: [] });
    assert.equal(await known("frobnicate"), "");
    const change = (added: boolean) => {
      const list = [workspaceFolder(folder)];
      const event = added ? { added: list, removed: [] } : { added: [], removed: list };
      return client.connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, { event });
    };
    await change(true);
    await until(async () => (await known("frobnicate")) === "left, right);");
    await change(false);
    assert.equal(await known("frobnicate"), "");
  });

  it("follows files that are saved or changed elsewhere", async () => {
    await client.initialize({ workspaceFolders: [workspaceFolder(folder)] });
    await hasRead();
    const saved = await teach("second.ts", "reticulate");
    await client.connection.sendNotification(DidSaveTextDocumentNotification.type, {
      textDocument: { uri: saved },
    });
    await until(async () => (await known("reticulate")) === "left, right);");
    const made = await teach("third.ts", "confabulate");
    await client.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
      changes: [{ uri: made, type: FileChangeType.Created }],
    });
    await until(async () => (await known("confabulate")) === "left, right);");
  });

  it("reads nothing when the index is off, and does when it is turned on", async () => {
    const folders = [workspaceFolder(folder)];
    const initializationOptions = { settings: { "index.enabled": false } };
    await client.initialize({ workspaceFolders: folders, initializationOptions });
    await hasRead();
    assert.equal(await known("frobnicate"), "");
    await client.connection.sendNotification("workspace/didChangeConfiguration", {
      settings: { hearth: { index: { enabled: true } } },
    });
    await until(async () => (await known("frobnicate")) === "left, right);");
  });

  it("watches files and shows its reading, where the client can", async () => {
    const registered: Registration[] = [];
    client.connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
      registered.push(...registrations);
    });
    const shown: string[] = [];
    const ended = new Promise<void>((resolve) => {
      client.connection.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
        client.connection.onProgress(WorkDoneProgress.type, token, (value) => {
          shown.push(value.kind);
          if (value.kind === "end") resolve();
        });
      });
    });
    await client.initialize({
      workspaceFolders: [workspaceFolder(folder)],
      capabilities: {
        window: { workDoneProgress: true },
        workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
      },
    });
    await ended;
    assert.equal(shown[0], "begin");
    assert.equal(shown.filter((kind) => kind !== "report").length, 2);
    assert.deepEqual(
      registered.map(({ method }) => method),
      ["workspace/didChangeWatchedFiles"],
    );
  });
});

/** Asks again until it holds; the test's own time limit ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  if (!(await holds())) await until(holds);
}
