import { imagePolicyKind, imageRepositoryKind } from "@eddy/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

const digest = "sha256:8704da90172710d422af855049175c1a8295731cbe2ad3b9a1c1074feecf8c10";
const name = "ghcr.io/stefanprodan/podinfo";
const message = `Latest image tag for ${name} resolved to 5.0.3 with digest ${digest}`;
const ready = (text: string, reason = "Succeeded"): object => ({
  type: "Ready",
  status: "True",
  reason,
  message: text,
  lastTransitionTime: "2026-01-02T03:04:05Z",
});
const selected = { conditions: [ready(message)], latestRef: { name, tag: "5.0.3", digest } };
const scanned = {
  conditions: [ready("successful scan: found 211 tags with checksum 1")],
  canonicalImageName: name,
  lastScanResult: { revision: "1", tagCount: 211, scanTime: "2026-01-02T03:04:05Z" },
};

let bed: CliBed;
beforeAll(async () => {
  bed = await startCliBed();
  await bed.namespace("tis");
  await bed.create(
    imageRepositoryKind,
    { name: "podinfo", namespace: "tis" },
    { image: name, interval: "10m0s" },
    scanned,
  );
  await bed.create(
    imagePolicyKind,
    { name: "podinfo-semver", namespace: "tis" },
    { imageRepositoryRef: { name: "podinfo" }, policy: { semver: { range: "5.0.x" } } },
    selected,
  );
});
afterAll(() => bed.stop());

const columnsOf = (text: string): string[][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t").map((cell) => cell.trim()));

describe("get", () => {
  // Source: fluxcd/flux2 cmd/flux/testdata/image/get_image_policy_semver.golden.
  test("image policy", async () => {
    const { stdout } = await bed.run("tis", "get image policy");
    expect(columnsOf(stdout).map((row) => row.slice(0, 5))).toEqual([
      ["NAME", "IMAGE", "TAG", "READY", "MESSAGE"],
      ["podinfo-semver", name, "5.0.3", "True", message],
    ]);
  });

  test("images repository", async () => {
    const { stdout } = await bed.run("tis", "get images repository podinfo");
    expect(columnsOf(stdout).map((row) => row.slice(0, 5))).toEqual([
      ["NAME", "LAST SCAN", "SUSPENDED", "READY", "MESSAGE"],
      ["podinfo", "2026-01-02T03:04:05Z", "False", "True", "successful scan: found 211 tags with checksum 1"],
    ]);
  });

  test("images all", async () => {
    const { stdout } = await bed.run("tis", "get images all -A --no-header");
    expect(
      columnsOf(stdout)
        .filter((row) => row.length > 1)
        .map((row) => row.slice(0, 2)),
    ).toEqual([
      ["tis", "imagerepository/podinfo"],
      ["tis", "imagepolicy/podinfo-semver"],
    ]);
  });

  test("what is not there", async () => {
    const { code, stderr } = await bed.run("tis", "get images policy nope");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`✗ ImagePolicy object 'nope' not found in "tis" namespace\n`) as string,
    ]);
  });
});

