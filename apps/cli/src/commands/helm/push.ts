import { readFileSync, statSync } from "node:fs";
import { EddyError } from "@eddy/core/errors";
import { readArchiveMetadata } from "@eddy/helm";
import { formatReference } from "@eddy/oci";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { openHelmRegistry, registryFlags } from "../../helm/registry-access.ts";
import { pushChart } from "../../helm/registry-chart.ts";
import { registryNotice } from "../../helm/registry-notice.ts";

const maxBytes = 64 * 1024 * 1024;

/** `helm push`: a packed chart to a registry. Source: Helm 4 `pkg/cmd/push.go`. */
export const helmPushCommand: Command = defineCommand({
  path: ["helm", "push"],
  summary: "Push a chart to a registry",
  details: "Upload a chart to a registry. If the chart has an associated provenance file, it will also be uploaded.",
  args: [
    { name: "chart", required: true },
    { name: "remote", required: true },
  ],
  flags: registryFlags,
  examples: [["Push a packed chart", "helm push podinfo-6.0.0.tgz oci://registry.example.com/charts"]],
  async run({ args, flags }, context) {
    const [file = "", remote = ""] = args;
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats) throw usage(`${file}: no such file`);
    if (stats.isDirectory()) throw usage("cannot push directory, must provide chart archive (.tgz)");
    if (stats.size > maxBytes) throw usage(`push ${file}: more than ${maxBytes} bytes`);
    if (!remote.startsWith("oci://"))
      throw usage(`scheme prefix missing from remote (e.g. "oci://"): ${JSON.stringify(remote)}`);
    const archive = readFileSync(file);
    const isSigned = statSync(`${file}.prov`, { throwIfNoEntry: false }) !== undefined;
    const chart = {
      archive,
      metadata: readArchiveMetadata(archive),
      created: `${stats.mtime.toISOString().slice(0, 19)}Z`,
      ...(isSigned ? { provenance: readFileSync(`${file}.prov`) } : {}),
    };
    const client = openHelmRegistry(flags, context);
    try {
      const call = { signal: context.signal, insecure: flags.plainHttp };
      const { reference, digest } = await pushChart(client, remote, chart, call);
      context.print(registryNotice("Pushed", formatReference(reference), digest));
    } finally {
      client.close();
    }
  },
});

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
