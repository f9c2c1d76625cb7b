import { EddyError, messageOf } from "@eddy/core/errors";
import { formatRepository } from "@eddy/oci";
import { artifactAnnotations, pushFluxArtifact } from "../../artifact/flux-artifact.ts";
import { defaultIgnorePaths } from "../../artifact/load-artifact-tree.ts";
import { insecureFlag, loginFlags, parseArtifactUrl, withRegistry } from "../../artifact/open-registry.ts";
import { packArtifact } from "../../artifact/pack-artifact.ts";
import { readSource } from "../../artifact/read-source.ts";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";

const outputs = ["json", "yaml"] as const;

/** `push artifact`: packs a folder or file and pushes it in Flux's format. Source: fluxcd/flux2 cmd/flux/push_artifact.go. */
export const pushArtifactCommand: Command = defineCommand({
  path: ["push", "artifact"],
  summary: "Push artifact",
  details:
    "The push artifact command creates a tarball from the given directory or the single file and uploads the artifact to an OCI repository. Credentials are read from docker's configuration, or passed with --creds or --provider.",
  args: [{ name: "url" }],
  flags: {
    path: flag.text("path to the directory where the Kubernetes manifests are located, - for stdin", { short: "f" }),
    source: flag.text("the source address, e.g. the Git URL"),
    revision: flag.text("the source revision in the format '<branch|tag>@sha1:<commit-sha>'"),
    annotations: flag.list("set custom OCI annotations in the format '<key>=<value>'", { short: "a" }),
    output: flag.oneOf(outputs, "the format in which the artifact digest should be printed", { short: "o" }),
    ignorePaths: flag.list("set paths to ignore in .gitignore format"),
    resolveSymlinks: flag.boolean("resolve symlinks by copying their targets into the artifact"),
    reproducible: flag.boolean(
      "ensure reproducible image digests by setting the created timestamp to '1970-01-01T00:00:00Z'",
    ),
    debug: flag.boolean("accepted; failed requests are told anyway"),
    ...loginFlags,
    ...insecureFlag,
  },
  examples: [
    [
      "Push a folder",
      'push artifact oci://ghcr.io/org/config/app:v1 --path=./deploy --source="$(git config --get remote.origin.url)" --revision="main@sha1:$(git rev-parse HEAD)"',
    ],
  ],
  async run({ args, flags, given }, context) {
    const [address] = args;
    if (address === undefined) throw usage("artifact URL is required");
    if (!flags.source) throw usage("--source is required");
    if (!flags.revision) throw usage("--revision is required");
    parseArtifactUrl(address);
    const ignorePaths = given.has("ignorePaths") ? flags.ignorePaths : defaultIgnorePaths;
    const own = parseAnnotations(flags.annotations);
    const { signal, status, io } = context;
    const entries = await readSource(flags.path, io.stdin, { ignorePaths, resolveSymlinks: flags.resolveSymlinks });
    const created = formatSeconds(flags.reproducible ? 0 : context.clock.now());
    const annotations = artifactAnnotations({ source: flags.source, revision: flags.revision, created }, own);
    await withRegistry(address, flags, context, async ({ client, reference, url }) => {
      if (flags.output === undefined) status.action(`pushing artifact to ${url}`);
      const content = { archive: packArtifact(entries), annotations };
      const { digest } = await pushFluxArtifact(client, reference, content, { signal }).catch((cause: unknown) => {
        throw new EddyError("PUSH_FAILED", `pushing artifact failed: ${messageOf(cause)}`, { cause });
      });
      const repository = formatRepository(reference.repository);
      const info = { url: `oci://${repository}@${digest}`, repository, tag: reference.tag ?? "latest", digest };
      if (flags.output === undefined) status.success(`artifact successfully pushed to ${repository}@${digest}`);
      else context.print(flags.output === "json" ? `${JSON.stringify(info, null, 2)}\n` : yamlOf(info));
    });
  },
});

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}

function formatSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A part without a key belongs to the text before it: commas may stand in values. */
function parseAnnotations(parts: readonly string[]): Record<string, string> {
  const pairs: string[] = [];
  for (const part of parts) {
    if (part.includes("=") || pairs.length === 0) pairs.push(part);
    else pairs.push(`${pairs.pop() ?? ""},${part}`);
  }
  return Object.fromEntries(pairs.map(parseAnnotation));
}

function parseAnnotation(pair: string): [string, string] {
  const [key = "", value, ...more] = pair.split("=");
  if (value === undefined || more.length > 0)
    throw usage(`invalid annotation ${pair}, must be in the format key=value`);
  return [key, value];
}

/** Keys sorted; a tag that YAML would read as a number is quoted. */
function yamlOf(info: Readonly<Record<string, string>>): string {
  const isPlain = (text: string): boolean =>
    /[a-zA-Z/@]/.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text) && !/^[\d.]+e\d+$/i.test(text);
  return Object.entries(info)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${isPlain(value) ? value : JSON.stringify(value)}\n`)
    .join("");
}
