import { sourceGroup } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { isTagName } from "@eddy/image-policy";
import { sha256 } from "@eddy/core/digest";
import { parseRepository, withTag } from "@eddy/core/image";
import { valueAt } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import { requiredName } from "../command/chosen-kind.ts";
import { defineCommand, type Command } from "../command/define-command.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";

/** `demo push-image`: a new version of one of the sample's apps, as a pipeline would push it. The image is empty: nobody runs it. */
export const demoPushImageCommand: Command = defineCommand({
  path: ["demo", "push-image"],
  summary: "Push an image to the registry beside eddy up",
  details: "Pushes an empty image to the registry that `eddy up` runs beside its sample: tug and pilot follow theirs.",
  args: [{ name: "name:tag" }],
  examples: [
    ["An update that is made by itself", "demo push-image tug:1.1.0"],
    ["One that waits for a vote", "demo push-image pilot:1.1.0"],
  ],
  async run({ args }, context) {
    const { name, tag } = parseNameAndTag(requiredName("image", args));
    const host = await registryOf(await context.kube());
    const repository = parseRepository(`${host}/apps/${name}`, { insecure: true });
    const { createOciClient } = await import("@eddy/oci");
    const client = createOciClient({ clock: context.clock });
    try {
      const made = new Date(context.clock.now()).toISOString();
      const bytes = Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", created: made }));
      await client.pushBlob(repository, { mediaType: configType, bytes });
      const config = { mediaType: configType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
      const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [] }));
      const { digest } = await client.pushManifest(withTag(repository, tag), {
        mediaType: manifestType,
        bytes: manifest,
      });
      context.status.success(`pushed ${host}/apps/${name}:${tag} (${digest})`);
    } finally {
      client.close();
    }
  },
});

function parseNameAndTag(text: string): { name: string; tag: string } {
  const [name = "", tag = "", ...more] = text.split(":");
  if (/^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/.test(name) && isTagName(tag) && more.length === 0) return { name, tag };
  throw new EddyError(
    "USAGE",
    `${JSON.stringify(text.slice(0, 200))} is no image: want <name>:<tag>, such as tug:1.1.0`,
    {
      class: "terminal",
    },
  );
}

/** The sample's charts are in the same registry, and their HelmRepository says where. */
async function registryOf(kube: KubeClient): Promise<string> {
  const key = { group: sourceGroup, kind: "HelmRepository", namespace: "flux-system", name: "registry" };
  const found = await kube.get(key).catch((error: unknown) => {
    if (hasReason(error, "NotFound", "NoKindMatch")) return undefined;
    throw error;
  });
  const host = /^oci:\/\/([^/]+)\//.exec(String(found ? valueAt(found, "spec", "url") : ""))?.[1];
  if (host !== undefined) return host;
  throw new EddyError("NO_SAMPLE", "there is no registry of the sample in this cluster", {
    class: "terminal",
    hint: "start it with eddy up, and give its kubeconfig with --kubeconfig",
  });
}
