import { textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm, type CreateValues } from "../create-form.ts";

/** How a GitRepository is made from flags. Source: fluxcd/flux2 cmd/flux/create_source_git.go. */
export const createGitRepository: CreateForm = {
  flags: {
    url: { form: "text", description: "git address, e.g. ssh://git@host/org/repository" },
    branch: { form: "text", description: "git branch" },
    tag: { form: "text", description: "git tag" },
    tagSemver: { form: "text", description: "git tag semver range" },
    refName: { form: "text", description: "git reference name" },
    commit: { form: "text", description: "git commit" },
    username: { form: "text", short: "u", description: "basic authentication username" },
    password: { form: "text", short: "p", description: "basic authentication password, or an SSH key's passphrase" },
    sshKeyAlgorithm: {
      form: "text",
      description: "SSH public key algorithm: rsa, ecdsa or ed25519",
      fallback: "ecdsa",
    },
    sshRsaBits: { form: "text", description: "SSH RSA public key bit size (multiplies of 8)", fallback: "2048" },
    sshEcdsaCurve: { form: "text", description: "SSH ECDSA public key curve: p256, p384 or p521", fallback: "p384" },
    privateKeyFile: {
      form: "file",
      description: "path to a private key file used for authenticating to the Git SSH server",
    },
    caFile: { form: "file", description: "path to a certificate file of the authority, for self-signed certificates" },
    secretRef: {
      form: "text",
      description: "the name of an existing secret containing SSH, basic or GitHub App credentials",
    },
    proxySecretRef: {
      form: "text",
      description: "the name of an existing secret containing the proxy address and credentials",
    },
    provider: {
      form: "text",
      description: "the provider of the credentials",
      choices: ["generic", "github", "aws", "azure"],
    },
    recurseSubmodules: { form: "boolean", description: "include Git submodules in the artifact" },
    ignorePaths: { form: "list", description: "paths to leave out of the artifact" },
    sparseCheckoutPaths: { form: "list", description: "directories to check out" },
    fetchTimeout: { form: "duration", description: "how long a fetch may take" },
    silent: { form: "boolean", short: "s", description: "do not ask for confirmation" },
  },
  examples: [
    [
      "Watch the main branch of a public repository",
      "source git podinfo --url=https://github.com/stefanprodan/podinfo --branch=main",
    ],
    [
      "Follow the newest 6.x tag",
      "source git podinfo --url=https://github.com/stefanprodan/podinfo --tag-semver='6.x'",
    ],
  ],
  spec(values, interval) {
    const url = values.text("url");
    if (url === undefined || url === "") throw usageError("url is required");
    checkUrl(url, values);
    const ignore = values.list("ignorePaths");
    const sparse = values.list("sparseCheckoutPaths");
    return present({
      url,
      interval,
      ref: refOf(values),
      timeout: values.text("fetchTimeout"),
      secretRef: nameRef(values.text("secretRef")),
      proxySecretRef: nameRef(values.text("proxySecretRef")),
      provider: values.text("provider"),
      recurseSubmodules: values.isSet("recurseSubmodules") ? true : undefined,
      ignore: ignore.length === 0 ? undefined : ignore.join("\n"),
      sparseCheckout: sparse.length === 0 ? undefined : [...sparse],
    });
  },
  secret(values) {
    if (values.text("secretRef") !== undefined || isSsh(values)) return undefined;
    const data = present({
      username: values.text("username"),
      password: values.text("password"),
      "ca.crt": values.text("caFile"),
    });
    return Object.keys(data).length === 0 ? undefined : (data as Record<string, string>);
  },
  sshKey(values) {
    if (values.text("secretRef") !== undefined || !isSsh(values)) return undefined;
    return {
      url: values.text("url") ?? "",
      algorithm: values.text("sshKeyAlgorithm") ?? "",
      rsaBits: Number(values.text("sshRsaBits")),
      ecdsaCurve: values.text("sshEcdsaCurve") ?? "",
      privateKey: values.text("privateKeyFile"),
      password: values.text("password"),
      isSilent: values.isSet("silent"),
    };
  },
  readyMessages: (object) => [
    "GitRepository source reconciliation completed",
    `fetched revision: ${textAt(object, "status", "artifact", "revision")}`,
  ],
};

function checkUrl(url: string, values: CreateValues): void {
  if (!URL.canParse(url))
    throw usageError(
      `git URL parse failed: ${JSON.stringify(url)}`,
      "an address looks like https://host/org/repository",
    );
  const scheme = new URL(url).protocol.slice(0, -1);
  if (!["ssh", "http", "https"].includes(scheme))
    throw usageError(`git URL scheme '${scheme}' not supported, can be: ssh, http and https`);
  if (scheme === "ssh" && values.text("caFile") !== undefined)
    throw usageError("specifying a CA file is not supported for Git over SSH");
}

function isSsh(values: CreateValues): boolean {
  return values.text("url")?.startsWith("ssh://") === true;
}

function refOf(values: CreateValues): Record<string, string> {
  const [branch, tag, semver, name, commit] = ["branch", "tag", "tagSemver", "refName", "commit"].map((flag) =>
    values.text(flag),
  );
  if (commit !== undefined) return branch === undefined ? { commit } : { branch, commit };
  if (name !== undefined) return { name };
  if (semver !== undefined) return { semver };
  if (tag !== undefined) return { tag };
  if (branch !== undefined) return { branch };
  throw usageError(
    "a Git ref is required, use one of the following: --branch, --tag, --commit, --ref-name or --tag-semver",
  );
}

function nameRef(name: string | undefined): { name: string } | undefined {
  return name === undefined ? undefined : { name };
}
