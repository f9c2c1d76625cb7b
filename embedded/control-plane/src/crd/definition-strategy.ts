/** CustomResourceDefinition: defaults, validation, and the kinds that it brings and takes. Source: apiextensions-apiserver. */
import { formatTime } from "@eddy/core/conditions";
import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { KindStrategy, WriteContext } from "../kinds/strategy.ts";
import { deleteObject } from "../rest/delete-object.ts";
import { orderObject } from "../rest/order-object.ts";
import { updateObject } from "../rest/write-object.ts";
import { messageOf } from "@eddy/core/errors";
import { ensureValidator } from "./validators.ts";
import { invalidValue, required, StatusError, type FieldError } from "../status-error.ts";
import type { Kernel } from "../kernel.ts";
import { resourcesOf, schemaErrors, versionsOf, type CrdSpec } from "./resources-of.ts";

const collection = "apiextensions.k8s.io/customresourcedefinitions";
const cleanup = "customresourcecleanup.apiextensions.k8s.io";

const specOf = (object: KubeObject): CrdSpec => object["spec"] as CrdSpec;

function defaultSpec(object: KubeObject): void {
  if (!isObject(object["spec"])) return;
  const spec = object["spec"];
  const names = isObject(spec["names"]) ? spec["names"] : (spec["names"] = {});
  const kind = String(names["kind"] ?? "");
  if (!names["singular"]) names["singular"] = kind.toLowerCase();
  if (!names["listKind"] && kind !== "") names["listKind"] = `${kind}List`;
  spec["conversion"] ??= { strategy: "None" };
}

function storedVersion(object: KubeObject): string {
  return versionsOf(specOf(object)).find((version) => version.storage)?.name ?? "";
}

function validate(object: KubeObject): FieldError[] {
  const spec = specOf(object);
  const { names } = spec;
  const errors: FieldError[] = [];
  const name = object.metadata.name;
  if (name !== `${names.plural}.${spec.group}`)
    errors.push(invalidValue("metadata.name", name, `must be spec.names.plural+"."+spec.group`));
  if (!spec.group) errors.push(required("spec.group"));
  for (const field of ["plural", "kind"] as const) if (!names[field]) errors.push(required(`spec.names.${field}`));
  const versions = versionsOf(spec);
  if (versions.length === 0)
    errors.push(invalidValue("spec.versions", [], "must have exactly one version marked as storage version"));
  else if (versions.filter((version) => version.storage).length !== 1)
    errors.push(
      invalidValue(
        "spec.versions",
        JSON.parse(JSON.stringify(versions.map((version) => version.name))),
        "must have exactly one version marked as storage version",
      ),
    );
  if (spec.scope !== "Namespaced" && spec.scope !== "Cluster") errors.push(required("spec.scope"));
  // A schema that all versions share is named once, by its place in the internal form.
  const shared = new Set(versions.map((version) => JSON.stringify(version.schema ?? null))).size === 1;
  for (const [index, version] of versions.entries()) {
    if (!shared) errors.push(...schemaErrors(version, `spec.versions[${index}].schema`));
    else if (index === 0) errors.push(...schemaErrors(version, "spec.validation"));
  }
  return errors;
}

function validateUpdate(object: KubeObject, live: KubeObject): FieldError[] {
  const [next, previous] = [specOf(object), specOf(live)];
  const errors: FieldError[] = [];
  if (next.scope !== previous.scope) errors.push(invalidValue("spec.scope", next.scope, "field is immutable"));
  if (next.group !== previous.group) errors.push(invalidValue("spec.group", next.group, "field is immutable"));
  if (next.names.kind !== previous.names.kind)
    errors.push(invalidValue("spec.names.kind", next.names.kind, "field is immutable"));
  return errors;
}

/** Serves the versions of a definition, as they stand now. */
export function serveDefinition(kernel: Kernel, definition: KubeObject): void {
  kernel.registry.removeCustom(definition.metadata.name);
  for (const info of resourcesOf(definition)) kernel.registry.add(info);
}

function conditionsFor(kernel: Kernel, object: KubeObject): JsonObject[] {
  const time = formatTime(new Date(kernel.clock.now()));
  const accepted = {
    type: "NamesAccepted",
    status: "True",
    lastTransitionTime: time,
    reason: "NoConflicts",
    message: "no conflicts found",
  };
  const established = {
    type: "Established",
    status: "True",
    lastTransitionTime: time,
    reason: "InitialNamesAccepted",
    message: "the initial names have been accepted",
  };
  const kept = ((object["status"] as { conditions?: JsonObject[] } | undefined)?.conditions ?? []).filter(
    (each) => each["status"] === "True",
  );
  return [accepted, established].map((each) => kept.find((known) => known["type"] === each.type) ?? each);
}

