/** Ends a process and those that it started. */

import { execFile } from "node:child_process";

/** At once and without asking: a runtime has nothing to save. `pid` leads a group of its own. */
export async function endProcess(pid: number): Promise<void> {
  if (process.platform === "win32") {
    await new Promise<void>((resolve) => {
      execFile("taskkill", ["/T", "/F", "/PID", String(pid)], { windowsHide: true }, () => resolve());
    });
  } else {
    killGroup(pid);
  }
}

/** The same without waiting, for the end of the host. */
export function endProcessNow(pid: number): void {
  if (process.platform === "win32") void endProcess(pid);
  else killGroup(pid);
}

function killGroup(leader: number): void {
  // The group 0 is our own, and 1 is everybody.
  if (leader <= 1) throw new Error(`No process of ours has the number ${leader}`);
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone) throw error;
  }
}
