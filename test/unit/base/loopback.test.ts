/** Which addresses stay on this machine. */

import assert from "node:assert/strict";
import { isLoopback } from "../../../server/base/loopback.ts";

describe("an address stays on this machine", () => {
  for (const url of ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9:80", "http://[::1]:8080"])
    it(`where it is ${url}`, () => assert.equal(isLoopback(new URL(url)), true));
  for (const url of [
    "http://localhost.example",
    "http://127.0.0.1.example",
    "http://10.0.0.1",
    "http://[::2]",
    "http://0.0.0.0",
  ])
    it(`not where it is ${url}`, () => assert.equal(isLoopback(new URL(url)), false));
});
