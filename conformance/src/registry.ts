import { execFile, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { delay, systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { startRegistry } from "@eddy/registry";
import { createOciClient, mediaTypes, parseRepository, staticKeychain, withTag, type OciClient } from "@eddy/oci";
import { stopProgram } from "./stop-program.ts";
import { tellDifference } from "./tell-difference.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

const program = "docker-registry";
const login = { username: "jane", password: "s3cr3t-pass" };
/** bcrypt of the password above: the real registry takes nothing else. */
const htpasswd = "jane:$2a$05$NHRkf4q6S8OD0t42jpMvo.iYlaBm6oAI5V/j0Z8s/OD877EOftBW2\n";

/** A registry to ask. */
interface Side {
  readonly url: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function startReal(folder: string, isSecured: boolean): Promise<Side> {
  const port = await freePort();
  const data = join(folder, String(port));
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, "htpasswd"), htpasswd);
  const auth = isSecured ? `auth:\n  htpasswd: {realm: registry, path: ${join(data, "htpasswd")}}\n` : "";
  const storage = `storage:\n  filesystem: {rootdirectory: ${join(data, "data")}}\n  delete: {enabled: true}\n`;
  const http = `http:\n  addr: 127.0.0.1:${port}\n  secret: conformance\n`;
  const config = join(data, "config.yml");
  writeFileSync(config, `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n${storage}${http}${auth}`);
  const child = spawn(program, ["serve", config], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const isUp = await fetch(`${url}/v2/`).then(
      () => true,
      () => false,
    );
    if (isUp) return { url, stop: () => stopProgram(child) };
    if (tries > 100) throw new Error("docker-registry does not start");
    await delay(systemClock, 50);
  }
}

async function startOurs(isSecured: boolean): Promise<Side> {
  return startRegistry(isSecured ? { auth: login } : {});
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const manifestOf = (layer: string, type: string = mediaTypes.ociManifest): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("{}"), size: 2 },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: digestOf(layer), size: layer.length }],
  });

/** What is compared of an answer. */
const shownHeaders = ["content-type", "docker-content-digest", "range", "link", "etag", "content-range"];

/** One request of a case; `{upload}` stands for where the last upload goes on. */
interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const put = (tag: string, layer: string, type: string = mediaTypes.ociManifest): Ask => ({
  method: "PUT",
  path: `/v2/org/app/manifests/${tag}`,
  body: manifestOf(layer, type),
  headers: { "content-type": type },
});
const upload = (text: string, digest = digestOf(text), name = "org/app"): Ask[] => [
  { method: "POST", path: `/v2/${name}/blobs/uploads/` },
  {
    method: "PUT",
    path: `{upload}digest=${digest}`,
    body: text,
    headers: { "content-type": "application/octet-stream" },
  },
];
const accept = { accept: `${mediaTypes.ociManifest},${mediaTypes.dockerManifest}` };
const get = (path: string, headers: Readonly<Record<string, string>> = accept): Ask => ({
  method: "GET",
  path,
  headers,
});

