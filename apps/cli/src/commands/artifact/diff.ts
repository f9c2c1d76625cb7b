import { EddyError } from "@eddy/core/errors";
import { unpackTree } from "@eddy/runtime/artifact";
import { compareTrees } from "../../artifact/compare-trees.ts";
import { firstLayer } from "../../artifact/flux-artifact.ts";
import { defaultIgnorePaths } from "../../artifact/load-artifact-tree.ts";
import { insecureFlag, loginFlags, parseArtifactUrl, withRegistry } from "../../artifact/open-registry.ts";
import { packArtifact } from "../../artifact/pack-artifact.ts";
import { readSource } from "../../artifact/read-source.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";

const marks = { added: "+", removed: "-", changed: "~" } as const;

/**
 * `diff artifact`: whether a folder is what an artifact holds. Files are compared, not archives as upstream does: another compressor
 * is no difference. Source of flags and texts: fluxcd/flux2 cmd/flux/diff_artifact.go.
 */
export const diffArtifactCommand: Command = defineCommand({
  path: ["diff", "artifact"],
  summary: "Diff artifact",
  details:
    "The diff artifact command compares a remote artifact with the given directory. Exit status: 0 no differences, 1 there are some, or an error.",
  args: [{ name: "url" }],
  flags: {
    path: flag.text("path to the directory where the Kubernetes manifests are located"),
    ignorePaths: flag.list("set paths to ignore in .gitignore format"),
    ...loginFlags,
    ...insecureFlag,
  },
  examples: [["See whether a folder was pushed", "diff artifact oci://ghcr.io/org/manifests:app --path=./manifests"]],
  async run({ args, flags, given }, context) {
    const [address] = args;
    if (address === undefined) throw new EddyError("USAGE", "artifact URL is required", { class: "terminal" });
    parseArtifactUrl(address);
    const ignorePaths = given.has("ignorePaths") ? flags.ignorePaths : defaultIgnorePaths;
    const local = await unpackTree(packArtifact(await readSource(flags.path, context.io.stdin, { ignorePaths })));
    const { signal, status } = context;
    await withRegistry(address, flags, context, async ({ client, reference }) => {
      const { manifest } = await client.fetchImage(reference, { signal });
      const remote = await unpackTree(await client.fetchBlob(reference.repository, firstLayer(manifest), { signal }));
      const differences = compareTrees(remote, local);
      if (differences.length === 0) return status.success("no changes detected");
      context.print(differences.map(({ path, change }) => `${marks[change]} ${path}\n`).join(""));
      throw new EddyError("ARTIFACT_DIFFERS", "the remote artifact contents differs from the local one");
    });
  },
});
