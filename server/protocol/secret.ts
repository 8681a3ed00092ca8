/** `hearth/secret`: the server asks for the API key that the client keeps for one origin. */

import type { RequestSpec } from "./message.ts";

export interface SecretParams {
  readonly origin: string;
}

export interface SecretResult {
  readonly value?: string;
}

export const secretRequest: RequestSpec<SecretParams, SecretResult> = {
  method: "hearth/secret",
  kind: "request",
  direction: "server to client",
  summary:
    "The API key for `runtimes.openai.url`, where HEARTH_API_KEY is not set. A client that keeps none answers without a value, or not at all.",
  params: { origin: ["`string`", "scheme, host and port; the key of another one must not be given"] },
  result: { value: ["`string`, optional", "the key that the person has given for this origin"] },
};
