import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { memoryTree } from "@eddy/core/tree";
import {
  createSigstoreInstance,
  signBundle,
  signKeyless,
  signSimple,
  startRegistry,
  type Registry,
} from "@eddy/registry";
import { packTree } from "@eddy/runtime/artifact";
import { compareSides, startBothSides, type SourceKind, type SourceScenario } from "./source/both-sides.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const fluxType = "application/vnd.cncf.flux.content.v1.tar+gzip";
const chartType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const auth = { username: "jane", password: "secret-p" };

interface Layer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

function putImage(
  registry: Registry,
  name: string,
  tag: string | undefined,
  layers: readonly Layer[],
  extra: object = {},
): string {
  const put = ({ mediaType, bytes, annotations }: Layer): object => ({
    mediaType,
    digest: registry.putBlob(name, bytes),
    size: bytes.length,
    ...(annotations ? { annotations } : {}),
  });
  const config = put({ mediaType: "application/vnd.cncf.flux.config.v1+json", bytes: Buffer.from("{}") });
  const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers: layers.map(put), ...extra };
  return registry.putManifest(name, { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) }, tag);
}

async function fill(open: Registry, secured: Registry): Promise<SourceScenario[]> {
  const files = { "app.yaml": "a: 1\n", "README.md": "x", "logo.png": "x", "deploy/b.yaml": "b: 1\n" };
  const layer = { mediaType: fluxType, bytes: await packTree(memoryTree(files)) };
  const chart = { mediaType: chartType, bytes: Buffer.from("chart") };
  const origin = {
    "org.opencontainers.image.source": "https://git.example/app",
    "org.opencontainers.image.revision": "main@sha1:abc",
  };
  const digest = putImage(open, "org/app", "latest", [layer, chart], { annotations: origin });
  for (const tag of ["1.0.0", "1.1.0", "2.0.0-rc.1", "v2.1.0", "1.9"])
    putImage(open, "org/app", tag, [layer], { annotations: { tag } });
  putImage(open, "org/chart", "1.0.0_build.1", [chart]);
  putImage(open, "org/text", "latest", [{ mediaType: "text/plain", bytes: Buffer.from("hello") }]);
  putImage(open, "org/none", "latest", []);
  putImage(secured, "org/app", "latest", [layer]);

  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
  const image = (repository: string): Parameters<typeof signSimple>[0] => ({
    registry: open,
    repository,
    digest: putImage(open, repository, "latest", [layer]),
  });
  signSimple(image("org/simple"), pair.privateKey);
  signBundle(image("org/bundle"), pair);
  const instance = createSigstoreInstance();
  const identity = { issuer: "https://accounts.example", subject: "jane@example.org" };
  signKeyless(image("org/keyless"), instance, identity);
  signKeyless(image("org/unseen"), instance, identity, { withoutPromise: true });
  signKeyless(image("org/late"), instance, identity, { loggedAt: systemClock.now() + 3_600_000 });
  const trust = { root: { data: { "trusted_root.json": instance.trustedRoot } } };
  const elsewhere = { root: { data: { "trusted_root.json": createSigstoreInstance().trustedRoot } } };
  const keyless = (issuer: string, subject: string): object => ({
    verify: { provider: "cosign", trustedRootSecretRef: { name: "root" }, matchOIDCIdentity: [{ issuer, subject }] },
  });
  const anybody = keyless(".*", ".*");

  const url = `oci://${open.host}/org/app`;
  const at = (path: string): string => `oci://${open.host}/${path}`;
  const keys = { keys: { data: { "cosign.pub": pem } } };
  const otherKeys = { keys: { data: { "cosign.pub": other.export({ type: "spki", format: "pem" }).toString() } } };
  const verify = { provider: "cosign", secretRef: { name: "keys" } };
  const login = (host: string, { username, password }: typeof auth): SourceScenario["secrets"] => ({
    login: {
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": JSON.stringify({ auths: { [host]: { username, password } } }) },
    },
  });
  const securedUrl = `oci://${secured.host}/org/app`;
  const withLogin = { url: securedUrl, secretRef: { name: "login" } };
  return [
    { name: "latest", spec: { url }, next: { ignore: "*.yaml" } },
    { name: "tag", spec: { url, ref: { tag: "1.0.0" } }, next: { ref: { tag: "1.1.0" } } },
    { name: "tag that is not there", spec: { url, ref: { tag: "none" } } },
    { name: "repository that is not there", spec: { url: at("org/nowhere") } },
    { name: "range", spec: { url, ref: { semver: "1.x" } }, next: { ref: { semver: ">=1.0.0-0" } } },
    { name: "range with v", spec: { url, ref: { semver: ">=2.0.0" } } },
    { name: "filtered range", spec: { url, ref: { semver: "*", semverFilter: "^1\\.0" } } },
    { name: "range without match", spec: { url, ref: { semver: ">9" } } },
    { name: "range that is none", spec: { url, ref: { semver: "nonsense" } } },
    { name: "range where nothing is", spec: { url: at("org/nowhere"), ref: { semver: "*" } } },
    { name: "digest", spec: { url, ref: { digest } } },
    { name: "digest that is not there", spec: { url, ref: { digest: `sha256:${"a".repeat(64)}` } } },
    { name: "tag in the URL", spec: { url: `${url}:1.0.0` } },
    { name: "no path in the URL", spec: { url: `oci://${open.host}/` } },
    { name: "copy", spec: { url, layerSelector: { mediaType: chartType, operation: "copy" } } },
    { name: "layer by type", spec: { url, layerSelector: { mediaType: fluxType } } },
    { name: "layer that is not there", spec: { url, layerSelector: { mediaType: "text/x" } } },
    { name: "no layers", spec: { url: at("org/none") } },
    {
      name: "chart version",
      spec: {
        url: at("org/chart"),
        ref: { semver: "1.x" },
        layerSelector: { mediaType: chartType, operation: "copy" },
      },
    },
    {
      name: "layer that is no archive",
      spec: { url: at("org/text") },
      differs: "what is wrong with an archive is worded by our reader",
    },
    {
      name: "nobody there",
      spec: { url: "oci://127.0.0.1:1/org/app" },
      differs: "the reason of a failed connection is worded by Node, not by Go",
    },
    { name: "login", spec: withLogin, secrets: login(secured.host, auth) ?? {} },
    { name: "wrong login", spec: withLogin, secrets: login(secured.host, { ...auth, password: "other-p" }) ?? {} },
    { name: "login for another host", spec: withLogin, secrets: login("r.example", auth) ?? {} },
    { name: "no login", spec: { url: securedUrl } },
    { name: "no Secret", spec: { url, secretRef: { name: "nowhere" } } },
    { name: "no ServiceAccount", spec: { url, serviceAccountName: "nowhere" } },
    { name: "no certificate", spec: { url, certSecretRef: { name: "nowhere" } } },
    { name: "certificate without anything", spec: { url, certSecretRef: { name: "x" } }, secrets: { x: { data: {} } } },
    { name: "no proxy", spec: { url, proxySecretRef: { name: "nowhere" } } },
    { name: "no address of a proxy", spec: { url, proxySecretRef: { name: "x" } }, secrets: { x: { data: {} } } },
    { name: "cloud of another registry", spec: { url, provider: "aws" } },
    {
      name: "cloud by ServiceAccount",
      spec: { url: "oci://gcr.io/a/b", provider: "gcp", serviceAccountName: "default" },
    },
    { name: "signed by cosign 2", spec: { url: at("org/simple"), verify }, secrets: keys },
    { name: "signed by cosign 3", spec: { url: at("org/bundle"), verify }, secrets: keys },
    { name: "cosign 2, another key", spec: { url: at("org/simple"), verify }, secrets: otherKeys },
    { name: "cosign 3, another key", spec: { url: at("org/bundle"), verify }, secrets: otherKeys },
    { name: "not signed", spec: { url, verify }, secrets: keys },
    {
      name: "keyless",
      spec: { url: at("org/keyless"), ...keyless("^https://accounts\\.example$", "^jane@") },
      secrets: trust,
    },
    { name: "keyless, anybody", spec: { url: at("org/keyless"), ...anybody }, secrets: trust },
    { name: "keyless, another subject", spec: { url: at("org/keyless"), ...keyless(".*", "^bob@") }, secrets: trust },
    { name: "keyless, another issuer", spec: { url: at("org/keyless"), ...keyless("^x$", ".*") }, secrets: trust },
    { name: "keyless, another instance", spec: { url: at("org/keyless"), ...anybody }, secrets: elsewhere },
    { name: "keyless, no certificate log", spec: { url: at("org/unseen"), ...anybody }, secrets: trust },
    { name: "keyless, after the certificate", spec: { url: at("org/late"), ...anybody }, secrets: trust },
    { name: "keyless, signed by a key", spec: { url: at("org/simple"), ...anybody }, secrets: trust },
    { name: "keyless, not signed", spec: { url, ...anybody }, secrets: trust },
    { name: "keyless, no root", spec: { url, ...anybody } },
    { name: "no keys", spec: { url, verify: { ...verify, secretRef: { name: "nowhere" } } } },
    {
      name: "notation",
      spec: { url, verify: { provider: "notation", secretRef: { name: "keys" } } },
      secrets: keys,
    },
  ];
}

