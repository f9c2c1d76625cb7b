import { deepEqual } from "@eddy/core/json";
import { cloneJson, type KubeObject } from "@eddy/core/object";
import { controllerRevisions } from "../frame/resources.ts";
import type { ControllerRevision, PodTemplate } from "../frame/shapes.ts";
import { templateHash } from "../frame/template-hash.ts";
import { controlledBy, controllerReference, modify, type Pass } from "../frame/world.ts";

/** The revision of a template: its name in the history, and the hash that Pods carry. */
export interface TemplateRevision {
  name: string;
  hash: string;
  /** Counts from 1; a rollback gives an old revision a new number. */
  revision: number;
}

/**
 * The ControllerRevision of an owner's template, found or made; surplus ones that `inUse` does not name go. Source:
 * controller/history, statefulset and daemon update.go.
 */
export function ensureRevision(
  owner: KubeObject & { spec: { template: PodTemplate; revisionHistoryLimit?: number } },
  inUse: ReadonlySet<string>,
  pass: Pass,
): TemplateRevision {
  const history = controlledBy<ControllerRevision>(pass, owner, controllerRevisions).sort(
    (a, b) => a.revision - b.revision,
  );
  const data = { spec: { template: { $patch: "replace", ...cloneJson(owner.spec.template) } } };
  const highest = history.at(-1)?.revision ?? 0;
  const found = history.find((revision) => deepEqual(revision.data, data));
  const current = found ? renumber(found, highest, pass) : createRevision(owner, data, highest + 1, pass);
  const idle = history.filter(
    ({ metadata }) =>
      metadata.name !== current.metadata.name && !inUse.has(hashOf(metadata.name)) && !inUse.has(metadata.name),
  );
  const surplus = idle.length - (owner.spec.revisionHistoryLimit ?? 10);
  for (const { metadata } of idle.slice(0, Math.max(0, surplus)))
    pass.access.delete(controllerRevisions, metadata.namespace ?? "", metadata.name);
  return { name: current.metadata.name, hash: hashOf(current.metadata.name), revision: current.revision };
}

function renumber(found: ControllerRevision, highest: number, pass: Pass): ControllerRevision {
  if (found.revision === highest) return found;
  return modify<ControllerRevision>(
    pass,
    controllerRevisions,
    found,
    (copy) => void (copy.revision = highest + 1),
  ) as ControllerRevision;
}

function createRevision(
  owner: KubeObject & { spec: { template: PodTemplate } },
  data: unknown,
  revision: number,
  pass: Pass,
): ControllerRevision {
  const hash = templateHash(owner.spec.template);
  const label = owner.kind === "DaemonSet" ? "controller-revision-hash" : "controller.kubernetes.io/hash";
  return pass.access.create(controllerRevisions, {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      namespace: owner.metadata.namespace ?? "",
      labels: { ...owner.spec.template.metadata?.labels, [label]: hash },
      ownerReferences: [controllerReference(owner)],
    },
    data,
    revision,
  }) as ControllerRevision;
}

function hashOf(name: string): string {
  return name.slice(name.lastIndexOf("-") + 1);
}
