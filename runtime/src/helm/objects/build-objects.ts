import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { gvkOf, type KubeObject } from "@eddy/core/object";
import { loadDocuments } from "@eddy/goyaml";
import { hasReason, type KubeClient } from "@eddy/kube";

/** Where objects without a namespace go, and who says which kinds have one. */
export interface BuildObjectsOptions {
  kube: KubeClient;
  namespace: string;
}

/**
 * The objects of a manifest, lists taken apart, each with the namespace that its kind's scope asks for.
 * @throws EddyError MANIFEST_INVALID (terminal) for text that is no object; MANIFEST_KIND_UNKNOWN (retry) for kinds that the
 * server does not have, in the words of kubectl's builder.
 */
export async function buildObjects(manifest: string, options: BuildObjectsOptions): Promise<KubeObject[]> {
  const objects = parseManifest(manifest);
  const problems: string[] = [];
  const scoped = await Promise.all(
    objects.map(async (object) => {
      try {
        return [await scopeObject(object, options)];
      } catch (error) {
        if (!hasReason(error, "NoKindMatch")) throw error;
        problems.push(describeUnknownKind(object, messageOf(error)));
        return [];
      }
    }),
  );
  if (problems.length > 0) {
    const text = problems.length === 1 ? (problems[0] as string) : `[${problems.join(", ")}]`;
    throw new EddyError("MANIFEST_KIND_UNKNOWN", text);
  }
  return scoped.flat();
}

function describeUnknownKind(object: KubeObject, message: string): string {
  const { name, namespace = "" } = object.metadata;
  const subject = `name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from "": ${message}`;
  return `resource mapping not found for ${subject}\nensure CRDs are installed first`;
}

/**
 * The objects of a manifest as they stand, lists taken apart. Pure.
 * @throws EddyError MANIFEST_INVALID (terminal).
 */
export function parseManifest(manifest: string): KubeObject[] {
  let documents: unknown[];
  try {
    documents = loadDocuments(manifest).map(({ value }) => value);
  } catch (error) {
    throw invalid(`error parsing : error converting YAML to JSON: ${messageOf(error)}`, error);
  }
  return documents.flatMap(flatten);
}

function flatten(value: unknown): KubeObject[] {
  if (!isObject(value)) throw invalid("error validating data: want an object with apiVersion and kind");
  if (typeof value["kind"] !== "string" || value["kind"] === "") throw invalid("Object 'Kind' is missing");
  if (typeof value["apiVersion"] !== "string") throw invalid("error validating data: apiVersion not set");
  if (Array.isArray(value["items"]) && value["kind"].endsWith("List")) return value["items"].flatMap(flatten);
  const metadata = isObject(value["metadata"]) ? value["metadata"] : {};
  return [{ ...value, metadata } as unknown as KubeObject];
}

function invalid(message: string, cause?: unknown): EddyError {
  return new EddyError("MANIFEST_INVALID", message, { class: "terminal", cause });
}

async function scopeObject(object: KubeObject, { kube, namespace }: BuildObjectsOptions): Promise<KubeObject> {
  const { namespaced } = await kube.resourceFor(gvkOf(object));
  const { namespace: own, ...metadata } = object.metadata;
  if (!namespaced) return own === undefined ? object : { ...object, metadata };
  return own ? object : { ...object, metadata: { ...object.metadata, namespace } };
}