const kind: SourceKind = {
  kind: "OCIRepository",
  // Why no signature holds is told after upstream's own sentence; what a certificate lacks, in our library's words.
  comparable: (message) =>
    message
      .trimEnd()
      .replace(/(no matching signatures were found for '[^']*'): .*$/s, "$1")
      .replace(/(no matching signatures): (?!none of the expected).*$/s, "$1"),
  artifact: ({ revision, metadata, path, url }) => ({
    revision,
    metadata,
    // A colon in a file's name is no good on every disk: ours leaves the algorithm out.
    path: path.replace("/sha256:", "/"),
    url: url.replace("/sha256:", "/"),
  }),
};

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "source-controller");
  if (program === undefined) return report.skip("oci-repository", "source-controller is not built: npm run upstream");
  const folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
  const open = await startRegistry();
  const secured = await startRegistry({ auth: { ...auth, scheme: "bearer" } });
  const sides = await startBothSides(kind.kind, program, folder);
  try {
    await compareSides(sides, kind, await fill(open, secured), { report, options });
  } catch (error) {
    report.fail("oci-repository", `${messageOf(error)}\n${readFileSync(join(folder, "log"), "utf8").slice(-2000)}`);
  } finally {
    for (const side of sides) await side.stop();
    await Promise.all([open.stop(), secured.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same OCIRepositories reconciled by Flux's source-controller and by ours, each on its own API server. */
export const suite: Suite = {
  name: "oci-repository",
  summary: "status of OCIRepositories against Flux's source-controller",
  run,
};