/** Each case goes on from what those before it left. */
const cases: readonly { readonly name: string; readonly asks: readonly Ask[] }[] = [
  { name: "base", asks: [get("/v2/")] },
  { name: "blobs", asks: [...upload("{}"), ...upload("hello")] },
  { name: "blob of another digest", asks: upload("hello", digestOf("other")) },
  { name: "blob of no digest", asks: upload("hello", "nonsense") },
  {
    name: "blob in pieces",
    asks: [
      { method: "POST", path: "/v2/org/app/blobs/uploads/" },
      { method: "PATCH", path: "{upload}", body: "in ", headers: { "content-type": "application/octet-stream" } },
      { method: "PATCH", path: "{upload}", body: "pieces", headers: { "content-type": "application/octet-stream" } },
      { method: "PUT", path: `{upload}digest=${digestOf("in pieces")}` },
      get(`/v2/org/app/blobs/${digestOf("in pieces")}`),
    ],
  },
  {
    name: "upload that is given up",
    asks: [
      { method: "POST", path: "/v2/org/app/blobs/uploads/" },
      { method: "DELETE", path: "{upload}" },
      { method: "PUT", path: `{upload}digest=${digestOf("hello")}`, body: "hello" },
    ],
  },
  { name: "read a blob", asks: [get(`/v2/org/app/blobs/${digestOf("hello")}`)] },
  { name: "head a blob", asks: [{ method: "HEAD", path: `/v2/org/app/blobs/${digestOf("hello")}` }] },
  { name: "part of a blob", asks: [get(`/v2/org/app/blobs/${digestOf("hello")}`, { range: "bytes=1-3" })] },
  { name: "blob that is not there", asks: [get(`/v2/org/app/blobs/${digestOf("none")}`)] },
  {
    name: "mount",
    asks: [
      { method: "POST", path: `/v2/org/other/blobs/uploads/?mount=${digestOf("hello")}&from=org/app` },
      get(`/v2/org/other/blobs/${digestOf("hello")}`),
      { method: "POST", path: `/v2/org/other/blobs/uploads/?mount=${digestOf("none")}&from=org/app` },
    ],
  },
  { name: "manifest", asks: [put("1.0.0", "hello"), get("/v2/org/app/manifests/1.0.0")] },
  { name: "manifest by digest", asks: [get(`/v2/org/app/manifests/${digestOf(manifestOf("hello"))}`)] },
  { name: "head a manifest", asks: [{ method: "HEAD", path: "/v2/org/app/manifests/1.0.0", headers: accept }] },
  {
    name: "manifest of docker",
    asks: [put("docker", "hello", mediaTypes.dockerManifest), get("/v2/org/app/manifests/docker")],
  },
  { name: "manifest of parts that are not there", asks: [put("broken", "nowhere")] },
  { name: "manifest that is none", asks: [{ ...put("none", "hello"), body: "nonsense" }] },
  {
    name: "manifest of another digest",
    asks: [put(digestOf("other"), "hello")],
  },
  { name: "tag that is not there", asks: [get("/v2/org/app/manifests/none")] },
  { name: "digest that is not there", asks: [get(`/v2/org/app/manifests/${digestOf("none")}`)] },
  { name: "repository that is not there", asks: [get("/v2/org/nowhere/tags/list")] },
  { name: "tags", asks: [put("2.0.0", "hello"), put("b", "hello"), put("a", "hello"), get("/v2/org/app/tags/list")] },
  { name: "tags in pages", asks: [get("/v2/org/app/tags/list?n=2")] },
  { name: "tags after one", asks: [get("/v2/org/app/tags/list?n=2&last=2.0.0")] },
  { name: "catalog", asks: [get("/v2/_catalog")] },
  { name: "names that are none", asks: [get("/v2/Org/App/tags/list")] },
  {
    name: "delete",
    asks: [
      { method: "DELETE", path: `/v2/org/app/manifests/${digestOf(manifestOf("hello"))}` },
      get("/v2/org/app/manifests/1.0.0"),
      { method: "DELETE", path: `/v2/org/app/manifests/${digestOf("none")}` },
    ],
  },
];

/** Why ours answers otherwise. */
const differs: Readonly<Record<string, string>> = {
  "names that are none": "the real one has no route for it; the specification wants NAME_INVALID",
  "tags in pages": "the release in Debian (2.8) does not page tags yet: it gives all of them",
  "tags after one": "the release in Debian (2.8) does not page tags yet: it gives all of them",
};

async function observe(side: Side, asks: readonly Ask[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  let next = "";
  for (const { method, path, body, headers } of asks) {
    const target = path.startsWith("{upload}") ? `${next}${next.includes("?") ? "&" : "?"}${path.slice(8)}` : path;
    const response = await fetch(new URL(target, side.url), {
      method,
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
      ...(headers ? { headers } : {}),
    });
    const location = response.headers.get("location");
    if (location) next = location;
    const text = await response.text();
    seen.push({
      status: response.status,
      headers: Object.fromEntries(
        shownHeaders.flatMap((name) => (response.headers.has(name) ? [[name, response.headers.get(name)]] : [])),
      ),
      body: comparable(text),
    });
  }
  return seen;
}

/** Codes and messages of errors; lists in order; the rest as it is. */
function comparable(text: string): unknown {
  try {
    const value = JSON.parse(text) as { errors?: { code: string; message: string }[]; tags?: string[] };
    // The release in Debian does not sort them.
    value.tags?.sort();
    return value.errors ? value.errors.map(({ code, message }) => ({ code, message })) : value;
  } catch {
    return text;
  }
}

async function compareAnswers(real: Side, ours: Side, report: Report, filter: string | undefined): Promise<void> {
  for (const { name, asks } of cases) {
    const [theirs, own] = await Promise.all([observe(real, asks), observe(ours, asks)]);
    if (filter !== undefined && !name.includes(filter)) continue;
    tellDifference(report, { name, differs: differs[name] }, theirs, own);
  }
}

/** What the client does on a registry, whichever it is. */
async function exercise(client: OciClient, host: string): Promise<unknown> {
  const repository = parseRepository(`${host}/client/app`);
  const config = await client.pushBlob(repository, { mediaType: "application/json", bytes: Buffer.from("{}") });
  const layer = await client.pushBlob(repository, { mediaType: "text/plain", bytes: Buffer.from("hello") });
  const manifest = (extra: object): Buffer =>
    Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer], ...extra }),
    );
  const push = (tag: string, extra: object = {}): ReturnType<OciClient["pushManifest"]> =>
    client.pushManifest(withTag(repository, tag), { mediaType: mediaTypes.ociManifest, bytes: manifest(extra) });
  const pushed = await push("1.0.0");
  await client.tag(withTag(repository, "1.0.0"), "latest");
  for (let count = 0; count < 20; count++) await client.tag(withTag(repository, "1.0.0"), `t${count}`);
  const signature = await push("sig", { subject: pushed, artifactType: "application/vnd.example" });
  const referrers = await client.listReferrers(repository, pushed.digest);
  const other = parseRepository(`${host}/client/other`);
  await client.pushBlob(other, { mediaType: "text/plain", bytes: Buffer.from("hello"), mountFrom: "client/app" });
  const { manifest: image } = await client.fetchImage(withTag(repository, "latest"));
  const tags = (await client.listTags(repository)).filter((tag) => !tag.startsWith("sha256-")).sort();
  const missing = await client.resolve(withTag(repository, "none")).catch((error: { diagnostics?: unknown }) => error);
  return {
    pushed,
    resolved: await client.resolve(withTag(repository, "latest")),
    blob: (await client.fetchBlob(repository, image.layers[0] ?? layer)).toString(),
    mounted: await client.hasBlob(other, layer.digest),
    tags,
    referrers: referrers.map(({ digest, artifactType }) => ({ digest, artifactType })),
    signature: signature.digest,
    missing: (missing as { diagnostics?: { code: string }[] }).diagnostics?.map(({ code }) => code),
  };
}

