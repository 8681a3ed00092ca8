/** Completes at the place that a person has named, with the command line, as it would anywhere. */

import { spawn } from "node:child_process";
import type { Cursor } from "../../server/cli/cursor.ts";
import type { Failure } from "../../server/cli/failure.ts";
import { placeIn, readDocument } from "../../server/cli/read-document.ts";
import { visibleText } from "../../server/cli/visible-text.ts";
import { entryPoint } from "../../server/entries.ts";
import type { WantedModel } from "../../server/features/completion/completion-model.ts";
import { foundPart, sayWhatItIsFor } from "./found-part.ts";
import type { Stage } from "./stage.ts";

export interface OwnFile {
  readonly cursor: Cursor;
  /** The GGUF files that the person has named. */
  readonly models: readonly string[];
}

export type OwnFileResult =
  /** With the exit status of the command line. */
  { readonly kind: "ended"; readonly status: number } | Refused;

/** Why there is nothing to complete. */
interface Refused {
  readonly kind: "failed";
  readonly failure: Failure;
}

export async function ownFilePart(stage: Stage, { cursor, models }: OwnFile): Promise<OwnFileResult> {
  const { page, localizer } = stage;
  const { t } = localizer;
  const ask = await questionAt(stage, cursor);
  if (ask.kind === "failed") return ask;
  page.heading(t("Completed there, with no model"));
  if (ask.rest !== "")
    page.say(t("As if the rest of the line were not written yet. It reads: {0}", ask.rest));
  const status = await complete(stage, ask, "builtin/ngram");
  if (status !== 0) return { kind: "ended", status };
  const best = await foundPart(stage, models);
  if (!best) return { kind: "ended", status };
  page.heading(t("Completed there by {0}", best.name));
  sayWhatItIsFor(stage, best);
  return { kind: "ended", status: await complete(stage, ask, roleOf(best.wanted)) };
}

function roleOf(wanted: WantedModel): string {
  return `${wanted.kind === "embedded" ? "embedded" : wanted.runtime}/${wanted.model}`;
}

interface Question {
  readonly kind: "question";
  readonly place: string;
  /** The text to ask about; undefined for the file as it is. */
  readonly text: string | undefined;
  /** What stands behind the cursor in its line. */
  readonly rest: string;
}

async function questionAt({ localizer }: Stage, { path, position }: Cursor): Promise<Question | Refused> {
  const place = `${path}:${position.line + 1}:${position.character + 1}`;
  const cwd = process.cwd();
  const document = await readDocument({ path, cwd, stdin: undefined, verb: "complete", localizer });
  if (document.kind === "failed") {
    const { failure } = document;
    if (failure.code !== "file-not-found") return document;
    const mend = localizer.t("Check the path; npm start takes it from {0}.", cwd);
    return { kind: "failed", failure: { ...failure, mend } };
  }
  const { snapshot } = document;
  const found = placeIn(snapshot, position, localizer);
  if (found.kind === "failed") return found;
  // What is odd about the place is left to the command line, which says what it made of it.
  if (!snapshot.contains(position)) return { kind: "question", place, text: undefined, rest: "" };
  const [from, to] = [snapshot.offsetAt(position), snapshot.lineEnd(position.line)];
  const rest = visibleText(snapshot.text.slice(from, to).trim());
  if (rest === "") return { kind: "question", place, text: undefined, rest };
  return { kind: "question", place, text: snapshot.text.slice(0, from) + snapshot.text.slice(to), rest };
}

function complete({ localizer, signal }: Stage, { place, text }: Question, role: string): Promise<number> {
  const args = [entryPoint("cli"), "complete", place, "--set", `roles.complete=${role}`];
  const child = spawn(
    process.execPath,
    [...args, "--lang", localizer.language, ...(text === undefined ? [] : ["--stdin"])],
    { stdio: ["pipe", "inherit", "inherit"], signal },
  );
  child.stdin?.on("error", () => child.stdin?.destroy());
  child.stdin?.end(text);
  return new Promise((done) => {
    child.once("error", () => done(1));
    child.once("exit", (code) => done(code ?? 1));
  });
}
