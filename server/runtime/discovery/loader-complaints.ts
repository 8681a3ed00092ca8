/** Why the system does not load a build: in its loader's own words, which name the library that is not there. */

import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

/** Empty where it loads what reaches the GPU. `folder` holds the packages of the build. */
export async function loaderComplaints(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).map((name) => join(folder, name));
  // The addon keeps what all of them lean on in place: loaded twice that would end the process.
  const addon = firstComplaint(files.filter((path) => path.endsWith(".node")));
  return (
    addon || firstComplaint(files.filter((path) => /^(?:lib)?ggml-(?:cuda|vulkan)\./.test(basename(path))))
  );
}

/** There may be one more for older drivers; any that loads will do. */
function firstComplaint(paths: readonly string[]): string {
  const complaints = paths.map(complaint);
  return complaints.includes("") ? "" : [...new Set(complaints)].join("; ");
}

function complaint(path: string): string {
  try {
    process.dlopen({ exports: {} }, path);
    return "";
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // It was loaded, and is no module of Node's.
    return /self-register/.test(message) ? "" : (message.split("\n", 1)[0] ?? "");
  }
}
