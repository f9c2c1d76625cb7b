import { kustomizeGroup, sourceGroup } from "@eddy/api";
import { canonicalNameOf, parseImage } from "@eddy/core/image";
import { refOf, type KubeObject } from "@eddy/core/object";
import {
  containersOf,
  planSourceChange,
  requestLook,
  writeSource,
  type GitOrigin,
  type SourceDraft,
  type SourceWritePorts,
  type WantedChange,
} from "@eddy/runtime/source-write";
import type { FileTree } from "@eddy/core/tree";
import { commitMessage } from "./commit-message.ts";
import { fieldManager } from "./write-cluster.ts";
import { wantedImage, type ImageChange, type UpdatePlan, type WriteResult } from "./update-plan.ts";

const author = { name: "Eddy", email: "eddy@eddy.sh" };

/**
 * Commits a plan to where the object comes from, and asks for it to be applied. A file that has something else than what runs is left
 * alone: somebody was faster, and what they wrote is not applied yet.
 * @throws GitError, EddyError GIT_AUTH, BUILD_FAILED
 */
export async function writeToGit(plan: UpdatePlan, origin: GitOrigin, ports: SourceWritePorts): Promise<WriteResult> {
  const { kustomization, repository, branch, written } = origin;
  const wanted = wantedChanges(written, plan);
  if (typeof wanted === "string") return { form: "refused", why: wanted };
  let why: string | undefined;
  let isThere = false;
  const commit = await writeSource(
    repository,
    {
      branch,
      author,
      plan: (tree: FileTree): SourceDraft | undefined => {
        const planned = planSourceChange(tree, [{ spec: kustomization.spec, changes: wanted }]);
        why = planned.refused[0]?.reason;
        const ahead = planned.scalars.find(({ oldValue }) => !isOldOf(oldValue, plan.changes));
        isThere = planned.present.length === wanted.length;
        if (ahead)
          why = `${ahead.file}:${ahead.line} has ${JSON.stringify(ahead.oldValue)} by now, which is not applied yet`;
        if (why !== undefined || planned.files.size === 0) return undefined;
        return { files: planned.files, message: commitMessage(plan, planned.scalars) };
      },
    },
    ports,
  );
  if (why !== undefined) return why.endsWith("not applied yet") ? { form: "waiting", why } : { form: "refused", why };
  if (!commit || (!commit.isNew && !isThere))
    return { form: "refused", why: "nothing in the repository names the image" };
  const namespace = repository.metadata.namespace ?? "";
  const { name } = repository.metadata;
  const source = { group: sourceGroup, kind: "GitRepository", namespace, name };
  const applied = { ...refOf(kustomization), group: kustomizeGroup };
  await requestLook([source], ports, fieldManager);
  if (!commit.isNew) await requestLook([applied], ports, fieldManager);
  return { form: "git", revision: commit.revision, repository: `${namespace}/${name}` };
}

/** What the object that stands in the files is to have; or why that cannot be said. */
function wantedChanges(written: KubeObject, plan: UpdatePlan): WantedChange[] | string {
  const { kind, metadata } = written;
  const object = { kind, name: metadata.name, namespace: metadata.namespace ?? "" };
  const wanted: WantedChange[] = [];
  for (const change of plan.changes) {
    const container = containerIn(written, plan, change);
    if (container === undefined)
      return `the values of ${kind} "${object.namespace}/${object.name}" do not name ${change.from.name}`;
    wanted.push({ form: "image", object, container, image: wantedImage(change) });
  }
  return wanted;
}

/**
 * What the container is called in the object that stands in the files. Charts give containers names of their own: in the values of
 * their HelmRelease the image is found by its repository.
 */
function containerIn(
  written: KubeObject,
  { object }: UpdatePlan,
  { container, from }: ImageChange,
): string | undefined {
  if (written.kind === object.kind) return container;
  const repository = canonicalNameOf(from.name);
  return containersOf(written).find(({ image }) => isOf(repository, image))?.name;
}

function isOf(repository: string, image: string): boolean {
  try {
    return canonicalNameOf(parseImage(image).name) === repository;
  } catch {
    return false;
  }
}

/** Whether a scalar that is to change is one of the images, or tags, or digests that run. */
function isOldOf(text: string | undefined, changes: readonly ImageChange[]): boolean {
  if (text === undefined) return true;
  return changes.some(({ from }) => {
    const tag = from.tag ?? "latest";
    const bare = text.split("@", 1)[0] ?? "";
    const isTag = bare === tag || bare.endsWith(`:${tag}`);
    const isUntagged = from.tag === undefined && bare === from.name;
    return isTag || isUntagged || (from.digest !== undefined && text.endsWith(from.digest));
  });
}
