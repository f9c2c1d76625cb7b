import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { artifactGeneratorKind, gitRepositoryKind, kustomizationKind } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { loadDocuments } from "@eddy/goyaml";
import { reflect } from "@eddy/kube";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runWords, startCliBed, type CliBed } from "../testing/cli-bed.ts";

const source = { url: "https://example.com/podinfo", interval: "1m0s", ref: { branch: "main" } };
const app = { interval: "10m0s", path: "./apps", prune: true, sourceRef: { kind: "GitRepository", name: "podinfo" } };

let bed: CliBed;
beforeAll(async () => {
  bed = await startCliBed();
  await bed.namespace("team");
  await bed.create(
    gitRepositoryKind,
    { name: "podinfo", namespace: "team", labels: { app: "a" } },
    { ...source, secretRef: { name: "login" } },
  );
  await bed.create(kustomizationKind, { name: "root", namespace: "team" }, app, {
    inventory: {
      entries: [
        { id: "_apps__Namespace", v: "v1" },
        { id: "team_child_kustomize.toolkit.fluxcd.io_Kustomization", v: "v1" },
        { id: "team_root_kustomize.toolkit.fluxcd.io_Kustomization", v: "v1" },
      ],
    },
  });
  await bed.create(kustomizationKind, { name: "child", namespace: "team" }, app, {
    inventory: {
      entries: [
        { id: "team_root_kustomize.toolkit.fluxcd.io_Kustomization", v: "v1" },
        { id: "apps_web_apps_Deployment", v: "v1" },
      ],
    },
  });
});
afterAll(() => bed.stop());

describe("export", () => {
  test("leaves out what the server wrote", async () => {
    const { stdout } = await bed.run("team", "export source git podinfo");
    expect(stdout).toBe(`---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  labels:
    app: a
  name: podinfo
  namespace: team
spec:
  interval: 1m0s
  ref:
    branch: main
  secretRef:
    name: login
  timeout: 1m0s
  url: https://example.com/podinfo
`);
  });

  test("--with-credentials adds the Secret", async () => {
    await bed.kube.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "login", namespace: "team" },
      stringData: { username: "u" },
    });
    const { stdout } = await bed.run("team", "export source git --all --with-credentials");
    expect(loadDocuments(stdout).map((document) => (document.value as { kind: string }).kind)).toEqual([
      "GitRepository",
      "Secret",
    ]);
  });

  test.each([
    ["export source git", "✗ name is required\n  or export everything with --all\n"],
    ["export source git nope", '✗ gitrepositories.source.toolkit.fluxcd.io "nope" not found\n'],
    ["export ks root --with-credentials", "✗ --with-credentials is for sources, Kustomization has none\n"],
  ])("%s fails", async (words, want) => {
    expect(await bed.run("team", words)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining(want) as string,
    });
  });
});

