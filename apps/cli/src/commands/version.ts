import { partOfFlux, partOfLabel, versionLabel } from "@eddy/api";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { dump } from "@eddy/goyaml";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { eddyVersion } from "../version.ts";

/** `version`: of this program, and of what is installed. */
export const versionCommand: Command = defineCommand({
  path: ["version"],
  summary: "Print the client and server-side components version information",
  flags: {
    client: flag.boolean("print only client version"),
    output: flag.oneOf(["yaml", "json"], "how to print", { short: "o" }),
  },
  examples: [["Print the client's version only", "version --client"]],
  async run({ flags }, context) {
    const versions: Record<string, string> = { eddy: `v${eddyVersion}` };
    if (!flags.client) {
      const [kube, namespace] = [await context.kube(), await context.namespace()];
      const { items } = await kube.list(
        { group: "apps", kind: "Deployment" },
        { namespace, labelSelector: `${partOfLabel}=${partOfFlux}` },
      );
      const distribution = items
        .map((item) => item.metadata.labels?.[versionLabel])
        .find((label) => label !== undefined);
      if (distribution !== undefined) versions["distribution"] = distribution;
      for (const deployment of items) versions[deployment.metadata.name] = imageTag(deployment);
      if (items.length === 0) context.status.warning(`no controllers found in the ${namespace} namespace`);
    }
    if (flags.output === "json") context.print(`${JSON.stringify(versions, undefined, 2)}\n`);
    else if (flags.output === "yaml") context.print(dump(versions));
    else
      context.print(
        Object.entries(versions)
          .map(([name, version]) => `${name}: ${version}\n`)
          .join(""),
      );
  },
});

function imageTag(deployment: KubeObject): string {
  const image = valueAt(deployment, "spec", "template", "spec", "containers", 0, "image");
  const [, tag] = /:([^:/@]+)(?:@.*)?$/.exec(String(image)) ?? [];
  return tag ?? String(image);
}
