import { helmGroup } from "@eddy/api";
import { canonicalNameOf, parseImage, type Image } from "@eddy/core/image";
import { isObject, type JsonObject } from "@eddy/core/json";
import { compileRegExp } from "@eddy/core/go-regexp";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { readWorkloadPolicies, type KeelPolicies, type Policy, type PolicyProblem } from "@eddy/image-policy";
import { containersOf } from "@eddy/runtime/source-write";
import { helmMetadata, isHelmImage } from "./helm-values.ts";

/** An image of an object that a policy is about. */
export interface TrackedImage {
  /** As `containersOf` names it; of an image volume `volume/<name>`. */
  readonly container: string;
  /** As it is spelled. */
  readonly image: Image;
  /** The repository in one spelling: `index.docker.io/library/nginx`. */
  readonly repository: string;
}

/** What an object asks for, and of which images. */
export interface TrackedObject {
  readonly policy: Policy;
  readonly keel: KeelPolicies;
  readonly images: readonly TrackedImage[];
  /** What cannot be meant; told once. */
  readonly problems: readonly PolicyProblem[];
}

/** Reads labels and annotations of a workload, or `keel:` in the values of a HelmRelease, and the images they are about. Pure. */
export function readTracked(object: KubeObject): TrackedObject {
  const isRelease = object.kind === "HelmRelease" && object.apiVersion.startsWith(`${helmGroup}/`);
  const values = isRelease ? valueAt(object, "spec", "values") : undefined;
  const policies = readWorkloadPolicies(isRelease ? helmMetadata(values) : object.metadata);
  const { keel } = policies;
  const policy: Policy = policies.by === "keel" ? keel.policy : { form: "never" };
  const problems: PolicyProblem[] = [...policies.problems];
  const wants = isRelease ? isHelmImage(values) : isMonitored(keel);
  const images = [
    ...containersOf(object).filter(({ form }) => form !== "init-container" || keel.initContainers),
    ...(keel.imageVolumes ? imageVolumes(object) : []),
  ].flatMap(({ name, image }) => {
    if (!wants(name, image)) return [];
    const read = readImage(name, image, problems);
    return read ? [read] : [];
  });
  return { policy, keel, images, problems };
}

function isMonitored({ monitorContainers }: KeelPolicies): (container: string) => boolean {
  if (monitorContainers === undefined) return () => true;
  try {
    const expression = compileRegExp(monitorContainers);
    return (container) => expression.test(container);
  } catch {
    // Reported by who read it: which containers are meant is not known, so none is.
    return () => false;
  }
}

function readImage(container: string, text: string, problems: PolicyProblem[]): TrackedImage | undefined {
  try {
    const image = parseImage(text);
    return { container, image, repository: canonicalNameOf(image.name) };
  } catch {
    const message = `the image of ${JSON.stringify(container)} is ${JSON.stringify(text.slice(0, 300))}, which no registry can have: it is left alone`;
    problems.push({ form: "InvalidValue", keys: [container], message });
    return undefined;
  }
}

function imageVolumes(object: KubeObject): { name: string; image: string }[] {
  const volumes = valueAt(podSpecOf(object), "volumes");
  if (!Array.isArray(volumes)) return [];
  return (volumes as unknown[]).flatMap((volume) => {
    const [name, image] = [valueAt(volume, "name"), valueAt(volume, "image", "reference")];
    return typeof name === "string" && typeof image === "string" ? [{ name: `volume/${name}`, image }] : [];
  });
}

/** Where the template of a workload's pods is, as a path. */
export function templatePath(kind: string): readonly string[] {
  return kind === "CronJob" ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"];
}

/** The spec of a workload's pods; empty for an object without one. */
export function podSpecOf(object: KubeObject): JsonObject {
  const spec = valueAt(object, ...templatePath(object.kind), "spec");
  return isObject(spec) ? spec : {};
}
