/**
 * Makes `embedded/control-plane/data` from the Go module `k8s.io/kubernetes`: schemas, descriptions, Go's facts about
 * types, discovery and the bootstrap roles.
 *
 * `node tools/src/generate-kube-data.ts`; the output is committed. Needs Go and the module proxy; runs once a minor.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const version = "v1.36.3";
const published = version.replace(/^v1\./, "v0.");
const root = join(import.meta.dirname, "../..");
const buildDir = join(root, ".cache/kube-data");
const dataDir = join(root, "embedded/control-plane/data");

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Tree = { [key: string]: Json };

function go(...args: string[]): string {
  const env = { ...process.env, GOFLAGS: "-mod=mod", GOWORK: "off", CGO_ENABLED: "0" };
  const result = spawnSync("go", args, { cwd: buildDir, encoding: "utf8", env, maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(`go ${args.join(" ")} failed:\n${result.stderr.slice(-4_000)}`);
  return result.stdout;
}

function prepare(): string {
  mkdirSync(buildDir, { recursive: true });
  mkdirSync(dataDir, { recursive: true });
  const modules = ["client-go", "api", "apimachinery", "apiextensions-apiserver", "kube-aggregator"];
  const requires = modules.map((name) => `require k8s.io/${name} ${published}`).join("\n");
  writeFileSync(join(buildDir, "go.mod"), `module eddy.sh/facts\n\ngo 1.26.0\n\n${requires}\n`);
  copyFileSync(join(import.meta.dirname, "go-facts.go.txt"), join(buildDir, "main.go"));
  const info = JSON.parse(go("mod", "download", "-json", `k8s.io/kubernetes@${version}`)) as { Dir: string };
  return info.Dir;
}

const readJson = (path: string): Tree => JSON.parse(readFileSync(path, "utf8")) as Tree;

/** The part of a discovery document that is served by default: versions without alpha or beta in them. */
function stableDiscovery(moduleDir: string): Json {
  const dir = join(moduleDir, "api/discovery");
  const aggregated = readJson(join(dir, "aggregated_v2.json"))["items"] as Tree[];
  const groups = aggregated
    .map((group) => ({
      ...group,
      versions: (group["versions"] as Tree[]).filter((each) => /^v\d+$/.test(each["version"] as string)),
    }))
    .filter((group) => group.versions.length > 0);
  const core = readJson(join(dir, "api__v1.json"));
  const hashes: Tree = {};
  for (const file of readdirSync(dir)) {
    if (!/^apis?__.*v\d+\.json$/.test(file)) continue;
    const list = readJson(join(dir, file));
    for (const resource of list["resources"] as Tree[]) {
      if (resource["storageVersionHash"] !== undefined) {
        hashes[`${list["groupVersion"] as string}/${resource["name"] as string}`] = resource["storageVersionHash"];
      }
    }
  }
  return { core, groups: groups as unknown as Json, hashes };
}

function splitDescriptions(schemas: Tree): { bare: Tree; descriptions: Tree } {
  const bare: Tree = {};
  const descriptions: Tree = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const found: string[] = [];
    bare[name] = stripDescriptions(schema, found);
    descriptions[name] = found;
  }
  return { bare, descriptions };
}

/** Takes the texts out in document order and leaves `1` where one was; a property that is itself called description stays. */
function stripDescriptions(node: Json, found: string[], isProperties = false): Json {
  if (Array.isArray(node)) return node.map((item) => stripDescriptions(item, found));
  if (typeof node !== "object" || node === null) return node;
  const bare: Tree = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "description" && !isProperties && typeof value === "string") {
      found.push(value);
      bare[key] = 1;
    } else bare[key] = stripDescriptions(value, found, key === "properties" && !isProperties);
  }
  return bare;
}

function stableSchemas(moduleDir: string): Tree {
  const dir = join(moduleDir, "api/openapi-spec/v3");
  const all: Tree = {};
  for (const file of readdirSync(dir).sort()) {
    if (!/__v\d+_openapi\.json$/.test(file) && !/^(apis?|version)_openapi\.json$/.test(file)) continue;
    const schemas = (readJson(join(dir, file))["components"] as Tree)?.["schemas"] as Tree | undefined;
    for (const [name, schema] of Object.entries(schemas ?? {})) all[name] ??= schema;
  }
  return all;
}

function bootstrapRoles(moduleDir: string): Json {
  const dir = join(moduleDir, "plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata");
  const files = readdirSync(dir).filter((file) => file.endsWith(".yaml") && !file.includes("featuregates"));
  const lists = JSON.parse(go("run", ".", ...files.sort().map((file) => join(dir, file)))) as { items: Json[] }[];
  return lists.flatMap((list) => list.items);
}

function write(name: string, value: Json): void {
  const text = Buffer.from(JSON.stringify(value));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 22,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  const packed = brotliCompressSync(text, { params });
  writeFileSync(join(dataDir, `${name}.json.br`), packed);
  console.log(`${name}: ${text.length} bytes, ${packed.length} compressed`);
}

const notice = `Data in this folder is derived from Kubernetes ${version} (k8s.io/kubernetes and its published staging modules),
Copyright The Kubernetes Authors, licensed under the Apache License, Version 2.0.
Made by tools/src/generate-kube-data.ts: API schemas and their descriptions, field facts of the Go types, discovery documents and the
bootstrap RBAC policy. Changes: alpha and beta versions left out, descriptions split off, re-encoded as compressed JSON.
`;

const moduleDir = prepare();
const { bare, descriptions } = splitDescriptions(stableSchemas(moduleDir));
write("schemas", bare);
write("descriptions", descriptions);
write("go-facts", JSON.parse(go("run", ".")) as Json);
write("discovery", stableDiscovery(moduleDir));
write("bootstrap-rbac", bootstrapRoles(moduleDir));
writeFileSync(join(dataDir, "NOTICE"), notice);
