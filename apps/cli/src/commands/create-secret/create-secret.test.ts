import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitRepositoryKind } from "@eddy/api";
import { publicPartOf, formatSshPublicKey } from "@eddy/core/ssh";
import { load } from "@eddy/goyaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runWords, startCliBed, type CliBed } from "../../testing/cli-bed.ts";

const dir = mkdtempSync(join(tmpdir(), "eddy-cli-secret-"));
const path = process.env["PATH"];
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
let bed: CliBed;

beforeAll(async () => {
  bed = await startCliBed();
  // The host is a program on the PATH; what it is asked is noted.
  const scan = `#!/bin/sh\necho "$@" >> ${dir}/asked\necho "# comment" >&2\nfor host in "$@"; do :; done\n[ "$host" = silent.example ] && exit 1\necho "$host ${hostKey}"\n`;
  writeFileSync(join(dir, "ssh-keyscan"), scan);
  chmodSync(join(dir, "ssh-keyscan"), 0o700);
  process.env["PATH"] = `${dir}:${path}`;
  execFileSync("ssh-keygen", ["-q", "-t", "ecdsa", "-N", "", "-C", "", "-f", join(dir, "plain")]);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "pass", "-C", "", "-f", join(dir, "locked")]);
  const subject = ["-subj", "/CN=x", "-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const files = ["-keyout", join(dir, "tls.key"), "-out", join(dir, "tls.crt")];
  execFileSync("openssl", ["req", "-x509", ...subject, ...files], { stdio: "pipe" });
});
afterAll(async () => {
  process.env["PATH"] = path;
  rmSync(dir, { recursive: true });
  await bed.stop();
});

interface Printed {
  metadata: object;
  type?: string;
  stringData: Record<string, string>;
}

async function printed(words: string): Promise<Printed> {
  const { code, stdout, stderr } = await runWords(`-n apps create secret ${words} --export`.split(" "));
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return load(stdout) as unknown as Printed;
}

const scanned = (host: string): string => `${host} ${hostKey}`;

describe("create secret git", () => {
  test.each([
    ["ed25519", "--ssh-key-algorithm=ed25519", "ssh-ed25519"],
    ["the default", "", "ecdsa-sha2-nistp384"],
    ["p521", "--ssh-ecdsa-curve=p521", "ecdsa-sha2-nistp521"],
    ["rsa", "--ssh-key-algorithm=rsa", "ssh-rsa"],
  ])("makes a key and fetches the host's: %s", async (_, flags, type) => {
    const { stringData } = await printed(`git auth --url=ssh://git@git.example/a/b ${flags}`.trim());
    expect(Object.keys(stringData).sort()).toEqual(["identity", "identity.pub", "known_hosts"]);
    expect(stringData["identity.pub"]).toMatch(new RegExp(`^${type} [A-Za-z0-9+/=]+\n$`));
    expect(`${formatSshPublicKey(publicPartOf(stringData["identity"] ?? ""))}\n`).toBe(stringData["identity.pub"]);
    expect(stringData["known_hosts"]).toBe(scanned("git.example"));
  });

  test("takes a key that is there, also one behind a passphrase", async () => {
    const url = "git auth --url=ssh://git@git.example:2222/a/b";
    const plain = await printed(`${url} --private-key-file=${dir}/plain`);
    expect(plain.stringData["identity.pub"]).toBe(readFileSync(`${dir}/plain.pub`, "utf8").trim().concat("\n"));
    const locked = await printed(`${url} --private-key-file=${dir}/locked --password=pass`);
    expect(locked.stringData).toMatchObject({ password: "pass", identity: readFileSync(`${dir}/locked`, "utf8") });
    expect(readFileSync(join(dir, "asked"), "utf8")).toContain("-p 2222 -- git.example");
  });

  test("keeps a user and password, an authority, or a token", async () => {
    const url = "git auth --url=https://git.example/a/b";
    const basic = await printed(`${url} --username=u --password=p --ca-crt-file=${dir}/tls.crt`);
    expect(basic.stringData).toEqual({
      username: "u",
      password: "p",
      "ca.crt": readFileSync(`${dir}/tls.crt`, "utf8"),
    });
    expect((await printed(`${url} --bearer-token=t`)).stringData).toEqual({ bearerToken: "t" });
  });

  test("applies the secret, and says the deploy key", async () => {
    const namespace = await bed.namespace("git-secret");
    const { code, stderr } = await bed.run(
      namespace,
      "create secret git auth --url=ssh://git@git.example/a --label=a=b",
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining("deploy key: ecdsa-sha2-nistp384 ")]);
    expect(stderr).toContain(`git secret 'auth' created in '${namespace}' namespace`);
    const secret = await bed.kube.get({ group: "", version: "v1", kind: "Secret", namespace, name: "auth" });
    expect(secret.metadata.labels).toEqual({ a: "b" });
    expect(Object.keys(secret["data"] as object).sort()).toEqual(["identity", "identity.pub", "known_hosts"]);
  });
});

