/** The check of what is known of the person's own code: which folders, how many of their files, and what was in the way. */

import type { BuiltinStatus } from "../../index/ngram/builtin-completer.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";

type Reason = BuiltinStatus["omitted"][number]["reason"];

/** A person can let more be read; all other reasons are how it should be. */
const limits: ReadonlySet<Reason> = new Set(["too-many-files", "counts-full"]);

export async function checkWorkspace(ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  if (!ports.settings["index.enabled"]) return { state: "ok", found: t("not read: index.enabled is off") };
  const { folders, files, reading, omitted } = await ports.workspace();
  if (folders.length === 0) return { state: "ok", found: t("no folder is open") };
  const names = folders.join(", ");
  if (reading) return { state: "ok", found: t("{0} (files read so far: {1})", names, files) };
  const left = omitted.reduce((sum, { count }) => sum + count, 0);
  const found = t("{0} (files read: {1}, left out: {2})", names, files, left);
  if (!omitted.some(({ reason }) => limits.has(reason))) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: t("It holds more than is read at once; what is nearest and newest was read first."),
    mend: t("Raise index.maxFiles, or leave folders out with index.exclude or a .hearthignore."),
  };
}
