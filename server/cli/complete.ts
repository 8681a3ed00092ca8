/** `hearth complete FILE:LINE:COLUMN`: what Hearth would show there, once. */

import { dirname, resolve } from "node:path";
import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { oldestNode, runsOn, testedNode } from "../base/node-versions.ts";
import { ensureHome } from "../config/home.ts";
import type { Settings } from "../config/schema.ts";
import type { CompletionOutcome } from "../features/completion/completion-outcome.ts";
import { explainError } from "../model/explain-error.ts";
import { parseRole } from "../protocol/role.ts";
import type { Snapshot } from "../text/snapshot.ts";
import type { CliContext } from "./cli-context.ts";
import { type Cursor, cursorExample, hasWrongNumbers, mostCounted, parseCursor } from "./cursor.ts";
import { type Failure, failed, type Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags, settingsOf, warnOfProblems } from "./global-flags.ts";
import { paintFor } from "./paint.ts";
import { placeIn, readDocument } from "./read-document.ts";
import { rootFailure, rootFolderOf } from "./root-folder.ts";
import { runVerb } from "./run-verb.ts";
import { showCompletion } from "./show-completion.ts";
import { stillWaiting } from "./still-waiting.ts";
import { whenReady } from "./when-ready.ts";

interface CompleteFlags extends GlobalFlags {
  readonly stdin: boolean;
}

export function completeCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<CompleteFlags, [Cursor], CliContext>({
    docs: { brief: t("Complete the code at a place of a file") },
    parameters: {
      positional: {
        kind: "tuple",
        parameters: [
          {
            placeholder: "FILE:LINE:COLUMN",
            brief: t("The cursor; lines and columns count from 1"),
            parse: (text) => cursorOf(text, localizer),
          },
        ],
      },
      flags: {
        ...globalFlags(localizer),
        stdin: {
          kind: "boolean",
          default: false,
          withNegated: false,
          brief: t("Take the text of the file from standard input"),
        },
      },
    },
    func(flags, cursor) {
      return runVerb({ context: this, json: flags.json }, () => complete(this, flags, cursor));
    },
  });
}

function cursorOf(text: string, { t }: Localizer): Cursor {
  const cursor = parseCursor(text);
  if (cursor) return cursor;
  throw new Error(
    hasWrongNumbers(text)
      ? t("lines and columns are whole numbers from 1 to {0}, as in {1}", mostCounted, cursorExample)
      : t("write it as in {0}", cursorExample),
  );
}

function nodeFailure({ nodeVersion, localizer: { t } }: CliContext): Failure {
  return {
    code: "node-outdated",
    message: t("Hearth needs Node.js {0} or newer; this is {1}.", oldestNode, nodeVersion),
    mend: t("Install Node.js {0}, which it is tested with.", testedNode),
  };
}

async function complete(context: CliContext, flags: CompleteFlags, typed: Cursor): Promise<Outcome> {
  if (!runsOn(context.nodeVersion)) return failed(nodeFailure(context));
  const { cwd, localizer, process, signal } = context;
  const run = await settingsOf(flags, context);
  warnOfProblems(run, context);
  const { settings } = run;
  const unusable =
    (await homeFailure(context, settings)) ??
    (flags.root === undefined ? undefined : await rootFailure(flags.root, cwd, localizer));
  if (unusable) return failed(unusable);
  const stdin = flags.stdin ? context.stdin : undefined;
  const document = await readDocument({ path: typed.path, cwd, stdin, verb: "complete", localizer });
  if (document.kind === "failed") return failed(document.failure);
  const place = placeIn(document.snapshot, typed.position, localizer);
  if (place.kind === "failed") return failed(place.failure);
  const cursor = { path: typed.path, position: place.position };
  const root =
    flags.root === undefined ? await rootFolderOf(dirname(document.path), cwd) : resolve(cwd, flags.root);
  const outcome = await ask({ context, settings, root, snapshot: document.snapshot, cursor }, signal);
  if (!flags.json) {
    const paint = paintFor(process.stderr);
    for (const note of notes(outcome, { typed, cursor }, localizer))
      process.stderr.write(`${paint.dim(note)}\n`);
  }
  return report(outcome, { snapshot: document.snapshot, cursor, context });
}

/** A model needs the folder for its host; the built-in completer needs nothing. */
async function homeFailure(
  { home, localizer }: CliContext,
  settings: Settings,
): Promise<Failure | undefined> {
  if (parseRole(settings["roles.complete"]).kind !== "embedded") return undefined;
  const state = await ensureHome(home);
  if (state.kind !== "unwritable") return undefined;
  const { t } = localizer;
  return {
    code: "home-unwritable",
    message: t("{0} cannot be written: {1}", home, state.reason),
    mend: t("Set HEARTH_HOME to a folder of yours, or mend who may write there."),
  };
}

interface Question {
  readonly context: CliContext;
  readonly settings: Settings;
  readonly root: string;
  readonly snapshot: Snapshot;
  readonly cursor: Cursor;
}

async function ask(question: Question, signal: AbortSignal): Promise<CompletionOutcome> {
  const { context, settings, root, snapshot, cursor } = question;
  const changed = new EventTarget();
  const services = context.openServices(settings, () => changed.dispatchEvent(new Event("status")));
  try {
    services.documentOpened(snapshot);
    if (settings["index.enabled"]) services.addFolder(root);
    await whenReady({ services, changed, context }, signal);
    const request = { snapshot, position: cursor.position, trigger: "manual" } as const;
    return await stillWaiting(services.complete(request, signal), context);
  } finally {
    services.dispose();
  }
}

interface Cursors {
  readonly typed: Cursor;
  /** Where it was completed. */
  readonly cursor: Cursor;
}

/** What a person would not guess from the completion itself. */
function notes(outcome: CompletionOutcome, { typed, cursor }: Cursors, { t }: Localizer): readonly string[] {
  const { line, character } = cursor.position;
  return [
    ...(typed.position.character === character
      ? []
      : [t("Line {0} ends at column {1}, so the cursor is there.", line + 1, character + 1)]),
    ...(outcome.kind === "suggested" && outcome.report.shownWhileTyping === false
      ? [t("This is not sure enough to be shown while you type.")]
      : []),
  ];
}

interface Asked {
  readonly snapshot: Snapshot;
  readonly cursor: Cursor;
  readonly context: CliContext;
}

function report(outcome: CompletionOutcome, { snapshot, cursor, context }: Asked): Outcome {
  const { localizer, process } = context;
  const { position } = cursor;
  const text = showCompletion({ outcome, snapshot, cursor }, localizer, paintFor(process.stdout));
  switch (outcome.kind) {
    case "suggested": {
      const [item] = outcome.items;
      const found = item && { text: item.text, range: item.range };
      return { kind: "done", json: { outcome: "suggested", position, ...found, ...outcome.report }, text };
    }
    case "skipped":
      return {
        kind: "done",
        json: { outcome: "skipped", position, reason: outcome.reason, ...outcome.report },
        text,
      };
    case "failed": {
      const failure = explainError(outcome.error, localizer);
      return {
        kind: "failed",
        failure,
        json: { outcome: "failed", position, error: failure, ...outcome.report },
      };
    }
  }
}
