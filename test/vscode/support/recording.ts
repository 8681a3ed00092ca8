/**
 * Has strace write down whom a program tries to reach, with all that it starts, detached or not: each address of
 * a socket, by the kernel's account. Unix sockets stay on the machine and are left out, but for resolvers behind one.
 */

import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Need } from "../../support/needs.ts";

/** One try to reach somebody, whether or not it went through. */
export interface Attempt {
  /** The script or program that tried, such as `host.js`. */
  readonly program: string;
  /** Address and port. */
  readonly to: string;
  /** Whether Hearth's programs or what they started tried, or the extension host itself. */
  readonly ours: boolean;
}

interface Running {
  readonly program: string;
  readonly ours: boolean;
}

const unknown: Running = { program: "unknown", ours: false };

export interface Recorded {
  /** All that ran. */
  readonly programs: readonly string[];
  readonly attempts: readonly Attempt[];
}

/** Stops at these system calls alone, so that the rest run as fast as ever; the tracer is not the parent. */
const strace =
  "strace -D -f --seccomp-bpf -qq -s 512 -e signal=none -e trace=connect,sendto,sendmsg,sendmmsg,execve,clone,clone3,fork,vfork".split(
    " ",
  );

export const recorder: Need = {
  what: "strace that may look at programs of one's own",
  met: spawnSync(strace[0] ?? "", [...strace.slice(1), "-o", "/dev/null", "true"]).status === 0,
};

/** What to put before a command; nothing where there is no strace. */
export function recorded(file: string): readonly string[] {
  return recorder.met ? [...strace, "-o", file] : [];
}

/** Of all files `NAME.strace` below a folder. */
export function readRecords(folder: string): Recorded {
  const files = globSync("**/*.strace", { cwd: folder });
  const records = files.map((file) => readRecord(readFileSync(join(folder, file), "utf8")));
  return {
    programs: [...new Set(records.flatMap(({ programs }) => programs))].toSorted(),
    attempts: records.flatMap(({ attempts }) => attempts),
  };
}

export function readRecord(text: string): Recorded {
  const reader = new RecordReader();
  for (const line of text.split("\n")) reader.read(line);
  return { programs: [...reader.programs], attempts: reader.attempts };
}

/** To another machine, or for a name: a resolver on this machine asks others. */
export function leaves({ to }: Attempt): boolean {
  return !/^(127\.|0\.0\.0\.0:|\[(::1|::|::ffff:127\.[\d.]+)\]:)/.test(to) || to.endsWith(":53");
}

class RecordReader {
  readonly programs = new Set<string>();
  readonly attempts: Attempt[] = [];
  /** By thread: what it runs. */
  readonly #running = new Map<string, Running>();
  /** By thread: a call that another thread's line came between. */
  readonly #begun = new Map<string, string>();

  read(line: string): void {
    const [, thread = "", said = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(said)?.[1];
    if (begun !== undefined) return void this.#begun.set(thread, begun);
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(said)?.[1];
    this.#call(thread, rest === undefined ? said : (this.#begun.get(thread) ?? "") + rest);
    this.#begun.delete(thread);
  }

  #call(thread: string, call: string): void {
    if (/^(clone3?|v?fork)\(/.test(call)) this.#start(thread, /= (\d+)$/.exec(call)?.[1]);
    else if (call.startsWith("execve(")) this.#execute(thread, call);
    else if (/^(connect|send)/.test(call)) this.#reach(thread, call);
  }

  /** Its child is what it is, until it executes something. */
  #start(thread: string, child: string | undefined): void {
    if (child !== undefined && !this.#running.has(child))
      this.#running.set(child, this.#running.get(thread) ?? unknown);
  }

  #execute(thread: string, call: string): void {
    if (!call.endsWith(" = 0")) return;
    const words = [...call.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = ""]) => word);
    const hearth = words.find((word) => word.includes("/hearth.hearth-"));
    const type = words.find((word) => word.startsWith("--type="));
    const program = type?.slice("--type=".length) ?? (hearth ?? words[0] ?? "").split("/").at(-1) ?? "";
    const before = this.#running.get(thread) ?? unknown;
    // What else the extension host starts belongs to other extensions, such as TypeScript's, which runs npm.
    const inherited = before.ours && before.program !== "extensionHost";
    const ours = program === "extensionHost" || hearth !== undefined || inherited;
    this.#running.set(thread, { program, ours });
    this.programs.add(program);
  }

  #reach(thread: string, call: string): void {
    const to = addressIn(call);
    if (to !== undefined) this.attempts.push({ ...(this.#running.get(thread) ?? unknown), to });
  }
}

function addressIn(call: string): string | undefined {
  const [, port4, v4] = /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)/.exec(call) ?? [];
  if (v4 !== undefined) return `${v4}:${port4}`;
  const [, port6, v6] = /sin6_port=htons\((\d+)\).*inet_pton\(AF_INET6, "([^"]+)"/.exec(call) ?? [];
  if (v6 !== undefined) return `[${v6}]:${port6}`;
  const [, path] = /sun_path="(\/run\/(?:systemd\/resolve|avahi-daemon)\/[^"]+)"/.exec(call) ?? [];
  return path === undefined ? undefined : `${path}:53`;
}
