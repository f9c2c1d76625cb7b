import { requestedAtAnnotation, traceparentAnnotation, type Receiver, type ReceiverResource } from "@eddy/api";
import { uniqueTime, type Clock } from "@eddy/core/clock";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { parseTraceparent } from "@eddy/runtime/tracing";
import type { Logger } from "@eddy/core/log";
import { compileOnce } from "./oidc-expressions.ts";
import type { VerifiedRequest } from "./webhook-request.ts";

/** What asking for passes needs. */
export interface RequestPassesPorts {
  kube: KubeClient;
  clock: Clock;
  logger: Logger;
  noCrossNamespaceRefs: boolean;
  /** Of the trace that the call belongs to. */
  traceparent?: string | undefined;
}

const defaultVersions: Readonly<Record<string, string>> = {
  Bucket: "source.toolkit.fluxcd.io/v1",
  HelmChart: "source.toolkit.fluxcd.io/v1",
  HelmRepository: "source.toolkit.fluxcd.io/v1",
  GitRepository: "source.toolkit.fluxcd.io/v1",
  OCIRepository: "source.toolkit.fluxcd.io/v1",
  ImageRepository: "image.toolkit.fluxcd.io/v1",
  ArtifactGenerator: "source.extensions.fluxcd.io/v1beta1",
};

/**
 * Asks for a pass of every object that the receiver names and its filters accept, all of them, whatever becomes of one.
 * @returns whether all could be asked
 */
export async function requestPasses(
  receiver: Receiver,
  request: VerifiedRequest,
  ports: RequestPassesPorts,
): Promise<boolean> {
  const name = `${receiver.metadata.namespace ?? ""}/${receiver.metadata.name}`;
  const filters = await Promise.all(
    receiver.spec.resources.map((resource) => filterOf(receiver, resource, request)),
  ).catch((error: unknown) => {
    ports.logger.log("error", "unable to create resource filters", { receiver: name, error: messageOf(error) });
  });
  if (!filters) return false;
  const results = await Promise.allSettled(
    receiver.spec.resources.map((resource, index) => requestFor(receiver, resource, filters[index], ports)),
  );
  for (const [index, result] of results.entries()) {
    if (result.status === "fulfilled") continue;
    const { kind = "", name: of = "" } = receiver.spec.resources[index] ?? {};
    ports.logger.log("error", "unable to request reconciliation", {
      receiver: name,
      resource: `${kind}/${of}`,
      error: messageOf(result.reason),
    });
  }
  return results.every(({ status }) => status === "fulfilled");
}

type Filter = (object: KubeObject) => boolean;

async function requestFor(
  receiver: Receiver,
  resource: ReceiverResource,
  accepts: Filter | undefined,
  ports: RequestPassesPorts,
): Promise<void> {
  const objects = await objectsOf(receiver, resource, { ...ports, isFiltered: accepts !== undefined });
  await Promise.all(objects.filter((object) => accepts?.(object) ?? true).map((object) => annotate(object, ports)));
}

// What is named is read only where a filter looks at it: that it is there, the server says when it is annotated.
async function objectsOf(
  { metadata }: Receiver,
  { apiVersion, kind, name, namespace = metadata.namespace ?? "", matchLabels }: ReceiverResource,
  { kube, noCrossNamespaceRefs, isFiltered }: RequestPassesPorts & { isFiltered: boolean },
): Promise<KubeObject[]> {
  if (noCrossNamespaceRefs && namespace !== metadata.namespace) {
    throw new EddyError("ACCESS_DENIED", "cross-namespace references are not allowed", { class: "terminal" });
  }
  const full = apiVersion ?? defaultVersions[kind];
  if (full === undefined)
    throw new EddyError("RECEIVER_INVALID", `apiVersion must be specified for kind ${JSON.stringify(kind)}`);
  const [group = "", version = ""] = full.split("/");
  if (name !== "*" && !isFiltered) return [{ apiVersion: full, kind, metadata: { namespace, name } }];
  if (name !== "*") return [await kube.get({ group, version, kind, namespace, name }, { metadataOnly: true })];
  if (!matchLabels)
    throw new EddyError("RECEIVER_INVALID", "matchLabels field not set when using wildcard '*' as name");
  const labelSelector = Object.entries(matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const { items } = await kube.list({ group, version, kind }, { namespace, labelSelector, metadataOnly: true });
  return items.map((item) => ({ ...item, apiVersion: full, kind }));
}

/** Both filters must accept: that of the receiver, and that of the resource; undefined where there is none. */
async function filterOf(
  { spec }: Receiver,
  { filter }: ReceiverResource,
  { payload, claims }: VerifiedRequest,
): Promise<Filter | undefined> {
  const variables = ["res", "req", ...(claims ? ["claims"] : [])];
  const expressions = [spec.resourceFilter, filter].filter((each) => each !== undefined && each !== "");
  // Without filters a body may be anything.
  if (expressions.length === 0) return undefined;
  const programs = await Promise.all(expressions.map((each) => compileOnce(each ?? "", variables, "bool")));
  const values = { req: payload(), ...(claims ? { claims } : {}) };
  return (object) => programs.every((program) => program.evaluate({ ...values, res: object }) === true);
}

async function annotate(object: KubeObject, { kube, clock, traceparent }: RequestPassesPorts): Promise<void> {
  const { name, namespace = "" } = object.metadata;
  const [group = "", version = ""] = object.apiVersion.split("/");
  const value = uniqueTime(clock.now());
  const trace = parseTraceparent(traceparent) ? { [traceparentAnnotation]: `${traceparent} ${value}` } : {};
  const body = { metadata: { annotations: { [requestedAtAnnotation]: value, ...trace } } };
  await kube.patch({ group, version, kind: object.kind, namespace, name }, "merge", body);
}