async function compareClient(sides: readonly Side[], name: string, report: Report, auth?: typeof login): Promise<void> {
  const seen = await Promise.all(
    sides.map(async ({ url }) => {
      const client = createOciClient(auth ? { keychain: staticKeychain(auth) } : {});
      try {
        return JSON.stringify(await exercise(client, new URL(url).host), null, 1);
      } catch (error) {
        return messageOf(error);
      } finally {
        client.close();
      }
    }),
  );
  if (seen[0] === seen[1] && seen[0]?.startsWith("{")) report.pass(name);
  else report.fail(name, `real ${seen[0]}\nembedded ${seen[1]}`);
}

/** A chart goes from one Helm to the other by way of our registry. */
async function compareHelm(side: Side, helm: string, name: string, folder: string, report: Report): Promise<void> {
  const cwd = mkdtempSync(join(folder, "helm-"));
  const env = { ...process.env, HOME: cwd, TZ: "UTC" };
  const run = (file: string, args: string[]): Promise<{ stdout: string }> =>
    promisify(execFile)(file, args, { cwd, env });
  const eddy = [join(import.meta.dirname, "../../apps/cli/bin/eddy.mjs"), "helm"];
  const host = new URL(side.url).host;
  try {
    await run(helm, ["create", "demo"]);
    await run(helm, ["package", "demo", "--version", "1.2.3+build.1"]);
    const file = "demo-1.2.3+build.1.tgz";
    await run(helm, ["push", file, `oci://${host}/${name}/theirs`, "--plain-http"]);
    await run(process.execPath, [...eddy, "push", file, `oci://${host}/${name}/ours`, "--plain-http"]);
    const manifests = await Promise.all(
      ["theirs", "ours"].map(async (who) =>
        (await fetch(`${side.url}/v2/${name}/${who}/demo/manifests/1.2.3_build.1`, { headers: accept })).text(),
      ),
    );
    if (manifests[0] === manifests[1]) report.pass(`${name}: push`);
    else report.fail(`${name}: push`, `theirs ${manifests[0]}\nours ${manifests[1]}`);
    mkdirSync(join(cwd, "theirs"));
    mkdirSync(join(cwd, "ours"));
    const words = ["--version", "1.2.3+build.1", "--plain-http"];
    await run(helm, ["pull", `oci://${host}/${name}/ours/demo`, ...words, "-d", "theirs"]);
    await run(process.execPath, [...eddy, "pull", `oci://${host}/${name}/theirs/demo`, ...words, "-d", "ours"]);
    const [theirs, ours] = ["theirs", "ours"].map((who) => readFileSync(join(cwd, who, file)));
    if (theirs && ours?.equals(theirs)) report.pass(`${name}: pull`);
    else report.fail(`${name}: pull`, "the archives differ");
  } catch (error) {
    report.fail(name, messageOf(error));
  }
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
  const sides: Side[] = [];
  const open = async (start: Promise<Side>): Promise<Side> => {
    const side = await start;
    sides.push(side);
    return side;
  };
  try {
    const ours = await open(startOurs(false));
    const found = spawnSync(program, ["--version"], { encoding: "utf8" });
    if (found.error) report.skip("registry", `${program} is not installed: apt-get install docker-registry`);
    else {
      report.note(found.stdout.trim());
      const real = await open(startReal(folder, false));
      await compareAnswers(real, ours, report, options.filter);
      await compareClient([real, ours], "client", report);
      const guarded = [await open(startReal(folder, true)), await open(startOurs(true))];
      await compareClient(guarded, "client with a login", report, login);
    }
    for (const name of ["helm", "helm3"]) {
      const helm = upstreamProgram(options, name);
      if (helm === undefined) report.skip(name, `${name} is not built: npm run upstream`);
      else await compareHelm(ours, helm, name, folder, report);
    }
  } finally {
    for (const side of sides) await side.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The embedded registry beside docker-distribution's, the client on both, and charts between Helm and `eddy helm`. */
export const suite: Suite = {
  name: "registry",
  summary: "the embedded registry, the client and helm push and pull against the originals",
  run,
};
