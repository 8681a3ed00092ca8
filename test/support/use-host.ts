/** What the tests of a `describe` run against: a host and a scripted model, made before them and gone after. */

import { after, afterEach, before } from "mocha";
import type { ModelInfo } from "../../server/model/model-info.ts";
import type { ModelRuntime } from "../../server/model/model-runtime.ts";
import type { HostClient, SpecOf } from "../../server/runtime/host/client.ts";
import { type HostFixture, hostFixture, never } from "./host-fixture.ts";
import { type ScriptedModel, type ScriptedShape, scripted } from "./scripted-model.ts";

export interface UsedHost extends HostFixture {
  /** Names the scripted model; from the first test on. */
  readonly spec: SpecOf<"embedded">;
}

/** A host for each test. */
export function useHost(model: ScriptedModel): UsedHost {
  const host = withModel(model);
  afterEach(() => host.dispose());
  return host;
}

/** Empty until the first test begins. */
export interface UsedModel {
  readonly client: HostClient;
  readonly path: string;
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
}

/** One host for all tests, and one client of it, which has opened the model. */
export function useModel(model: ScriptedModel, shape: ScriptedShape = {}): UsedModel {
  const host = withModel(model, shape);
  const used = {} as UsedModel;
  before(async () => {
    const client = host.client();
    const { info, runtime } = await client.open(host.spec, never);
    Object.assign(used, { client, path: host.spec.path, info, runtime });
  });
  after(() => host.dispose());
  return used;
}

function withModel(model: ScriptedModel, shape: ScriptedShape = {}): UsedHost {
  const spec = { runtime: "embedded" as const, path: "" };
  before(async () => {
    spec.path = await scripted(model, shape);
  });
  return Object.assign(hostFixture(), { spec });
}
