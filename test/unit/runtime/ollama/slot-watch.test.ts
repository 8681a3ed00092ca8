/** When a model of an Ollama that answers nothing is loaded anew, and when it is left alone. */

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { SlotWatch } from "../../../../server/runtime/ollama/slot-watch.ts";
import { never } from "../../../support/host-fixture.ts";
import { ManualClock, settle } from "../../../support/manual-clock.ts";

const model = { model: "coder:latest", keep_alive: "30m", options: { num_ctx: 4096 } };

/** One turn at a time, which can be lost: what is asked then waits until it is given up. */
class TurnOfOllama {
  readonly clock = new ManualClock();
  readonly did: string[] = [];
  readonly logged: string[] = [];
  lost = false;
  /** Requests of somebody else, which Ollama has not seen go. */
  others = 0;
  loads = false;
  keeps = false;
  answersAfterMs = 20;
  #loaded = true;
  #noted = 0;

  readonly api = {
    step: async (_: unknown, signal: AbortSignal) => {
      this.did.push("probe");
      await this.turn(signal);
      return 1;
    },
    loaded: async () => {
      if (!this.#loaded) return [];
      const stay = this.loads ? this.clock.now() : this.#noted;
      return [{ name: model.model, size: 1, size_vram: 0, expires_at: String(stay) }];
    },
    unload: async () => {
      this.did.push("unload");
      this.#loaded = this.keeps;
    },
    load: async () => {
      this.did.push("load");
      this.#loaded = true;
      this.lost = false;
    },
  };

  /** As a request finds it. */
  async turn(signal: AbortSignal): Promise<string> {
    try {
      return await new Promise<string>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        if (!this.lost) this.clock.after(this.answersAfterMs, () => resolve("answered"));
      });
    } finally {
      if (this.others === 0) this.#noted++;
    }
  }
}

describe("a lost turn at Ollama", () => {
  let ollama: TurnOfOllama;
  let watch: SlotWatch;
  let restarts = 0;
  const ask = (signal = never) =>
    watch.answered(
      {
        prompt: { length: 100, fresh: 100 },
        send: (until) => {
          ollama.did.push("ask");
          return ollama.turn(until);
        },
      },
      signal,
    );
  const open = (restart?: () => void) => {
    ollama = new TurnOfOllama();
    const { api, clock, logged } = ollama;
    const log = { log: (level: string, text: string) => logged.push(`${level} ${text}`) };
    watch = new SlotWatch({ api, url: new URL("http://127.0.0.1:1"), model, clock, log, restart });
  };
  /** Answered once, so that it is known how long that takes, and then left in the middle of a stream. */
  const begin = async (restart?: () => void) => {
    open(restart);
    const first = ask();
    await ollama.clock.advance(100);
    await first;
    watch.left();
    ollama.did.splice(0);
  };

  beforeEach(() => begin());

  it("is found when a probe is not answered either; the model is loaded anew and asked again", async () => {
    ollama.lost = true;
    const answer = ask();
    await ollama.clock.advance(10_000);
    assert.equal(await answer, "answered");
    assert.deepEqual(ollama.did, ["ask", "probe", "unload", "load", "ask"]);
    assert.equal(ollama.logged.length, 1);
    assert.match(ollama.logged[0] ?? "", /^warn .*has lost the turn of coder:latest/);
  });

  it("is found at an Ollama that had lost it before", async () => {
    open();
    ollama.lost = true;
    const answer = ask();
    await ollama.clock.advance(70_000);
    assert.equal(await answer, "answered");
  });

  it("is found though every request is given up before its time", async () => {
    ollama.lost = true;
    for (let key = 0; key < 30 && !ollama.did.includes("load"); key++) {
      const typed = new AbortController();
      const settled = Promise.allSettled([ask(typed.signal)]);
      await ollama.clock.advance(300);
      typed.abort();
      await settled;
      // What the watch does goes on.
      await ollama.clock.advance(200);
    }
    assert.deepEqual(
      ollama.did.filter((what) => what !== "ask"),
      ["probe", "unload", "load"],
    );
    const answer = ask();
    await ollama.clock.advance(1000);
    assert.equal(await answer, "answered");
  });

  const left: readonly (readonly [name: string, prepare: () => void, did: readonly string[]])[] = [
    [
      "it only takes long, and answers the probe",
      () => {
        ollama.answersAfterMs = 5000;
        ollama.clock.after(1000, () => (ollama.answersAfterMs = 20));
      },
      ["ask", "probe", "ask"],
    ],
    [
      "somebody else has the turn",
      () => {
        ollama.lost = true;
        ollama.others = 1;
        ollama.clock.after(20_000, () => (ollama.lost = false));
      },
      ["ask", "probe", "ask"],
    ],
    [
      "it loads",
      () => {
        ollama.lost = true;
        ollama.loads = true;
        ollama.clock.after(20_000, () => (ollama.lost = false));
      },
      ["ask", "probe", "ask"],
    ],
  ];
  for (const [name, prepare, did] of left) {
    it(`is not believed in where ${name}`, async () => {
      prepare();
      void ask().catch(() => {});
      await ollama.clock.advance(30_000);
      assert.deepEqual(ollama.did, did);
      assert.deepEqual(ollama.logged, []);
    });
  }

  it("is not looked for where no stream was left", async () => {
    const healthy = ask();
    await ollama.clock.advance(100);
    await healthy;
    ollama.did.splice(0);
    ollama.answersAfterMs = 100_000;
    const answer = ask();
    await ollama.clock.advance(100_000);
    assert.equal(await answer, "answered");
    assert.deepEqual(ollama.did, ["ask"]);
  });

  it("is looked for before a request that may take long", async () => {
    ollama.lost = true;
    const cleared = watch.cleared(never);
    await ollama.clock.advance(10_000);
    await cleared;
    assert.deepEqual(ollama.did, ["probe", "unload", "load"]);
    await watch.cleared(never);
    assert.equal(ollama.did.length, 3);
  });

  it("is told with a mend where the model is not let go", async () => {
    ollama.lost = true;
    ollama.keeps = true;
    const refused = assert.rejects(ask(), { code: "timeout", mend: "Restart Ollama, then ask again." });
    await ollama.clock.advance(30_000);
    await refused;
  });

  it("ends an Ollama that Hearth has started, where the model is not let go", async () => {
    restarts = 0;
    await begin(() => restarts++);
    ollama.lost = true;
    ollama.keeps = true;
    const refused = assert.rejects(ask(), { code: "runtime-crashed" });
    await ollama.clock.advance(30_000);
    await refused;
    await settle();
    assert.equal(restarts, 1);
  });
});
