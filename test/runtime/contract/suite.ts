/**
 * The contract of every model runtime, as one suite of behaviours that runs unchanged against each of them,
 * through the host and a client, as every feature reaches it.
 *
 * A runtime comes under it with one small file, `runtimes/NAME.ts`, which makes a RuntimeUnderTest:
 * how it is started with a GGUF, how it is named to the host, and how it tells what it computes (`runtime.ts`).
 * The models are in `models.ts`, the behaviours in `behaviours/`, and how each real runtime is got and started
 * in `../real.md`. A runtime that is missing is skipped by name; what one cannot do by its nature stands in
 * its `lacks`, by the name of the behaviour, and is skipped with the reason.
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { HostClient } from "../../../server/runtime/host/client.ts";
import { type HostFixture, hostFixture, never } from "../../support/host-fixture.ts";
import { describeNeeds, itNeeds } from "../../support/needs.ts";
import type { Behaviour, Subject } from "./behaviour.ts";
import { aborts } from "./behaviours/aborts.ts";
import { answers } from "./behaviours/answers.ts";
import { failures } from "./behaviours/failures.ts";
import { pauses } from "./behaviours/pauses.ts";
import { reasoning } from "./behaviours/reasoning.ts";
import { tokens } from "./behaviours/tokens.ts";
import { type ModelName, models } from "./models.ts";
import type { RuntimeUnderTest, Started } from "./runtime.ts";

const behaviours: readonly Behaviour[] = [
  ...answers,
  ...reasoning,
  ...tokens,
  ...pauses,
  ...aborts,
  ...failures,
];

export function contract(under: RuntimeUnderTest): void {
  describeNeeds(under.need, `the contract: ${under.name}`, function () {
    this.timeout(60_000);
    const host = hostFixture();
    after(() => host.dispose());
    for (const [model, group] of Map.groupBy(behaviours, (behaviour) => behaviour.model)) {
      describe(`with the model ${model}`, () => {
        withShared(
          under,
          host,
          group.filter(({ own }) => own === undefined),
        );
        for (const behaviour of group.filter(({ own }) => own !== undefined)) {
          oneTest(under, behaviour, () => withOwn(under, host, behaviour));
        }
      });
    }
    it("names no behaviour as lacking that does not exist", () => {
      const known = new Set(behaviours.map(({ name }) => name));
      assert.deepEqual(
        Object.keys(under.lacks ?? {}).filter((name) => !known.has(name)),
        [],
      );
    });
  });
}

/** The model is started once for all of them. */
function withShared(under: RuntimeUnderTest, host: HostFixture, group: readonly Behaviour[]): void {
  const [first] = group;
  if (!first) return;
  let opened: Opened | undefined;
  before(async () => {
    opened = await open(under, host.client(), first.model);
  });
  after(() => opened?.close());
  for (const behaviour of group) {
    oneTest(under, behaviour, async () => {
      assert.ok(opened, "the model is open");
      await behaviour.check(opened.subject);
    });
  }
}

async function withOwn(under: RuntimeUnderTest, host: HostFixture, behaviour: Behaviour): Promise<void> {
  const opened = await open(under, host.client(), behaviour.model);
  try {
    await behaviour.check(opened.subject);
  } finally {
    await opened.close();
  }
}

function oneTest({ lacks }: RuntimeUnderTest, { name }: Behaviour, test: () => Promise<void>): void {
  const what = lacks?.[name];
  if (what === undefined) it(name, test);
  else itNeeds({ what, met: false }, name, test);
}

interface Opened {
  readonly subject: Subject;
  close(): Promise<void>;
}

async function open(under: RuntimeUnderTest, client: HostClient, name: ModelName): Promise<Opened> {
  const file = await models[name]();
  const started = await under.start(file, client);
  try {
    const model = await client.open(started.spec, never);
    const subject = { under, file, started, client, info: model.info, runtime: model.runtime };
    return { subject, close: () => close(client, started) };
  } catch (error) {
    await close(client, started);
    throw error;
  }
}

async function close(client: HostClient, started: Started): Promise<void> {
  client.dispose();
  await started.stop();
}
