import { imagePolicyKind, imageRepositoryKind } from "@eddy/api";
import { startRegistry, type Registry } from "@eddy/registry";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
let bed: CliBed;
let registry: Registry;

beforeAll(async () => {
  bed = await startCliBed();
  registry = await startRegistry({ auth: { username: "jane", password: "correct-horse" } });
  await bed.namespace("shop");
  for (const tag of ["main-a-9", "main-b-10", "dev-c-99", "latest", "1.sig"]) {
    const manifest = { schemaVersion: 2, mediaType: manifestType, config: {}, layers: [], annotations: { tag } };
    registry.putManifest("app", { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) }, tag);
  }
  const auths = { [registry.host]: { username: "jane", password: "correct-horse" } };
  await bed.kube.create({
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/dockerconfigjson",
    metadata: { name: "pull", namespace: "shop" },
    stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
  });
  await bed.create(
    imageRepositoryKind,
    { name: "app", namespace: "shop" },
    { image: `${registry.host}/app`, interval: "1h", secretRef: { name: "pull" } },
  );
  const policy = (name: string, spec: object): Promise<unknown> =>
    bed.create(imagePolicyKind, { name, namespace: "shop" }, { imageRepositoryRef: { name: "app" }, ...spec });
  await policy("app", {
    policy: { numerical: {} },
    filterTags: { pattern: "^main-[a-z]-(?P<n>\\d+)$", extract: "$n" },
  });
  await policy("none", { policy: { semver: { range: "*" } } });
  await policy("lonely", { imageRepositoryRef: { name: "gone" }, policy: { semver: { range: "*" } } });
  await policy("wrong", { policy: { semver: { range: "x1" } } });
});
afterAll(async () => {
  await bed.stop();
  await registry.stop();
});

const cells = (text: string): string[][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) =>
      line
        .split("\t")
        .map((cell) => cell.trim())
        .slice(0, 3),
    );

test("each tag, what was compared of it, and why", async () => {
  const { code, stdout, stderr } = await bed.run("shop", "explain image policy app");
  expect(cells(stdout)).toEqual([
    ["TAG", "COMPARED", "VERDICT"],
    ["main-b-10", "10", "selected"],
    ["main-a-9", "9", "ranks lower than the chosen one: main-b-10"],
    ["dev-c-99", "", "does not match the filter"],
    ["latest", "", "does not match the filter"],
  ]);
  expect(stderr).toBe(`► 1 left out by the exclusionList\n✔ ${registry.host}/app:main-b-10 is the latest\n`);
  expect(code).toBe(0);
});

test("so many as were asked for", async () => {
  const { stdout, stderr } = await bed.run("shop", "explain image policy app --limit 1 --no-header");
  expect(cells(stdout)).toEqual([["main-b-10", "10", "selected"]]);
  expect(stderr).toContain("► 3 more: see them with --limit 0\n");
});

test.each([
  ["none", "✗ no tag would do of HOST/app\n"],
  ["lonely", 'referenced ImageRepository does not exist: ImageRepository.image.toolkit.fluxcd.io "gone" not found'],
  ["wrong", "✗ invalid policy: constraint parser error"],
  ["nobody", 'imagepolicies.image.toolkit.fluxcd.io "nobody" not found'],
  ["", "✗ name is required"],
  ["app --limit -1", "✗ --limit must not be negative"],
])("explain image policy %s fails", async (words, want) => {
  const { code, stderr } = await bed.run("shop", `explain image policy ${words}`);
  expect([code, stderr]).toEqual([1, expect.stringContaining(want.replace("HOST", registry.host)) as string]);
});
