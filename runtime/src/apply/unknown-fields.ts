import { isObject, type Json } from "@eddy/core/json";
import { gvkOf, type KubeObject } from "@eddy/core/object";
import { KubeApiError } from "@eddy/kube";

/** Groups of Kubernetes' own kinds. Source: client-go v0.37 `kubernetes/scheme`. */
const nativeGroups: ReadonlySet<string> = new Set([
  "",
  "admissionregistration.k8s.io",
  "apps",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions",
  "flowcontrol.apiserver.k8s.io",
  "internal.apiserver.k8s.io",
  "lifecycle.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
]);

/** How often one object is sent again; a server names one unknown field of each mapping at a time. */
const maxRounds = 50;

/** What the server took in the end. */
export interface KnownAnswer<R> {
  answer: R;
  /** As it was sent. */
  object: KubeObject;
  /** What had to be left out for it, as the server names it: `.spec.containers[name="c"].imagePulPolicy`. */
  unknownFields: readonly string[];
}

/**
 * Sends an object, and where the server refuses it for fields that a kind of Kubernetes' own does not know, once more without exactly
 * these. Another refusal stands, as it does for other kinds. Source: Flux ssa `normalize.Unstructured`, which drops such fields by way of
 * the Go types, of every native kind but Role and ClusterRole.
 */
export async function sendKnownFields<R>(
  object: KubeObject,
  send: (object: KubeObject) => Promise<R>,
): Promise<KnownAnswer<R>> {
  let sent = object;
  const unknownFields: string[] = [];
  for (;;) {
    try {
      return { answer: await send(sent), object: sent, unknownFields };
    } catch (error) {
      const fields = isNative(object) && error instanceof KubeApiError ? parseUnknownFields(error.message) : [];
      const known = withoutFields(sent, fields);
      if (known === sent || unknownFields.length >= maxRounds) throw error;
      unknownFields.push(...fields);
      sent = known;
    }
  }
}

function isNative(object: KubeObject): boolean {
  const { group, version, kind } = gvkOf(object);
  const isRole = group === "rbac.authorization.k8s.io" && version === "v1" && /^(Cluster)?Role$/.test(kind);
  return nativeGroups.has(group) && !isRole;
}

const lead = /^failed to create typed patch object \([^)]*\): /;
const end = ": field not declared in schema";

/** The paths of the fields that a refusal of server-side apply calls undeclared; none in any other text. Pure. */
export function parseUnknownFields(message: string): string[] {
  const text = message.replace(lead, "");
  if (text === message) return [];
  const lines = text.split("\n").map((line) => line.trimStart());
  return lines.filter((line) => line.startsWith(".") && line.endsWith(end)).map((line) => line.slice(0, -end.length));
}

/** The object without the fields at these paths; what is not there is passed over, and nothing to do gives `object` itself. Pure. */
export function withoutFields(object: KubeObject, paths: readonly string[]): KubeObject {
  let left = object as unknown as Json;
  for (const path of paths) left = withoutField(left, path) ?? left;
  return left as unknown as KubeObject;
}

// A path says neither where a key that has dots in it ends, nor what is a default: the value tells.
function withoutField(value: Json | undefined, path: string): Json | undefined {
  if (Array.isArray(value)) return withoutFieldOfItems(value, path);
  if (!isObject(value)) return undefined;
  for (const key of Object.keys(value)) {
    if (!path.startsWith(`.${key}`)) continue;
    const rest = path.slice(key.length + 1);
    const { [key]: member, ...others } = value;
    if (rest === "") return others as Json;
    const left = /^[.[]/.test(rest) ? withoutField(member, rest) : undefined;
    if (left !== undefined) return { ...value, [key]: left };
  }
  return undefined;
}

function withoutFieldOfItems(items: readonly Json[], path: string): Json | undefined {
  const element = parseElement(path);
  if (!element) return undefined;
  const matches = (isLoose: boolean): number[] =>
    [...items.keys()].filter((index) => element.matches(items[index] as Json, index, isLoose));
  const exact = matches(false);
  let isFound = false;
  const left = [...items];
  for (const index of exact.length > 0 ? exact : matches(true)) {
    const item = withoutField(items[index], element.rest);
    if (item === undefined) continue;
    left[index] = item;
    isFound = true;
  }
  return isFound ? left : undefined;
}

interface ListElement {
  /** `isLoose`: a key that is not there has its default. */
  matches(item: Json, index: number, isLoose: boolean): boolean;
  rest: string;
}

/** The first element of `[0].a`, or of `[port=80,protocol="TCP"].a`. Source: structured-merge-diff v6 `PathElement.String`. */
function parseElement(path: string): ListElement | undefined {
  const [whole, at] = /^\[(\d+)\]/.exec(path) ?? [];
  if (whole !== undefined) return { matches: (_item, index) => index === Number(at), rest: path.slice(whole.length) };
  if (!path.startsWith("[")) return undefined;
  const keys = new Map<string, string>();
  const pair = /([^=,[\]"]+)=("(?:[^"\\]|\\.)*"|[^,\]"]*)([,\]])/y;
  pair.lastIndex = 1;
  for (let match = pair.exec(path); match; match = pair.exec(path)) {
    const [, key = "", value = "", after] = match;
    keys.set(key, value);
    if (after === "]")
      return { matches: (item, _index, isLoose) => hasKeys(item, keys, isLoose), rest: path.slice(pair.lastIndex) };
  }
  return undefined;
}

function hasKeys(item: Json, keys: ReadonlyMap<string, string>, isLoose: boolean): boolean {
  if (!isObject(item)) return false;
  return [...keys].every(([key, text]) => {
    const value = item[key];
    if (value === undefined) return isLoose;
    return typeof value === "string" ? value === unquote(text) : String(value) === text;
  });
}

function unquote(text: string): string | undefined {
  try {
    return text.startsWith('"') ? (JSON.parse(text) as string) : undefined;
  } catch {
    return undefined;
  }
}
