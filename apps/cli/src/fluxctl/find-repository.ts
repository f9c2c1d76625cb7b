import { gitRepositoryKind, type GitRepository } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { getObject, listObjects } from "../cluster/objects.ts";
import type { CommandContext } from "../command/context.ts";

/**
 * The repository that is meant: the one that is named, else the only one of the namespace, else `flux-system`.
 * @throws EddyError NO_REPOSITORY (terminal), KubeApiError
 */
export async function findRepository(name: string | undefined, context: CommandContext): Promise<GitRepository> {
  const [kube, namespace] = [await context.kube(), await context.namespace()];
  if (name !== undefined) return (await getObject(kube, gitRepositoryKind, namespace, name)) as GitRepository;
  const all = (await listObjects(kube, gitRepositoryKind, { namespace })) as GitRepository[];
  const found = all.length === 1 ? all[0] : all.find(({ metadata }) => metadata.name === "flux-system");
  if (found) return found;
  const there = all.length === 0 ? "no git repository is configured" : `there are ${all.length} git repositories`;
  const hint =
    all.length === 0 ? "create one with `eddy create source git`, or choose a --namespace" : "name one with --source";
  throw new EddyError("NO_REPOSITORY", `${there} in namespace ${namespace}`, { class: "terminal", hint });
}
