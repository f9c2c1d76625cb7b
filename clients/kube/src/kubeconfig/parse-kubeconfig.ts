import { isAbsolute, resolve } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import { trimRight } from "@eddy/core/trim";
import { load } from "@eddy/goyaml";
import type { ClusterConfig, KubeconfigFile } from "./kube-config.ts";
import { compact, invalid, pemOf, textOf } from "./kubeconfig-fields.ts";
import { parseUser, type AtPath } from "./parse-user.ts";

/**
 * Reads one kubeconfig (YAML or JSON). Relative paths are taken from `directory` (absolute; default: they stay as they are).
 * @throws EddyError KUBECONFIG_INVALID (terminal) naming the field.
 */
export function parseKubeconfig(text: string, options: { file?: string; directory?: string } = {}): KubeconfigFile {
  const document = readDocument(text, options.file);
  const file = options.file;
  const at = (path: string | undefined): string | undefined =>
    path === undefined || options.directory === undefined || isAbsolute(path) ? path : resolve(options.directory, path);
  return {
    currentContext: textOf(document, "current-context", file) ?? "",
    contexts: new Map(
      named(document, "contexts", "context", file).map(([name, body]) => [name, contextOf(body, file)]),
    ),
    clusters: new Map(
      named(document, "clusters", "cluster", file).map(([name, body]) => [name, clusterOf(body, at, file)]),
    ),
    users: new Map(named(document, "users", "user", file).map(([name, body]) => [name, parseUser(body, at, file)])),
  };
}

/** The parser's own words may quote the text, and the text holds secrets: only the line is told. */
function loadYaml(text: string, file: string | undefined): unknown {
  try {
    return load(text);
  } catch (error) {
    const line = error instanceof EddyError ? error.position?.line : undefined;
    throw invalid(`read the kubeconfig: it is not YAML${line === undefined ? "" : ` (line ${line})`}`, file);
  }
}

function readDocument(text: string, file: string | undefined): JsonObject {
  const document = loadYaml(text, file);
  if (document === null || document === undefined) return {};
  if (!isObject(document)) throw invalid("read the kubeconfig: want a mapping", file);
  const kind = document["kind"];
  if (kind !== undefined && kind !== "Config")
    throw invalid(`read the kubeconfig: kind is ${JSON.stringify(kind)}, want "Config"`, file);
  return document;
}

/** Lists of `{name, <key>: {…}}`; client-go refuses a name that comes twice, so do we. */
function named(document: JsonObject, list: string, key: string, file?: string): [string, JsonObject][] {
  const items = document[list];
  if (items === undefined || items === null) return [];
  if (!Array.isArray(items)) throw invalid(`read ${list}: want a list`, file, list);
  const seen = new Set<string>();
  return items.map((item, index): [string, JsonObject] => {
    if (!isObject(item) || typeof item["name"] !== "string")
      throw invalid(`read ${list}[${index}]: want a mapping with a name`, file, `${list}[${index}]`);
    if (seen.has(item["name"]))
      throw invalid(`read ${list}: name ${JSON.stringify(item["name"])} comes twice`, file, `${list}[${index}].name`);
    seen.add(item["name"]);
    const body = item[key] ?? {};
    if (!isObject(body))
      throw invalid(`read ${key} of ${JSON.stringify(item["name"])}: want a mapping`, file, `${list}[${index}].${key}`);
    return [item["name"], body];
  });
}

function contextOf(body: JsonObject, file?: string): { cluster: string; user: string; namespace?: string } {
  const namespace = textOf(body, "namespace", file);
  return {
    cluster: textOf(body, "cluster", file) ?? "",
    user: textOf(body, "user", file) ?? "",
    ...(namespace ? { namespace } : {}),
  };
}

function clusterOf(body: JsonObject, at: AtPath, file?: string): ClusterConfig {
  return compact<ClusterConfig>({
    server: trimRight(textOf(body, "server", file) ?? "", "/"),
    caData: pemOf(body, "certificate-authority-data", file),
    caFile: at(textOf(body, "certificate-authority", file)),
    insecureSkipTlsVerify: body["insecure-skip-tls-verify"] === true ? true : undefined,
    tlsServerName: textOf(body, "tls-server-name", file),
    proxyUrl: textOf(body, "proxy-url", file),
    execExtension: execExtensionOf(body["extensions"]),
  });
}

/** What a cluster tells exec plugins about itself. Source: client-go `rest.execPluginExtension`. */
function execExtensionOf(extensions: unknown): unknown {
  if (!Array.isArray(extensions)) return undefined;
  return extensions.filter(isObject).find((extension) => extension["name"] === "client.authentication.k8s.io/exec")?.[
    "extension"
  ];
}
