import { EddyError, messageOf } from "@eddy/core/errors";
import { formatImage } from "@eddy/core/image";
import { resolveDigest } from "../ci-release/check-registry.ts";
import { readPipelineContext, type PipelineContext } from "../ci-release/pipeline-context.ts";
import { exitCodes, ReleaseError } from "../ci-release/release-error.ts";
import { parseReleaseRequest } from "../ci-release/release-request.ts";
import { markdownOf, reportError, reportResult } from "../ci-release/report-result.ts";
import { runRelease, sentenceOf, type ReleaseResult } from "../ci-release/run-release.ts";
import { readSettings } from "../ci-release/settings.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

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
  mode: flag.text("how to release: commit to the branch, or pull-request (default commit)"),
  forge: flag.oneOf(["github", "gitlab", "gitea"], "whose pull requests; by the repository's host unless given"),
  forgeApi: flag.text("address of the forge's API; on the repository's host unless given"),
  forgeToken: flag.text("token of the forge; that of the repository unless given"),
};

/** `ci release`: the last step of a pipeline. Source: flux1-keel-flagger.md 4.4. */
export const ciReleaseCommand: Command = defineCommand({
  path: ["ci", "release"],
  summary: "Release an image from a pipeline: edit, commit and push its manifests",
  details:
    "Every setting is read from its flag, else from PLUGIN_<NAME> (Drone, Woodpecker), else from INPUT_<NAME> (GitHub Actions). Exits with 0 when it is released or was already, 1 when it failed, 2 for wrong settings, 3 when the registry does not have the image, 4 when the repository refuses the commit.",
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
  ],
  async run({ flags }, context) {
    const pipeline = readPipelineContext(context.io.env);
    try {
      const result = await release(flags, pipeline, context);
      reportResult(result, pipeline, context);
      context.print(markdownOf(result));
      context.status.success(sentenceOf(result));
      return exitCodes.ok;
    } catch (error) {
      if (context.signal.aborted) throw error;
      const message = messageOf(error);
      reportError(message, pipeline, context);
      context.status.failure(message);
      return exitCodeOf(error);
    }
  },
});

async function release(
  flags: Readonly<Record<string, unknown>>,
  pipeline: PipelineContext,
  context: CommandContext,
): Promise<ReleaseResult> {
  const typed = Object.fromEntries(Object.entries(flags).map(([name, value]) => [kebab(name), textsOf(value)]));
  const settings = readSettings(typed, context.io.env);
  const request = parseReleaseRequest(settings, pipeline);
  let digest: string | undefined;
  if (request.checksRegistry) {
    context.status.action(`asking the registry for ${formatImage(request.image)}`);
    digest = await resolveDigest(request.image, settings, context);
    context.status.success(`the registry has it: ${digest}`);
  }
  return runRelease(request, settings, { pipeline, digest }, context);
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" ? [value] : [];
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ReleaseError) return error.exitCode;
  return error instanceof EddyError && error.class === "terminal" ? exitCodes.badInput : exitCodes.failed;
}