describe("create --export", () => {
  test("needs no cluster", async () => {
    const words =
      "create source git podinfo --url https://github.com/stefanprodan/podinfo --branch master --ignore-paths .cosign,docs/ --export";
    expect(await runWords(["-n", "default", ...words.split(" ")])).toEqual({
      code: 0,
      stderr: "",
      stdout: `---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: podinfo
  namespace: default
spec:
  ignore: |-
    .cosign
    docs/
  interval: 1m0s
  ref:
    branch: master
  url: https://github.com/stefanprodan/podinfo
`,
    });
  });

  test("credentials become a Secret", async () => {
    const words =
      "create source git p0 --url https://example.com/r --tag v1 --username u --password 'two words' --export";
    const { stdout } = await bed.run("team", words);
    const [secret, object] = loadDocuments(stdout).map((document) => document.value);
    expect(secret).toMatchObject({
      kind: "Secret",
      metadata: { name: "p0", namespace: "team" },
      stringData: { username: "u", password: "two words" },
    });
    expect(object).toMatchObject({ spec: { secretRef: { name: "p0" }, ref: { tag: "v1" } } });
  });

  test("a Kustomization with all that flags can say", async () => {
    const words =
      "create kustomization app --source Bucket/b.infra --path ../apps/./web --health-check Deployment/web.apps --health-check-timeout 3m " +
      "--depends-on base,infra/db --service-account sa --decryption-provider sops --decryption-secret keys --target-namespace apps " +
      "--kubeconfig-secret-ref kc --retry-interval 30s --interval 5m --label team=a --export";
    const { stdout } = await bed.run("team", words);
    expect(loadDocuments(stdout)[0]?.value).toEqual({
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { labels: { team: "a" }, name: "app", namespace: "team" },
      spec: {
        decryption: { provider: "sops", secretRef: { name: "keys" } },
        dependsOn: [{ name: "base" }, { name: "db", namespace: "infra" }],
        healthChecks: [{ kind: "Deployment", name: "web", namespace: "apps" }],
        interval: "5m0s",
        kubeConfig: { secretRef: { name: "kc" } },
        path: "./apps/web",
        prune: false,
        retryInterval: "30s",
        serviceAccountName: "sa",
        sourceRef: { kind: "Bucket", name: "b", namespace: "infra" },
        targetNamespace: "apps",
        timeout: "3m0s",
      },
    });
  });

  test.each([
    ["create source git a", "name 'a' is invalid"],
    ["create source git ab", "url is required"],
    [
      "create source git ab --url ftp://x/y --branch m",
      "git URL scheme 'ftp' not supported, can be: ssh, http and https",
    ],
    [
      "create source git ab --url https://x/y",
      "a Git ref is required, use one of the following: --branch, --tag, --commit, --ref-name or --tag-semver",
    ],
    [
      "create source git ab --url ssh://git@x/y --branch m --ca-file package.json",
      "specifying a CA file is not supported for Git over SSH",
    ],
    ["create source git ab --url https://x/y --branch m --label a", "invalid label format 'a', must be key=value"],
    ["create kustomization --source x", "name is required"],
    [
      "create source git ab --url https://x/y --branch m --provider nobody",
      '"nobody" is not one of generic, github, aws, azure',
    ],
    ["create kustomization ab --source x --decryption-provider pgp", '"pgp" is not one of sops'],
    ["create receiver ab --type nobody", '"nobody" is not one of generic, generic-hmac'],
    ["create alert ab --provider-ref p --event-source x", "invalid event source 'x', must be in format <kind>/<name>"],
    ["create kustomization ab", "source is required"],
    ["create kustomization ab --source HelmRepository/x", "source kind 'HelmRepository' is not supported"],
    [
      "create kustomization ab --source x --health-check web",
      "invalid health check 'web' must be in the format 'kind/name.namespace'",
    ],
    [
      "create kustomization ab --source x --interval soon",
      'invalid argument "soon" for --interval: time: invalid duration "soon"',
    ],
  ])("%s fails", async (words, want) => {
    const { code, stderr } = await runWords([...words.split(" "), "--export"]);
    expect(stderr).toContain(want);
    expect(code).toBe(1);
  });
});

describe("tree", () => {
  test("follows inventories, and an object in a circle once", async () => {
    const { stdout } = await bed.run("team", "tree kustomization root");
    expect(stdout).toBe(`Kustomization/team/root
├── Namespace/apps
└── Kustomization/team/child
    ├── Kustomization/team/root
    └── Deployment/apps/web

`);
  });

  test("shows what an ArtifactGenerator made", async () => {
    const made = { name: "part", namespace: "team", digest: "sha256:a", filename: "a.tar.gz" };
    const spec = {
      sources: [{ alias: "a", kind: "GitRepository", name: "a" }],
      artifacts: [{ name: "part", copy: [{ from: "@a/**", to: "@artifact/" }] }],
    };
    await bed.create(artifactGeneratorKind, { name: "gen", namespace: "team" }, spec, { inventory: [made] });
    const { stdout } = await bed.run("team", "tree artifact generator gen");
    expect(stdout).toBe("ArtifactGenerator/team/gen\n└── ExternalArtifact/team/part\n\n");
  });

  test("--compact -o json", async () => {
    const { stdout } = await bed.run("team", "tree ks root --compact -o json");
    expect(JSON.parse(stdout)).toMatchObject({
      resource: { Name: "root" },
      resources: [{ resource: { Name: "child" }, resources: [{ resource: { Name: "root" } }] }],
    });
  });
});

