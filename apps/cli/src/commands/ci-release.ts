import { EddyError, messageOf } from "@eddy/core/errors";
import { formatImage, type Image } from "@eddy/core/image";
import { openCluster } from "../ci-release/cluster-access.ts";
import { parseClusterRequest } from "../ci-release/cluster-request.ts";
import { resolveDigest } from "../ci-release/check-registry.ts";
import { readPipelineContext, type PipelineContext } from "../ci-release/pipeline-context.ts";
import { exitCodes, ReleaseError } from "../ci-release/release-error.ts";
import { parseMode, parseReleaseRequest, type ReleaseRequest } from "../ci-release/release-request.ts";
import { markdownOf, reportError, reportOf, reportResult, type ReleaseReport } from "../ci-release/report-result.ts";
import { runRelease, type ReleaseResult } from "../ci-release/run-release.ts";
import { readSettings, type RawSettings } from "../ci-release/settings.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import type { GlobalFlags } from "../command/global-flags.ts";

const flagSpecs = {
  image: flag.text("the image to release: name[:tag][@digest]"),
  tag: flag.text("the image's tag"),
  digest: flag.text("the image's digest"),
  target: flag.list(
    "what is to run it: [namespace:]kind/name[/container], or namespace:policy; all that uses it unless given",
  ),
  path: flag.list("file or folder of the manifests; the whole repository unless given"),
  repo: flag.text("address of the repository with the manifests; the built one unless given"),
  branch: flag.text("branch of the repository; its default one unless given"),
  pushBranch: flag.text("another branch to push to, made where it is not there"),
  message: flag.text("first paragraph of the commit's message"),
  author: flag.text('author of the commit: "Name <address>"; that of the built commit unless given'),
  username: flag.text("user of the repository"),
  password: flag.text("password of the repository"),
  gitToken: flag.text("token of the repository"),
  sshKey: flag.text("private key for a repository behind SSH"),
  sshKeyPassphrase: flag.text("passphrase of that key"),
  knownHosts: flag.text("hosts that the key may be shown, as in known_hosts"),
  caCert: flag.text("certificate of the authority of the repository's host, PEM"),
  signingKey: flag.text("private key that signs the commit"),
  signingKeyType: flag.oneOf(["gpg", "ssh"], "what kind of key that is (default gpg)"),
  signingKeyPassphrase: flag.text("passphrase of that key"),
  checkRegistry: flag.oneOf(["true", "false"], "ask the registry whether it has the image (default true)"),
  registryUsername: flag.text("user of the registry; as docker logs in unless given"),
  registryPassword: flag.text("password of the registry"),
  registryInsecure: flag.oneOf(["true", "false"], "the registry may be asked over plain HTTP (default false)"),
  dryRun: flag.oneOf(["true", "false"], "only say what would change (default false)"),
  mode: flag.text("how to release: commit to the branch, pull-request, or api: by a Release object (default commit)"),
  forge: flag.oneOf(["github", "gitlab", "gitea"], "whose pull requests; by the repository's host unless given"),
  forgeApi: flag.text("address of the forge's API; on the repository's host unless given"),
  forgeToken: flag.text("token of the forge; that of the repository unless given"),
  selector: flag.text("mode api: labels of the workloads that are to run it, instead of targets"),
  ca: flag.text("certificate of the authority of the API that server names: PEM, or a path"),
  wait: flag.boolean("done when the cluster runs it"),
};

/** `ci release`: the last step of a pipeline. Source: flux1-keel-flagger.md 4.4. */
export const ciReleaseCommand: Command = defineCommand({
  path: ["ci", "release"],
  summary: "Release an image from a pipeline: by a commit, a pull request or the cluster's API",
  details:
    "Every setting is read from its flag, else from PLUGIN_<NAME> (Drone, Woodpecker), else from INPUT_<NAME> (GitHub Actions). Exits with 0 when it is released or was already, 1 when it failed, 2 for wrong settings, 3 when the registry does not have the image, 4 when the repository refuses the commit or the cluster the Release.",
  flags: flagSpecs,
  examples: [
    [
      "Release an image to everything below a folder that uses it",
      "ci release --image=harbor.example.org/team/web:1.4.2 --repo=https://git.example.org/team/fleet --path=apps",
    ],
    [
      "Release it to one container, on a branch for review",
      "ci release --image=ghcr.io/org/web:1.4.2 --target=apps:deployment/web/web --repo=https://github.com/org/fleet --push-branch=release-web",
    ],
    [
      "Ask for review by a pull request",
      "ci release --image=ghcr.io/org/web:1.4.2 --path=apps --repo=https://github.com/org/fleet --mode=pull-request --git-token=$TOKEN",
    ],
    [
      "Have the cluster release it, and wait for the rollout",
      "ci release --mode=api --image=ghcr.io/org/web:1.4.2 --target=shop:deployment/web --server=https://k8s.example.org:6443 --token=$TOKEN --ca=ca.pem --wait",
    ],
  ],
  async run({ flags, given }, context) {
    const pipeline = readPipelineContext(context.io.env);
    try {
      const report = await release(typedTexts(flags, given, context.flags), pipeline, context);
      reportResult(report, pipeline, context);
      context.print(markdownOf(report));
      context.status.success(report.sentence);
      return exitCodes.ok;
    } catch (error) {
      if (context.signal.aborted) throw error;
      const message = messageOf(error);
      reportError(message, pipeline, context);
      context.status.failure(message);
      return await exitCodeOf(error);
    }
  },
});

