import { EddyError, messageOf } from "@eddy/core/errors";
import { createOciClient, eraseLogin, parseRegistry, staticKeychain, storeLogin } from "@eddy/oci";
import { readFileSync } from "node:fs";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { helmRegistryConfig } from "../../helm/registry-access.ts";

/** `helm registry login`: tries the login, and keeps it where Helm keeps its own. Source: Helm 4 `pkg/cmd/registry_login.go`. */
export const helmRegistryLoginCommand: Command = defineCommand({
  path: ["helm", "registry", "login"],
  summary: "Login to a registry",
  args: [{ name: "host", required: true }],
  flags: {
    username: flag.text("registry username", { short: "u" }),
    password: flag.text("registry password or identity token", { short: "p" }),
    passwordStdin: flag.boolean("read password or identity token from stdin"),
    insecure: flag.boolean("allow connections to TLS registry without certs"),
    certFile: flag.text("identify registry client using this SSL certificate file"),
    keyFile: flag.text("identify registry client using this SSL key file"),
    caFile: flag.text("verify certificates of HTTPS-enabled servers using this CA bundle"),
    plainHttp: flag.boolean("use insecure HTTP connections"),
  },
  examples: [["Log in", "helm registry login ghcr.io -u me --password-stdin"]],
  async run({ args, flags }, context) {
    const { io, clock, status, signal } = context;
    const registry = parseRegistry(args[0] ?? "");
    const username = flags.username ?? "";
    const password = flags.passwordStdin ? await readPassword(io.stdin) : (flags.password ?? "");
    if (password === "") throw usage(username === "" ? "token required" : "password required");
    if (!flags.passwordStdin) status.warning("using --password via the CLI is insecure. Use --password-stdin");
    const pem = (path: string): string => readFileSync(path, "utf8");
    const client = createOciClient({
      keychain: staticKeychain(username === "" ? { identityToken: password } : { username, password }),
      clock,
      timeoutMs: context.flags.timeout,
      ...(flags.insecure ? { insecureSkipVerify: true } : {}),
      ...(flags.caFile ? { caCert: pem(flags.caFile) } : {}),
      ...(flags.certFile && flags.keyFile ? { identity: { cert: pem(flags.certFile), key: pem(flags.keyFile) } } : {}),
    });
    try {
      await client.ping({ registry, insecure: flags.plainHttp }, { signal });
    } catch (cause) {
      throw new EddyError("LOGIN_FAILED", `authenticating to ${JSON.stringify(registry)}: ${messageOf(cause)}`, {
        cause,
      });
    } finally {
      client.close();
    }
    await storeLogin(registry, { username, password }, io.env, helmRegistryConfig(io.env));
    context.print("Login Succeeded\n");
  },
});

/** `helm registry logout`: forgets a login. Source: Helm 4 `pkg/cmd/registry_logout.go`. */
export const helmRegistryLogoutCommand: Command = defineCommand({
  path: ["helm", "registry", "logout"],
  summary: "Logout from a registry",
  args: [{ name: "host", required: true }],
  examples: [["Log out", "helm registry logout ghcr.io"]],
  async run({ args }, { io, print }) {
    const registry = parseRegistry(args[0] ?? "");
    await eraseLogin(registry, io.env, helmRegistryConfig(io.env));
    print(`Removing login credentials for ${registry}\n`);
  },
});

const maxPassword = 64 * 1024;

async function readPassword(stdin: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > maxPassword) throw usage("the password on stdin is too long");
  }
  return text.replace(/\n$/, "").replace(/\r$/, "");
}

function usage(message: string): EddyError {
  return new EddyError("USAGE", message, { class: "terminal" });
}
