import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { messageOf } from "@eddy/core/errors";
import { readTar } from "@eddy/core/tar";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { compareSides, startBothSides, type SourceKind, type SourceScenario } from "./source/both-sides.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

/** What there is to fetch. */
interface Repositories {
  plain: string;
  other: string;
  secured: string;
  empty: string;
  commit: string;
  /** A commit of another branch. */
  elsewhere: string;
  nowhere: string;
}

async function createRepositories(open: GitServer, secured: GitServer): Promise<Repositories> {
  const files = { "deploy/app.yaml": "a: 1\n", "README.md": "x", ".sourceignore": "*.md\n" };
  const { url, commit = "" } = await open.createRepository("plain", files);
  await open.tag("plain", "v1.0.0", { target: commit });
  await open.tag("plain", "v1.1.0", { target: commit, message: "release" });
  await open.tag("plain", "v2.0.0-rc.1", { target: commit });
  return {
    plain: url,
    other: (await open.createRepository("other", { "deploy/x.yaml": "x: 1\n", "other.yaml": "y: 2\n" })).url,
    commit,
    elsewhere: await open.commit("plain", { files: { x: "y" }, message: "elsewhere", branch: "side" }),
    secured: (await secured.createRepository("secured", files)).url,
    empty: (await open.createRepository("empty", {})).url,
    nowhere: `${open.url}/nowhere.git`,
  };
}

function scenarios({ plain, other, secured, empty, commit, elsewhere, nowhere }: Repositories): SourceScenario[] {
  const main = { branch: "main" };
  return [
    { name: "branch", spec: { url: plain, ref: main }, next: { ignore: "*.yaml" } },
    { name: "suspended from the start", spec: { url: plain, ref: main, suspend: true } },
    { name: "service account without the gate", spec: { url: plain, provider: "azure", serviceAccountName: "reader" } },
    { name: "default branch that is not there", spec: { url: plain } },
    { name: "tag", spec: { url: plain, ref: { tag: "v1.0.0" } } },
    { name: "annotated tag", spec: { url: plain, ref: { tag: "v1.1.0" } } },
    { name: "tag that is not there", spec: { url: plain, ref: { tag: "v9" } } },
    { name: "range", spec: { url: plain, ref: { semver: "1.x" } }, next: { ref: { semver: ">=1.0.0-0" } } },
    { name: "range without match", spec: { url: plain, ref: { semver: ">9" } } },
    { name: "commit", spec: { url: plain, ref: { commit } } },
    { name: "commit of a branch", spec: { url: plain, ref: { ...main, commit } } },
    { name: "commit in upper case", spec: { url: plain, ref: { commit: commit.toUpperCase() } } },
    { name: "commit of a branch in upper case", spec: { url: plain, ref: { ...main, commit: commit.toUpperCase() } } },
    { name: "commit of a branch that is not there", spec: { url: plain, ref: { commit, branch: "nope" } } },
    {
      name: "commit of another branch",
      spec: { url: plain, ref: { commit: elsewhere, branch: "main" } },
      differs: "a commit is fetched by its id: whether it is of the branch would take the whole history",
    },
    { name: "commit that is not there", spec: { url: plain, ref: { commit: "1".repeat(40) } } },
    { name: "full name", spec: { url: plain, ref: { name: "refs/heads/main" } } },
    { name: "full name of an annotated tag", spec: { url: plain, ref: { name: "refs/tags/v1.1.0" } } },
    { name: "full name that is not there", spec: { url: plain, ref: { name: "refs/pull/1/head" } } },
    { name: "no repository", spec: { url: nowhere, ref: main } },
    { name: "empty repository", spec: { url: empty, ref: main } },
    {
      name: "nobody there",
      spec: { url: "http://127.0.0.1:1/x.git", ref: main },
      differs: "the reason of a failed connection is worded by Node, not by Go",
    },
    {
      name: "login",
      spec: { url: secured, ref: main, secretRef: { name: "login" } },
      secrets: { login: { data: { username: "u", password: "secret-p" } } },
    },
    {
      name: "wrong login",
      spec: { url: secured, ref: main, secretRef: { name: "login" } },
      secrets: { login: { data: { username: "u", password: "other-p" } } },
    },
    { name: "no login", spec: { url: secured, ref: main } },
    { name: "no Secret", spec: { url: secured, ref: main, secretRef: { name: "nowhere" } } },
    {
      name: "password alone",
      spec: { url: secured, ref: main, secretRef: { name: "login" } },
      secrets: { login: { data: { password: "secret-p" } } },
    },
    {
      name: "key missing for SSH",
      spec: { url: "ssh://git@127.0.0.1/x", secretRef: { name: "login" } },
      secrets: { login: { data: { known_hosts: "x" } } },
    },
    {
      name: "known hosts missing for SSH",
      spec: { url: "ssh://git@127.0.0.1/x", secretRef: { name: "login" } },
      secrets: { login: { data: { identity: "x" } } },
    },
    { name: "sparse", spec: { url: plain, ref: main, sparseCheckout: ["./deploy"] } },
    { name: "sparse file", spec: { url: plain, ref: main, sparseCheckout: ["./deploy/app.yaml"] } },
    { name: "sparse folder that is not there", spec: { url: plain, ref: main, sparseCheckout: ["nowhere"] } },
    {
      name: "include that is not there",
      spec: { url: plain, ref: main, include: [{ repository: { name: "nowhere" } }] },
    },
    {
      name: "include of itself",
      spec: { url: plain, ref: main },
      next: { include: [{ repository: { name: "app" } }] },
    },
    ...[
      ["an include", [into("1")], [into("own", "deploy")]],
      ["include within another", [into("1"), into("1/2/3", "deploy")], [into("1/2"), into("1")]],
      [
        "include over another",
        [into("1"), into("1/deploy", "deploy")],
        [into("1"), into("1/deploy/app.yaml", "other.yaml")],
      ],
      ["include over own files", [into("deploy", "deploy")], [into("deploy/app.yaml", "other.yaml")]],
      ["include over the wrong kind", [into("deploy/app.yaml", "deploy")], [into("deploy", "other.yaml")]],
      ["include below a file", [into("deploy/app.yaml/a/b", "deploy")], [into("/")]],
      ["include of what is not there", [into("1", "nowhere")], [into("1", "../../deploy")]],
    ].map(([name, first, second]) => ({
      name: name as string,
      beside: [{ kind: "GitRepository", name: "inc", spec: { url: other, ref: main } }],
      spec: { url: plain, ref: main, include: first },
      next: { include: second },
    })),
  ];
}

