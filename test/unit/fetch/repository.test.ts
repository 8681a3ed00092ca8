/** What a repository is asked before a model is fetched, and how far its answers are followed. */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import { lookUp } from "../../../server/fetch/repository.ts";
import { readWantedModel } from "../../../server/fetch/wanted-model.ts";
import { WebClient } from "../../../server/fetch/web-client.ts";
import { ModelHub } from "../../support/model-hub.ts";

const never = new AbortController().signal;

describe("a list of files that goes on", () => {
  const started: { dispose(): void }[] = [];
  afterEach(() => {
    for (const one of started.splice(0)) one.dispose();
  });

  async function listed(next: string) {
    const hub = await ModelHub.start({ bytes: Buffer.alloc(8), next });
    const client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
    started.push(hub, client);
    const wanted = readWantedModel(hub.name);
    const offer = () => lookUp(wanted, { client, source: new URL(hub.url) }, never);
    return { hub, offer, lists: () => hub.seen.filter(({ path }) => path.includes("/tree/")).length };
  }

  it("is read to its end", async () => {
    const { offer, lists } = await listed("?cursor=2");
    await offer();
    assert.equal(lists(), 2);
  });

  it("is followed to no other host", async () => {
    const other = await ModelHub.start({ bytes: Buffer.alloc(8) });
    started.push(other);
    const { hub, offer, lists } = await listed(`${other.url}/api/models`);
    const error = await offer().catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FetchError);
    assert.equal(error.code, "host-unconfirmed");
    assert.deepEqual(error.values, [new URL(hub.url).host, new URL(other.url).host]);
    assert.deepEqual([lists(), other.seen], [1, []]);
  });
});
