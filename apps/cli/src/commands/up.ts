import { resolve } from "node:path";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { defaultDataDir } from "../up/data-dir.ts";
import { runUp } from "../up/run-up.ts";

/** `up`: the embedded cluster, a Git server with a repository, and the controllers, in this process. */
export const upCommand: Command = defineCommand({
  path: ["up"],
  summary: "Start everything on this machine: cluster, repository and controllers",
  details:
    "Brings up an embedded Kubernetes API server, a Git server with a sample repository and the controllers, in one process, " +
    "and applies what is in the repository. Nothing else needs to be installed but git. No containers run.",
  flags: {
    dataDir: flag.text("where its state is kept; default eddy below the user's state directory", {
      placeholder: "dir",
    }),
    fresh: flag.boolean("forget what an earlier start left there"),
    repo: flag.text("follow this repository instead of the sample: a URL, or a local folder", {
      placeholder: "url|dir",
    }),
    branch: flag.textWithDefault("main", "branch of the repository"),
    path: flag.text("directory in the repository to apply; default ./clusters/demo for the sample, ./ otherwise", {
      placeholder: "dir",
    }),
    lockdown: flag.boolean(
      "for tenants: no references between namespaces, and whatever names no account acts as its namespace's default one",
    ),
    port: flag.integer(0, "port of the API server; 0 takes the last one used, or any"),
    output: flag.oneOf(["text", "json"], "how to tell what happens", { short: "o" }),
    exitWhenReady: flag.boolean("stop once everything is ready: exit code 0, or 1 with the reason"),
  },
  examples: [
    ["Start the sample and stay", "up"],
    ["Try your own repository", "up --repo ~/src/fleet --path clusters/production"],
    ["Measure a start", "up --exit-when-ready --output json"],
  ],
  run: ({ flags }, context) =>
    runUp(
      {
        dataDir: resolve(flags.dataDir ?? defaultDataDir(context.io.env)),
        fresh: flags.fresh,
        repository: flags.repo,
        branch: flags.branch,
        path: flags.path,
        lockdown: flags.lockdown,
        port: flags.port === 0 ? undefined : flags.port,
        exitWhenReady: flags.exitWhenReady,
        output: flags.output ?? "text",
      },
      context,
    ),
});
