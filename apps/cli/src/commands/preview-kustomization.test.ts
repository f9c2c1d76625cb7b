import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kustomizationKind } from "@eddy/api";
import { loadDocuments } from "@eddy/goyaml";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";

const encode = (text: string): string => Buffer.from(text).toString("base64");
const kustomization = (name: string, spec: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: ns }
spec: { interval: 1m, prune: true, sourceRef: { kind: GitRepository, name: repo }, ${spec} }
`;
const configMap = (name: string, data: string): string =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: ns }, data: ${data} }\n`;
const secret = (name: string, rest: string): string =>
  `{ apiVersion: v1, kind: Secret, metadata: { name: ${name}, namespace: ns }, ${rest} }\n`;

const files: Record<string, string> = {
  "app/config.yaml": configMap("config", '{ greeting: "hello ${who:=world}", same: x }'),
  "app/secret.yaml": secret("plain", `data: { password: ${encode("new")}, user: ${encode("admin")} }`),
  "app/skipped.yaml": configMap("skipped", "{ a: b }").replace(
    "namespace: ns",
    "namespace: ns, annotations: { kustomize.toolkit.fluxcd.io/reconcile: disabled }",
  ),
  "app/ignored/broken.yaml": "{ not: [a kubernetes object\n",
  "sops/all.yaml": secret("all", "data: { a: 'ENC[x]' }, stringData: { b: 'ENC[y]' }, sops: { mac: 'ENC[z]' }"),
  "sops/docker.yaml": secret(
    "docker",
    "type: kubernetes.io/dockerconfigjson, data: { .dockerconfigjson: 'ENC[x]' }, sops: { mac: 'ENC[z]' }",
  ),
  "sops/value.yaml": secret("value", `data: { file: ${encode("sops: ENC[")}, plain: ${encode("x")} }`),
  "missing/config.yaml": configMap("config", "{ a: '${nobody_set_this}' }"),
  "nothing/kustomization.yaml": "resources: []\n",
  "cluster/nested.yaml": kustomization("nested", "path: ./app, postBuild: { substitute: { who: child } }"),
  "cluster/remote.yaml": kustomization("remote", "path: ./app, kubeConfig: { secretRef: { name: there } }"),
  "base/config.yaml": configMap("from-base", "{ a: b }"),
  "overlay/kustomization.yaml": "resources: [../base/config.yaml, gone/x.yaml]\n",
  "remote/kustomization.yaml": "resources:\n- https://github.com/org/repo//base?ref=v1\n",
  "invalid/config.yaml": configMap("config", "{ a: 1 }"),
  "file.yaml": `${kustomization("other", "path: ./")}---\n${kustomization("app", "path: ./app, namePrefix: file-")}`,
  "old.yaml": kustomization("old", "path: ./app, commonMetadata: { labels: { team: a } }").replace(
    "/v1\n",
    "/v1beta2\n",
  ),
};

let bed: CliBed;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "eddy-preview-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  bed = await startCliBed();
  await bed.namespace("ns");
  const spec = { interval: "1m", prune: true, path: "./app", sourceRef: { kind: "GitRepository", name: "repo" } };
  const labels = { "kustomize.toolkit.fluxcd.io/name": "app", "kustomize.toolkit.fluxcd.io/namespace": "ns" };
  for (const name of ["app", "cluster", "nested", "sops"])
    await bed.create(
      kustomizationKind,
      { name, namespace: "ns" },
      name === "app" ? { ...spec, postBuild: { substitute: { who: "you" } } } : spec,
    );
  const entries = [
    { id: "ns_config__ConfigMap", v: "v1" },
    { id: "ns_gone__ConfigMap", v: "v1" },
    { id: "_old__Namespace", v: "v1" },
  ];
  await bed.kube.patch(
    { group: kustomizationKind.group, kind: "Kustomization", namespace: "ns", name: "app" },
    "merge",
    { status: { inventory: { entries } } },
    { subresource: "status" },
  );
  await bed.kube.apply(
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "config", namespace: "ns", labels },
      data: { greeting: "hi", same: "x" },
    } as never,
    { fieldManager: "kustomize-controller" },
  );
  await bed.kube.apply(
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "plain", namespace: "ns", labels },
      data: { password: encode("old"), user: encode("admin") },
    } as never,
    { fieldManager: "kustomize-controller" },
  );
});
afterAll(async () => {
  await bed.stop();
  rmSync(dir, { recursive: true, force: true });
});