/** Names accepted and established: the condition that `kubectl wait` looks for. */
function establish(kernel: Kernel, name: string): void {
  const info = kernel.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  const live = kernel.store.get(collection, name)?.object;
  if (!info || !live || live.metadata.deletionTimestamp !== undefined) return;
  const before = live["status"] as JsonObject;
  const stored = new Set([...((before["storedVersions"] as string[] | null | undefined) ?? []), storedVersion(live)]);
  const status: JsonObject = {
    conditions: conditionsFor(kernel, live),
    acceptedNames: specOf(live).names,
    storedVersions: [...stored],
  };
  if (JSON.stringify(before) === JSON.stringify(status)) return;
  kernel.store.put(collection, name, orderObject({ ...live, status }, info));
}

/** A definition is established when objects of all its versions can be decoded. */
async function compileAndEstablish(kernel: Kernel, definition: KubeObject): Promise<void> {
  try {
    await Promise.all(resourcesOf(definition).map(async ({ custom }) => custom && ensureValidator(custom.openapi)));
    kernel.later(() => establish(kernel, definition.metadata.name));
  } catch (error) {
    kernel.log.log("error", "schema does not compile", { crd: definition.metadata.name, error: messageOf(error) });
  }
}

/** Deletes every object of the kind; when none is left, lets the definition go. */
function cleanUp(kernel: Kernel, name: string): void {
  const live = kernel.store.get(collection, name)?.object;
  const definitionInfo = kernel.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  if (!live || !definitionInfo || live.metadata.deletionTimestamp === undefined) return;
  const spec = specOf(live);
  const objects = `${spec.group}/${spec.names.plural}`;
  const info = resourcesOf(live)[0];
  if (info) {
    for (const { object } of kernel.store.collection(objects).list()) {
      try {
        if (object.metadata.deletionTimestamp === undefined)
          deleteObject(kernel, info, object.metadata.namespace ?? "", object.metadata.name, { dryRun: false });
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
      }
    }
  }
  if (kernel.store.collection(objects).entries.size > 0) return;
  const finalizers = (live.metadata.finalizers ?? []).filter((each) => each !== cleanup);
  const next: KubeObject = { ...live, metadata: { ...live.metadata, finalizers } };
  updateObject(kernel, definitionInfo, "", live, next, {
    manager: "kube-apiserver",
    user: { name: "system:apiserver", groups: ["system:masters"] },
    dryRun: false,
  });
}

/** Goes on with a definition's deletion whenever one of its objects is gone; serves what is stored already. */
export function watchDefinitions(kernel: Kernel): void {
  for (const { object } of kernel.store.collection(collection).list()) {
    serveDefinition(kernel, object);
    void compileAndEstablish(kernel, object);
    if (object.metadata.deletionTimestamp !== undefined) kernel.later(() => cleanUp(kernel, object.metadata.name));
  }
  kernel.store.onChange(({ type, collection: changed }) => {
    if (type !== "DELETED" || changed === collection) return;
    const [group = "", plural = ""] = changed.split("/");
    const name = `${plural}.${group}`;
    if (kernel.store.get(collection, name)?.object.metadata.deletionTimestamp !== undefined)
      kernel.later(() => cleanUp(kernel, name));
  });
}

export const customResourceDefinition: KindStrategy = {
  generation: true,
  answersDeleted: true,
  applyDefaults: defaultSpec,
  prepareCreate(object) {
    object["status"] = {
      conditions: null,
      acceptedNames: { plural: "", kind: "" },
      storedVersions: [storedVersion(object)],
    };
    const finalizers = object.metadata.finalizers ?? [];
    if (!finalizers.includes(cleanup)) object.metadata.finalizers = [...finalizers, cleanup];
  },
  validate,
  validateUpdate,
  afterWrite(object: KubeObject, _live: KubeObject | undefined, { kernel }: WriteContext) {
    serveDefinition(kernel, object);
    if (object.metadata.deletionTimestamp === undefined) void compileAndEstablish(kernel, object);
    else kernel.later(() => cleanUp(kernel, object.metadata.name));
  },
  afterDelete(object, { kernel }) {
    kernel.registry.removeCustom(object.metadata.name);
  },
};
