/** The command that every inline completion item carries, so that any editor reports an acceptance. */

export const acceptedCommand = "hearth.server.accepted";

/** Commands of `workspace/executeCommand`, with their arguments. */
export const serverCommands = [
  {
    command: acceptedCommand,
    arguments: "`[id: string]`",
    summary: "The person has accepted the suggestion with this id. The item's own `command` holds the id.",
  },
] as const;
