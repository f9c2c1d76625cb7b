import { statSync } from "node:fs";
import { EddyError } from "@eddy/core/errors";
import { formatReference, withDigest } from "@eddy/oci";
import { unpackTree } from "@eddy/runtime/artifact";
import { firstLayer, originOf } from "../../artifact/flux-artifact.ts";
import { insecureFlag, loginFlags, withRegistry } from "../../artifact/open-registry.ts";
import { writeTree } from "../../artifact/write-tree.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";

/** `pull artifact`: extracts an artifact into a folder. Source: fluxcd/flux2 cmd/flux/pull_artifact.go. */
export const pullArtifactCommand: Command = defineCommand({
  path: ["pull", "artifact"],
  summary: "Pull artifact",
  details: "The pull artifact command downloads and extracts the OCI artifact content to the given path.",
  args: [{ name: "url" }],
  flags: {
    output: flag.text("path where the artifact content should be extracted", { short: "o" }),
    ...loginFlags,
    ...insecureFlag,
  },
  examples: [["Pull into a folder", "pull artifact oci://ghcr.io/org/manifests/app:v0.0.1 --output ./manifests"]],
  async run({ args, flags }, context) {
    const [address] = args;
    const { output } = flags;
    if (address === undefined) throw usage("artifact URL is required");
    if (!output) throw usage("output path cannot be empty");
    if (!statSync(output, { throwIfNoEntry: false })?.isDirectory())
      throw usage(`invalid output path ${JSON.stringify(output)}: not a directory`);
    const { status, signal } = context;
    await withRegistry(address, flags, context, async ({ client, reference, url }) => {
      status.action(`pulling artifact from ${url}`);
      const { manifest, descriptor } = await client.fetchImage(reference, { signal });
      const layer = firstLayer(manifest);
      writeTree(await unpackTree(await client.fetchBlob(reference.repository, layer, { signal })), output);
      const { source, revision } = originOf(manifest.annotations);
      if (source !== "") status.success(`source ${source}`);
      if (revision !== "") status.success(`revision ${revision}`);
      status.success(`digest ${formatReference(withDigest(reference.repository, descriptor.digest))}`);
      status.success(`artifact content extracted to ${output}`);
    });
  },
});

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
