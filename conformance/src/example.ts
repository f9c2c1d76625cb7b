import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "@eddy/core/errors";
import { followReadme } from "./end-to-end/follow-readme.ts";
import { followFleet } from "./end-to-end/follow-fleet.ts";
import type { Report, Suite } from "./suite.ts";

/** The example repository: its README's commands as written, and the same repository on a real kube-apiserver. */
export const suite: Suite = {
  name: "example",
  summary: "the example fleet with tenants: its README as written, and on the real kube-apiserver",
  async run(report) {
    await inFolder((dir) => told(report, "the README", () => followReadme(dir, (command) => report.pass(command))));
    await inFolder((dir) => followFleet(dir, report));
  },
};

async function told(report: Report, name: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    report.fail(name, messageOf(error));
  }
}

async function inFolder(action: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "eddy-example-"));
  try {
    await action(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}
