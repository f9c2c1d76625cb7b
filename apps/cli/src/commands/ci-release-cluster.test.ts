import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Release } from "@eddy/api";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { load } from "@eddy/goyaml";
import { parseKubeconfig, resolveContext } from "@eddy/kube";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runWords, type CliRun } from "../testing/cli-bed.ts";
import { deploymentText, startReleaseBed, type ReleaseBed } from "../testing/release-bed.ts";

let bed: ReleaseBed;
let folder: string;
let sequence = 0;
let ns: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eddy-ci-cluster-"));
  bed = await startReleaseBed();
  for (const tag of ["1.0.0", "1.1.0", "1.2.0"]) bed.pushImage("team/web", tag);
});
afterAll(async () => {
  await bed.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  ns = `shop-${sequence++}`;
  await bed.enter(ns, {
    "web.yaml": deploymentText("web", { web: image("1.0.0") }),
    "side.yaml": deploymentText("side", { side: image("1.0.0") }),
  });
  await Promise.all([bed.ready(ns, "web"), bed.ready(ns, "side")]);
});

const image = (tag: string): string => `${bed.registry.host}/team/web:${tag}`;
const drone = {
  DRONE: "true",
  DRONE_REPO: "org/web",
  DRONE_COMMIT_SHA: "c".repeat(40),
  DRONE_BUILD_LINK: "https://drone.example.org/org/web/7",
  DRONE_COMMIT_AUTHOR: "ann",
  DRONE_COMMIT_AUTHOR_EMAIL: "ann@example.org",
};
const githubRun = {
  GITHUB_ACTIONS: "true",
  GITHUB_ACTOR: "octo",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_REPOSITORY: "org/web",
  GITHUB_RUN_ID: "12",
};

/** Drone's step, with the cluster's login as a text, as secrets are. */
function step(settings: Record<string, string>, more: Record<string, string> = {}): Promise<CliRun> {
  const plugin = Object.entries({ mode: "api", kubeconfig: readFileSync(bed.kubeconfig, "utf8"), ...settings });
  const named = plugin.map(([name, value]) => [`PLUGIN_${name.toUpperCase()}`, value] as const);
  return runWords(["ci", "release"], { env: { HOME: folder, ...drone, ...Object.fromEntries(named), ...more } });
}

async function releases(): Promise<Release[]> {
  const { items } = await bed.kube.list<Release>({ group: "eddy.sh", kind: "Release" }, { namespace: ns });
  return items;
}

async function imageOf(name: string): Promise<unknown> {
  const object = await bed.kube.get({ group: "apps", kind: "Deployment", namespace: ns, name });
  return valueAt(object, "spec", "template", "spec", "containers", 0, "image");
}

