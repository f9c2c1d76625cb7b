import { EddyError, messageOf } from "@eddy/core/errors";
import { listArtifacts } from "../../artifact/list-artifacts.ts";
import { insecureFlag, loginFlags, withRegistry } from "../../artifact/open-registry.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { formatTable } from "../../output/table.ts";

/** `list artifacts`: tags of a repository and where they come from. Source: fluxcd/flux2 cmd/flux/list_artifact.go. */
export const listArtifactsCommand: Command = defineCommand({
  path: ["list", "artifacts"],
  summary: "List artifacts",
  details: "The list command fetches the tags and their metadata from a remote OCI repository.",
  args: [{ name: "url" }],
  flags: {
    filterSemver: flag.text("filter tags returned from the oci repository using semver"),
    filterRegex: flag.text("filter tags returned from the oci repository using regex"),
    ...loginFlags,
    ...insecureFlag,
  },
  examples: [["List what is there", "list artifacts oci://ghcr.io/org/config/app"]],
  async run({ args, flags }, context) {
    const [address] = args;
    if (address === undefined)
      throw new EddyError("USAGE", "artifact repository URL is required", { class: "terminal" });
    const filter = {
      ...(flags.filterSemver ? { semver: flags.filterSemver } : {}),
      ...(flags.filterRegex ? { regex: flags.filterRegex } : {}),
    };
    await withRegistry(address, flags, context, async ({ client, reference, url }) => {
      const call = { signal: context.signal };
      const listed = await listArtifacts(client, reference.repository, filter, call).catch((cause: unknown) => {
        if (cause instanceof EddyError && cause.code === "USAGE") throw cause;
        throw new EddyError("LIST_FAILED", `listing tags failed: ${messageOf(cause)}`, { cause });
      });
      const rows = listed.map(({ tag, digest, source, revision }) => [`${url}:${tag}`, digest, source, revision]);
      context.print(formatTable(["artifact", "digest", "source", "revision"], rows));
    });
  },
});
