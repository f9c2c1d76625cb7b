import { gitRepositoryKind, kustomizationKind, type GitRepository, type Kustomization } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { findCondition } from "@eddy/core/conditions";
import { refOf } from "@eddy/core/object";
import { withoutUserInfo } from "@eddy/git";
import { requestLook } from "@eddy/runtime/source-write";
import { awaitObject } from "../../cluster/await-object.ts";
import { listObjects } from "../../cluster/objects.ts";
import type { CommandContext } from "../../command/context.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { findRepository } from "../../fluxctl/find-repository.ts";
import { daemonFlags, eraFlags } from "../../fluxctl/list-flags.ts";

/** `sync`: what is in Git now, applied now. Source: fluxctl 1.4 to 1.25; spec/flux1-keel-flagger.md 1.3. */
export const syncCommand: Command = defineCommand({
  path: ["sync"],
  summary: "Synchronize the cluster with the git repository, now",
  flags: {
    ...daemonFlags,
    ...eraFlags,
    source: flag.text("the GitRepository; default: the only one of the namespace, or flux-system"),
  },
  examples: [["Do not wait for the next interval", "sync"]],
  async run({ flags }, context) {
    const repository = await findRepository(flags.source, context);
    const { spec, metadata } = repository;
    if (spec.suspend)
      throw new EddyError(
        "NOT_READY",
        `git repository ${withoutUserInfo(spec.url)} is not ready to sync (status: suspended)`,
        {
          class: "terminal",
          hint: `resume it: \`eddy resume source git ${metadata.name} -n ${metadata.namespace ?? ""}\``,
        },
      );
    context.io.stderr.write(`Synchronizing with ${withoutUserInfo(spec.url)}\n`);
    const revision = await refresh(repository, context);
    const [branch = "", hash = ""] = revision.split("@sha1:");
    const short = hash.slice(0, 7);
    const isOld = flags.outputCompat === "1.1";
    context.io.stderr.write(isOld ? `HEAD of ${branch} is ${short}\n` : `Revision of ${branch} to apply is ${short}\n`);
    context.io.stderr.write(`Waiting for ${short} to be applied ...\n`);
    await applied(repository, revision, context);
    context.io.stderr.write("Done.\n");
  },
});

/** Has the repository looked at, and answers with its revision. */
async function refresh(repository: GitRepository, context: CommandContext): Promise<string> {
  const kube = await context.kube();
  const at = await requestLook([refOf(repository)], { kube, clock: context.clock });
  const { namespace = "", name } = repository.metadata;
  const looked = (await awaitObject(kube, gitRepositoryKind, {
    ...waitOptions(context),
    namespace,
    name,
    until(object) {
      const { status } = object as GitRepository;
      const ready = findCondition(status?.conditions, "Ready");
      if (status?.lastHandledReconcileAt !== at && ready?.status !== "False") return false;
      if (ready?.status === "False")
        throw new EddyError(
          "NOT_READY",
          `cannot connect to ${withoutUserInfo(repository.spec.url)}: ${ready.message}`,
          { class: "terminal" },
        );
      return ready?.status === "True";
    },
  })) as GitRepository;
  return looked.status?.artifact?.revision ?? "";
}

/** Everything that is applied from the repository, at this revision. */
async function applied(repository: GitRepository, revision: string, context: CommandContext): Promise<void> {
  const kube = await context.kube();
  const { namespace: own = "", name } = repository.metadata;
  const all = (await listObjects(kube, kustomizationKind, { namespace: "" })) as Kustomization[];
  const from = all.filter(({ spec, metadata }) => {
    const { kind, name: source, namespace = metadata.namespace } = spec.sourceRef;
    return kind === "GitRepository" && source === name && namespace === own && !spec.suspend;
  });
  await requestLook(from.map(refOf), { kube, clock: context.clock });
  for (const { metadata } of from)
    await awaitObject(kube, kustomizationKind, {
      ...waitOptions(context),
      namespace: metadata.namespace ?? "",
      name: metadata.name,
      until(object) {
        const { status } = object as Kustomization;
        const ready = findCondition(status?.conditions, "Ready");
        if (
          status?.lastAttemptedRevision === revision &&
          ready?.status === "False" &&
          ready.reason !== "DependencyNotReady"
        )
          throw new EddyError("SYNC_FAILED", `Kustomization ${metadata.name}: ${ready.message}`, { class: "terminal" });
        return status?.lastAppliedRevision === revision && ready?.status === "True";
      },
    });
}

function waitOptions({
  flags,
  clock,
  signal,
}: CommandContext): Pick<Parameters<typeof awaitObject>[2], "timeoutMs" | "clock" | "signal"> {
  return { timeoutMs: flags.timeout, clock, signal };
}