function into(toPath: string, fromPath?: string): unknown {
  return { repository: { name: "inc" }, toPath, ...(fromPath === undefined ? {} : { fromPath }) };
}

/** Without what upstream repeats of a server's answer and of its own temporary folder. */
function comparable(message: string): string {
  return message
    .trimEnd()
    .replace(/link error: cannot rename \S+ to \S+: |cannot stat \S+: (?=stat )/, "")
    .replace(/\/\S+\/flux-include-\d+\/unpack\/?/g, "")
    .replace(/\/\S+?\/gitrepository-[^\s/:]+\/?/g, "");
}

/** Names and content of what was stored; an artifact that another took the place of is gone. */
function filesOf(path: string): string[] | undefined {
  if (!existsSync(path)) return undefined;
  const entries = [...readTar(gunzipSync(readFileSync(path)))].filter(({ kind: is }) => is === "file");
  return entries.map(({ path: name, body }) => `${name}: ${body.toString()}`).sort();
}

const kind: SourceKind = {
  kind: "GitRepository",
  comparable,
  artifact: ({ path, revision, url }, storage) => ({ path, revision, url, files: filesOf(join(storage, path)) }),
};

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "source-controller");
  if (program === undefined) return report.skip("git-repository", "source-controller is not built: npm run upstream");
  const folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
  const open = await startGitServer({ dir: join(folder, "open"), now: () => 1_700_000_000_000 });
  const secured = await startGitServer({
    dir: join(folder, "secured"),
    credentials: { username: "u", password: "secret-p" },
  });
  const sides = await startBothSides(kind.kind, program, folder);
  try {
    const wanted = scenarios(await createRepositories(open, secured));
    await compareSides(sides, kind, wanted, { report, options });
  } catch (error) {
    report.fail("git-repository", `${messageOf(error)}\n${readFileSync(join(folder, "log"), "utf8").slice(-2000)}`);
  } finally {
    for (const side of sides) await side.stop();
    await Promise.all([open.stop(), secured.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same GitRepositories reconciled by Flux's source-controller and by ours, each on its own API server. */
export const suite: Suite = {
  name: "git-repository",
  summary: "status of GitRepositories against Flux's source-controller",
  run,
};
