import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import { defaultIgnorePaths } from "../../artifact/load-artifact-tree.ts";
import { packArtifact } from "../../artifact/pack-artifact.ts";
import { readSource } from "../../artifact/read-source.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";

/** `build artifact`: packs a folder or file. Source: fluxcd/flux2 cmd/flux/build_artifact.go. */
export const buildArtifactCommand: Command = defineCommand({
  path: ["build", "artifact"],
  summary: "Build artifact",
  details:
    "The build artifact command creates a tgz file with the manifests from the given directory or a single manifest file.",
  flags: {
    path: flag.text("path to the directory where the Kubernetes manifests are located, - for stdin", { short: "p" }),
    output: flag.textWithDefault("artifact.tgz", "path to where the artifact tgz file should be written", {
      short: "o",
    }),
    ignorePaths: flag.list("set paths to ignore in .gitignore format"),
    addIgnorePaths: flag.list("paths to ignore beside those that are ignored by default"),
    resolveSymlinks: flag.boolean("resolve symlinks by copying their targets into the artifact"),
  },
  examples: [["Build from a folder", "build artifact --path ./manifests --output ./artifact.tgz"]],
  async run({ flags, given }, { status, io }) {
    const chosen = given.has("ignorePaths") ? flags.ignorePaths : defaultIgnorePaths;
    const ignorePaths = [...chosen, ...flags.addIgnorePaths];
    const entries = await readSource(flags.path, io.stdin, { ignorePaths, resolveSymlinks: flags.resolveSymlinks });
    status.action(`building artifact from ${flags.path}`);
    try {
      writeFileSync(resolve(flags.output), packArtifact(entries), { mode: 0o640 });
    } catch (cause) {
      throw new EddyError("BUILD_FAILED", `building artifact failed, error: ${messageOf(cause)}`, { cause });
    }
    status.success(`artifact created at ${flags.output}`);
  },
});
