/** What a repository is asked before a model is fetched, and how far its answers are followed. */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import { lookUp } from "../../../server/fetch/repository.ts";
import { readWantedModel } from "../../../server/fetch/wanted-model.ts";
import { WebClient } from "../../../server/fetch/web-client.ts";
import { type HubOptions, ModelHub } from "../../support/model-hub.ts";

const never = new AbortController().signal;

const listedAs = (path: string) => ({ type: "file", path });
const files = (count: number) => Array.from({ length: count }, (_, index) => listedAs(`x${index}-Q8_0.gguf`));

describe("a list of files that goes on", () => {
  const started: { dispose(): void }[] = [];
  afterEach(() => {
    for (const one of started.splice(0)) one.dispose();
  });

  async function start(options: Partial<HubOptions>) {
    const hub = await ModelHub.start({ bytes: Buffer.alloc(8), ...options });
    const client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
    started.push(hub, client);
    const repositories = { client, source: new URL(hub.url) };
    const offer = (name = hub.name) => lookUp(readWantedModel(name), repositories, never);
    return { hub, offer };
  }

  const lists = (hub: ModelHub) => hub.seen.filter(({ path }) => path.includes("/tree/")).length;

  it("is read to its end", async () => {
    const { hub, offer } = await start({ next: "?cursor=2" });
    await offer();
    assert.equal(lists(hub), 2);
  });

  it("is followed to no other host", async () => {
    const other = await ModelHub.start({ bytes: Buffer.alloc(8) });
    started.push(other);
    const { hub, offer } = await start({ next: `${other.url}/api/models` });
    const error = await offer().catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FetchError);
    assert.equal(error.code, "host-unconfirmed");
    assert.deepEqual(error.values, [new URL(hub.url).host, new URL(other.url).host]);
    assert.deepEqual([lists(hub), other.seen], [1, []]);
  });

  it("is followed no further than to as many files as a repository has", async () => {
    const listed = files(4000);
    const { hub, offer } = await start({ listed, next: "?more" });
    const error = await offer(`${hub.repository}:Q2_K`).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FetchError && error.code === "unknown-model");
    assert.equal(lists(hub), 2);
  });

  it("takes no longer to choose from where it is long", async () => {
    const { hub, offer } = await start({ listed: files(40_000) });
    const before = process.cpuUsage();
    const error = await offer(`${hub.repository}:Q8_0`).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FetchError && error.code === "several-files");
    const { user } = process.cpuUsage(before);
    assert.ok(user < 3e6, `${user} microseconds`);
  });

  it("offers no name that a pull would refuse", async () => {
    const listed = ["../../x-Q8_0.gguf", ".y-Q8_0.gguf", "a b-Q8_0.gguf", "z-Q8_0.gguf", "z-Q8_0.gguf"].map(
      listedAs,
    );
    const { hub, offer } = await start({ listed });
    const error = await offer(`${hub.repository}:Q8_1`).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FetchError);
    assert.deepEqual(error.values, [`${hub.repository}:Q8_1`, "z-Q8_0.gguf"]);
  });

  it("is refused where a size is none", async () => {
    const { hub, offer } = await start({ listed: [{ ...listedAs("z-Q8_0.gguf"), size: 1e300 }] });
    await assert.rejects(offer(`${hub.repository}:Q8_0`), { code: "stranger" });
  });
});

describe("the licence that a repository names", () => {
  const long = "A".repeat(300_000);
  const rows: readonly (readonly [card: Readonly<Record<string, string>>, id: string, link?: string])[] = [
    [{ license: "apache-2.0" }, "apache-2.0"],
    [{ license: "mit\nSize: 1 B" }, "mit\\u{a}Size: 1 B"],
    [{ license: long }, `${"A".repeat(100)}…`],
    [{ license: "other", license_name: "own\rname" }, "own\\u{d}name"],
    [{ license_link: "https://a.test/b c" }, "apache-2.0", "https://a.test/b%20c"],
    [{ license_link: "https://a.test/\nx" }, "apache-2.0", "https://a.test/x"],
    [{ license_link: "javascript:alert(1)" }, "apache-2.0"],
    [{ license_link: "LICENSE" }, "apache-2.0"],
    [{ license_link: `https://a.test/${long}` }, "apache-2.0"],
  ];
  for (const [card, id, link] of rows)
    it(JSON.stringify(card).slice(0, 80), async () => {
      const hub = await ModelHub.start({ bytes: Buffer.alloc(8), card });
      const client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
      try {
        const repositories = { client, source: new URL(hub.url) };
        const { licence } = await lookUp(readWantedModel(hub.name), repositories, never);
        assert.deepEqual(licence, { id, ...(link === undefined ? {} : { link }) });
      } finally {
        client.dispose();
        hub.dispose();
      }
    });
});
