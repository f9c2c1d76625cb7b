import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { runWords, type CliRun } from "../testing/cli-bed.ts";

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

let dir: string;
let git: GitServer;
let files: string;
/** A forge: pages for people where the repositories are. */
let forge: string;
let repository: { url: string; path: string; commit: string | undefined };
const servers: Server[] = [];
const asked: string[] = [];

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pages: RequestListener = (incoming, outgoing) => {
  const { url = "", method, headers } = incoming;
  if (!/\/(?:info\/refs|git-upload-pack)/.test(url)) return outgoing.end("<!DOCTYPE html>\n<p>a: page: of: <b>a forge");
  const onward = request(`${git.url}${url}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  return incoming.pipe(onward);
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "eddy-build-"));
  git = await startGitServer({ dir: join(dir, "git") });
  forge = await serve(pages);
  files = await serve((incoming, outgoing) => {
    asked.push(incoming.url ?? "");
    if (incoming.url === "/a.yaml") return outgoing.end(configMap("far"));
    if (incoming.url === "/patch.yaml") return outgoing.end(`${configMap("far")}data: {patched: "yes"}\n`);
    if (incoming.url === "/moved.yaml") return outgoing.writeHead(302, { location: "/a.yaml" }).end();
    return outgoing.writeHead(404).end();
  });
  repository = await git.createRepository("team", {
    "base/kustomization.yaml": "resources: [config.yaml]\n",
    "base/config.yaml": configMap("first"),
    "overlay/kustomization.yaml": "namePrefix: far-\nresources: [../base]\n",
    "linked/kustomization.yaml": "resources: [link]\n",
    "linked/link": { link: "../base" },
    "out/kustomization.yaml": "resources: [link/x.yaml]\n",
    "out/link": { link: "../../../etc" },
    "up/kustomization.yaml": "resources: [../../x]\n",
    "self/kustomization.yaml": `resources: ["${git.url}/team.git//self"]\n`,
    "chain/kustomization.yaml": `resources: ["${git.url}/team.git//overlay?ref=v1", "${files}/a.yaml"]\n`,
  });
  await git.tag("team", "v1", { target: "main", message: "one" });
  await git.commit("team", { files: { "base/config.yaml": configMap("second") }, message: "two" });
  const third = { "other/kustomization.yaml": "resources: [a.yaml]\n", "other/a.yaml": configMap("third") };
  await git.commit("team", { files: third, message: "three", branch: "v1" });
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await git.stop();
  rmSync(dir, { recursive: true, force: true });
});

let sequence = 0;
/** A directory with these files. */
function local(contents: Record<string, string>): string {
  const root = join(dir, `local-${sequence++}`);
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const build = (...words: string[]): Promise<CliRun> => runWords(["kustomize", "build", ...words]);
const namesIn = (text: string): string[] => [...text.matchAll(/^ {2}name: (.*)$/gm)].map(([, name = ""]) => name);

describe("remote bases", () => {
  test.each([
    ["the remote's HEAD", () => `${repository.url}//overlay`, ["far-second"]],
    ["a path after .git", () => `${repository.url}/overlay?ref=main`, ["far-second"]],
    ["a tag before a branch of that name", () => `${repository.url}//overlay?ref=v1`, ["far-first"]],
    ["a full ref", () => `${repository.url}//other?ref=refs/heads/v1`, ["third"]],
    ["version instead of ref", () => `${repository.url}//overlay?version=v1`, ["far-first"]],
    ["a commit", () => `${repository.url}//base?ref=${repository.commit}&submodules=false&timeout=20`, ["first"]],
    ["a folder", () => `file://${repository.path}//base?ref=v1`, ["first"]],
    ["git:: before it", () => `git::${repository.url}//base?ref=v1`, ["first"]],
    ["links inside of the repository", () => `${repository.url}//linked?ref=v1`, ["first"]],
    ["bases of bases, and files", () => `${repository.url}//chain?ref=main`, ["far-first", "far"]],
    ["a page for people there", () => `${forge}/team.git//base?ref=v1`, ["first"]],
  ])("%s, as a target and as a base", async (_, url, want) => {
    const target = await build(url());
    expect(target).toEqual({ code: 0, stdout: expect.any(String), stderr: "" });
    expect(namesIn(target.stdout).sort()).toEqual(want.toSorted());
    const base = await build(local({ "kustomization.yaml": `resources:\n- ${url()}\n` }));
    expect(base).toEqual(target);
  });

  test("a component of a repository", async () => {
    await git.createRepository("parts", {
      "kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -c\n",
    });
    const root = local({
      "kustomization.yaml": `resources: [a.yaml]\ncomponents: ["${git.url}/parts.git"]\n`,
      "a.yaml": configMap("a"),
    });
    expect(namesIn((await build(root)).stdout)).toEqual(["a-c"]);
  });

  test.each([
    ["no such ref", () => `${repository.url}//base?ref=nope`, `couldn't find remote ref "nope"`],
    [
      "a short commit",
      () => `${repository.url}//base?ref=${repository.commit?.slice(0, 8)}`,
      "couldn't find remote ref",
    ],
    ["no such directory", () => `${repository.url}//nope`, `nope`],
    ["no such repository", () => `${git.url}/nope.git//base`, "not found"],
    ["a base outside of the repository", () => `${repository.url}//up`, "../../x"],
    ["a link outside of the repository", () => `${repository.url}//out`, "leaves the tree"],
    ["no kustomization", () => repository.url, "unable to find one of"],
  ])("%s is refused, as a target and as a base", async (_, url, want) => {
    const root = local({ "kustomization.yaml": `resources:\n- ${url()}\n` });
    for (const word of [url(), root]) {
      const { code, stdout, stderr } = await build(word);
      expect(stderr).toMatch(/^Error: /);
      expect(stderr).toContain(want);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    }
  });

  test("a base that is its own base", async () => {
    const root = local({ "kustomization.yaml": `resources: ["${repository.url}//self"]\n` });
    expect((await build(root)).stderr).toContain(
      `cycle detected: URI '${repository.url}//self' referenced by previous URI '${repository.url}//self'`,
    );
  });

  test("SSH without a key says what it wants", async () => {
    const { code, stderr } = await build("git@host.example:org/repo.git//base");
    expect(stderr).toBe(
      "Error: fetch 'git@host.example:org/repo.git': SSH wants a key and known hosts\n" +
        "  have them in ~/.ssh, as id_ed25519, id_ecdsa or id_rsa, and known_hosts; agents are not asked\n",
    );
    expect(code).toBe(1);
  });

  test("an error in a repository names it", async () => {
    const root = local({ "kustomization.yaml": `resources: ["${repository.url}//up"]\n` });
    expect((await build(root)).stderr).toMatch(
      `Error: ${repository.url}//up/kustomization.yaml:1: accumulating resources: `,
    );
  });

  test("no password is printed", async () => {
    const url = repository.url.replace("//", "//me:secret@");
    const { code, stderr } = await build(local({ "kustomization.yaml": `resources: ["${url}//nope"]\n` }));
    expect(code).toBe(1);
    expect(stderr).toContain("me:***@");
    expect(stderr).not.toContain("secret");
  });
});

