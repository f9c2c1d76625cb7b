import type { KubeObject } from "@eddy/core/object";
import { describe, expect, test } from "vitest";
import { crdOf, formatImageRef, imagePolicyKind, imageRepositoryKind, kindOf } from "../index.ts";

const metadata = { name: "app", namespace: "team" };

function policy(version: string, status?: object): KubeObject {
  const spec = { imageRepositoryRef: { name: "app" }, policy: { alphabetical: {} } };
  return {
    apiVersion: `image.toolkit.fluxcd.io/${version}`,
    kind: "ImagePolicy",
    metadata,
    spec,
    ...(status ? { status } : {}),
  };
}

describe("ImagePolicy", () => {
  test("defaults", () => {
    const { spec, status } = imagePolicyKind.decode(policy("v1"));
    expect(spec).toMatchObject({ digestReflectionPolicy: "Never", policy: { alphabetical: { order: "asc" } } });
    expect(status).toEqual({ observedGeneration: -1 });
  });

  test.each<[string, object, object]>([
    ["a text", { latestImage: "ghcr.io/org/app:1.0.0" }, { latestRef: { name: "ghcr.io/org/app", tag: "1.0.0" } }],
    [
      "both texts, with a port",
      { latestImage: "localhost:5000/app:2", observedPreviousImage: "localhost:5000/app:1" },
      {
        latestRef: { name: "localhost:5000/app", tag: "2" },
        observedPreviousRef: { name: "localhost:5000/app", tag: "1" },
      },
    ],
    [
      "a reference stays",
      { latestImage: "a:1", latestRef: { name: "b", tag: "2", digest: "sha256:0" } },
      { latestRef: { name: "b", tag: "2", digest: "sha256:0" } },
    ],
    ["a text that is no image", { latestImage: "localhost:5000/app" }, {}],
  ])("of an older version: %s", (_what, status, want) => {
    for (const version of ["v1beta1", "v1beta2"])
      expect(imagePolicyKind.decode(policy(version, status)).status).toEqual(want);
  });

  test("interval and digestReflectionPolicy go together", () => {
    const [version] = imagePolicyKind.versions;
    expect(version?.members["spec"]?.["x-kubernetes-validations"]?.map(({ message }) => message)).toEqual([
      "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'",
      "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'",
    ]);
  });
});

describe("ImageRepository", () => {
  test.each(["v1", "v1beta2", "v1beta1"])("defaults of %s", (version) => {
    const { apiVersion, spec } = imageRepositoryKind.decode({
      apiVersion: `image.toolkit.fluxcd.io/${version}`,
      kind: "ImageRepository",
      metadata,
      spec: { image: "alpine", interval: "1h" },
    });
    expect(apiVersion).toBe("image.toolkit.fluxcd.io/v1");
    expect(spec).toEqual({ image: "alpine", interval: "1h", provider: "generic", exclusionList: ["^.*\\.sig$"] });
  });
});

test("both are found by their short names and categories", () => {
  const names = [imageRepositoryKind, imagePolicyKind].map((kind) => crdOf(kind).spec.names);
  expect(names.map(({ shortNames }) => shortNames)).toEqual([
    ["imgrepo", "imagerepo"],
    ["imgpol", "imagepol"],
  ]);
  expect(names.every(({ categories }) => categories.includes("fluxcd-images"))).toBe(true);
  expect(kindOf({ group: "image.toolkit.fluxcd.io", kind: "ImagePolicy" })).toBe(imagePolicyKind);
});

test.each([
  [{ name: "a", tag: "1" }, "a:1"],
  [{ name: "a", tag: "1", digest: "" }, "a:1"],
  [{ name: "a", tag: "1", digest: "sha256:0" }, "a:1@sha256:0"],
])("%j is %s", (ref, want) => expect(formatImageRef(ref)).toBe(want));