async function release(
  typed: Readonly<Record<string, readonly string[]>>,
  pipeline: PipelineContext,
  context: CommandContext,
): Promise<ReleaseReport> {
  const settings = readSettings(typed, context.io.env);
  if (parseMode(settings) === "api") return releaseByApi(settings, pipeline, context);
  const request = parseReleaseRequest(settings, pipeline);
  if (request.waits) return releaseAndWait(request, settings, pipeline, context);
  return reportOf(await releaseByGit(request, settings, pipeline, context));
}

async function releaseByGit(
  request: ReleaseRequest,
  settings: RawSettings,
  pipeline: PipelineContext,
  context: CommandContext,
): Promise<ReleaseResult> {
  const digest = request.checksRegistry ? await askRegistry(request.image, settings, context) : undefined;
  return runRelease(request, settings, { pipeline, digest }, context);
}

async function releaseAndWait(
  request: ReleaseRequest,
  settings: RawSettings,
  pipeline: PipelineContext,
  context: CommandContext,
): Promise<ReleaseReport> {
  const { awaitDelivery, requireCluster } = await import("../ci-release/await-delivery.ts");
  const cluster = await openCluster(settings, context);
  try {
    // What cannot be waited for is not begun.
    await requireCluster(await cluster.kube());
    const result = await releaseByGit(request, settings, pipeline, context);
    const report = reportOf(result);
    context.status.success(report.sentence);
    await awaitDelivery({ request, branch: result.branch, revision: result.revision ?? "" }, cluster);
    return { ...report, sentence: `${report.sentence}, rolled out` };
  } finally {
    cluster.close();
  }
}

async function releaseByApi(
  settings: RawSettings,
  pipeline: PipelineContext,
  context: CommandContext,
): Promise<ReleaseReport> {
  const request = parseClusterRequest(settings, pipeline);
  if (request.checksRegistry) await askRegistry(request.image, settings, context);
  const cluster = await openCluster(settings, context);
  try {
    const { releaseInCluster } = await import("../ci-release/release-in-cluster.ts");
    return await releaseInCluster(request, pipeline, cluster);
  } finally {
    cluster.close();
  }
}

async function askRegistry(image: Image, settings: RawSettings, context: CommandContext): Promise<string> {
  context.status.action(`asking the registry for ${formatImage(image)}`);
  const digest = await resolveDigest(image, settings, context);
  context.status.success(`the registry has it: ${digest}`);
  return digest;
}

/** Flags of all commands that are settings of this one too. */
const clusterFlags = ["namespace", "kubeconfig", "server", "token"] as const;

/** What was typed: what was not is looked for in the environment. */
function typedTexts(
  flags: Readonly<Record<string, unknown>>,
  given: ReadonlySet<string>,
  global: GlobalFlags,
): Record<string, readonly string[]> {
  const named = clusterFlags.map((name): [string, unknown] => [name, global[name]]);
  const all = [...Object.entries(flags), ...named, ["timeout", `${global.timeout}ms`] as const];
  const typed = all.filter(([name]) => given.has(name));
  return Object.fromEntries(typed.map(([name, value]) => [kebab(name), textsOf(value)]));
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" || typeof value === "boolean" ? [String(value)] : [];
}

async function exitCodeOf(error: unknown): Promise<number> {
  if (error instanceof ReleaseError) return error.exitCode;
  const { hasReason } = await import("@eddy/kube");
  if (hasReason(error, "Forbidden", "Unauthorized")) return exitCodes.refused;
  return error instanceof EddyError && error.class === "terminal" ? exitCodes.badInput : exitCodes.failed;
}