describe("create source git over SSH", () => {
  const words = "create source git app --url=ssh://git@git.example/a/b --branch=main --timeout=5s";

  test("makes a key, asks whether the host has it, and refers to it", async () => {
    const namespace = await bed.namespace("git-source");
    const answering = bed.answer(gitRepositoryKind, namespace, () => ({
      artifact: {
        revision: "main@sha1:1",
        path: "p",
        url: "http://x/p",
        digest: "sha256:1",
        lastUpdateTime: "2026-01-01T00:00:00Z",
      },
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "Succeeded",
          message: "m",
          lastTransitionTime: "2026-01-01T00:00:00Z",
        },
      ],
    }));
    const refused = await bed.run(namespace, words, { confirm: false });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("aborting")]);
    const { code, stderr } = await bed.run(namespace, words, { confirm: true });
    answering.stop();
    expect(stderr).toContain("collected public key from SSH server:\ngit.example ssh-ed25519 ");
    expect(stderr).toContain("deploy key: ecdsa-sha2-nistp384 ");
    expect(code).toBe(0);
    const object = await bed.kube.get({
      group: "source.toolkit.fluxcd.io",
      version: "v1",
      kind: "GitRepository",
      namespace,
      name: "app",
    });
    expect((object["spec"] as { secretRef: object }).secretRef).toEqual({ name: "app" });
    await bed.kube.get({ group: "", version: "v1", kind: "Secret", namespace, name: "app" });
  });

  test("makes none for an export, nor beside a secret that is named", async () => {
    const { stdout } = await runWords([..."-n x".split(" "), ...words.split(" "), "--export"]);
    expect(stdout).not.toContain("secretRef");
    const named = await runWords([..."-n x".split(" "), ...words.split(" "), "--export", "--secret-ref=mine"]);
    expect(named.stdout).toContain("secretRef:\n    name: mine");
  });
});

describe("create source bucket", () => {
  const words = "-n x create source bucket app --bucket-name=b --endpoint=s3.example --export";

  test("keeps keys in a secret of its own", async () => {
    const { stdout } = await runWords(
      `${words} --access-key=a --secret-key=s --insecure --fetch-timeout=30s`.split(" "),
    );
    expect(stdout).toContain("name: bucket-app\n  namespace: x\nstringData:\n  accesskey: a\n  secretkey: s\n");
    expect(stdout).toContain("secretRef:\n    name: bucket-app");
    expect(stdout).toContain("timeout: 30s");
  });

  test.each([
    ["--provider=ftp", "source bucket provider 'ftp' is not supported, must be one of: generic, aws, azure, gcp"],
    ["--bucket-name=", "bucket-name is required"],
    ["--endpoint=", "endpoint is required"],
  ])("%s is refused", async (flag, why) => {
    expect((await runWords([...words.split(" "), flag])).stderr).toContain(why);
  });
});

