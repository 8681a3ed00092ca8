/** By what a llama-server that was started shows how far it is. */

import * as v from "valibot";
import { RuntimeError } from "../../model/runtime-error.ts";
import { HttpClient } from "../http/http-client.ts";
import type { ProgramAddress, Readiness } from "../supervisor/program.ts";

const healthSchema = v.object({ status: v.literal("ok") });
const quickMs = 2000;

/** Asks `/health`, which wants no key and says 503 while the model loads. */
export async function readiness({ url }: ProgramAddress, signal: AbortSignal): Promise<Readiness> {
  const client = new HttpClient({ url, name: "llama-server" });
  try {
    await client.json({ path: "health", schema: healthSchema, limitMs: quickMs }, signal);
    return { state: "ready" };
  } catch (error) {
    if (error instanceof RuntimeError && error.code === "queue-full") return { state: "starting" };
    throw error;
  } finally {
    client.dispose();
  }
}

/** "listening on http://127.0.0.1:1234", in older builds with more before, between or after. */
export function saysItListens(line: string, { port }: ProgramAddress): boolean {
  return /\blistening\b/.test(line) && new RegExp(`127\\.0\\.0\\.1\\D*\\b${port}\\b`).test(line);
}
