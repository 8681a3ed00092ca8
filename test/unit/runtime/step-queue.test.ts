/** Whose turn it is, as a table of who holds a place and who asks. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Priority, priorities } from "../../../server/model/model-runtime.ts";
import { StepQueue } from "../../../server/runtime/scheduler/step-queue.ts";

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Runs one request of each priority, of so many steps each, and returns who computed, step by step. */
async function order(requests: readonly (readonly [Priority, number])[]): Promise<string[]> {
  const queue = new StepQueue();
  const steps: string[] = [];
  const run = async (name: string, priority: Priority, count: number) => {
    const ticket = queue.join(priority);
    for (let step = 0; step < count; step++) {
      const turn = await ticket.turn(never);
      steps.push(name);
      await settled();
      turn?.dispose();
    }
    ticket.dispose();
  };
  await Promise.all(requests.map(([priority, count], index) => run(`${priority}${index}`, priority, count)));
  return steps;
}

describe("the step queue", () => {
  it("lets the highest priority go first, after the step that runs", async () => {
    assert.deepEqual(
      await order([
        ["chat", 2],
        ["background", 1],
        ["completion", 2],
        ["repair", 1],
      ]),
      ["chat0", "completion2", "completion2", "repair3", "chat0", "background1"],
    );
  });

  it("finishes the older of equals", async () => {
    assert.deepEqual(
      await order([
        ["chat", 3],
        ["chat", 1],
      ]),
      ["chat0", "chat0", "chat0", "chat1"],
    );
  });

  it("gives up a place in the queue at once on abort, and none to one who comes aborted", async () => {
    const queue = new StepQueue();
    const running = await queue.join("chat").turn(never);
    const waiting = queue.join("chat");
    const controller = new AbortController();
    const turn = waiting.turn(controller.signal);
    controller.abort();
    assert.equal(await turn, undefined);
    assert.equal(await waiting.turn(AbortSignal.abort()), undefined);
    waiting.dispose();
    running?.dispose();
  });

  it("holds lower ranks back between the steps of a higher one", async () => {
    const queue = new StepQueue();
    const high = queue.join("completion");
    (await high.turn(never))?.dispose();
    let granted = false;
    const low = queue.join("background");
    const turn = low.turn(never).then((got) => {
      granted = got !== undefined;
      return got;
    });
    await settled();
    assert.equal(granted, false);
    high.dispose();
    assert.ok(await turn);
  });

  it("never runs two steps at once and forgets nobody", async () => {
    const request = fc.tuple(fc.constantFrom(...priorities), fc.integer({ min: 0, max: 4 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 8 }), async (requests) => {
        const queue = new StepQueue();
        let running = 0;
        const run = async ([priority, count, aborts]: (typeof requests)[number]) => {
          const controller = new AbortController();
          const ticket = queue.join(priority);
          for (let step = 0; step < count; step++) {
            const turn = await ticket.turn(controller.signal);
            if (!turn) break;
            assert.equal(++running, 1);
            await Promise.resolve();
            if (aborts) controller.abort();
            running--;
            turn.dispose();
          }
          ticket.dispose();
        };
        await Promise.all(requests.map(run));
        assert.ok(await queue.join("background").turn(never), "nobody is left before it");
      }),
    );
  });
});
