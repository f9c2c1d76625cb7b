import { imagePolicyKind, imageRepositoryKind, type ImagePolicy } from "@eddy/api";
import { startRegistry, type Registry, type RegistryAnswer, type RegistryRequest } from "@eddy/registry";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { conditionsOf, pushImage, settled, startImageBed, type ImageBed } from "../testing/image-bed.ts";

let bed: ImageBed;
let registry: Registry;
let image: string;
let path: string;
let intercept: ((request: RegistryRequest) => RegistryAnswer | undefined) | undefined;

beforeAll(async () => {
  bed = await startImageBed();
  registry = await startRegistry({ intercept: (request) => intercept?.(request) });
});
afterAll(async () => {
  await bed.stop();
  await registry.stop();
});
beforeEach(async () => {
  intercept = undefined;
  path = `apps/${await bed.enterNamespace({ team: "a" })}`;
  image = `${registry.host}/${path}`;
});
afterEach(async () => {
  for (const kind of [imagePolicyKind, imageRepositoryKind]) {
    const { items } = await bed.kube.list(kind, { namespace: bed.namespace });
    for (const { metadata } of items) await bed.kube.delete({ ...kind, namespace: bed.namespace, name: metadata.name });
  }
});

const until = (accept: (object: ImagePolicy) => boolean): Promise<ImagePolicy> =>
  bed.until(imagePolicyKind, "app", accept);
const selects =
  (tag: string) =>
  ({ status }: ImagePolicy): boolean =>
    status?.latestRef?.tag === tag;
const readyOf = (object: ImagePolicy): string => conditionsOf(object).find((text) => text.startsWith("Ready=")) ?? "";
const told = (kind = "ImagePolicy"): string[] =>
  bed.events
    .filter(({ involvedObject }) => involvedObject.kind === kind)
    .map(({ severity, reason, message }) => `${severity} ${reason}: ${message}`);
const heads = (): number => registry.requests().filter(({ method }) => method === "HEAD").length;
async function scanned(...tags: string[]): Promise<void> {
  for (const tag of tags) pushImage(registry, path, tag);
  await bed.repository("app", { image });
  await bed.until(imageRepositoryKind, "app", settled("True"));
}

