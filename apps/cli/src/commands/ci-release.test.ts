import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { load } from "@eddy/goyaml";
import { startInbox } from "@eddy/inbox";
import { startRegistry, type Registry } from "@eddy/registry";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRepository } from "@eddy/git";
import { runWords, type CliRun } from "../testing/cli-bed.ts";

const examples = join(import.meta.dirname, "../../../../examples/ci");
const secrets = { FLEET_PASSWORD: "fleet-pass", HARBOR_USERNAME: "robot", HARBOR_PASSWORD: "harbor-pass" };
let folder: string;
let git: GitServer;
let registry: Registry;
let host: string;
let digest: string;
let sequence = 0;
let name: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eddy-ci-release-"));
  git = await startGitServer({ dir: join(folder, "git"), credentials: { username: "oauth2", password: "fleet-pass" } });
  registry = await startRegistry({ auth: { username: "robot", password: "harbor-pass" } });
  host = new URL(registry.url).host;
  const config = Buffer.from("{}");
  const blob = {
    mediaType: "application/vnd.oci.image.config.v1+json",
    digest: registry.putBlob("team/web", config),
    size: 2,
  };
  const manifest = JSON.stringify({ schemaVersion: 2, config: blob, layers: [] });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  digest = registry.putManifest("team/web", { mediaType, bytes: Buffer.from(manifest) }, "1.4.2");
});
afterAll(async () => {
  await Promise.all([git.stop(), registry.stop()]);
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  name = `org/fleet-${sequence++}`;
  await git.createRepository(name, files());
});

function files(tag: string = "1.4.1"): Record<string, string> {
  return {
    "apps/shop/web.yaml": `# the shop
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
        - name: web
          image: "${host}/team/web:${tag}"  # {"$imagepolicy": "shop:web"}
        - {name: side, image: ${host}/team/side:1}
`,
    "apps/other/web.yaml": `kind: Pod\nmetadata: {name: other}\nspec: {containers: [{name: web, image: ${host}/team/web:1.0.0}]}\n`,
  };
}

/** An example as it would stand in somebody's repository. */
function example(path: string): string {
  return readFileSync(join(examples, path), "utf8")
    .replaceAll("harbor.example.org", host)
    .replaceAll("https://git.example.org/fleet.git", `${git.url}/${name}.git`);
}

/** Runs the one command of a script, in this process: words, quotes and variables as a shell reads them. */
async function shell(script: string, env: Record<string, string>): Promise<CliRun> {
  const words = Array.from(script.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g), ([word]) => wordOf(word, env));
  expect(words[0]).toBe("eddy");
  return runWords(words.slice(1), { env: { HOME: folder, ...env } });
}

function wordOf(text: string, env: Record<string, string>): string {
  return text.replaceAll(
    /'([^']*)'|"([^"]*)"|([^'"]+)/g,
    (_, single?: string, double?: string, bare?: string) =>
      single ?? (double ?? bare ?? "").replaceAll(/\$(\w+)/g, (__, variable: string) => env[variable] ?? ""),
  );
}

let message = "";

/** A file of a branch; the message of the branch's last commit is kept. */
async function shown(path: string, branch: string = "main"): Promise<string> {
  const remote = openRepository(`${git.url}/${name}.git`, { auth: { username: "oauth2", password: "fleet-pass" } });
  try {
    const commit = await remote.fetch(await remote.resolve({ kind: "branch", name: branch }));
    message = commit.message;
    return Buffer.from(commit.tree.read(path) ?? []).toString();
  } finally {
    remote.close();
  }
}
const released = (): string => files("1.4.2")["apps/shop/web.yaml"] ?? "";

