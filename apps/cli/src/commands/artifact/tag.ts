import { EddyError, messageOf } from "@eddy/core/errors";
import { formatReference, withTag } from "@eddy/oci";
import { loginFlags, insecureFlag, withRegistry } from "../../artifact/open-registry.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";

/** `tag artifact`: gives an artifact more tags. Source: fluxcd/flux2 cmd/flux/tag_artifact.go. */
export const tagArtifactCommand: Command = defineCommand({
  path: ["tag", "artifact"],
  summary: "Tag artifact",
  details: "The tag artifact command creates tags for the given OCI artifact.",
  args: [{ name: "url" }],
  flags: { tag: flag.list("tag name"), ...loginFlags, ...insecureFlag },
  examples: [["Tag a version as latest", "tag artifact oci://ghcr.io/org/manifests/app:v0.0.1 --tag latest"]],
  async run({ args, flags }, context) {
    const [address] = args;
    if (address === undefined) throw usage("artifact name is required");
    if (flags.tag.length === 0) throw usage("--tag is required");
    const { status, signal } = context;
    await withRegistry(address, flags, context, async ({ client, reference }) => {
      status.action("tagging artifact");
      for (const tag of flags.tag) {
        await client.tag(reference, tag, { signal }).catch((cause: unknown) => {
          throw new EddyError("TAG_FAILED", `tagging artifact failed: ${messageOf(cause)}`, { cause });
        });
        status.success(`artifact tagged as ${formatReference(withTag(reference.repository, tag))}`);
      }
    });
  },
});

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