describe("remote files", () => {
  test("as resources and patches, fetched once", async () => {
    asked.length = 0;
    const root = local({
      "kustomization.yaml": `resources: ["${files}/moved.yaml"]\npatches: [{path: "${files}/patch.yaml"}]\n`,
    });
    const { stdout, stderr } = await build(root);
    expect(stderr).toBe("");
    expect(stdout).toBe(`apiVersion: v1\ndata:\n  patched: "yes"\nkind: ConfigMap\nmetadata:\n  name: far\n`);
    expect(asked).toEqual(["/moved.yaml", "/a.yaml", "/patch.yaml"]);
  });

  test("that are not there", async () => {
    const { code, stderr } = await build(local({ "kustomization.yaml": `resources: ["${files}/nope.yaml"]\n` }));
    expect(stderr).toContain("HTTP Error: status code 404 (Not Found)");
    expect(code).toBe(1);
  });
});

describe("local targets", () => {
  test("an overlay over a base beside it", async () => {
    const root = local({
      "base/kustomization.yaml": "resources: [a.yaml]\n",
      "base/a.yaml": configMap("a"),
      "overlay/kustomization.yaml": "namePrefix: staging-\nresources: [../base]\n",
    });
    expect(await build(join(root, "overlay"))).toEqual({ code: 0, stdout: configMap("staging-a"), stderr: "" });
  });

  test("an error names the file", async () => {
    const root = local({ "kustomization.yaml": "resources: [missing.yaml]\n" });
    const { code, stderr } = await build(root);
    expect(stderr).toMatch(`Error: ${root}/kustomization.yaml:1: `);
    expect(stderr).toContain("missing.yaml");
    expect(code).toBe(1);
  });

  test("a resource directory that is a link", async () => {
    const root = local({ "base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": configMap("a") });
    for (const [index, target] of ["../base", join(root, "base")].entries()) {
      const overlay = join(root, `overlay-${index}`);
      mkdirSync(overlay);
      symlinkSync(target, join(overlay, "link"));
      writeFileSync(join(overlay, "kustomization.yaml"), "resources: [link]\n");
      expect(await build(overlay)).toEqual({ code: 0, stdout: configMap("a"), stderr: "" });
    }
  });

  test("a file that is a link out of the root, with and without restriction", async () => {
    const root = local({ "a.yaml": configMap("a"), "overlay/kustomization.yaml": "resources: [link.yaml]\n" });
    symlinkSync("../a.yaml", join(root, "overlay/link.yaml"));
    const { code, stderr } = await build(join(root, "overlay"));
    expect(stderr).toContain(`security; file '${root}/overlay/link.yaml' is not in or below '${root}/overlay'`);
    expect(code).toBe(1);
    const open = await build(join(root, "overlay"), "--load-restrictor", "LoadRestrictionsNone");
    expect(open.stdout).toBe(configMap("a"));
  });
});

