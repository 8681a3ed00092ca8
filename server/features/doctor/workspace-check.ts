/** The check of what is known of the person's own code: which folders, how many of their files, and what was in the way. */

import type { Localizer } from "../../base/l10n.ts";
import type { BuiltinStatus } from "../../index/ngram/builtin-completer.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";

type Omitted = BuiltinStatus["omitted"][number];
type Reason = Omitted["reason"];

/** Which reasons a person can do something about; all others are how it should be. */
const hurdles: Readonly<Partial<Record<Reason, Hurdle>>> = {
  "unreadable-rules": "unreadable-rules",
  "too-many-rules": "too-many-rules",
  "too-many-files": "too-much",
  "counts-full": "too-much",
};

type Hurdle = "unreadable-rules" | "too-many-rules" | "too-much";

interface Ports extends Pick<DoctorPorts, "localizer" | "settings" | "workspace"> {
  readonly clock: Pick<DoctorPorts["clock"], "now">;
}

export async function checkWorkspace(ports: Ports): Promise<Finding> {
  const { clock, settings, localizer } = ports;
  const { t } = localizer;
  if (!settings["index.enabled"]) return { state: "ok", found: t("not read: index.enabled is off") };
  const started = clock.now();
  const { folders, files, reading, omitted } = await ports.workspace();
  if (folders.length === 0) return { state: "ok", found: t("no folder is open") };
  const names = folders.join(", ");
  const seconds = Math.round((clock.now() - started) / 1000);
  const left = omitted.reduce((sum, { count }) => sum + count, 0);
  const found = reading
    ? soFar(seconds, [names, files], ports)
    : t("{0} (files read: {1}, left out: {2})", names, files, left);
  const reasons = reasonsOf(omitted, ports);
  if (reasons.length === 0) return { state: "ok", found };
  const why = reasons.map((reason) => reason.why).join("\n");
  const mend = reasons.map((reason) => reason.mend).join(" ");
  return { state: "warn", found, why, mend };
}

/** Where the reading was waited for and did not end, it says how long; a server that runs goes on with it. */
function soFar(seconds: number, read: readonly [string, number], { localizer: { t } }: Ports): string {
  return seconds === 0
    ? t("{0} (files read so far: {1}; the reading goes on)", ...read)
    : t(
        "{0} (files read so far: {1}; the reading was given {2} s here, in an editor it goes on to the end)",
        ...read,
        seconds,
      );
}

interface Obstacle {
  readonly why: string;
  readonly mend: string;
}

/** One for each kind of hurdle that was met. */
function reasonsOf(omitted: readonly Omitted[], { localizer }: Ports): readonly Obstacle[] {
  return Object.entries(obstacles).flatMap(([hurdle, obstacle]) => {
    const met = omitted.find(({ reason }) => hurdles[reason] === hurdle);
    return met ? [obstacle(localizer, met)] : [];
  });
}

/** In the order in which they are told. */
const obstacles: Readonly<Record<Hurdle, (localizer: Localizer, omitted: Omitted) => Obstacle>> = {
  "unreadable-rules": (localizer, omitted) => ({
    why: localizer.t(
      "Folders left out whole, because their .gitignore or .hearthignore (or one above) cannot be read: {0}",
      exampleOf(omitted, localizer),
    ),
    mend: localizer.t("Make that file readable, or remove it."),
  }),
  "too-many-rules": (localizer, omitted) => ({
    why: localizer.t(
      "Folders left out whole, because their .gitignore or .hearthignore (or one above) has too many rules: {0}",
      exampleOf(omitted, localizer),
    ),
    mend: localizer.t("Shorten that file."),
  }),
  "too-much": ({ t }) => ({
    why: t("It holds more than is read at once; what is nearest and newest was read first."),
    mend: t("Raise index.maxFiles, or leave folders out with index.exclude or a .hearthignore."),
  }),
};

function exampleOf({ count, examples: [example = ""] }: Omitted, { t }: Localizer): string {
  return count === 1 ? example : t("{0} and {1} more", example, count - 1);
}
