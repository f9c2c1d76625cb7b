import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@eddy/core/json";

const version = "v1.36.3";

/** Schemas of an OpenAPI v3 document of Kubernetes by `$ref`, from its public Go module; or why they cannot be had. */
export function loadKubernetesSchemas(document: string): ((ref: string) => JsonObject | undefined) | string {
  const found = spawnSync("go", ["mod", "download", "-json", `k8s.io/kubernetes@${version}`], {
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GOWORK: "off" },
  });
  if (found.error !== undefined || found.status !== 0)
    return `k8s.io/kubernetes cannot be had: ${found.error?.message ?? found.stderr}`;
  const { Dir } = JSON.parse(found.stdout) as { Dir: string };
  const text = readFileSync(join(Dir, "api/openapi-spec/v3", document), "utf8");
  const schemas = (JSON.parse(text) as { components: { schemas: Record<string, JsonObject> } }).components.schemas;
  return (ref) => schemas[ref.slice(ref.lastIndexOf("/") + 1)];
}