const run = (words: string): ReturnType<CliBed["run"]> => bed.run("ns", words.replaceAll("@", `${dir}/`));
const objectsOf = (text: string): Record<string, unknown>[] =>
  loadDocuments(text).map(({ value }) => value as Record<string, unknown>);

test("a build is what a pass would apply, with the Kustomization of the cluster", async () => {
  const { code, stdout, stderr } = await run("build kustomization app --path @app --ignore-paths ignored/");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`apiVersion: v1
data:
  greeting: hello you
  same: x
kind: ConfigMap
metadata:
  labels:
    kustomize.toolkit.fluxcd.io/name: app
    kustomize.toolkit.fluxcd.io/namespace: ns
  name: config
  namespace: ns
---
`);
  expect(readdirSync(join(dir, "app")).sort()).toEqual(["config.yaml", "ignored", "secret.yaml", "skipped.yaml"]);
});

test("encrypted values are masked, all or by file, and the key material is gone", async () => {
  const { stdout } = await run("build ks sops --path @sops");
  const secrets = objectsOf(stdout);
  expect(secrets.map(({ data, stringData, sops }) => ({ data, stringData, sops }))).toEqual([
    { data: { a: encode("**SOPS**") }, stringData: { b: "**SOPS**" }, sops: undefined },
    { data: { ".dockerconfigjson": encode('{"mask":"**SOPS**"}') }, stringData: undefined, sops: undefined },
    { data: { file: encode("**SOPS**"), plain: encode("x") }, stringData: undefined, sops: undefined },
  ]);
});

test("a dry-run needs the file and asks no cluster", async () => {
  const words = "build ks app --path @app --ignore-paths ignored/ --dry-run --kustomization-file @file.yaml";
  const { code, stdout } = await run(`${words} --kubeconfig /nowhere`);
  expect(code).toBe(0);
  expect(stdout).toContain("name: file-config\n");
  // No variables, no substitution.
  expect(stdout).toContain("greeting: hello ${who:=world}");
});

test("a Kustomization of an older version in a file, with common metadata", async () => {
  const { stdout } = await run(
    "build ks old --path @app --ignore-paths ignored/,secret.yaml,skipped.yaml --dry-run --kustomization-file @old.yaml",
  );
  expect(objectsOf(stdout)).toMatchObject([{ metadata: { labels: { team: "a" } } }]);
});

test("a recursive build follows nested Kustomizations where their sources are", async () => {
  const words = "build ks cluster --path @cluster -r --ignore-paths ignored/";
  const { stdout } = await run(`${words},remote.yaml --local-sources GitRepository/ns/repo=${dir}`);
  const names = objectsOf(stdout).map(({ kind, metadata }) => `${String(kind)}/${(metadata as { name: string }).name}`);
  expect(names).toEqual(["Kustomization/nested", "ConfigMap/config", "Secret/plain", "ConfigMap/skipped"]);
  expect(stdout).toContain("greeting: hello child");
  expect((await run(words)).stderr).toContain(
    "cannot get local path for GitRepository/ns/repo of kustomization nested",
  );
});

