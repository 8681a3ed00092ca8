/** Everything that cannot work: one code, one sentence and one mend where it is used, and the right row of the doctor. */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { english } from "../../server/base/l10n.ts";
import { defaultSettings } from "../../server/config/resolve-settings.ts";
import type { Settings } from "../../server/config/schema.ts";
import { doctorPorts } from "../../server/doctor.ts";
import { answerQuestion } from "../../server/features/chat/answer-question.ts";
import { runDoctor } from "../../server/features/doctor/doctor.ts";
import { explainError } from "../../server/model/explain-error.ts";
import type { ModelInfo } from "../../server/model/model-info.ts";
import { RuntimeError } from "../../server/model/runtime-error.ts";
import { modelSpec } from "../../server/model-spec.ts";
import type { DoctorCheck } from "../../server/protocol/doctor.ts";
import { parseRole } from "../../server/protocol/role.ts";
import { alone } from "../support/alone.ts";
import type { BadInput } from "../support/bad-input.ts";
import { badInputs } from "../support/bad-inputs.ts";
import { machine } from "../support/doctor-machine.ts";
import { FakeRuntime } from "../support/fake-runtime.ts";
import { hostFixture, never } from "../support/host-fixture.ts";

/** What a question to it comes to. */
async function refusal(info: ModelInfo): Promise<RuntimeError> {
  const model = { info, runtime: new FakeRuntime(), sampling: {} };
  const parts = answerQuestion({ text: "Why?", sources: [] }, model, never);
  const error: unknown = await parts.next().catch((thrown: unknown) => thrown);
  assert.ok(error instanceof RuntimeError, "it answers");
  return error;
}

const noFolder = { folders: [], files: 0, reading: false, omitted: [] };

describe("what cannot work", function () {
  this.timeout(60_000);
  const host = hostFixture();
  const ends: (() => unknown)[] = [];
  let before: NodeJS.ProcessEnv = {};
  beforeEach(() => {
    before = { ...process.env };
  });
  afterEach(async () => {
    await host.dispose();
    for (const end of ends.splice(0)) await end();
    process.env = before;
  });

  /** As a window does when the role is bound; the error as a person is told of it. */
  async function use(settings: Settings, key: "roles.complete" | "roles.reason"): Promise<RuntimeError> {
    const role = parseRole(settings[key]);
    assert.ok(role.kind === "embedded" || role.kind === "remote");
    const from = { settings, models: `${host.home}/models`, env: process.env };
    try {
      const { spec } = await modelSpec(role, from);
      const { info } = await host.client().open(spec, never);
      if (key === "roles.reason") return await refusal(info);
      if (info.fim !== undefined) assert.fail("it works");
      // What the completion service says before it asks a model.
      return new RuntimeError("capability-missing", "{0} was not trained to fill in the middle.", {
        values: [info.name],
        mend: "Name a model in roles.complete that was trained to fill in the middle.",
      });
    } catch (error) {
      assert.ok(error instanceof RuntimeError, String(error));
      return error;
    }
  }

  /** The checks of runtimes and models are the real ones; the machine is a healthy one. */
  async function examine(settings: Settings): Promise<readonly DoctorCheck[]> {
    const { home } = host;
    const request = { home, settings, problems: [], localizer: english, workspace: async () => noFolder };
    const ports = { ...doctorPorts(request, never), ...machine };
    return (await runDoctor(ports, never)).checks;
  }

  async function check({
    role: key = "roles.complete",
    prepare,
    code,
    says,
    mend,
    checks = ["roles.complete"],
  }: BadInput): Promise<void> {
    const prepared = await prepare({ home: host.home, after: (end) => ends.push(end) });
    // Nothing of the machine that runs the tests takes part.
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]) delete process.env[name];
    Object.assign(process.env, { PATH: "/usr/bin:/bin", ...alone, ...prepared.env });
    const settings = { ...defaultSettings, ...prepared.settings };
    const error = await use(settings, key);
    const told = explainError(error, english);
    assert.deepEqual(
      { code: told.code, says: says.test(told.message), mend: mend.test(told.mend) },
      {
        code,
        says: true,
        mend: true,
      },
      JSON.stringify(told),
    );
    const found = await examine(settings);
    const wrong = found.filter(({ state }) => state !== "ok");
    assert.deepEqual(
      wrong.map(({ id }) => id).toSorted(),
      [...checks].toSorted(),
      JSON.stringify(wrong, null, 1),
    );
    const role = wrong.find(({ id }) => id === key);
    assert.equal(role?.state, "fail");
    for (const { why, mend: sentence, mendActions } of wrong) {
      assert.doesNotMatch(sentence, /hearth doctor/i, "the doctor does not send to itself");
      assert.ok(why !== "" && sentence !== "");
      assert.ok(mendActions === undefined || mendActions.length > 0);
    }
    if (error.code !== "model-not-found") assert.match(role.why, says);
  }

  for (const [name, row] of Object.entries(badInputs)) it(name, () => check(row));
});