describe("other secrets", () => {
  test("tls, of every combination", async () => {
    const pair = `--tls-crt-file=${dir}/tls.crt --tls-key-file=${dir}/tls.key`;
    expect(await printed(`tls certs ${pair}`)).toMatchObject({ type: "kubernetes.io/tls" });
    const authority = await printed(`tls certs --ca-crt-file=${dir}/tls.crt`);
    expect([authority.type, Object.keys(authority.stringData)]).toEqual(["Opaque", ["ca.crt"]]);
  });

  test("helm: a certificate first, then a user, then an authority", async () => {
    const user = await printed(`helm auth --username=u --password=p --ca-crt-file=${dir}/tls.crt`);
    expect([user.type, Object.keys(user.stringData)]).toEqual([
      "kubernetes.io/basic-auth",
      ["ca.crt", "password", "username"],
    ]);
    const pair = `--tls-crt-file=${dir}/tls.crt --tls-key-file=${dir}/tls.key`;
    expect((await printed(`helm auth --username=u --password=p ${pair}`)).type).toBe("kubernetes.io/tls");
  });

  test("oci: an indented configuration, with labels", async () => {
    const secret = await printed("oci auth --url=ghcr.io --username=u --password=p --label=a=b");
    expect(secret.metadata).toMatchObject({ labels: { a: "b" } });
    const auths = { "ghcr.io": { username: "u", password: "p", auth: "dTpw" } };
    expect(secret.stringData[".dockerconfigjson"]).toBe(JSON.stringify({ auths }, undefined, 2));
  });

  test("notation: certificates by their files' names, and the policy as it is", async () => {
    const statement = { name: "all", registryScopes: ["*"], signatureVerification: { level: "skip" } };
    const policy = JSON.stringify({ version: "1.0", trustPolicies: [statement] });
    writeFileSync(join(dir, "policy.json"), policy);
    const unused = { ...statement, trustStores: ["ca:x"] };
    writeFileSync(join(dir, "unused.json"), JSON.stringify({ version: "1.0", trustPolicies: [unused] }));
    const flags = `--ca-cert-file=${dir}/tls.crt --trust-policy-file=${dir}/policy.json`;
    const secret = await printed(`notation auth ${flags}`);
    expect(secret.stringData).toEqual({
      "tls.crt": readFileSync(`${dir}/tls.crt`, "utf8"),
      "trustpolicy.json": policy,
    });
  });

  test("proxy and GitHub App", async () => {
    const proxy = await printed("proxy auth --address=https://proxy.example --username=u --password=p");
    expect(proxy.stringData).toEqual({ address: "https://proxy.example", username: "u", password: "p" });
    expect(proxy.type).toBe("Opaque");
    const app = await printed(`githubapp auth --app-id=1 --app-installation-id=2 --app-private-key=${dir}/tls.key`);
    expect(Object.keys(app.stringData)).toEqual(["githubAppID", "githubAppInstallationID", "githubAppPrivateKey"]);
  });

  test.each([
    ["git", "name is required"],
    ["git x", "name 'x' is invalid"],
    ["oci A_b", "name 'A_b' is invalid"],
    ["git auth", "url is required"],
    ["git auth --url=ftp://x", "git URL scheme 'ftp' not supported"],
    ["git auth --url=https://x", "for Git over HTTP/S the username and password, or a bearer token is required"],
    ["git auth --url=https://x --username=u --password=p --bearer-token=t", "cannot be used together"],
    ["git auth --url=ssh://x/y --ssh-key-algorithm=dsa", "unsupported public key algorithm 'dsa'"],
    ["git auth --url=ssh://x/y --ssh-ecdsa-curve=p1", "unsupported curve 'p1'"],
    ["git auth --url=ssh://x/y --ssh-key-algorithm=rsa --ssh-rsa-bits=1024", "from 2048 to 16384, got 1024"],
    [
      "git auth --url=ssh://silent.example/y",
      "SSH key scan for host silent.example:22 failed, error: the host showed no key",
    ],
    ["git auth --url=ssh://-oProxyCommand=x/y", 'must not start with "-"'],
    ["git auth --url=ssh://x/y --private-key-file=DIR/locked", "this private key is passphrase protected"],
    ["git auth --url=ssh://x/y --private-key-file=DIR/tls.crt", "it is none in OpenSSH's format or PEM"],
    [
      "git auth --url=ssh://x/y --private-key-file=/none",
      "failed to open private key file: open /none: no such file or directory",
    ],
    ["tls auth", "no CA certificate or client certificate pair found"],
    ["tls auth --tls-crt-file=DIR/tls.crt", "found certificate but missing private key"],
    ["tls auth --tls-crt-file=DIR/tls.crt --tls-key-file=DIR/plain", "invalid TLS certificate and key pair"],
    ["helm auth --username=u", "password is required"],
    ["proxy auth", "address is required"],
    ["notation auth", "--ca-cert-file is required"],
    ["notation auth --ca-cert-file=a.crt", "--trust-policy-file is required"],
    [
      "notation auth --ca-cert-file=a.crt --trust-policy-file=/none",
      "unable to read trust policy file: open /none: no",
    ],
    ["notation auth --ca-cert-file=a.crt --trust-policy-file=DIR/plain", "failed to unmarshal trust policy DIR/plain"],
    [
      "notation auth --ca-cert-file=a.crt --trust-policy-file=DIR/unused.json",
      "is set to skip signature verification but",
    ],
    [
      "notation auth --ca-cert-file=a.der,/none.crt --trust-policy-file=DIR/policy.json",
      "a.der must end with either .crt or .pem\nunable to read TLS CA file: open /none.crt: no such file",
    ],
    ["proxy auth --address=proxy", "invalid proxy address"],
    ["githubapp auth --app-id=1 --app-private-key=DIR/tls.key", "exactly one of githubAppInstallationOwner or"],
  ])("%s is refused", async (words, why) => {
    const { code, stderr } = await runWords(`-n x create secret ${words.replaceAll("DIR", dir)} --export`.split(" "));
    expect(stderr).toContain(why.replaceAll("DIR", dir));
    expect(code).toBe(1);
  });
});
