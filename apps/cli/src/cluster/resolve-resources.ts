import { EddyError } from "@eddy/core/errors";
import type { ApiResource, KubeClient, ObjectKey } from "@eddy/kube";

/**
 * The objects that words name as kubectl takes them: `<resource> <name>...` or `<resource>/<name>...`, where a resource
 * is a plural, singular or short name or a kind, with `.<group>` or `.<version>.<group>` after it if need be. The first
 * group that serves the resource wins.
 * @throws EddyError USAGE or UNKNOWN_RESOURCE (terminal).
 */
export async function resolveResources(
  kube: KubeClient,
  words: readonly string[],
  namespace: string,
): Promise<ObjectKey[]> {
  const wanted = parseResourceWords(words);
  const resources = (await kube.resources()).filter(({ verbs }) => verbs.includes("get"));
  return wanted.map(({ resource: word, name }) => {
    const resource = resources.find((candidate) => isNamed(candidate, word.toLowerCase()));
    if (!resource)
      throw new EddyError("UNKNOWN_RESOURCE", `the server doesn't have a resource type "${word}"`, {
        class: "terminal",
        hint: "`kubectl api-resources` lists what there is",
      });
    const { group, version, kind, namespaced } = resource;
    return { group, version, kind, namespace: namespaced ? namespace : "", name };
  });
}

/** @throws EddyError USAGE (terminal). */
export function parseResourceWords(words: readonly string[]): { resource: string; name: string }[] {
  const [first = "", ...names] = words;
  if (!words.some((word) => word.includes("/"))) {
    if (first === "" || names.length === 0) throw usage();
    return names.map((name) => ({ resource: first, name }));
  }
  return words.map((word) => {
    const [resource = "", name = "", ...rest] = word.split("/");
    if (resource === "" || name === "" || rest.length > 0) throw usage();
    return { resource, name };
  });
}

function isNamed({ group, version, kind, plural, singular, shortNames }: ApiResource, word: string): boolean {
  return [plural, singular, kind.toLowerCase(), ...shortNames].some(
    (name) => name !== "" && [name, `${name}.${group}`, `${name}.${version}.${group}`].includes(word),
  );
}

function usage(): EddyError {
  return new EddyError("USAGE", "either `<resource>/<name>` or `<resource> <name>` is required as an argument", {
    class: "terminal",
    hint: "see --help",
  });
}