describe("mode: api", () => {
  it("Drone: one Release that says who and why, rolled out; the same job again makes no other", async () => {
    const card = join(folder, "card.json");
    const settings = { image: image("1.1.0"), target: `${ns}:deployment/web`, wait: "true", timeout: "1m" };
    const first = await step(settings, { DRONE_CARD_PATH: card });
    expect(first).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/✔ released .*1 workload.*rolled out/) as string,
    });
    expect(first.stdout).toMatch(/^### released .*\n\n\| what \| where \| from \| to \|/);
    expect(await imageOf("web")).toBe(image("1.1.0"));
    expect(await imageOf("side")).toBe(image("1.0.0"));
    const [made] = await releases();
    expect(made?.spec).toMatchObject({
      image: image("1.1.0"),
      workloads: [`${ns}:deployment/web`],
      wait: true,
      timeout: "60s",
    });
    expect(made?.spec.cause?.user).toBe("ann <ann@example.org>");
    expect(made?.spec.cause?.message).toContain("Build: https://drone.example.org/org/web/7");
    const head = await bed.head(ns);
    expect(head).toMatchObject({ author: "ann <ann@example.org>" });
    expect(JSON.parse(readFileSync(card, "utf8"))).toMatchObject({ data: { type: "AdaptiveCard" } });

    const again = await step(settings);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing to do") as string });
    expect(await releases()).toHaveLength(1);
    expect((await bed.head(ns)).sha).toBe(head.sha);
  });

  it("another build goes on, and the job of an earlier one, run again, is how a person goes back", async () => {
    const settings = { image: image("1.1.0"), target: "deployment/web", namespace: ns };
    expect(await step(settings)).toMatchObject({ code: 0 });
    const next = { ...settings, image: image("1.2.0") };
    expect(await step(next, { DRONE_BUILD_LINK: "https://drone.example.org/org/web/8" })).toMatchObject({ code: 0 });
    expect(await imageOf("web")).toBe(image("1.2.0"));
    expect(await step(settings)).toMatchObject({ code: 0 });
    expect(await imageOf("web")).toBe(image("1.1.0"));
    expect(await releases()).toHaveLength(3);
  });

  it("a job that runs twice at once follows one Release", async () => {
    const settings = { image: image("1.1.0"), target: "deployment/web", namespace: ns };
    const both = await Promise.all([step(settings), step(settings)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await releases()).toHaveLength(1);
  });

  it("GitHub Actions: outputs and a summary; the workloads of a selector, by server, token and authority", async () => {
    const { cluster } = resolveContext(parseKubeconfig(readFileSync(bed.kubeconfig, "utf8")));
    const labelled = { metadata: { labels: { team: "web" } } };
    await bed.kube.patch({ group: "apps", kind: "Deployment", namespace: ns, name: "side" }, "merge", labelled);
    const [output, summary] = [join(folder, `${ns}-output`), join(folder, `${ns}-summary`)];
    const env = {
      ...githubRun,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      INPUT_MODE: "api",
      INPUT_IMAGE: image("1.1.0"),
      INPUT_SELECTOR: "team=web",
      INPUT_NAMESPACE: ns,
      INPUT_SERVER: cluster.server,
      INPUT_TOKEN: await pipelineToken(),
      INPUT_CA: cluster.caData ?? "",
    };
    const refused = await runWords(["ci", "release"], { env });
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining("forbidden") as string });
    await grantPipeline();
    const ran = await runWords(["ci", "release"], { env });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout + ran.stderr + refused.stderr).not.toContain(env.INPUT_TOKEN);
    expect([await imageOf("side"), await imageOf("web")]).toEqual([image("1.1.0"), image("1.0.0")]);
    const told = readFileSync(output, "utf8");
    expect(told).toMatch(/digest=sha256:[0-9a-f]{64}\nchanged=true\ncommit=[0-9a-f]{40}\nbranch=main\n/);
    expect(told).toMatch(new RegExp(`release=${ns}/ci-web-[0-9a-f]{10}\n`));
    expect(readFileSync(summary, "utf8")).toContain(`| ${ns}:deployment/side side | Kustomization ${ns}/app |`);
    const [made] = await releases();
    expect(made?.spec.cause?.user).toBe("octo <octo@users.noreply.github.com>");
    expect(made?.spec.cause?.message).toContain("Build: https://github.com/org/web/actions/runs/12");
  });

  it("one container of a workload; a dry run changes nothing", async () => {
    const settings = { image: image("1.1.0"), target: `deployment/web/web`, namespace: ns };
    const dry = await step({ ...settings, dry_run: "true" });
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining("✔ would release") as string });
    expect(await imageOf("web")).toBe(image("1.0.0"));
    expect(await step(settings)).toMatchObject({ code: 0 });
    expect(await imageOf("web")).toBe(image("1.1.0"));
    expect(await step(settings)).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing to do") as string });
  });

  it("exit codes as by Git, and a failed build may try again", async () => {
    const good = { image: image("1.1.0"), target: "deployment/web", namespace: ns };
    const cases: [settings: Record<string, string>, code: number, said: string][] = [
      [{ ...good, target: "shop:web" }, 2, "names a policy"],
      [{ ...good, path: "apps" }, 2, "path has no meaning"],
      [{ ...good, selector: "a=b" }, 2, "target and selector"],
      [{ ...good, timeout: "soon" }, 2, "read timeout"],
      [{ ...good, token: "secret-token" }, 2, "of a server"],
      [{ ...good, target: "deployment/none" }, 2, "not found in repository"],
      [{ ...good, target: "deployment/web/none" }, 2, "no such target"],
      [{ ...good, image: `${bed.registry.host}/team/other:1` }, 2, "a different image"],
      [{ ...good, image: image("9.9.9") }, 3, "cannot find one or more images"],
    ];
    for (const [settings, code, said] of cases) {
      const ran = await step(settings);
      expect([settings, ran.code, ran.stderr]).toEqual([settings, code, expect.stringContaining(said)]);
      expect(ran.stderr).not.toContain("secret-token");
    }
    // What was in the way is mended: the same job goes through.
    bed.pushImage("team/web", "9.9.9");
    expect(await step({ ...good, image: image("9.9.9") })).toMatchObject({ code: 0 });
    const env = { PLUGIN_NAMESPACE: "elsewhere", PLUGIN_TIMEOUT: "soon", PLUGIN_MODE: "api" };
    const typed = await bed.run(`ci release --image ${image("9.9.9")} --target deployment/web -n ${ns} --timeout 1m`, {
      env,
    });
    expect(typed).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing to do") as string });
    const none = await runWords(["ci", "release", "--mode=api", "--image=web:1"], { env: { HOME: "/nowhere" } });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("need a cluster") as string });
    bed.protect(ns);
    const refused = await step(good, { GITHUB_ACTIONS: "true" });
    expect(refused).toMatchObject({
      code: 4,
      stdout: expect.stringContaining("::error title=eddy ci release::") as string,
    });
    bed.unprotect(ns);
    expect(await step(good, { GITHUB_ACTIONS: "true" })).toMatchObject({ code: 0 });
    expect((await releases()).map(({ metadata }) => metadata.name)).toContainEqual(expect.stringMatching(/-2$/));
  });
});

