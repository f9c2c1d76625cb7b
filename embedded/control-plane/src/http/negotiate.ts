/** Which form of answer a client accepts. Source: apiserver endpoints/handlers/negotiation. */
import { StatusError } from "../status-error.ts";

/** The form: the object as it is, a table of it, or only its metadata. All are written as JSON. */
export interface Accepted {
  as: "object" | "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";
}

interface Clause {
  type: string;
  params: Map<string, string>;
}

function parseAccept(header: string): Clause[] {
  return header
    .split(",")
    .map((part) => {
      const [type = "", ...params] = part.split(";").map((text) => text.trim());
      const pairs = params.map((param): [string, string] => {
        const [key = "", value = ""] = param.split("=", 2);
        return [key, value];
      });
      return { type: type.toLowerCase(), params: new Map(pairs) };
    })
    .filter((clause) => clause.type !== "");
}

const forms = new Set(["Table", "PartialObjectMetadata", "PartialObjectMetadataList"]);

/**
 * The first clause that can be served. Protobuf and CBOR are passed over: every client that asks for them also accepts JSON.
 * @throws StatusError 406 when nothing of what is accepted can be written.
 */
export function negotiate(header: string | undefined): Accepted {
  if (header === undefined || header === "") return { as: "object" };
  for (const { type, params } of parseAccept(header)) {
    if (type !== "application/json" && type !== "*/*" && type !== "application/*") continue;
    const as = params.get("as");
    if (as === undefined) return { as: "object" };
    if (params.get("g") === "meta.k8s.io" && params.get("v") === "v1" && forms.has(as))
      return { as: as as Accepted["as"] };
  }
  throw notAcceptable();
}

/** 406, listing what can be had. */
export function notAcceptable(): StatusError {
  const types = [
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "application/json;stream=watch",
    "application/vnd.kubernetes.protobuf;stream=watch",
  ];
  return new StatusError(
    406,
    "NotAcceptable",
    `406: Not Acceptable\n\nAvailable representations: ${types.join(", ")}`,
    {},
  );
}

/** Whether the header asks for aggregated discovery, and in which version. */
export function aggregatedDiscoveryVersion(header: string | undefined): "v2" | "v2beta1" | undefined {
  for (const { type, params } of parseAccept(header ?? "")) {
    if (type !== "application/json") continue;
    if (params.get("g") !== "apidiscovery.k8s.io" || params.get("as") !== "APIGroupDiscoveryList") {
      if (params.size === 0) return undefined;
      continue;
    }
    const version = params.get("v");
    if (version === "v2" || version === "v2beta1") return version;
  }
  return undefined;
}