describe("flags", () => {
  let root: string;
  beforeAll(() => {
    const namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ns\n";
    root = local({ "kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": `${configMap("a")}---\n${namespace}` });
  });

  test.each([
    ["the command's order", [], ["ns", "a"], ""],
    ["--reorder legacy", ["--reorder", "legacy"], ["ns", "a"], "Flag --reorder has been deprecated, use the new"],
    ["--reorder none", ["--reorder=none"], ["a", "ns"], "Flag --reorder has been deprecated, use the new"],
    [
      "what nothing here needs",
      "--enable-helm --helm-command helm3 --enable-alpha-plugins --enable-exec --network --mount a -e A=b --as-current-user".split(
        " ",
      ),
      ["ns", "a"],
      "",
    ],
  ])("%s", async (_, words, names, stderr) => {
    const run = await build(root, ...words);
    expect(namesIn(run.stdout)).toEqual(names);
    expect(run.stderr.slice(0, stderr.length || undefined)).toBe(stderr);
    expect(run.code).toBe(0);
  });

  test("--enable-managedby-label labels as upstream does", async () => {
    const { stdout, stderr } = await build(root, "--enable-managedby-label");
    expect(stdout.match(/app.kubernetes.io\/managed-by: kustomize-v5.8.2/g)).toHaveLength(2);
    expect(stderr).toContain("Flag --enable-managedby-label has been deprecated");
  });

  test.each(["-o", "--output"])("%s writes a file, or a file an object", async (flag) => {
    const out = join(local({ "dir/.keep": "" }), "dir");
    expect(await build(root, flag, join(out, "all.yaml"))).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(namesIn(readFileSync(join(out, "all.yaml"), "utf8"))).toEqual(["ns", "a"]);
    expect(await build(root, flag, out)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(out).sort()).toEqual([".keep", "all.yaml", "v1_configmap_a.yaml", "v1_namespace_ns.yaml"]);
    expect(readFileSync(join(out, "v1_configmap_a.yaml"), "utf8")).toBe(configMap("a"));
  });

  test.each([
    [["nope"], `must build at directory: not a valid directory: evalsymlink failure on 'nope' : lstat `],
    [[""], "must build at directory: directory path cannot be empty"],
    [["a", "b"], "specify one path to kustomization.yaml"],
    [["--reorder", "x"], "illegal flag value --reorder x; legal values: [legacy none]"],
    [
      ["--load-restrictor", "x"],
      "illegal flag value --load-restrictor x; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]",
    ],
  ])("%j is refused in upstream's words", async (words, want) => {
    const { code, stdout, stderr } = await build(...words);
    expect(stderr).toContain(`Error: ${want}`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  test("a file is no target", async () => {
    const file = join(root, "a.yaml");
    expect((await build(file)).stderr).toBe(`Error: must build at directory: '${file}': file is not directory\n`);
  });

  test("plugins are refused, with --enable-alpha-plugins too", async () => {
    const plugin = local({
      "kustomization.yaml": "generators: [p.yaml]\n",
      "p.yaml": `apiVersion: x.example/v1\nkind: Made\nmetadata:\n  name: m\n  annotations:\n    config.kubernetes.io/function: "exec: {path: ./p}"\n`,
    });
    for (const words of [[plugin], [plugin, "--enable-alpha-plugins", "--enable-exec"]]) {
      const { code, stdout, stderr } = await build(...words);
      expect(stderr).toContain("plugin");
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    }
  });

  test("charts are rendered with --enable-helm, where they are vendored", async () => {
    const chart = {
      "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "charts/web/templates/a.yaml": configMap("{{ .Release.Name }}"),
    };
    const vendored = local({ ...chart, "kustomization.yaml": "helmCharts: [{name: web, releaseName: front}]\n" });
    expect(namesIn((await build(vendored, "--enable-helm")).stdout)).toEqual(["front"]);
    expect((await build(vendored)).stderr).toContain("inflate the chart 'web': must specify --enable-helm");
    const remote = local({ "kustomization.yaml": "helmCharts: [{name: web, repo: https://charts.example}]\n" });
    expect((await build(remote, "--enable-helm")).stderr).toContain("none is pulled from https://charts.example");
  });
});