describe("mode: commit, with wait", () => {
  const words = (repo: string): string =>
    `ci release --image ${image("1.1.0")} --target ${ns}:deployment/web --path web.yaml --repo ${repo} --wait --timeout 1m`;

  it("is done when the cluster has the commit and runs it; again it finds nothing to do, and waits none the less", async () => {
    const repo = `${bed.git.url}/${ns}.git`;
    for (const said of ["released", "nothing to do"]) {
      const ran = await bed.run(words(repo));
      expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining(`✔ ${said}`) as string });
      expect(ran.stdout).toContain(", rolled out");
      expect(await imageOf("web")).toBe(image("1.1.0"));
    }
    expect(await releases()).toEqual([]);
  });

  it("fails where nothing in the cluster comes from the repository", async () => {
    const { url } = await bed.git.createRepository(`${ns}-other`, {
      "web.yaml": deploymentText("web", { web: image("1.0.0") }).replace(
        "  name: web\n",
        `  name: web\n  namespace: ${ns}\n`,
      ),
    });
    const ran = await bed.run(words(url));
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no workload that comes from branch main") as string,
    });
  });

  it("gives up after its time, and says what it waited for", async () => {
    const ref = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: ns, name: "app" };
    await bed.kube.patch(ref, "merge", { spec: { dependsOn: [{ name: "none" }] } });
    const ran = await bed.run(words(`${bed.git.url}/${ns}.git`).replace("1m", "1s"));
    const said = `took longer than 1s: waiting for Kustomization "${ns}/app" to apply main@sha1:`;
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(said) as string });
    expect(await imageOf("web")).toBe(image("1.0.0"));
  });

  it("fails with what the Kustomization says", async () => {
    const ref = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: ns, name: "app" };
    await bed.kube.patch(ref, "merge", { spec: { suspend: true } });
    const ran = await bed.run(words(`${bed.git.url}/${ns}.git`));
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("is suspended") as string });
  });
});

/** A token of the ServiceAccount that the example has. */
async function pipelineToken(): Promise<string> {
  await bed.kube.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "pipeline", namespace: ns } });
  const path = `/api/v1/namespaces/${ns}/serviceaccounts/pipeline/token`;
  const asked = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { audiences: [] } };
  const issued = await bed.kube.raw("POST", path, {
    body: JSON.stringify(asked),
    headers: { "content-type": "application/json" },
  });
  return (JSON.parse(issued.body) as { status: { token: string } }).status.token;
}

/** What the example lets it do. */
async function grantPipeline(): Promise<void> {
  const path = join(import.meta.dirname, "../../../../examples/ci/pipeline-role.yaml");
  for (const text of readFileSync(path, "utf8").replaceAll("namespace: shop", `namespace: ${ns}`).split("---\n")) {
    const object = load(text) as unknown as KubeObject;
    if (object.kind !== "ServiceAccount") await bed.kube.create(object);
  }
}