describe("ImagePolicy", () => {
  it("selects, and follows what its repository's scans find", async () => {
    await scanned("1.0.0", "1.1.0", "main");
    await bed.policy("app", { policy: { semver: { range: "^1" } } });
    const first = await until(settled("True"));
    const message = `Latest image tag for ${image} resolved to 1.1.0`;
    expect(conditionsOf(first)).toEqual([`Ready=True/Succeeded: ${message}`]);
    expect(first.status).toMatchObject({ latestRef: { name: image, tag: "1.1.0" }, observedGeneration: 1 });
    expect(first.status).not.toHaveProperty("observedPreviousRef");
    expect(told()).toEqual([`info Succeeded: ${message}`]);

    pushImage(registry, path, "1.2.0");
    await bed.request(imageRepositoryKind, "app");
    const second = await until(selects("1.2.0"));
    expect(readyOf(second)).toBe(
      `Ready=True/Succeeded: Latest image tag for ${image} resolved to 1.2.0 (previously ${image}:1.1.0)`,
    );
    expect(second.status?.observedPreviousRef).toEqual({ name: image, tag: "1.1.0" });
    expect(told()).toHaveLength(2);

    // Another tag that is not chosen is no news, and no write.
    pushImage(registry, path, "0.9.0");
    const writes = bed.writes("ImagePolicy");
    await bed.request(imageRepositoryKind, "app");
    await bed.idle();
    expect([bed.writes("ImagePolicy") - writes, told().length]).toEqual([0, 2]);
  });

  it.each<[string, Partial<ImagePolicy["spec"]>, string]>([
    ["alphabetical", { policy: { alphabetical: {} } }, "main-b-7"],
    ["alphabetical, the first", { policy: { alphabetical: { order: "desc" } } }, "1.0.0"],
    [
      "numerical, extracted",
      {
        policy: { numerical: {} },
        filterTags: { pattern: "^main-[a-z]-(?P<n>\\d+)$", extract: "$n" },
      },
      "main-a-10",
    ],
    ["pre-releases", { policy: { semver: { range: ">=1.0.0-0" } } }, "1.1.0-rc.1"],
  ])("by %s", async (_what, spec, want) => {
    await scanned("1.0.0", "1.1.0-rc.1", "main-a-10", "main-b-7");
    await bed.policy("app", spec);
    expect((await until(settled("True"))).status?.latestRef?.tag).toBe(want);
  });

  it("that comes before its repository waits for it", async () => {
    await bed.policy("app", {});
    const lonely = await until(settled("False"));
    const missing = `failed to get the referred ImageRepository: referenced ImageRepository does not exist: ImageRepository.image.toolkit.fluxcd.io "app" not found`;
    expect(readyOf(lonely)).toBe(`Ready=False/DependencyNotReady: ${missing}`);
    await bed.repository("app", { image, suspend: true });
    const waiting = "retrying in 30s error: no tags in database";
    await until((object) => readyOf(object) === `Ready=False/DependencyNotReady: ${waiting}`);
    pushImage(registry, path, "1.0.0");
    await bed.change(imageRepositoryKind, "app", { spec: { suspend: false } });
    await until(selects("1.0.0"));
    expect(told()).toEqual([
      `error DependencyNotReady: ${missing}`,
      `error DependencyNotReady: ${waiting}`,
      `info Succeeded: Latest image tag for ${image} resolved to 1.0.0`,
    ]);
  });

  it("that comes with its repository tells only what it has selected", async () => {
    pushImage(registry, path, "1.0.0");
    await bed.repository("app", { image });
    await bed.policy("app", {});
    await until(settled("True"));
    expect(told()).toEqual([`info Succeeded: Latest image tag for ${image} resolved to 1.0.0`]);
  });

  it("selects again after a restart, though the scan finds what it had found", async () => {
    await scanned("1.0.0");
    await bed.policy("app", {});
    await until(settled("True"));
    await bed.change(imagePolicyKind, "app", { spec: { suspend: true } });
    await bed.restart();
    await bed.change(imagePolicyKind, "app", { spec: { suspend: false, policy: { semver: { range: "^1.0" } } } });
    await until(({ status }) => status?.observedGeneration === 3);
    expect(readyOf(await until(settled("True")))).toContain("resolved to 1.0.0");
  });

  it.each<[string, Partial<ImagePolicy["spec"]>, string]>([
    ["nothing gets past the filter", { filterTags: { pattern: "^x" } }, "version list argument cannot be empty"],
    [
      "nothing is in the range",
      { policy: { semver: { range: "^9" } } },
      "unable to determine latest version from provided list",
    ],
    ["a tag is no number", { policy: { numerical: {} } }, "failed to parse invalid numeric value 'main'"],
  ])("%s", async (_what, spec, message) => {
    await scanned("1.0.0", "main");
    await bed.policy("app", spec);
    expect(readyOf(await until(settled("False")))).toBe(`Ready=False/Failure: ${message}`);
    await bed.request(imagePolicyKind, "app");
    expect(told()).toEqual([`error Failure: ${message}`]);
  });

  it("what was selected stays while nothing can be", async () => {
    await scanned("1.0.0");
    await bed.policy("app", {});
    await until(settled("True"));
    await bed.change(imagePolicyKind, "app", { spec: { policy: { semver: { range: "^9" } } } });
    expect((await until(settled("False"))).status?.latestRef?.tag).toBe("1.0.0");
    await bed.change(imagePolicyKind, "app", { spec: { policy: { semver: { range: "^1" } } } });
    const again = await until(settled("True"));
    expect(readyOf(again)).toBe(`Ready=True/Succeeded: Latest image tag for ${image} resolved to 1.0.0`);
  });

  it.each<[Partial<ImagePolicy["spec"]>, string]>([
    [{ policy: { semver: { range: "nonsense" } } }, 'invalid policy: improper constraint: "nonsense"'],
    [{ policy: {} }, "invalid policy: given ImagePolicyChoice object is invalid"],
    [
      { filterTags: { pattern: "(" } },
      "failed to filter tags: invalid regular expression pattern '(': error parsing regexp: missing closing ): `(`",
    ],
  ])("%j is no policy", async (spec, message) => {
    await scanned("1.0.0");
    await bed.policy("app", spec);
    expect(conditionsOf(await until(settled("False")))).toEqual([
      `Stalled=True/InvalidPolicy: ${message}`,
      `Ready=False/InvalidPolicy: ${message}`,
    ]);
  });

  it("an interval goes with Always, and only with it", async () => {
    await expect(bed.policy("app", { interval: "1m" })).rejects.toThrow(
      "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'",
    );
    await expect(bed.policy("app", { digestReflectionPolicy: "Always" })).rejects.toThrow(
      "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'",
    );
  });

  it("of a repository whose image is none stalls as well", async () => {
    await bed.repository("app", { image: "https://x/app" });
    await bed.policy("app", {});
    expect(conditionsOf(await until(settled("False")))[0]).toBe(
      "Stalled=True/ImageURLInvalid: image 'https://x/app' should not include URL scheme; remove 'https://'",
    );
  });

  it("of 20,000 tags", async () => {
    const tags = Array.from({ length: 20_000 }, (_, index) => `1.0.${index}`);
    intercept = ({ url }) => (url.includes("/tags/list") ? { status: 200, body: JSON.stringify({ tags }) } : undefined);
    await scanned();
    await bed.policy("app", {});
    expect((await until(settled("True"))).status?.latestRef?.tag).toBe("1.0.19999");
  });
});

