import type { Kustomization, KustomizationSourceKind } from "@eddy/api";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { expect, test } from "vitest";
import { defaultKustomizationSettings, type Ports } from "./ports.ts";
import { resolveSource, type ResolvedSource } from "./resolve-source.ts";

const artifact = { revision: "latest@sha256:00", digest: "sha256:00" };

function resolve(kind: KustomizationSourceKind, allowExternalArtifact = false): Promise<ResolvedSource> {
  const object: Kustomization = {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "app", namespace: "ns" },
    spec: { interval: "10m", prune: true, sourceRef: { kind, name: "src" } },
  };
  const get = ({ name, namespace }: ObjectRef): KubeObject => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind,
    metadata: { name, namespace },
    status: { artifact },
  });
  const settings = { ...defaultKustomizationSettings, allowExternalArtifact };
  return resolveSource(object, { caches: { get }, settings } as unknown as Ports);
}

test.each(["GitRepository", "OCIRepository", "Bucket"] as const)("takes the artifact of a %s", async (kind) => {
  expect(await resolve(kind)).toMatchObject({ ref: { kind, namespace: "ns" }, artifact, revision: artifact.revision });
});

test("takes an ExternalArtifact where the gate is open", async () => {
  expect(await resolve("ExternalArtifact", true)).toMatchObject({ artifact });
  await expect(resolve("ExternalArtifact")).rejects.toMatchObject({
    reason: "AccessDenied",
    class: "terminal",
    message: "can't access 'ExternalArtifact/ns/src', ExternalArtifact feature gate is disabled",
  });
});
