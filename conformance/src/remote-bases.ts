import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "@eddy/cli";
import { systemClock } from "@eddy/core/clock";
import { startGitServer, type GitServer } from "@eddy/git-server";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** What a build printed; the words of a refusal are not compared. */
interface Built {
  code: number;
  stdout: string;
}

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

/** What follows the address of the repository. */
const inRepository = [
  ["", "//overlay", "/overlay?ref=v1", "//overlay?ref=light", "//overlay?version=v1", "//overlay?ref=main&timeout=1m"],
  ["//base?ref=nope", "//base?ref=refs/tags/v1", "//base?ref=tags/v1", "//base?ref=heads/main", "//base?ref=@"],
  ["//base?ref=<commit>", "//base?ref=<short>", "//nope", "//base/config.yaml", "///base", "///../base"],
  ["//base/../overlay", "//base/../../x", "//linked", "//deep-link", "//linked-file", "//out", "//up", "//self"],
  ["//chain", "//absolute"],
].flat();
/** What follows the address of the files. */
const files = ["/a.yaml", "/none.yaml", "/page/of.html", "/text", "/none/of.yaml"];

async function startWorld(dir: string): Promise<{ git: GitServer; server: Server; targets: string[] }> {
  const git = await startGitServer({ dir: join(dir, "git") });
  const server = createServer(({ url }, answer) => {
    if (url === "/a.yaml") return answer.end(configMap("far"));
    if (url === "/page/of.html") return answer.end("<html>\n a: b: c");
    return url === "/text" ? answer.end("text") : answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const filesUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const {
    url,
    path,
    commit = "",
  } = await git.createRepository("team", {
    "base/kustomization.yaml": "resources: [config.yaml]\n",
    "base/config.yaml": configMap("one"),
    "overlay/kustomization.yaml":
      "namePrefix: x-\nbuildMetadata: [originAnnotations, transformerAnnotations]\nresources: [../base]\n",
    "linked/kustomization.yaml": "resources: [link]\n",
    "linked/link": { link: "../base" },
    "deep-link": { link: "overlay" },
    "linked-file/kustomization.yaml": "resources: [link.yaml]\n",
    "linked-file/link.yaml": { link: "../base/config.yaml" },
    "out/kustomization.yaml": "resources: [link]\n",
    "out/link": { link: "../../../../etc" },
    "up/kustomization.yaml": "resources: [../../x]\n",
    "self/kustomization.yaml": `resources: ["${git.url}/team.git//self"]\n`,
    "chain/kustomization.yaml": `resources: ["${git.url}/team.git//overlay?ref=v1", "${filesUrl}/a.yaml"]\n`,
    "absolute/kustomization.yaml": "resources: [/etc/x.yaml]\n",
  });
  await git.tag("team", "v1", { target: commit, message: "one" });
  await git.tag("team", "light", { target: commit });
  await git.commit("team", { files: { "base/config.yaml": configMap("two") }, message: "two" });
  const named = inRepository.map((rest) => rest.replace("<commit>", commit).replace("<short>", commit.slice(0, 9)));
  const targets = [
    ...named.map((rest) => `${url}${rest}`),
    ...files.map((rest) => `${filesUrl}${rest}`),
    `file://${path}//base`,
    `git::${url}//base`,
    `${git.url}/none.git//base`,
  ];
  return { git, server, targets };
}

function buildWithUpstream(program: string, word: string, home: string): Promise<Built> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["build", word], { env: { PATH: process.env["PATH"], HOME: home }, timeout: 60_000 });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.resume();
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout }));
  });
}

async function buildWithEddy(word: string): Promise<Built> {
  let stdout = "";
  const code = await runCli(["kustomize", "build", word], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => {} },
    stdin: process.stdin,
    env: {},
    clock: systemClock,
    signal: new AbortController().signal,
  });
  return { code, stdout };
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = join(options.upstreamBin ?? "", "kustomize");
  if (options.upstreamBin === undefined || !existsSync(program)) return report.skip("remote-bases", "no kustomize");
  const dir = mkdtempSync(join(tmpdir(), "eddy-remote-bases-"));
  const { git, server, targets } = await startWorld(dir);
  let refused = 0;
  try {
    for (const target of targets) {
      const base = mkdtempSync(join(dir, "base-"));
      writeFileSync(join(base, "kustomization.yaml"), `buildMetadata: [originAnnotations]\nresources: ["${target}"]\n`);
      for (const [how, word] of [
        ["target", target],
        ["base", base],
      ] as const) {
        const name = `remote-bases ${how} ${target.replace(/127\.0\.0\.1:\d+/, "host")}`;
        if (options.filter !== undefined && !name.includes(options.filter)) continue;
        const [theirs, ours] = [await buildWithUpstream(program, word, dir), await buildWithEddy(word)];
        if (ours.code !== 0 && theirs.code !== 0) refused++;
        if (ours.code === theirs.code && ours.stdout === theirs.stdout) report.pass(name);
        else report.fail(name, `theirs ${JSON.stringify(theirs)}\n  ours   ${JSON.stringify(ours)}`);
      }
    }
    report.note(`${refused} of these are refused by both, each in its own words`);
  } finally {
    server.closeAllConnections();
    server.close();
    await git.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Remote targets, bases and files, fetched and built by kustomize with Git and by the command line. */
export const suite: Suite = { name: "remote-bases", summary: "remote bases against kustomize and Git", run };
