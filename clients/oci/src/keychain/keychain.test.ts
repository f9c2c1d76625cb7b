import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createKeyring,
  dockerConfigKeychain,
  eraseLogin,
  parseDockerConfig,
  parsePullSecret,
  parseRepository,
  storeLogin,
} from "../index.ts";

const encoded = (pair: string): string => Buffer.from(pair).toString("base64");
const configOf = (auths: object, extra: object = {}): string => JSON.stringify({ auths, ...extra });

describe("pull secrets", () => {
  test.each<[string, string, string | undefined]>([
    ["ghcr.io", "ghcr.io/org/app", "u"],
    ["ghcr.io", "quay.io/org/app", undefined],
    ["https://ghcr.io", "ghcr.io/org/app", "u"],
    ["ghcr.io/org", "ghcr.io/org/app", "u"],
    ["ghcr.io/org", "ghcr.io/other/app", undefined],
    ["ghcr.io:5000", "ghcr.io/org/app", undefined],
    ["registry.example:5000", "registry.example:5000/app", "u"],
    ["*.example.com", "eu.example.com/app", "u"],
    ["*.example.com", "a.eu.example.com/app", undefined],
    ["*.dkr.ecr.*.amazonaws.com", "1234.dkr.ecr.eu-west-1.amazonaws.com/app", "u"],
    ["reg?.example.com", "reg1.example.com/app", "u"],
    ["https://index.docker.io/v1/", "nginx", "u"],
    ["index.docker.io", "docker.io/library/nginx", "u"],
    ["quay.io/v2/org", "quay.io/org/app", "u"],
  ])("a login of %s for %s: %s", (key, repository, want) => {
    const config = parseDockerConfig(configOf({ [key]: { auth: encoded("u:p") } }));
    expect(createKeyring([config]).find(parseRepository(repository))?.username).toBe(want);
  });

  test("the most particular key wins, and of equal ones the first", () => {
    const first = parseDockerConfig(
      configOf({ "r.io": { auth: encoded("host:p") }, "r.io/org": { auth: encoded("org:p") } }),
    );
    const second = parseDockerConfig(configOf({ "r.io": { auth: encoded("late:p") } }));
    const keyring = createKeyring([first, second]);
    expect(keyring.find(parseRepository("r.io/org/app"))?.username).toBe("org");
    expect(keyring.find(parseRepository("r.io/else/app"))?.username).toBe("host");
  });

  test.each<[string, object, object]>([
    ["a pair", { username: "u", password: "p" }, { username: "u", password: "p" }],
    ["an encoded pair", { auth: encoded("u:p:q") }, { username: "u", password: "p:q" }],
    [
      "an encoded pair without padding",
      { auth: encoded("us:pa").replace(/=+$/, "") },
      { username: "us", password: "pa" },
    ],
    ["an identity token", { identitytoken: "t" }, { identityToken: "t" }],
    ["a registry token", { registrytoken: "t" }, { registryToken: "t" }],
  ])("reads %s", (_, entry, want) => {
    expect(parseDockerConfig(configOf({ "r.io": entry })).auths.get("r.io")).toStrictEqual(want);
  });

  test.each<[string, string, string]>([
    ["no JSON", "s3cr3t", "it is not JSON"],
    ["no object", "[1]", "it is not an object"],
    ["an encoded word", configOf({ "r.io": { auth: encoded("s3cr3t") } }), 'unable to decode auth field of "r.io"'],
  ])("refuses %s without showing it", (_, text, message) => {
    expect(() => parseDockerConfig(text)).toThrow(message);
    expect(() => parseDockerConfig(text)).not.toThrow("s3cr3t");
  });

  test("secrets of both generations, and of no other type", () => {
    const json = configOf({ "r.io": { auth: encoded("u:p") } });
    const legacy = JSON.stringify({ "r.io": { auth: encoded("u:p") } });
    const names = (type: string, data: Record<string, string>): string[] | undefined => {
      const config = parsePullSecret({ type, data });
      return config && [...config.auths.keys()];
    };
    expect(names("kubernetes.io/dockerconfigjson", { ".dockerconfigjson": json })).toStrictEqual(["r.io"]);
    expect(names("kubernetes.io/dockercfg", { ".dockercfg": legacy })).toStrictEqual(["r.io"]);
    expect(names("Opaque", { ".dockerconfigjson": json })).toBeUndefined();
  });

  test("any text is read or refused", () => {
    fc.assert(
      fc.property(fc.json(), fc.webAuthority(), (text, host) => {
        const attempt = (): unknown =>
          createKeyring([parseDockerConfig(`{"auths":{${JSON.stringify(host)}:${text}}}`)]);
        try {
          return attempt() !== undefined;
        } catch (error) {
          return (error as { code?: string }).code === "DOCKER_CONFIG";
        }
      }),
    );
  });
});