describe("events", () => {
  beforeAll(async () => {
    const event = (name: string, kind: string, object: string, type: string, seconds: number) => ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace: "team" },
      involvedObject: { kind, name: object, namespace: "team" },
      type,
      reason: "Progressing",
      message: `${name} of ${object}`,
      firstTimestamp: new Date(Date.now() - seconds * 1_000).toISOString(),
      lastTimestamp: new Date(Date.now() - seconds * 1_000).toISOString(),
      count: 1,
    });
    await bed.kube.create(event("second", "Kustomization", "root", "Warning", 60));
    await bed.kube.create(event("first", "GitRepository", "podinfo", "Normal", 600));
    await bed.kube.create(event("other", "Pod", "web", "Normal", 1));
  });

  test("of our kinds, oldest first", async () => {
    const { stdout } = await bed.run("team", "events");
    expect(stdout.replaceAll(/\d+[sm](\d+s)?/g, "T")).toMatch(
      /^LAST SEEN\tTYPE +\tREASON +\tOBJECT +\tMESSAGE +\nT +\tNormal \tProgressing\tGitRepository\/podinfo\tfirst of podinfo *\t\nT +\tWarning\tProgressing\tKustomization\/root +\tsecond of root *\t\n$/,
    );
  });

  test("--for an object brings its source's too", async () => {
    expect((await bed.run("team", "events --for ks/root")).stdout).toContain("first of podinfo");
    const warnings = (await bed.run("team", "events --for Kustomization/root --types warning")).stdout;
    expect(warnings).toContain("second of root");
    expect(warnings).not.toContain("first of podinfo");
  });

  test("none", async () => {
    expect(await bed.run("default", "events")).toEqual({
      code: 0,
      stdout: "",
      stderr: "✗ No events found in default namespace.\n",
    });
    expect((await bed.run("team", "events --types odd")).stderr).toContain(
      "✗ type 'odd' not supported. Supported types are Normal, Warning\n",
    );
    expect((await bed.run("team", "events --for Pod/x")).stderr).toContain("✗ 'Pod' is not a recognized Flux kind\n");
  });
});