describe("digests", () => {
  it("IfNotPresent asks once for each tag", async () => {
    await scanned("1.0.0");
    const digest = pushImage(registry, path, "1.0.0", "first");
    await bed.policy("app", { digestReflectionPolicy: "IfNotPresent" });
    const first = await until(settled("True"));
    expect(first.status?.latestRef).toEqual({ name: image, tag: "1.0.0", digest });
    expect(readyOf(first)).toBe(
      `Ready=True/Succeeded: Latest image tag for ${image} resolved to 1.0.0 with digest ${digest}`,
    );
    const before = heads();
    pushImage(registry, path, "1.0.0", "second");
    await bed.request(imagePolicyKind, "app");
    expect(heads()).toBe(before);
    const next = pushImage(registry, path, "1.1.0", "third");
    await bed.request(imageRepositoryKind, "app");
    const second = await until(selects("1.1.0"));
    expect(second.status?.latestRef?.digest).toBe(next);
    expect(readyOf(second)).toBe(
      `Ready=True/Succeeded: Latest image tag for ${image} resolved to 1.1.0 with digest ${next} (previously ${image}:1.0.0@${digest})`,
    );
  });

  it("Always asks at each interval", async () => {
    await scanned("latest");
    const digest = pushImage(registry, path, "latest", "first");
    await bed.policy("app", {
      policy: { alphabetical: {} },
      digestReflectionPolicy: "Always",
      interval: "1h",
    });
    expect((await until(settled("True"))).status?.latestRef?.digest).toBe(digest);
    const next = pushImage(registry, path, "latest", "second");
    await bed.tick(imagePolicyKind, "app");
    const { status } = await until((object) => object.status?.latestRef?.digest === next);
    expect(status?.observedPreviousRef?.digest).toBe(digest);
    expect(told()).toHaveLength(2);
  });

  it("Never again: the digest goes", async () => {
    await scanned("1.0.0");
    await bed.policy("app", { digestReflectionPolicy: "IfNotPresent" });
    await until(({ status }) => status?.latestRef?.digest !== undefined);
    await bed.change(imagePolicyKind, "app", { spec: { digestReflectionPolicy: "Never" } });
    const object = await until(
      ({ status }) => status?.latestRef !== undefined && status.latestRef.digest === undefined,
    );
    expect(object.status?.latestRef).toEqual({ name: image, tag: "1.0.0" });
  });

  it("that is none is not believed: the manifest itself tells", async () => {
    await scanned("1.0.0");
    const digest = pushImage(registry, path, "1.0.0");
    const headers = { "docker-content-digest": "sha256:nonsense", "content-type": "application/json" };
    intercept = ({ method, url }) =>
      method === "HEAD" && url.includes("/manifests/") ? { status: 200, headers } : undefined;
    await bed.policy("app", { digestReflectionPolicy: "IfNotPresent" });
    expect((await until(settled("True"))).status?.latestRef?.digest).toBe(digest);
  });

  it("that the registry does not have is tried again", async () => {
    await scanned("1.0.0");
    let refusals = 0;
    intercept = ({ url }) => (url.includes("/manifests/") && refusals++ < 2 ? { status: 404 } : undefined);
    await bed.policy("app", { digestReflectionPolicy: "IfNotPresent" });
    expect((await until(settled("True"))).status?.latestRef?.digest).toMatch(/^sha256:/);
    expect(told()[0]).toContain(
      `error Failed: failed fetching digest of ${image}:1.0.0: failed fetching descriptor for "${image}:1.0.0": GET http`,
    );
  });
});

