import type { ReleaseSpec } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { parseImage } from "@eddy/core/image";
import { formatWorkloadId } from "@eddy/release-controller";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { eraOf, namedWorkloads, namespaceOfAll, nounOf } from "../../fluxctl/era.ts";
import { workloadNamespace } from "../../fluxctl/namespace.ts";
import { runInteractive, runRelease } from "../../fluxctl/run-release.ts";
import { causeOf } from "../../fluxctl/submit-release.ts";
import { writeFlags } from "../../fluxctl/write-flags.ts";

/** `release`: images to workloads, by a commit. The Release is created as the person: RBAC decides. Source: fluxctl 0.1 to 1.25. */
export const releaseCommand: Command = defineCommand({
  path: ["release"],
  summary: "Release a new version of a workload",
  details:
    "Asks the registry, commits the new images where the workloads come from, and has them applied. " +
    "It is done by a Release object that is created as you: `kubectl auth can-i create releases.eddy.sh` says whether you may.",
  flags: {
    ...writeFlags,
    workload: flag.list("list of workloads to release, `<namespace>:<kind>/<name>`"),
    all: flag.boolean("release all workloads of the namespace"),
    updateImage: flag.text("update a specific image", { short: "i" }),
    updateAllImages: flag.boolean("update all images to latest versions"),
    exclude: flag.list("list of workloads to exclude"),
    dryRun: flag.boolean("do not release anything; just report back what would have been done"),
    interactive: flag.boolean("select interactively which containers to update"),
    force: flag.boolean(
      "disregard locks and container image filters (has no effect with --all or --update-all-images)",
      { short: "f" },
    ),
    watch: flag.boolean("watch rollout progress during release", { short: "w" }),
  },
  examples: [
    [
      "Release one image to one workload",
      "release --workload=shop:deployment/frontend --update-image=ghcr.io/org/frontend:v2",
    ],
    ["Release the newest image of everything", "release --all --update-all-images -n shop"],
    ["See what would be done", "release --all --update-all-images -n shop --dry-run -vv"],
  ],
  async run({ args, flags }, context) {
    if (args.length > 0) throw usage("expected no (non-flag) arguments");
    const own = await workloadNamespace(context);
    const named = namedWorkloads(flags, own);
    check(flags, named.length);
    if (flags.force && flags.all)
      context.io.stderr.write("Warning: --force will not ignore lock policies when used with --all\n");
    if (flags.force && flags.updateAllImages)
      context.io.stderr.write(
        "Warning: --force will not ignore container image tags when used with --update-all-images\n",
      );
    const namespace = namespaceOfAll(named, own);
    const noun = nounOf(flags);
    const style = { noun, era: eraOf(noun, flags.outputCompat), verbosity: flags.verbosity };
    const withServices = flags.service.length > 0;
    const excluded = namedWorkloads(
      { workload: withServices ? [] : flags.exclude, controller: [], service: withServices ? flags.exclude : [] },
      own,
    );
    const spec: ReleaseSpec = {
      ...(flags.all ? { all: true } : { workloads: named.map(formatWorkloadId) }),
      ...(excluded.length > 0 ? { exclude: excluded.map(formatWorkloadId) } : {}),
      ...(flags.updateImage === undefined ? { updateAllImages: true } : { image: flags.updateImage }),
      ...(flags.force ? { force: true } : {}),
      ...(flags.dryRun ? { dryRun: true } : {}),
      ...(flags.watch ? { wait: true } : {}),
      ...(await causeOf(flags, context.io.env)),
    };
    await (flags.interactive ? runInteractive : runRelease)(namespace, spec, style, context);
  },
});

interface Asked {
  readonly updateImage: string | undefined;
  readonly updateAllImages: boolean;
  readonly all: boolean;
  readonly watch: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** What cannot be meant. Source: fluxcd/flux cmd/fluxctl/release_cmd.go. */
function check({ updateImage, updateAllImages, all, watch, dryRun, force }: Asked, named: number): void {
  if ((updateImage === undefined) !== updateAllImages)
    throw usage("please supply exactly one of --update-image=<image> or --update-all-images");
  if (!all && named === 0) throw usage("please supply either --all, or at least one --workload=<workload>");
  if (watch && dryRun) throw usage("cannot use --watch with --dry-run");
  if (force && all && updateAllImages)
    throw usage("--force has no effect when used with --all and --update-all-images");
  if (updateImage === undefined) return;
  const { tag, digest } = parseImage(updateImage);
  if (tag === undefined && digest === undefined)
    throw usage(`image ${JSON.stringify(updateImage)} has no tag: write :latest if that is what you mean`);
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal", hint: "Run 'eddy release --help' for usage." });
}
