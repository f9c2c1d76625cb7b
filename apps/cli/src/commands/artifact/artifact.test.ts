import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readTar } from "@eddy/core/tar";
import { startRegistry, type Registry } from "@eddy/registry";
import { runWords, type CliRun } from "../../testing/cli-bed.ts";

let registry: Registry;
let secured: Registry;
let dir: string;
beforeAll(async () => {
  registry = await startRegistry();
  secured = await startRegistry({ auth: { username: "jane", password: "s3cr3t-pass" } });
});
afterAll(async () => {
  await Promise.all([registry.stop(), secured.stop()]);
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "eddy-artifact-"));
  write("src/app.yaml", "a: 1\n");
  write("src/sub/run.sh", "#!/bin/sh\n", 0o755);
  write("src/logo.png", "x");
  write("src/.git/HEAD", "ref");
  mkdirSync(join(dir, "out"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(join(dir, path, ".."), { recursive: true });
  writeFileSync(join(dir, path), text, { mode });
}
const run = (...words: string[]): Promise<CliRun> => runWords(words);
const origin = ["--source=https://git.example/app", "--revision=main@sha1:abc"];
const push = (address: string, ...more: string[]): Promise<CliRun> =>
  run("push", "artifact", address, `--path=${join(dir, "src")}`, ...origin, ...more);
const at = (path: string, from: Registry = registry): string => `oci://${from.host}/${path}`;

describe("push, list, tag, pull, diff", () => {
  test("an artifact goes round", async () => {
    const pushed = await push(at("org/app:1.0.0"));
    const { code, stderr } = pushed;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `^► pushing artifact to ${registry.host}/org/app:1.0.0\n✔ artifact successfully pushed to ${registry.host}/org/app@sha256:[0-9a-f]{64}\n$`,
      ),
    );
    const digest = /sha256:[0-9a-f]+/.exec(stderr)?.[0] ?? "";

    expect(await run("tag", "artifact", at("org/app:1.0.0"), "--tag", "latest", "--tag", "prod")).toMatchObject({
      code: 0,
      stderr: `► tagging artifact\n✔ artifact tagged as ${registry.host}/org/app:latest\n✔ artifact tagged as ${registry.host}/org/app:prod\n`,
    });
    const listed = await run("list", "artifacts", at("org/app"));
    expect(listed.stdout.split("\n").map((line) => line.split("\t").map((cell) => cell.trim()))).toStrictEqual([
      ["ARTIFACT", "DIGEST", "SOURCE", "REVISION"],
      ...["prod", "latest", "1.0.0"].map((tag) => [
        `${registry.host}/org/app:${tag}`,
        digest,
        "https://git.example/app",
        "main@sha1:abc",
        "",
      ]),
      [""],
    ]);
    const filtered = await run("list", "artifacts", at("org/app"), "--filter-semver", "1.x");
    expect(filtered.stdout.split("\n")).toHaveLength(3);

    expect(await run("pull", "artifact", at("org/app:prod"), "-o", join(dir, "out"))).toMatchObject({
      code: 0,
      stderr: `► pulling artifact from ${registry.host}/org/app:prod\n✔ source https://git.example/app\n✔ revision main@sha1:abc\n✔ digest ${registry.host}/org/app@${digest}\n✔ artifact content extracted to ${join(dir, "out")}\n`,
    });
    expect(readFileSync(join(dir, "out/app.yaml"), "utf8")).toBe("a: 1\n");
    expect(statSync(join(dir, "out/sub/run.sh")).mode & 0o111).not.toBe(0);
    expect(statSync(join(dir, "out/logo.png"), { throwIfNoEntry: false })).toBeUndefined();

    const diff = (): Promise<CliRun> => run("diff", "artifact", at("org/app:prod"), "--path", join(dir, "src"));
    expect(await diff()).toMatchObject({ code: 0, stderr: "✔ no changes detected\n" });
    write("src/app.yaml", "a: 2\n");
    write("src/new.yaml", "b: 1\n");
    rmSync(join(dir, "src/sub"), { recursive: true });
    expect(await diff()).toMatchObject({
      code: 1,
      stdout: "~ app.yaml\n+ new.yaml\n- sub/run.sh\n",
      stderr: "✗ the remote artifact contents differs from the local one\n",
    });
  });

  test("what is pushed twice has one digest, if that is asked for", async () => {
    const json = async (): Promise<{ digest: string }> =>
      JSON.parse((await push(at("org/twice"), "--reproducible", "--output=json")).stdout) as { digest: string };
    const first = await json();
    expect(first).toMatchObject({
      url: `oci://${registry.host}/org/twice@${first.digest}`,
      repository: `${registry.host}/org/twice`,
      tag: "latest",
    });
    expect(await json()).toStrictEqual(first);
  });

  test("the format is Flux's", async () => {
    await push(
      at("org/format:1"),
      "--reproducible",
      "--annotations=org.opencontainers.image.licenses=Apache-2.0",
      "-a",
      "note=a, b",
    );
    const response = await fetch(`${registry.url}/v2/org/format/manifests/1`);
    const manifest = (await response.json()) as { layers: { digest: string }[]; config: { digest: string } };
    expect(manifest).toMatchObject({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.cncf.flux.config.v1+json" },
      layers: [{ mediaType: "application/vnd.cncf.flux.content.v1.tar+gzip" }],
      annotations: {
        note: "a, b",
        "org.opencontainers.image.created": "1970-01-01T00:00:00Z",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.revision": "main@sha1:abc",
        "org.opencontainers.image.source": "https://git.example/app",
      },
    });
  });

  test("credentials are taken from --creds, or from docker's configuration", async () => {
    const refused = await push(at("org/app:1", secured));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("UNAUTHORIZED: authentication required");
    const creds = await push(at("org/app:1", secured), "--creds", "jane:s3cr3t-pass");
    expect(creds.stderr).toContain("► logging in to registry with credentials\n");
    expect(creds.code).toBe(0);
    const auth = Buffer.from("jane:s3cr3t-pass").toString("base64");
    write("docker/config.json", JSON.stringify({ auths: { [secured.host]: { auth } } }));
    const env = { DOCKER_CONFIG: join(dir, "docker") };
    expect((await runWords(["list", "artifacts", at("org/app", secured)], { env })).code).toBe(0);
  });

  test.each<[string[], string]>([
    [["push", "artifact"], "artifact URL is required"],
    [["push", "artifact", "oci://r.io/a/b"], "--source is required"],
    [["push", "artifact", "oci://r.io/a/b", "--source=s"], "--revision is required"],
    [["push", "artifact", "oci://r.io/a/b", ...origin], 'invalid path ""'],
    [["push", "artifact", "r.io/a/b", ...origin, "--path=."], "URL must be in format 'oci://<domain>/<org>/<repo>'"],
    [
      ["push", "artifact", "oci://r.io/org/a", ...origin, "--path=/nowhere"],
      "invalid path '/nowhere', must point to an existing directory or file",
    ],
    [["pull", "artifact", "oci://r.io/a/b"], "output path cannot be empty"],
    [["tag", "artifact", "oci://r.io/a/b"], "--tag is required"],
    [["list", "artifacts"], "artifact repository URL is required"],
    [["diff", "artifact", "oci://r.io/a/b"], 'invalid path ""'],
    [["build", "artifact"], 'invalid path ""'],
    [["create", "secret", "oci", "auth", "--url=r.io"], "--username is required"],
  ])("%j: %s", async (words, message) => {
    expect(await run(...words)).toMatchObject({ code: 1, stderr: `✗ ${message}\n` });
  });
});

