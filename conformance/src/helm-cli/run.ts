import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { runCli } from "@eddy/cli";
import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { connect, parseKubeconfig, resolveContext } from "@eddy/kube";
import { startRealControlPlane } from "../real-control-plane.ts";
import type { Report, SuiteOptions } from "../suite.ts";
import { cases, type CliCase } from "./cases.ts";
import { writeFiles } from "./files.ts";

interface Place {
  readonly folder: string;
  readonly upstreamBin: string;
  readonly url: string;
  readonly kubeconfig: string | undefined;
}

interface Said {
  readonly code: number;
  readonly stdout: string;
  /** The line that begins with `Error: `. */
  readonly error: string;
}

/** Compares every case; what needs a cluster with the real control plane. */
export async function run(report: Report, { upstreamBin, filter = "" }: SuiteOptions): Promise<void> {
  if (upstreamBin === undefined) return report.skip("all cases", "helm is not built: npm run upstream");
  const folder = mkdtempSync(join(tmpdir(), "eddy-helm-cli-"));
  const before = process.cwd();
  const server = await serve(folder);
  const plane = await startRealControlPlane({ upstreamBin });
  try {
    if (!writeFiles(folder, join(upstreamBin, "helm"))) return report.skip("all cases", "there is no gpg");
    if (plane) await takeName(plane.kubeconfig);
    // Eddy's command line runs in this process; both are to be in the same folder.
    process.chdir(folder);
    const kubeconfig = plane && join(folder, "kubeconfig");
    if (kubeconfig) writeFileSync(kubeconfig, plane.kubeconfig);
    const { port } = server.address() as AddressInfo;
    const place = { folder, upstreamBin, url: `http://127.0.0.1:${port}`, kubeconfig };
    await ours("package web -d ours --sign --key Tester --keyring keys/secret.gpg".split(" "), place);
    for (const one of cases) await compare(one, place, report, filter);
  } finally {
    process.chdir(before);
    server.close();
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serve(folder: string): Promise<Server> {
  const server = createServer(({ url = "" }, response) => {
    try {
      response.end(readFileSync(join(folder, url)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Somebody else's object under the name that the chart `taken` wants. */
async function takeName(kubeconfig: string): Promise<void> {
  const kube = connect(resolveContext(parseKubeconfig(kubeconfig)));
  await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "taken", namespace: "default" } });
  kube.close();
}

async function compare(
  one: CliCase | { readonly argv: readonly string[] },
  place: Place,
  report: Report,
  filter: string,
): Promise<void> {
  const { program = "helm4", isOnline = false } = "words" in one ? one : {};
  const words = "words" in one ? one.words.replaceAll("URL", place.url).split(" ") : one.argv;
  const name = `${program}: ${"words" in one ? one.words : one.argv.join(" ")}`;
  if (!name.includes(filter)) return;
  if (isOnline && place.kubeconfig === undefined)
    return report.skip(name, "the real control plane is not built: npm run upstream");
  const reached = isOnline && place.kubeconfig ? [...words, "--kubeconfig", place.kubeconfig] : words;
  try {
    const dialect = program === "helm3" && words[0] === "template" ? ["--dialect", "helm3"] : [];
    const [own, upstream] = [await ours([...reached, ...dialect], place), await theirs(program, reached, place)];
    const [left, right] = [own, upstream].map((said) => JSON.stringify(masked(said)));
    if (left === right) report.pass(name);
    else report.fail(name, `ours ${left}; theirs ${right}`);
  } catch (error) {
    report.fail(name, messageOf(error));
  }
}

/** What the libraries say in their own words. */
function masked({ code, stdout, error }: Said): Said {
  return {
    code,
    stdout,
    error: error
      .replace(/(failed to load keyring: )(?!open ).*/, "$1…")
      .replace(/(openpgp: invalid ).*/, "$1…")
      .replace(/openpgp: (unsupported|.*EOF).*|Error during parsing.*/, "…")
      .replace(/^Error: (…|EOF).*/, "Error: …")
      .replace(/^Error: invalid argument .*: (unable to find binary)/, "Error: $1"),
  };
}

async function ours(words: readonly string[], { folder }: Place): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(["helm", ...words], {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    stdin: process.stdin,
    env: { HOME: folder },
    clock: systemClock,
    signal: new AbortController().signal,
  });
  return { code, stdout: out.join(""), error: errorOf(err.join("")) };
}

async function theirs(program: "helm3" | "helm4", words: readonly string[], place: Place): Promise<Said> {
  const { folder, upstreamBin } = place;
  const env = { HOME: folder, PATH: "", HELM_CACHE_HOME: `${folder}/.cache`, HELM_CONFIG_HOME: `${folder}/.config` };
  const file = join(upstreamBin, program === "helm3" ? "helm3" : "helm");
  try {
    const { stdout, stderr } = await promisify(execFile)(file, words, { cwd: folder, env, timeout: 60_000 });
    return { code: 0, stdout, error: errorOf(stderr) };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== "number") throw error;
    return { code, stdout, error: errorOf(stderr) };
  }
}

function errorOf(stderr: string): string {
  return stderr.split("\n").find((line) => line.startsWith("Error: ")) ?? "";
}
