/** Installs the Debian packages that something set up once needs; elsewhere what is missing speaks for itself. */

import { run, runQuietly, say } from "./command.ts";

/** `what` begins the lines that are said. */
export function needPackages(what: string, packages: readonly string[]): void {
  const missing = missingPackages(packages);
  if (missing.length === 0) return;
  const command = `apt-get install --yes --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0) {
    throw new Error(`Missing Debian packages. Install them once as root: ${command}`);
  }
  say(`${what}: installing Debian packages: ${missing.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "--quiet=2"], { env });
  run("apt-get", ["install", "--yes", "--quiet=2", "--no-install-recommends", ...missing], { env });
}

function missingPackages(packages: readonly string[]): readonly string[] {
  const asked = runQuietly("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\\n", ...packages]);
  if (asked === undefined) return []; // not a Debian
  const installed = new Set(
    asked
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.slice(0, line.indexOf(" "))),
  );
  return packages.filter((name) => !installed.has(name));
}
