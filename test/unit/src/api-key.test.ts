/** The API key in the editor's secret storage: for one origin, and for no other. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ApiKey } from "../../../src/client/api-key.ts";

class Storage {
  readonly kept = new Map<string, string>();
  async get(key: string): Promise<string | undefined> {
    return this.kept.get(key);
  }
  async store(key: string, value: string): Promise<void> {
    this.kept.set(key, value);
  }
  async delete(key: string): Promise<void> {
    this.kept.delete(key);
  }
}

describe("the API key", () => {
  it("is given for its origin", async () => {
    const key = new ApiKey(new Storage());
    await key.set("https://a.test", "k");
    assert.equal(await key.of("https://a.test"), "k");
    assert.equal(await key.of("https://a.test"), "k");
  });

  for (const other of [
    "https://b.test",
    "http://a.test",
    "https://a.test:8443",
    "https://a.test.evil.test",
  ]) {
    it(`is dropped when ${other} asks for it`, async () => {
      const storage = new Storage();
      const key = new ApiKey(storage);
      await key.set("https://a.test", "k");
      assert.equal(await key.of(other), undefined);
      assert.equal(await key.of("https://a.test"), undefined);
      assert.equal(storage.kept.size, 0);
    });
  }

  it("is gone when it is set to nothing", async () => {
    const storage = new Storage();
    const key = new ApiKey(storage);
    await key.set("https://a.test", "k");
    await key.set("https://a.test", "");
    assert.equal(storage.kept.size, 0);
  });

  it("is none where something else was written", async () => {
    const storage = new Storage();
    const key = new ApiKey(storage);
    await key.set("https://a.test", "k");
    for (const [name] of storage.kept) storage.kept.set(name, "k");
    assert.equal(await key.of("https://a.test"), undefined);
  });
});
