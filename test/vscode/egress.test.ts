/**
 * Nothing leaves the machine. All sessions of the run are recorded, from the editor to what the host has started, and
 * these tests come last: they read what each of them tried.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "mocha";
import { describeNeeds, itNeeds } from "../support/needs.ts";
import { untilModelAnswers, useModelSession } from "./support/model-session.ts";
import { untilEnded } from "./support/processes.ts";
import { leaves, readRecords, recorder } from "./support/recording.ts";
import { sealed } from "./support/sealed.ts";
import { runFolder } from "./support/session.ts";

const own = /^((https?|wss?):\/\/127\.0\.0\.1[:/]|blob:|data:)/;

describe("what leaves the machine", () => {
  const session = useModelSession({ name: "egress" });

  it("is nothing from the window", async () => {
    await untilModelAnswers(session, "add.ts");
    await session.workbench.press("Tab");
    assert.deepEqual(
      session.workbench.requests.filter((url) => !own.test(url)),
      [],
    );
  });

  itNeeds(
    recorder,
    "is nothing from the extension, the server, the host and their children, in the whole run",
    async () => {
      await session.stop();
      await untilEnded(runFolder(), 60_000);
      const { programs, attempts } = readRecords(runFolder());
      for (const program of ["extensionHost", "server.js", "host.js", "child.js"])
        assert.ok(programs.includes(program), `${program} was not recorded, only ${programs.join(", ")}`);
      assert.deepEqual(
        attempts.filter((attempt) => attempt.ours && leaves(attempt)),
        [],
      );
    },
  );
});

describeNeeds(recorder, "a connection that is planted in the host", () => {
  const code =
    'import { connect } from "node:net"; import { lookup } from "node:dns";' +
    'connect(9, "192.0.2.1").on("error", () => {}); connect(9, "2001:db8::1").on("error", () => {});' +
    'lookup("hearth.invalid", () => {});';
  const session = useModelSession({ name: "planted", planted: { program: "host.js", code } });

  it("is seen, and whose it is", async () => {
    await untilModelAnswers(session, "add.ts");
    const seen = readRecords(session.records).attempts.filter((attempt) => attempt.ours && leaves(attempt));
    assert.deepEqual(new Set(seen.map(({ program }) => program)), new Set(["host.js"]));
    const tried = seen.map(({ to }) => to);
    for (const to of ["192.0.2.1:9", "[2001:db8::1]:9"]) assert.ok(tried.includes(to), tried.join(", "));
    assert.ok(
      tried.some((to) => to.endsWith(":53")),
      "the name was asked for",
    );
  });

  itNeeds(sealed, "goes nowhere: there is no network but this machine's", async () => {
    const failed = once(connect(9, "192.0.2.1"), "connect");
    await assert.rejects(failed, { code: "ENETUNREACH" });
  });
});
