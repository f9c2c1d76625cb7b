/** The part of OpenAPI paths that clients look at: which operations a kind has, and the parameters of PATCH. */
import type { Json, JsonObject } from "@eddy/core/json";
import type { ResourceInfo } from "../resources/resource-info.ts";

const parameter = (name: string, type: string, where = "query"): JsonObject => ({
  name,
  in: where,
  schema: { type, uniqueItems: true },
  ...(where === "path" ? { required: true } : {}),
});

const writeParameters: Json = [
  parameter("dryRun", "string"),
  parameter("fieldManager", "string"),
  parameter("fieldValidation", "string"),
];

const bodyOf = (schema: string | undefined, types: readonly string[]): JsonObject => ({
  content: Object.fromEntries(
    types.map((type) => [type, { schema: schema === undefined ? {} : { $ref: `#/components/schemas/${schema}` } }]),
  ),
  required: true,
});

const answer = (schema: string | undefined): JsonObject => ({
  "200": {
    description: "OK",
    content: { "application/json": { schema: schema === undefined ? {} : { $ref: `#/components/schemas/${schema}` } } },
  },
});

const patchTypes = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];

interface Operation {
  method: string;
  verb: string;
  action: string;
}

const collectionOperations: readonly Operation[] = [
  { method: "get", verb: "list", action: "list" },
  { method: "post", verb: "create", action: "post" },
  { method: "delete", verb: "deletecollection", action: "deletecollection" },
];
const itemOperations: readonly Operation[] = [
  { method: "get", verb: "get", action: "get" },
  { method: "put", verb: "update", action: "put" },
  { method: "patch", verb: "patch", action: "patch" },
  { method: "delete", verb: "delete", action: "delete" },
];

function operation(info: ResourceInfo, { method, action }: Operation, schema: string | undefined): JsonObject {
  const list = action === "list" && schema !== undefined;
  const types = info.custom ? patchTypes : [...patchTypes, "application/strategic-merge-patch+json"];
  return {
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group: info.group, version: info.version, kind: info.kind },
    ...(method === "get" || method === "delete" ? {} : { parameters: writeParameters }),
    ...(method === "patch" ? { requestBody: bodyOf("io.k8s.apimachinery.pkg.apis.meta.v1.Patch", types) } : {}),
    ...(method === "post" || method === "put" ? { requestBody: bodyOf(schema, ["*/*"]) } : {}),
    responses: answer(list ? `${schema}List` : schema),
  };
}

/** Paths of the resource: collection, item, subresources. */
export function pathsOf(info: ResourceInfo, schema: string | undefined): JsonObject {
  const root = info.group === "" ? `/api/${info.version}` : `/apis/${info.group}/${info.version}`;
  const collection = info.namespaced ? `${root}/namespaces/{namespace}/${info.resource}` : `${root}/${info.resource}`;
  const paths: JsonObject = {};
  const add = (path: string, verbs: readonly string[], operations: readonly Operation[], parameters: Json): void => {
    const served = operations.filter((each) => verbs.includes(each.verb));
    if (served.length === 0) return;
    paths[path] = {
      parameters,
      ...Object.fromEntries(served.map((each) => [each.method, operation(info, each, schema)])),
    };
  };
  const inNamespace: Json[] = info.namespaced ? [parameter("namespace", "string", "path")] : [];
  const named: Json[] = [parameter("name", "string", "path"), ...inNamespace];
  if (info.namespaced)
    add(`${root}/${info.resource}`, info.verbs, [{ method: "get", verb: "list", action: "list" }], []);
  add(collection, info.verbs, collectionOperations, inNamespace);
  add(`${collection}/{name}`, info.verbs, itemOperations, named);
  for (const sub of info.subresources.values())
    add(`${collection}/{name}/${sub.name}`, sub.verbs, itemOperations, named);
  return paths;
}
