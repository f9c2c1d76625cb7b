import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { runCli } from "@eddy/cli";
import { systemClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import type { Actor, Step } from "./sequences.ts";

/** What a command said. */
export interface Said {
  code: number;
  stdout: string;
  /** The error alone: warnings and hints are each program's own. */
  error: string;
}

/** Where steps are done. */
export interface StepWorld {
  kube: KubeClient;
  kubeconfig: string;
  /** Programs of Helm 3 and Helm 4. */
  programs: { helm3: string; helm4: string };
  namespace: string;
  /** Where the charts are. */
  folder: string;
}

/** Does one step, as somebody. */
export async function runStep({ words }: Step, actor: Actor, world: StepWorld): Promise<Said> {
  if (actor === "somebody") return applyAs(JSON.parse(words) as KubeObject, world);
  const { namespace, folder, kubeconfig } = world;
  const typed = words.split(" ").map((word) => word.replace(/^\.\//, `${folder}/`).replaceAll("NAMESPACE", namespace));
  const isPlaced = typed.includes("-n") || typed.includes("--all-namespaces");
  const args = [...typed, ...(isPlaced ? [] : ["-n", namespace]), "--kubeconfig", kubeconfig];
  return actor === "eddy" ? runOurs(args) : runTheirs(world.programs[actor], args, folder);
}

async function runOurs(args: readonly string[]): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(["helm", ...args], {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    stdin: process.stdin,
    env: {},
    clock: systemClock,
    signal: new AbortController().signal,
  });
  return { code, stdout: out.join(""), error: errorOf(err.join("")) };
}

async function runTheirs(program: string, args: readonly string[], home: string): Promise<Said> {
  const env = { HOME: home, PATH: "", HELM_CACHE_HOME: `${home}/.cache`, HELM_CONFIG_HOME: `${home}/.config` };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { env, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, stdout, error: errorOf(stderr) };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== "number") throw error;
    return { code, stdout, error: errorOf(stderr) };
  }
}

function errorOf(stderr: string): string {
  const at = stderr.search(/^Error: /m);
  if (at < 0) return "";
  return stderr
    .slice(at)
    .split("\n")
    .filter((line) => !line.startsWith("  ") && !line.startsWith("level="))
    .join("\n")
    .trim();
}

async function applyAs(object: KubeObject, { kube, namespace }: StepWorld): Promise<Said> {
  const placed = { ...object, metadata: { ...object.metadata, namespace } };
  await kube.apply(placed, { fieldManager: "somebody", force: true });
  return { code: 0, stdout: "", error: "" };
}