describe("check, version and logs", () => {
  test("check --pre", async () => {
    const { code, stderr } = await bed.run("team", "check --pre");
    expect(stderr).toMatch(
      /^► checking prerequisites\n✔ Kubernetes 1\.\d+\.\d+ >=1\.33\.0-0\n✔ prerequisites checks passed\n$/,
    );
    expect(code).toBe(0);
  });

  test("check where nothing is installed", async () => {
    const { code, stderr } = await bed.run("team", "check");
    expect(stderr).toContain(
      "✗ no controllers found in the 'team' namespace with the label selector 'app.kubernetes.io/part-of=flux'\n",
    );
    expect(stderr).toContain("✗ check failed\n");
    expect(code).toBe(1);
  });

  test("check and version of what is installed", async () => {
    await bed.namespace("installed");
    const { stdout } = await bed.run("installed", "install --export --image registry/eddy:v9");
    for (const { value } of loadDocuments(stdout))
      await bed.kube.apply(value as never, { fieldManager: "flux", force: true });
    const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    await bed.kube.patch(
      { group: "apps", kind: "Deployment", namespace: "installed", name: "eddy-server" },
      "merge",
      { status },
      { subresource: "status" },
    );
    const { code, stderr } = await bed.run("installed", "check");
    expect(stderr).toContain(
      "✔ distribution: eddy-v0.1.0\n✔ bootstrapped: false\n► checking controllers\n✔ eddy-server: deployment ready\n► registry/eddy:v9\n",
    );
    expect(stderr).toContain("✔ kustomizations.kustomize.toolkit.fluxcd.io/v1\n");
    expect(code).toBe(0);
    expect((await bed.run("installed", "version")).stdout).toBe(
      "eddy: v0.1.0\ndistribution: v0.1.0\neddy-server: v9\n",
    );
  });

  test("version --client -o json needs no cluster", async () => {
    expect(await runWords(["version", "--client", "-o", "json"])).toEqual({
      code: 0,
      stderr: "",
      stdout: '{\n  "eddy": "v0.1.0"\n}\n',
    });
  });

  test("install applies, waits for the Deployment, and changes nothing the second time", async () => {
    const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    const key = { group: "apps", kind: "Deployment", namespace: "fresh" };
    const kubelet = reflect<KubeObject>(bed.kube, key, { namespace: "fresh" }, (event) => {
      if (event.type === "Added")
        void bed.kube.patch({ ...key, name: "eddy-server" }, "merge", { status }, { subresource: "status" });
    });
    const first = await bed.run("fresh", "install --image registry/eddy:v9");
    kubelet.stop();
    expect(first.stderr).toMatch(
      /^✚ generating manifests\n✔ manifests build completed\n► installing components in fresh namespace\nNamespace\/fresh created\n/,
    );
    expect(first.stderr).toContain("Deployment/fresh/eddy-server created\n");
    expect(first.stderr).toMatch(/◎ verifying installation\n✔ eddy-server: deployment ready\n✔ install finished\n$/);
    expect(first.code).toBe(0);
    const second = await bed.run("fresh", "install --image registry/eddy:v9");
    expect(second.stderr).not.toContain("configured");
    expect(second.stderr).not.toContain("created");
  });

  test("logs of a process on this machine", async () => {
    const entries = [
      { ts: "t1", level: "info", msg: "one", controllerKind: "Kustomization", name: "root", namespace: "team" },
      { ts: "t2", level: "error", msg: "two", controllerKind: "GitRepository", name: "podinfo", namespace: "other" },
    ];
    const process = createServer((_request, response) =>
      response.end(entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")),
    );
    await new Promise<void>((resolve) => process.listen(0, "127.0.0.1", resolve));
    const { port } = process.address() as AddressInfo;
    expect((await bed.run("team", `logs --address 127.0.0.1:${port}`)).stdout).toBe(
      "t1 info Kustomization/root.team - one \n",
    );
    expect((await bed.run("team", `logs --address 127.0.0.1:${port} -A --level error`)).stdout).toBe(
      "t2 error GitRepository/podinfo.other - two \n",
    );
    process.close();
    const { code, stderr } = await bed.run("team", "logs --address 127.0.0.1:1");
    expect(stderr).toMatch(/^✗ read the log at http:\/\/127\.0\.0\.1:1\/logs: (?!fetch failed)/);
    expect(code).toBe(1);
  });

  test("logs where nothing is installed", async () => {
    const { code, stderr } = await bed.run("team", "logs --flux-namespace team");
    expect(stderr).toContain('✗ no Flux pods found in namespace "team"\n');
    expect(code).toBe(1);
  });
});

describe("help and completion", () => {
  test("help lists the commands before the flags", async () => {
    const { code, stdout } = await runWords(["--help"]);
    expect(code).toBe(0);
    expect(stdout.indexOf("Commands:")).toBeLessThan(stdout.indexOf("Flags:"));
    expect((await runWords([])).stdout).toBe(stdout);
  });

  test("help of a verb's kind shows its flags and examples", async () => {
    const { stdout } = await runWords(["reconcile", "kustomization", "--help"]);
    expect(stdout).toContain("--with-source");
    expect(stdout).toContain("eddy reconcile kustomization podinfo --with-source");
  });

  test.each([
    ["", ["check", "create", "get", "kustomize"]],
    ["ge", ["get"]],
    ["get ", ["all", "sources", "kustomizations"]],
    ["get sources ", ["all", "git"]],
    ["kustomize ", ["build"]],
    ["completion ", ["bash", "zsh", "fish"]],
    ["reconcile kustomization --with", ["--with-source"]],
    ["get ks ", ["child", "root"]],
    ["suspend ks child r", ["root"]],
    ["get nonsense ", []],
  ])("completes `%s`", async (line, want) => {
    const words = line.split(" ");
    const { stdout } = await bed.run(
      "team",
      `completion complete -- ${words.slice(0, -1).join(" ")} '${words.at(-1)}'`,
    );
    const found = stdout.split("\n").filter((word) => word !== "");
    expect(want.length === 0 ? found : found.filter((word) => want.includes(word)).sort()).toEqual([...want].sort());
  });

  test("scripts for shells", async () => {
    for (const shell of ["bash", "zsh", "fish"])
      expect((await runWords(["completion", shell])).stdout).toContain("eddy completion complete --");
    expect((await runWords(["completion", "tcsh"])).code).toBe(1);
  });
});
