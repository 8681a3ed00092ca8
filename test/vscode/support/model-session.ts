/** An editor whose completions come from a scripted model, and a file in which that one is asked. */

import { scripted } from "../../support/scripted-model.ts";
import { type Session, type SessionOptions, useSession } from "./session.ts";

export const head = "export function add(first: number, second: number): number {\n";
/** What one types at the end of such a file. */
export const beginning = "  const sum =";
/** What the model puts there. */
export const infill = " first + second;";

export type ModelSessionOptions = Pick<SessionOptions, "name" | "machine" | "planted">;

/** Its folder holds `add.ts` and `again.ts`, which are alike. The embedded runtime runs the model if nothing else is set. */
export function useModelSession(options: ModelSessionOptions): Session {
  return useSession({
    machine: async () => ({ "hearth.roles.complete": `embedded/${await scripted({ infill })}` }),
    ...options,
    files: { "add.ts": head, "again.ts": head },
  });
}

/** Types into the file until the model's text stands at the cursor. */
export async function untilModelAnswers({ workbench }: Session, file: string): Promise<void> {
  await workbench.waitForStatus("Ready. scripted");
  await workbench.append(file, beginning);
  await workbench.waitForGhostText(infill);
}