describe("build", () => {
  const built = async (...more: string[]): Promise<string[]> => {
    const output = join(dir, "a.tgz");
    const { code, stderr } = await run("build", "artifact", "-p", join(dir, "src"), "-o", output, ...more);
    expect({ code, stderr }).toStrictEqual({
      code: 0,
      stderr: `► building artifact from ${join(dir, "src")}\n✔ artifact created at ${output}\n`,
    });
    return [...readTar(gunzipSync(readFileSync(output)))].map(({ path }) => path);
  };

  test("leaves out what is no manifest", async () => {
    expect(await built()).toStrictEqual([".", "app.yaml", "sub", "sub/run.sh"]);
    expect(await built("--ignore-paths=sub/*")).toStrictEqual([
      ".",
      ".git",
      ".git/HEAD",
      "app.yaml",
      "logo.png",
      "sub",
    ]);
  });

  test("takes what links lead to when asked, and no circle", async () => {
    write("elsewhere/linked.yaml", "l: 1\n");
    symlinkSync(join(dir, "elsewhere/linked.yaml"), join(dir, "src/linked.yaml"));
    symlinkSync(join(dir, "src"), join(dir, "src/circle"));
    expect(await built()).toStrictEqual([".", "app.yaml", "sub", "sub/run.sh"]);
    expect(await built("--resolve-symlinks")).toContain("linked.yaml");
  });
});

test("nothing is written through a link", async () => {
  await push(at("org/link:1"));
  symlinkSync("/tmp", join(dir, "out/sub"));
  const { code, stderr } = await run("pull", "artifact", at("org/link:1"), "-o", join(dir, "out"));
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("through the link") as string });
});

test("create secret oci prints a pull secret", async () => {
  const words = ["create", "secret", "oci", "auth", "--url=ghcr.io", "-u", "me", "-p", "pw", "--export", "-n", "apps"];
  const { stdout } = await run(...words);
  expect(stdout).toContain("type: kubernetes.io/dockerconfigjson");
  expect(stdout).toContain(`"password": "pw",\n          "auth": "bWU6cHc="\n`);
});