describe("across namespaces", () => {
  const repositoryOf = async (accessFrom?: object): Promise<string> => {
    await scanned("1.0.0");
    if (accessFrom) await bed.change(imageRepositoryKind, "app", { spec: { accessFrom } });
    return bed.namespace;
  };
  const policyIn = async (owner: string, labels: Record<string, string>): Promise<void> => {
    await bed.enterNamespace(labels);
    await bed.policy("app", { imageRepositoryRef: { name: "app", namespace: owner } });
  };

  it.each<[string, object | undefined, Record<string, string>, boolean]>([
    ["nobody is let in", undefined, { team: "b" }, false],
    ["an empty list lets nobody in", { namespaceSelectors: [] }, { team: "b" }, false],
    ["an empty selector lets everybody in", { namespaceSelectors: [{}] }, {}, true],
    ["those with a label", { namespaceSelectors: [{ matchLabels: { team: "b" } }] }, { team: "b" }, true],
    ["those with another label", { namespaceSelectors: [{ matchLabels: { team: "b" } }] }, { team: "c" }, false],
    [
      "any of several",
      { namespaceSelectors: [{ matchLabels: { team: "x" } }, { matchLabels: { team: "b" } }] },
      { team: "b" },
      true,
    ],
  ])("%s", async (_what, accessFrom, labels, isAllowed) => {
    const owner = await repositoryOf(accessFrom);
    await policyIn(owner, labels);
    const object = await until(settled(isAllowed ? "True" : "False"));
    const why = accessFrom
      ? `ACL labels mismatch on namespace '${bed.namespace}'`
      : "missing ACL labels on 'accessFrom'";
    expect(readyOf(object)).toBe(
      isAllowed
        ? `Ready=True/Succeeded: Latest image tag for ${registry.host}/apps/${owner} resolved to 1.0.0`
        : `Ready=False/AccessDenied: failed to get the referred ImageRepository: access denied: '${owner}/app' can't be accessed due to ${why}`,
    );
  });

  it("a namespace that gets the label is let in at once", async () => {
    const owner = await repositoryOf({ namespaceSelectors: [{ matchLabels: { team: "b" } }] });
    await policyIn(owner, { team: "c" });
    await until(settled("False"));
    const namespace = { group: "", version: "v1", kind: "Namespace", namespace: "", name: bed.namespace };
    await bed.kube.patch(namespace, "merge", { metadata: { labels: { team: "b" } } });
    await until(settled("True"));
  });
});

describe("where references to other namespaces are blocked", () => {
  let locked: ImageBed;
  beforeAll(async () => {
    locked = await startImageBed({ settings: { noCrossNamespaceRefs: true } });
  });
  afterAll(async () => {
    await locked.stop();
  });

  it("nobody is let in", async () => {
    await locked.enterNamespace();
    await locked.policy("app", { imageRepositoryRef: { name: "app", namespace: "other" } });
    const object = await locked.until(imagePolicyKind, "app", settled("False"));
    expect(readyOf(object)).toBe(
      "Ready=False/AccessDenied: failed to get the referred ImageRepository: cannot access 'ImageRepository/other/app', cross-namespace references have been blocked",
    );
  });
});