describe("the configuration file", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  const repository = parseRepository("ghcr.io/org/app");
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "eddy-docker-"));
    mkdirSync(join(home, "bin"));
    env = { HOME: home, PATH: `${join(home, "bin")}:${process.env["PATH"]}` };
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(join(home, path, ".."), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  const helper = (name: string, script: string): void => {
    write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(home, `bin/docker-credential-${name}`), 0o755);
  };

  test.each<[string, string, Record<string, string>]>([
    ["home", ".docker/config.json", {}],
    ["DOCKER_CONFIG", "d/config.json", { DOCKER_CONFIG: "d" }],
    ["REGISTRY_AUTH_FILE", "auth.json", { REGISTRY_AUTH_FILE: "auth.json" }],
    ["Podman's", "run/containers/auth.json", { XDG_RUNTIME_DIR: "run" }],
  ])("is found: %s", async (_, path, variables) => {
    write(path, configOf({ "ghcr.io": { auth: encoded("u:p") } }));
    const absolute = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, join(home, value)]));
    const found = await dockerConfigKeychain({ ...env, ...absolute }).resolve(repository);
    expect(found).toStrictEqual({ username: "u", password: "p" });
  });

  test("nothing is there: nobody in particular", async () => {
    expect(await dockerConfigKeychain(env).resolve(repository)).toBeUndefined();
  });

  test("a login is kept privately, found, and forgotten", async () => {
    await storeLogin("ghcr.io", { username: "jane", password: "s3cr3t" }, env);
    const path = join(home, ".docker/config.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await dockerConfigKeychain(env).resolve(repository)).toStrictEqual({ username: "jane", password: "s3cr3t" });
    expect(await eraseLogin("ghcr.io", env)).toBe(true);
    expect(await eraseLogin("ghcr.io", env)).toBe(false);
    expect(JSON.parse(readFileSync(path, "utf8"))).toStrictEqual({ auths: {} });
  });

  test("Docker Hub has its old key", async () => {
    await storeLogin("index.docker.io", { username: "jane", password: "pass" }, env);
    expect(readFileSync(join(home, ".docker/config.json"), "utf8")).toContain("https://index.docker.io/v1/");
    expect((await dockerConfigKeychain(env).resolve(parseRepository("nginx")))?.username).toBe("jane");
  });

  test("a helper is asked for its host, a store for the others", async () => {
    helper("one", `cat > ${home}/asked; echo '{"Username":"one","Secret":"pw"}'`);
    helper("all", `cat > /dev/null; echo '{"Username":"<token>","Secret":"refresh"}'`);
    write(".docker/config.json", configOf({}, { credHelpers: { "ghcr.io": "one" }, credsStore: "all" }));
    const keychain = dockerConfigKeychain(env);
    expect(await keychain.resolve(repository)).toStrictEqual({ username: "one", password: "pw" });
    expect(readFileSync(join(home, "asked"), "utf8")).toBe("ghcr.io");
    expect(await keychain.resolve(parseRepository("quay.io/a/b"))).toStrictEqual({ identityToken: "refresh" });
  });

  test("a helper that knows nothing, one that fails, one that is none", async () => {
    helper("empty", "cat > /dev/null; echo 'credentials not found in native keychain'; exit 1");
    helper("broken", "cat > /dev/null; echo s3cr3t; exit 1");
    const resolve = (name: string): Promise<unknown> => {
      write(".docker/config.json", configOf({}, { credsStore: name }));
      return dockerConfigKeychain(env).resolve(repository);
    };
    expect(await resolve("empty")).toBeUndefined();
    await expect(resolve("broken")).rejects.toThrow("docker-credential-broken: it could not be run, or failed");
    await expect(resolve("../../bin/sh")).rejects.toThrow("not a name");
  });
});
