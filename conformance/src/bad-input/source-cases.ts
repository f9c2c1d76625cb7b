import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { GitRepository } from "@eddy/api";
import type { Bed } from "./bed.ts";
import { startSshHost } from "./ssh-host.ts";

/** A Git repository that cannot be had. */
export interface SourceCase {
  name: string;
  /** Prepares it and says where it is; `stop` ends what was started. */
  prepare(bed: Bed, ns: string): Promise<{ spec: Partial<GitRepository["spec"]> & { url: string }; stop?(): unknown }>;
  reason: string;
  message: RegExp;
  /** What no condition and no event may say. */
  hidden?: string;
  /** A program that must be there. */
  needs?: "ssh";
}

/** The table. A good source beside them goes on. */
export const sourceCases: readonly SourceCase[] = [
  {
    name: "an empty repository",
    prepare: async ({ git }, ns) => ({ spec: { url: (await git.createRepository(`${ns}-empty`, {})).url } }),
    reason: "EmptyGitRepository",
    message: /^git repository is empty$/,
  },
  {
    name: "nobody listens",
    prepare: async () => ({ spec: { url: "http://127.0.0.1:1/away.git" } }),
    reason: "GitOperationFailed",
    message: /unable to clone 'http:\/\/127\.0\.0\.1:1\/away\.git': .*ECONNREFUSED/,
  },
  {
    name: "a host without a name",
    prepare: async () => ({ spec: { url: "http://nowhere.invalid/away.git" } }),
    reason: "GitOperationFailed",
    message: /nowhere\.invalid/,
  },
  {
    name: "no such repository",
    prepare: async ({ git }) => ({ spec: { url: `${git.url}/no-such-repository.git` } }),
    reason: "GitOperationFailed",
    message: /repository not found/,
  },
  {
    name: "no such tag",
    prepare: async ({ git }, ns) => {
      const { url } = await git.createRepository(`${ns}-untagged`, { a: "1" });
      return { spec: { url, ref: { tag: "v1.0.0" } } };
    },
    reason: "GitOperationFailed",
    message: /couldn't find remote ref "refs\/tags\/v1\.0\.0"/,
  },
  {
    name: "a forge that hangs",
    prepare: () => forge(() => undefined, { timeout: "1s" }),
    reason: "GitOperationFailed",
    message: /context deadline exceeded/,
  },
  {
    name: "a forge that is overloaded",
    prepare: () =>
      forge((_request, response) => response.writeHead(429, { "retry-after": "3600" }).end("slow down, please")),
    reason: "GitOperationFailed",
    message: /status code: 429/,
  },
  {
    name: "a forge that fails",
    prepare: () => forge((_request, response) => response.writeHead(500).end("<b>out of order</b>")),
    reason: "GitOperationFailed",
    message: /status code: 500/,
  },
  {
    name: "a forge that wants other credentials",
    async prepare(bed, ns) {
      await createSecret(bed, ns, "wrong", { username: "eddy", password: "wrong-battery" });
      const challenge = { "www-authenticate": 'Basic realm="git"' };
      return forge((_request, response) => response.writeHead(401, challenge).end(), { secretRef: { name: "wrong" } });
    },
    reason: "GitOperationFailed",
    message: /authentication required/,
    hidden: "wrong-battery",
  },
  sshCase("a host whose key has changed", "otherKnownHosts", /ssh: handshake failed: knownhosts: key mismatch/),
  sshCase(
    "a host that cannot prove its key",
    "knownHosts",
    /^failed to checkout and determine revision: unable to clone 'ssh:[^']*': (?!.*knownhosts)/,
  ),
];

function sshCase(name: string, known: "knownHosts" | "otherKnownHosts", message: RegExp): SourceCase {
  return {
    name,
    async prepare(bed, ns) {
      const host = await startSshHost();
      const secret = name.replaceAll(" ", "-");
      await createSecret(bed, ns, secret, { identity: "no key of mine", known_hosts: host[known] });
      const url = `ssh://git@127.0.0.1:${host.port}/app.git`;
      return { spec: { url, secretRef: { name: secret } }, stop: host.stop };
    },
    reason: "GitOperationFailed",
    message,
    hidden: "no key of mine",
    needs: "ssh",
  };
}

async function createSecret(bed: Bed, ns: string, name: string, stringData: Record<string, string>): Promise<void> {
  await bed.kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: ns }, stringData });
}

async function forge(
  serve: RequestListener,
  spec: Partial<GitRepository["spec"]> = {},
): ReturnType<SourceCase["prepare"]> {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { spec: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/app.git`, ...spec }, stop };
}