test.each([
  ["build ks", 1, "kustomization name is required"],
  ["build ks app", 1, 'invalid resource path ""'],
  ["build ks app --path @nowhere", 1, "invalid resource path"],
  ["build ks app --path @app --dry-run", 1, "dry-run mode requires a kustomization file"],
  ["build ks app --path @app --kustomization-file @nowhere", 1, "invalid kustomization file"],
  [
    "build ks none --path @app --dry-run --kustomization-file @file.yaml",
    1,
    "failed find kustomization with name 'none' and namespace 'ns'",
  ],
  [
    "build ks none --path @app",
    1,
    'failed to get kustomization object: kustomizations.kustomize.toolkit.fluxcd.io "none" not found',
  ],
  ["build ks app --path @app", 1, "@app/ignored/broken.yaml"],
  ["build ks app --path @overlay", 1, "@overlay/gone/x.yaml"],
  ["build ks app --path @remote", 1, "github.com/org/repo"],
  ["build ks app --path @missing --strict-substitute", 1, "nobody_set_this"],
  ["build ks app --path @app --local-sources oops", 1, "want Kind/namespace/name=path"],
  ["build ks app --path / --in-memory-build", 1, "outside of the working directory"],
  ["diff ks app", 2, 'invalid resource path ""'],
  ["diff ks app --path @app --kustomization-file @nowhere", 1, "invalid kustomization file"],
  [
    "diff ks other --path @app --kustomization-file @file.yaml",
    2,
    'kustomizations.kustomize.toolkit.fluxcd.io "other" not found',
  ],
  ["diff ks app --path @invalid", 2, "ConfigMap/ns/config dry-run failed"],
  ["diff ks app --path @app -o yaml", 1, "not one of json"],
])("%s exits with %i", async (words, want, message) => {
  const { code, stderr } = await run(words);
  expect(stderr).toContain(message.replaceAll("@", `${dir}/`));
  expect(code).toBe(want);
});

const appDiff = `► ConfigMap/ns/config drifted

data.greeting
± value change
- hi
+ hello you

► Secret/ns/plain drifted

data.password
± value change
- *** (before)
+ *** (after)

► ConfigMap/ns/skipped skipped
► Namespace/old deleted
► ConfigMap/ns/gone deleted
`;

test("a diff says what a pass would change, and exits with 1", async () => {
  const { code, stdout, stderr } = await run("diff kustomization app --path @app --ignore-paths ignored/");
  expect(stdout).toBe(appDiff);
  expect(stderr).toBe("⚠️ identified at least one change, exiting with non-zero exit code\n");
  expect(code).toBe(1);
});

test("a diff as data", async () => {
  const { code, stdout } = await run("diff ks app --path @app --ignore-paths ignored/ -o json");
  expect(code).toBe(1);
  const greeting = { path: ["data", "greeting"], details: [{ kind: "modified", from: "hi", to: "hello you" }] };
  expect(JSON.parse(stdout)).toEqual({
    changed: true,
    changes: [
      {
        object: "ConfigMap/ns/config",
        group: "",
        kind: "ConfigMap",
        namespace: "ns",
        name: "config",
        action: "drifted",
        differences: [greeting],
      },
      expect.objectContaining({ object: "Secret/ns/plain", action: "drifted" }),
      expect.objectContaining({ object: "ConfigMap/ns/skipped", action: "skipped" }),
      expect.objectContaining({ object: "Namespace/old", action: "deleted" }),
      expect.objectContaining({ object: "ConfigMap/ns/gone", action: "deleted" }),
    ],
  });
  expect(stdout).not.toContain(encode("new"));
});

test("nothing to change exits with 0", async () => {
  const { code, stdout, stderr } = await run("diff ks nested --path @nothing");
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("a recursive diff shows what changes below, and leaves out other clusters", async () => {
  const words = "diff ks cluster --path @cluster -r --ignore-paths ignored/,secret.yaml,skipped.yaml";
  const { code, stdout } = await run(`${words} --local-sources GitRepository/ns/repo=${dir}`);
  expect(code).toBe(1);
  expect(stdout).toContain("► Kustomization/ns/nested drifted\n");
  expect(stdout).toContain("📁 Kustomization/ns/nested changed\n► ConfigMap/ns/config drifted\n");
  expect(stdout).toContain("► Kustomization/ns/remote created\n");
});

test("a Kustomization that is not in the cluster yet", async () => {
  const { code, stdout } = await run(
    "diff ks other --path @base --kustomization-file @file.yaml --ignore-not-found --progress-bar=false",
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: "► ConfigMap/ns/from-base created\n" });
});