/** Settings as a system hands them to a plugin: secrets filled in, names in capitals. */
function plugin(settings: Record<string, unknown>, list: (items: string[]) => string): Record<string, string> {
  const known: Record<string, string> = {
    fleet_password: "fleet-pass",
    harbor_username: "robot",
    harbor_password: "harbor-pass",
  };
  const textOf = (value: unknown): string => {
    if (Array.isArray(value)) return list(value as string[]);
    return typeof value === "object" && value !== null
      ? (known[(value as { from_secret: string }).from_secret] ?? "")
      : String(value);
  };
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`PLUGIN_${key.toUpperCase()}`, textOf(value)]),
  );
}

interface Steps {
  steps: { name: string; settings: Record<string, unknown> }[];
}

describe("examples", () => {
  it("drone.yml, with Harbor: commits, tells where it comes from, leaves a card; again it finds nothing to do", async () => {
    const { steps } = load(example("drone.yml")) as unknown as Steps;
    const settings = steps.find((step) => step.name === "release")?.settings ?? {};
    const card = join(folder, "card.json");
    const env = {
      ...plugin({ ...settings, username: "oauth2" }, (items) => items.join(",")),
      DRONE: "true",
      DRONE_REPO: "org/web",
      DRONE_COMMIT_SHA: "c".repeat(40),
      DRONE_BUILD_LINK: "https://drone.example.org/org/web/7",
      DRONE_COMMIT_AUTHOR: "ann",
      DRONE_COMMIT_AUTHOR_EMAIL: "ann@example.org",
      DRONE_CARD_PATH: card,
    };
    const first = await shell("eddy ci release", env);
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining("✔ released") as string });
    expect(await shown("apps/shop/web.yaml")).toBe(released());
    expect(message).toBe(
      `Release ${host}/team/web:1.4.2 to shop:deployment/web/web\n\nImage: ${host}/team/web:1.4.2\nSource-Repository: org/web\nSource-Commit: ${"c".repeat(40)}\nBuild: https://drone.example.org/org/web/7\n`,
    );
    expect(JSON.parse(readFileSync(card, "utf8"))).toMatchObject({ data: { type: "AdaptiveCard" } });
    const again = await shell("eddy ci release", env);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing to do") as string });
  });

  it("woodpecker.yaml", async () => {
    const { steps } = load(example("woodpecker.yaml")) as unknown as Steps;
    const env = {
      ...plugin(steps[0]?.settings ?? {}, JSON.stringify),
      CI: "woodpecker",
      CI_REPO: "org/web",
      CI_COMMIT_SHA: "abc",
    };
    expect(await shell("eddy ci release", env)).toMatchObject({ code: 0 });
    expect(await shown("apps/shop/web.yaml")).toBe(released());
    expect(message).toContain("Source-Repository: org/web\n");
    expect(await shown("apps/other/web.yaml")).toContain("web:1.0.0");
  });

  it("github: pushes to another branch, gives outputs and a summary", async () => {
    const workflow = load(example("github/workflow.yml")) as unknown as {
      jobs: { release: { steps: { with?: Record<string, string> }[] } };
    };
    const known = load(example("github/action.yml")) as unknown as { inputs: Record<string, unknown> };
    const inputs = workflow.jobs.release.steps[0]?.with ?? {};
    expect(Object.keys(known.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
    const filled = Object.entries(inputs).map(([key, value]): [string, string] => [
      `INPUT_${key.toUpperCase()}`,
      value.replace(/\$\{\{ secrets\.(\w+) \}\}/, (_, secret: keyof typeof secrets) => secrets[secret]),
    ]);
    const [output, summary] = [join(folder, "output"), join(folder, "summary")];
    const env = {
      GITHUB_ACTIONS: "true",
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_REPOSITORY: "org/web",
    };
    const ran = await shell("eddy ci release", Object.fromEntries([...filled, ...Object.entries(env)]));
    expect(ran).toMatchObject({ code: 0 });
    expect(await shown("apps/shop/web.yaml")).not.toBe(released());
    expect(await shown("apps/shop/web.yaml", "release-web")).toBe(released());
    expect(readFileSync(output, "utf8")).toMatch(
      new RegExp(`digest=${digest}\nchanged=true\ncommit=[0-9a-f]{40}\nbranch=release-web\n`),
    );
    expect(readFileSync(summary, "utf8")).toContain(
      `| Deployment web | apps/shop/web.yaml:9 | \`${host}/team/web:1.4.1\``,
    );
  });

  it("gitlab-ci.yml: by the policy of a marker, with variables for later jobs", async () => {
    const { release } = load(example("gitlab-ci.yml")) as unknown as {
      release: { script: string[]; variables: Record<string, string> };
    };
    const env = {
      ...secrets,
      EDDY_OUTPUT_FILE: join(folder, release.variables["EDDY_OUTPUT_FILE"] ?? ""),
      GITLAB_CI: "true",
      CI_PROJECT_PATH: "org/web",
    };
    expect(await shell(release.script.join("\n"), env)).toMatchObject({ code: 0 });
    expect(await shown("apps/shop/web.yaml")).toBe(released());
    expect(readFileSync(join(folder, "release.env"), "utf8")).toContain("EDDY_CHANGED=true\n");
  });

  it("Jenkinsfile", async () => {
    const [, script = ""] = /sh '(.*)'/.exec(example("Jenkinsfile")) ?? [];
    const env = { ...secrets, JENKINS_URL: "https://jenkins.example.org/", BUILD_URL: "https://jenkins.example.org/7" };
    expect(await shell(script, env)).toMatchObject({ code: 0 });
    expect(await shown("apps/shop/web.yaml")).toBe(released());
    expect(message).toContain("Build: https://jenkins.example.org/7\n");
  });

  it("tekton.yaml: results", async () => {
    const { spec } = load(example("tekton.yaml")) as unknown as {
      spec: { steps: { args: string[]; command: string[]; env: { name: string; value?: string }[] }[] };
    };
    const params: Record<string, string> = {
      image: `${host}/team/web:1.4.2`,
      path: "apps/shop",
      repo: `${git.url}/${name}.git`,
      "source-repository": "org/web",
      "source-commit": "abc",
    };
    const fill = (text: string): string =>
      text.replaceAll(/\$\(params\.([\w-]+)\)/g, (_, param: string) => params[param] ?? "");
    const [step] = spec.steps;
    const results = join(folder, "results");
    const given: Record<string, string> = {
      INPUT_GIT_TOKEN: "fleet-pass",
      INPUT_REGISTRY_USERNAME: "robot",
      INPUT_REGISTRY_PASSWORD: "harbor-pass",
    };
    const env = Object.fromEntries(
      (step?.env ?? []).map(({ name: key, value }) => [key, value === undefined ? (given[key] ?? "") : fill(value)]),
    );
    const words = [...(step?.command ?? []), ...(step?.args ?? []).map(fill)].map((word) => `'${word}'`).join(" ");
    expect(await shell(words, { ...env, EDDY_TEKTON_RESULTS: results })).toMatchObject({ code: 0 });
    expect(await shown("apps/shop/web.yaml")).toBe(released());
    expect(readFileSync(join(results, "digest"), "utf8")).toBe(digest);
    expect(readFileSync(join(results, "commit"), "utf8")).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe("exit codes", () => {
  const words = (more: string): string =>
    `eddy ci release --repo ${git.url}/${name}.git --git-token fleet-pass --registry-username robot --registry-password harbor-pass ${more}`;
  it("2 for wrong settings, 3 for what the registry does not have, 4 where the commit is refused; nothing secret is told", async () => {
    const hook = join(folder, "git", `${name}.git`, "hooks/pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n", { mode: 0o700 });
    const cases: [more: string, code: number, said: string][] = [
      ["", 2, "the image is required (image)"],
      [`--image ${host}/team/web`, 2, "has neither a tag nor a digest"],
      [`--image ${host}/team/web:1.4.2 --target deployment`, 2, 'read target "deployment"'],
      [`--image ${host}/team/web:1.4.2 --mode none`, 2, 'mode: "none" is not one of commit, pull-request, api'],
      [`--image ${host}/team/web:1.4.2 --selector app=web`, 2, 'selector wants mode "api"'],
      [`--image ${host}/team/web:1.4.2 --mode pull-request --wait`, 2, "wait cannot be used with mode pull-request"],
      [`--image ${host}/team/web:1.4.2 --wait`, 2, "wait need a cluster"],
      [`--image ${host}/team/web:1.4.2 --target deployment/none`, 2, "no such target"],
      [`--image ${host}/team/none:1 --check-registry=false`, 2, "uses the image"],
      [`--image ${host}/team/web:9.9.9`, 3, "the registry does not have"],
      [`--image ${host}/team/web:1.4.2`, 4, "main is protected"],
      [`--image ${host}/team/web:1.4.2 --git-token wrong-pass`, 1, "authentication required"],
    ];
    const ran = await Promise.all(cases.map(([more]) => shell(words(more), { GITHUB_ACTIONS: "true" })));
    for (const [index, [more, code, said]] of cases.entries()) {
      const { code: ended = -1, stdout = "", stderr = "" } = ran[index] ?? {};
      expect([more, ended, stderr]).toEqual([more, code, expect.stringContaining(said)]);
      expect(stdout).toContain("::error title=eddy ci release::");
      expect(stdout + stderr).not.toMatch(/fleet-pass|harbor-pass|wrong-pass/);
    }
  });

  it("0 for a dry run, which changes nothing", async () => {
    const dry = await shell(words(`--image ${host}/team/web:1.4.2 --dry-run=true`), {});
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining("✔ would release") as string });
    expect(await shown("apps/shop/web.yaml")).not.toBe(released());
  });

  it("asks for review: one branch and one pull request, however often it is run, until the branch that counts has it", async () => {
    const asked: string[] = [];
    const bodies: string[] = [];
    const open: object[] = [];
    const inbox = await startInbox({
      answer({ method, body }) {
        if (method === "GET") return { body: open };
        const {
          head,
          base,
          title,
          body: text,
        } = JSON.parse(body) as Record<"head" | "base" | "title" | "body", string>;
        asked.push(title);
        bodies.push(text);
        if (method === "PATCH") return { body: {} };
        open.push({ html_url: "https://forge.example.org/1", head: { ref: head }, base: { ref: base }, body: text });
        return { status: 201, body: open[0] };
      },
    });
    const review = words(
      `--image ${host}/team/web:1.4.2 --path apps/shop --mode pull-request --forge gitea --forge-api ${inbox.url}`,
    );
    const output = join(folder, "review");
    const env = { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: output };
    try {
      for (let time = 0; time < 2; time++) {
        const ran = await shell(review, env);
        expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("asked for review") as string });
      }
      expect(asked).toEqual([`Release ${host}/team/web:1.4.2`]);
      expect(bodies[0]).toContain(`| Deployment web | apps/shop/web.yaml:`);
      expect(bodies[0]).toMatch(/\n-\s+image: .*\n\+\s+image: \S+\/team\/web:1\.4\.2/);
      expect(readFileSync(output, "utf8")).toContain("pr_url=https://forge.example.org/1\n");
      expect(await shown("apps/shop/web.yaml")).not.toBe(released());
      const branch = /branch=(\S+)/.exec(readFileSync(output, "utf8"))?.[1] ?? "";
      expect(await shown("apps/shop/web.yaml", branch)).toBe(released());
      const newer = await shell(`${review.replace(":1.4.2", ":1.4.3")} --check-registry=false`, env);
      expect(newer).toMatchObject({ code: 0 });
      expect(asked.at(-1)).toBe(`Release ${host}/team/web:1.4.3`);
      expect(open).toHaveLength(1);
      await git.commit(name, { files: { "apps/shop/web.yaml": released() }, message: "merged" });
      const done = await shell(review, {});
      expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing to do") as string });
    } finally {
      await inbox.stop();
    }
  });
});
