import type { Image } from "@eddy/core/image";
import { getField, type Node } from "@eddy/goyaml";
import { findNode, formatFieldPath, type PathStep } from "./field-path.ts";
import type { FileObject } from "./yaml-file.ts";

/** What the values' own `image` is called. Source: Flux v1, `resource.ChartImageContainer`. */
export const chartImage = "chart-image";

const maxDepth = 100;

/**
 * An image among a HelmRelease's values, in one of the shapes of charts: `image` as one text, a text beside `registry`, `tag`
 * and `digest`, or a map of `repository` (with `registry`, `tag`, `digest`). Source: Flux v1 `helmrelease` conventions.
 */
export interface ValuesImage {
  /** `chart-image`, or the path of the map around it. */
  readonly container: string;
  readonly path: readonly PathStep[];
  /** The mapping that has the parts. */
  readonly parts: Node;
  readonly nameKey: "image" | "repository";
  readonly image: Image;
  readonly inFlow: boolean;
}

/** The images among `spec.values` of a HelmRelease, in the order of the text. */
export function valuesImages({ id, root }: FileObject): ValuesImage[] {
  if (id.kind !== "HelmRelease") return [];
  const steps = ["spec", "values"];
  const values = findNode(root, steps);
  return values === undefined ? [] : imagesBelow(values.node, steps, [], values.inFlow, 0);
}

function imagesBelow(node: Node, base: PathStep[], path: PathStep[], inFlow: boolean, depth: number): ValuesImage[] {
  const flow = inFlow || node.style.flow === true;
  if (depth > maxDepth) return [];
  if (node.kind === "sequence")
    return node.content.flatMap((item, index) => imagesBelow(item, base, [...path, index], flow, depth + 1));
  if (node.kind !== "mapping") return [];
  const found: ValuesImage[] = [];
  for (let index = 0; index + 1 < node.content.length; index += 2) {
    const [key, value] = [node.content[index], node.content[index + 1]];
    if (key === undefined || value === undefined) continue;
    const own = key.value === "image" ? imageAt(node, value, base, path, flow) : undefined;
    if (own) found.push(own);
    else found.push(...imagesBelow(value, base, [...path, key.value], flow, depth + 1));
  }
  return found;
}

function imageAt(
  around: Node,
  value: Node,
  base: PathStep[],
  path: PathStep[],
  inFlow: boolean,
): ValuesImage | undefined {
  const place = {
    container: path.length === 0 ? chartImage : formatFieldPath(path),
    path: [...base, ...path, "image"],
    inFlow: inFlow || value.style.flow === true,
  };
  const shape = partsOf(around, value);
  return shape === undefined ? undefined : { ...place, ...shape };
}

/** Which mapping has the parts of an image, and what they say; undefined where there is none. */
export function partsOf(around: Node, value: Node): Pick<ValuesImage, "parts" | "nameKey" | "image"> | undefined {
  if (value.kind === "scalar" && value.value !== "")
    return { parts: around, nameKey: "image", image: imageOf(around, "image") };
  if (value.kind !== "mapping" || (getField(value, "repository")?.value ?? "") === "") return undefined;
  return { parts: value, nameKey: "repository", image: imageOf(value, "repository") };
}

function imageOf(parts: Node, nameKey: "image" | "repository"): Image {
  const field = (key: string): string | undefined => {
    const node = getField(parts, key);
    return node?.kind === "scalar" && node.value !== "" ? node.value : undefined;
  };
  const [registry, tag, digest] = [field("registry"), field("tag"), field("digest")];
  const whole = splitImage(field(nameKey) ?? "");
  // A tag may carry the digest with it: `1.2@sha256:…`.
  const [ownTag, tagDigest] = tag === undefined ? [whole.tag, undefined] : tag.split("@", 2);
  const anyDigest = digest ?? tagDigest ?? whole.digest;
  return {
    name: registry === undefined ? whole.name : `${registry}/${whole.name}`,
    ...(ownTag === undefined || ownTag === "" ? {} : { tag: ownTag }),
    ...(anyDigest === undefined ? {} : { digest: anyDigest }),
  };
}

/** Takes `name[:tag][@digest]` apart without judging it: templates and variables stand in such fields too. */
export function splitImage(text: string): Image {
  const at = text.indexOf("@");
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(":");
  const hasTag = colon > rest.lastIndexOf("/");
  return {
    name: hasTag ? rest.slice(0, colon) : rest,
    ...(hasTag ? { tag: rest.slice(colon + 1) } : {}),
    ...(at < 0 ? {} : { digest: text.slice(at + 1) }),
  };
}
