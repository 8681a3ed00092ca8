/** A server that repeats the headers it is sent: nothing of them comes into an error, however it says it. */

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { afterEach, describe, it } from "mocha";
import { systemClock } from "../../../../server/base/clock.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { concealing } from "../../../../server/runtime/http/conceal.ts";
import { HttpClient } from "../../../../server/runtime/http/http-client.ts";
import { connectOpenAi } from "../../../../server/runtime/openai/connect-openai.ts";
import { chatRequest } from "../../../runtime/contract/behaviour.ts";
import { collect, complete, never } from "../../../support/host-fixture.ts";
import {
  type Answers,
  type Asked,
  gateway,
  openAiStandIn,
  type StandIn,
} from "../../../support/openai-stand-in.ts";

const key = "k3y+of/mine==";
const session = "a-session-of-mine";
const model = "qwen2.5-coder-7b";
const echo = ({ headers }: Asked) =>
  `no: authorization: ${headers.authorization} (${String(headers["x-session-id"])})`;

interface Row {
  readonly answers: Answers;
  readonly says: RegExp;
}

const refused = (status: number, said: (asked: Asked) => string) => (asked: Asked) => ({
  json: { error: { message: said(asked) } },
  status,
});

const rows: Readonly<Record<string, Row>> = {
  "instead of its models": {
    answers: { "/v1/models": refused(500, echo) },
    says: /says: no: authorization: \S*\s?\[…\] \(\[…\]\)$/,
  },
  "where the end of its words is cut off in the middle of it": {
    answers: { "/v1/models": refused(500, (asked) => `${"x".repeat(280)}${echo(asked)}`) },
    says: /says: x+no: author/,
  },
  "written as in an address": {
    answers: { "/v1/models": refused(500, () => `no: ?key=${encodeURIComponent(key)}`) },
    says: /says: no: \?key=\[…\]$/,
  },
  "as the name of a model": {
    answers: { "/v1/models": (asked) => ({ json: { data: [{ id: echo(asked) }] } }) },
    says: /Nearest: no: authorization: \S*\s?\[…\]/,
  },
  "instead of an answer": {
    answers: gateway(model, {
      "/v1/completions": refused(400, echo),
      "/v1/chat/completions": refused(400, echo),
    }),
    says: /says: no: authorization: \S*\s?\[…\]/,
  },
  "in an answer that began well": {
    answers: gateway(model, {
      "/v1/completions": (asked) => ({ events: [{ error: { message: echo(asked) } }] }),
      "/v1/chat/completions": (asked) => ({ events: [{ error: echo(asked) }] }),
    }),
    says: /says: no: authorization: \S*\s?\[…\]/,
  },
};

describe("a server that repeats the API key", () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function errorsOf(server: StandIn): Promise<readonly unknown[]> {
    const headers = { authorization: `Bearer ${key}`, "x-session-id": session };
    const client = new HttpClient({ url: server.url, name: "openai", headers });
    closing.push(() => client.dispose());
    const at = { client, url: new URL(server.url), clock: systemClock };
    const reached = await connectOpenAi(at, model, never).catch((error: unknown) => error);
    if (reached instanceof Error) return [reached];
    const { runtime } = reached as Awaited<ReturnType<typeof connectOpenAi>>;
    const failure = (error: unknown) => error;
    return [
      await complete(runtime, "a").catch(failure),
      await collect(runtime.chat(chatRequest(), never)).catch(failure),
    ];
  }

  for (const [name, { answers, says }] of Object.entries(rows)) {
    it(`says nothing of it: ${name}`, async () => {
      const server = await openAiStandIn(answers);
      closing.push(() => server.dispose());
      for (const error of await errorsOf(server)) {
        assert.ok(error instanceof RuntimeError, String(error));
        const all = inspect(error);
        assert.match(error.message, says);
        for (const secret of [key, session, encodeURIComponent(key), key.slice(0, 5)])
          assert.ok(!all.includes(secret), all);
      }
    });
  }

  it("cannot say another's either, and is read otherwise", () => {
    const conceal = concealing(["Bearer abc"]);
    assert.equal(conceal("bad bearer sk-0123456789abc, abc"), "bad bearer […], abc");
    assert.equal(conceal("Qwen3-30B-A3B-Q4_K_M is not there"), "Qwen3-30B-A3B-Q4_K_M is not there");
  });
});
