import { EddyError } from "@eddy/core/errors";
import { formatWorkloadId, listWorkloads } from "@eddy/release-controller";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { eraOf, namedWorkloads, nounOf } from "../../fluxctl/era.ts";
import { formatImages } from "../../fluxctl/format-images.ts";
import { listImages } from "../../fluxctl/image-listing.ts";
import { listFlags } from "../../fluxctl/list-flags.ts";
import { workloadNamespace } from "../../fluxctl/namespace.ts";
import { openImageRegistry } from "../../fluxctl/registry-of.ts";
import { imageStatusesOf } from "../../fluxctl/workload-json.ts";

/** `list-images`: what workloads could run. The registry is asked now; nothing is taken from a scan. Source: fluxctl 0.1 to 1.25. */
export const listImagesCommand: Command = defineCommand({
  path: ["list-images"],
  summary: "Show deployed and available images",
  flags: {
    ...listFlags,
    workload: flag.list("show images for a specific workload", { short: "w" }),
    controller: flag.list("the older word for --workload", { short: "c" }),
    service: flag.list("the oldest word for --workload, `<namespace>/<name>`", { short: "s" }),
    limit: flag.integer(10, "number of images to show (0 for all)", { short: "l" }),
  },
  examples: [
    ["Show what a workload could run", "list-images --workload=shop:deployment/frontend"],
    ["As Flux 0.x showed it", "list-images --service=shop/frontend"],
  ],
  async run({ args, flags }, context) {
    if (args.length > 0) throw new EddyError("USAGE", "expected no (non-flag) arguments", { class: "terminal" });
    const isJson = flags.outputFormat === "json";
    if (isJson && flags.limit < 0)
      throw new EddyError("USAGE", `--limit is ${flags.limit}, want 0 or more with --output-format=json`, {
        class: "terminal",
      });
    const own = await workloadNamespace(context);
    const named = namedWorkloads(flags, own);
    const kube = await context.kube();
    const namespaces = flags.allNamespaces ? [""] : [...new Set(named.map(({ namespace }) => namespace))];
    const lists = await Promise.all(
      (namespaces.length === 0 ? [own] : namespaces).map((one) => listWorkloads(kube, one)),
    );
    const ids = new Set(named.map(formatWorkloadId));
    const workloads = lists.flat().filter(({ id }) => ids.size === 0 || ids.has(id));
    for (const id of ids)
      if (!workloads.some((workload) => workload.id === id))
        throw new EddyError("NOTHING_FOUND", `workload ${id} not found`, { class: "terminal" });
    const registry = await openImageRegistry(context);
    try {
      const listings = await Promise.all(workloads.map((workload) => listImages(workload, registry, context.signal)));
      if (isJson) return context.print(`${JSON.stringify(imageStatusesOf(listings, flags.limit))}\n`);
      const noun = nounOf(flags);
      const style = { noun, era: eraOf(noun, flags.outputCompat), headers: !flags.noHeaders, limit: flags.limit };
      context.print(formatImages(listings, style));
    } finally {
      registry.close();
    }
  },
});