// Source: fluxcd/flux2 cmd/flux/testdata/image.
describe("create", () => {
  test("image repository", async () => {
    await bed.namespace("make");
    const controller = bed.answer(imageRepositoryKind, "make", () => scanned);
    const { code, stderr } = await bed.run(
      "make",
      "create image repository podinfo --image ghcr.io/stefanprodan/podinfo --interval 10m --scan-timeout 30s --secret-ref pull --cert-ref tls",
    );
    controller.stop();
    expect(stderr).toBe(
      "✚ generating ImageRepository\n► applying ImageRepository\n✔ ImageRepository created\n◎ waiting for ImageRepository reconciliation\n✔ ImageRepository reconciliation completed\n",
    );
    expect(code).toBe(0);
    const { stdout } = await bed.run("make", "export image repository podinfo");
    expect(stdout).toBe(`---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: podinfo
  namespace: make
spec:
  certSecretRef:
    name: tls
  exclusionList:
  - ^.*\\.sig$
  image: ghcr.io/stefanprodan/podinfo
  interval: 10m0s
  provider: generic
  secretRef:
    name: pull
  timeout: 30s
`);
  });

  test("image policy", async () => {
    await bed.namespace("make-policy");
    const controller = bed.answer(imagePolicyKind, "make-policy", () => selected);
    const { code, stderr } = await bed.run(
      "make-policy",
      "create image policy podinfo --image-ref podinfo --select-semver 5.0.x",
    );
    controller.stop();
    expect(stderr).toBe(
      "✚ generating ImagePolicy\n► applying ImagePolicy\n✔ ImagePolicy created\n◎ waiting for ImagePolicy reconciliation\n✔ ImagePolicy reconciliation completed\n",
    );
    expect(code).toBe(0);
  });

  const specOf = (stdout: string): string => stdout.slice(stdout.indexOf("spec:\n") + 6);
  test.each([
    ["--select-alpha desc", "policy:\n    alphabetical:\n      order: desc"],
    ["--select-numeric asc", "policy:\n    numerical:\n      order: asc"],
    [
      "--select-numeric asc --filter-regex ^main-(?P<ts>[0-9]+) --filter-extract $ts",
      "filterTags:\n    extract: $ts\n    pattern: ^main-(?P<ts>[0-9]+)",
    ],
    ["--select-semver 1.x --filter-regex ^(v.*)$ --filter-extract ${1}", "extract: ${1}"],
    ["--select-semver 1.x --reflect-digest Always --interval 5m", "digestReflectionPolicy: Always"],
    ["--select-semver 1.x --reflect-digest Always --interval 5m", "interval: 5m0s"],
    ["--select-semver 1.x --reflect-digest IfNotPresent", "digestReflectionPolicy: IfNotPresent"],
  ])("image policy %s", async (flags, want) => {
    const { code, stdout } = await bed.run("tis", `create image policy app --image-ref app ${flags} --export`);
    expect(code).toBe(0);
    expect(specOf(stdout)).toContain(want);
    expect(specOf(stdout).includes("interval:")).toBe(flags.includes("--interval"));
  });

  const once = "only one of --select-semver, --select-alpha or --select-numeric can be specified";
  test.each([
    ["repository xy", "an image repository (--image) is required"],
    ["repository xy --image a@b", "unable to parse image value: repository can only contain the characters"],
    ["policy xy", "the name of an ImageRepository in the namespace is required (--image-ref)"],
    ["policy xy --image-ref a", "a policy must be provided with either --select-semver or --select-alpha"],
    ["policy xy --image-ref a --select-semver 1 --select-alpha asc", once],
    ["policy xy --image-ref a --select-numeric asc --select-alpha asc", once],
    ["policy xy --image-ref a --select-alpha up", '--select-alpha must be one of ["asc", "desc"]'],
    ["policy xy --image-ref a --select-numeric up", '--select-numeric must be one of ["asc", "desc"]'],
    ["policy xy --image-ref a --select-semver 1 --filter-regex (", "--filter-regex is an invalid regex pattern"],
    [
      "policy xy --image-ref a --select-semver 1 --filter-extract $a",
      "cannot specify --filter-extract without specifying --filter-regex",
    ],
    [
      "policy xy --image-ref a --select-semver 1 --filter-regex a --filter-extract $ts",
      "capture group $ts used in --filter-extract not found in --filter-regex",
    ],
    ["policy xy --image-ref a --select-semver 1 --filter-regex a --filter-extract ${", "--filter-extract is malformed"],
    [
      "policy xy --image-ref a --select-semver 1 --reflect-digest Sometimes",
      "invalid value for --reflect-digest, must be one of 'Never', 'IfNotPresent', 'Always'",
    ],
    [
      "policy xy --image-ref a --select-semver 1 --interval 1m",
      "the --interval flag can only be used with the 'Always' digest reflection policy, use --reflect-digest=Always",
    ],
  ])("image %s is refused", async (words, want) => {
    const { code, stderr } = await bed.run("tis", `create image ${words}`);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`✗ ${want}`) as string]);
  });
});

describe("other verbs", () => {
  test("reconcile image policy", async () => {
    const controller = bed.answer(imagePolicyKind, "tis", () => selected);
    const { stderr } = await bed.run("tis", "reconcile image policy podinfo-semver");
    controller.stop();
    expect(stderr).toBe(
      `► annotating ImagePolicy podinfo-semver in tis namespace\n✔ ImagePolicy annotated\n◎ waiting for ImagePolicy reconciliation\n✔ selected ref ${name}:5.0.3@${digest}\n`,
    );
  });

  test("reconcile image repository", async () => {
    const controller = bed.answer(imageRepositoryKind, "tis", () => scanned);
    const { stderr } = await bed.run("tis", "reconcile image repository podinfo");
    controller.stop();
    expect(stderr).toContain("◎ waiting for ImageRepository reconciliation\n✔ scan fetched 211 tags\n");
  });

  test("suspend, resume and delete image policy", async () => {
    const suspended = await bed.run("tis", "suspend image policy podinfo-semver");
    expect(suspended.stderr).toBe(
      "► suspending image policy podinfo-semver in tis namespace\n✔ image policy suspended\n",
    );
    const controller = bed.answer(imagePolicyKind, "tis", ({ metadata: { generation } }) => ({
      ...selected,
      observedGeneration: generation,
      conditions: [{ ...ready(message), observedGeneration: generation }],
    }));
    const resumed = await bed.run("tis", "resume image policy podinfo-semver");
    controller.stop();
    expect(resumed.stderr).toBe(
      `► resuming image policy podinfo-semver in tis namespace\n✔ image policy resumed\n◎ waiting for ImagePolicy reconciliation\n✔ ImagePolicy podinfo-semver reconciliation completed\n✔ selected ref ${name}:5.0.3@${digest}\n`,
    );
    const deleted = await bed.run("tis", "delete image policy podinfo-semver --silent");
    expect(deleted.stderr).toBe("► deleting image policy podinfo-semver in tis namespace\n✔ image policy deleted\n");
  });
});
