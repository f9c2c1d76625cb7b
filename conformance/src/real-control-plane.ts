import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopProgram } from "./stop-program.ts";
import { repositoryRoot } from "./upstream.ts";

/** Options of {@link startRealControlPlane}. */
export interface RealControlPlaneOptions {
  /** Folder of the original programs; default: where `npm run upstream` builds them. */
  upstreamBin?: string;
  /** Also run kube-controller-manager, as its own service accounts. */
  controllerManager?: boolean;
  /** Further flags of kube-controller-manager. */
  controllerManagerFlags?: readonly string[];
  /** Further flags of kube-apiserver. */
  apiServerFlags?: readonly string[];
}

/** A real kube-apiserver on an etcd of its own, on loopback. */
export interface RealControlPlane {
  url: string;
  /** YAML text: admin (group system:masters) by client certificate. */
  kubeconfig: string;
  caCert: string;
  /** Bearer tokens of users: `admin` (system:masters), `alice` (devs), `viewer` (viewers). */
  tokens: { admin: string; alice: string; viewer: string };
  /** Stops the programs and deletes their data. */
  stop(): Promise<void>;
}

/**
 * Starts etcd (without fsync) and kube-apiserver with RBAC on free ports, and resolves when it is ready; undefined where the
 * programs were not built. Admission of service accounts is off, as no controller makes their tokens.
 * @throws when a program ends before it is ready, with the end of its log.
 */
export async function startRealControlPlane(
  options: RealControlPlaneOptions = {},
): Promise<RealControlPlane | undefined> {
  const bin = options.upstreamBin ?? join(repositoryRoot, ".cache/upstream/bin");
  if (!existsSync(join(bin, "etcd")) || !existsSync(join(bin, "kube-apiserver"))) return undefined;
  const dir = mkdtempSync(join(tmpdir(), "eddy-real-control-plane-"));
  const [port = 0, etcdPort = 0, etcdPeerPort = 0, managerPort = 0] = await freePorts(4);
  const url = `https://127.0.0.1:${port}`;
  const pki = makePki(dir);
  const children: ChildProcess[] = [];
  const run = (name: string, args: readonly string[]): void => {
    const log = openSync(join(dir, `${name}.log`), "w");
    children.push(spawn(join(bin, name), args, { cwd: pki, stdio: ["ignore", log, log] }));
    closeSync(log);
  };
  const stop = async (): Promise<void> => {
    // The API server lets go of etcd at leisure, and waits for it in vain where it has gone first.
    for (const child of children.toReversed()) await stopProgram(child);
    rmSync(dir, { recursive: true, force: true });
  };
  run("etcd", etcdFlags(dir, etcdPort, etcdPeerPort));
  run("kube-apiserver", [...apiServerFlags(port, etcdPort), ...(options.apiServerFlags ?? [])]);
  const caCert = readFileSync(join(pki, "ca.crt"), "utf8");
  try {
    await ready(url, caCert, pki, () => {
      if (children.some((child) => child.exitCode !== null))
        throw new Error(`kube-apiserver or etcd ended: ${lastLines(dir)}`);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  if (options.controllerManager) {
    const flags = controllerManagerFlags(dir, url, managerPort, pki);
    run("kube-controller-manager", [...flags, ...(options.controllerManagerFlags ?? [])]);
  }
  return {
    url,
    kubeconfig: kubeconfigOf(url, pki, "admin"),
    caCert,
    tokens: { admin: "admin-token", alice: "alice-token", viewer: "viewer-token" },
    stop,
  };
}

function etcdFlags(dir: string, port: number, peerPort: number): string[] {
  const peer = `http://127.0.0.1:${peerPort}`;
  const client = `http://127.0.0.1:${port}`;
  return [
    `--data-dir=${join(dir, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync",
  ];
}

function apiServerFlags(port: number, etcdPort: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    "--tls-cert-file=apiserver.crt",
    "--tls-private-key-file=apiserver.key",
    "--client-ca-file=ca.crt",
    "--token-auth-file=tokens.csv",
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    "--service-account-key-file=sa.pub",
    "--service-account-signing-key-file=sa.key",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--authorization-mode=RBAC",
    "--allow-privileged=true",
    "--shutdown-delay-duration=0s",
    "--disable-admission-plugins=ServiceAccount",
  ];
}

function controllerManagerFlags(dir: string, url: string, port: number, pki: string): string[] {
  const kubeconfig = join(dir, "controller-manager.kubeconfig");
  writeFileSync(kubeconfig, kubeconfigOf(url, pki, "controller-manager"), { mode: 0o600 });
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    "--use-service-account-credentials=true",
    "--service-account-private-key-file=sa.key",
    "--root-ca-file=ca.crt",
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${join(dir, "controller-manager")}`,
  ];
}

/** A certificate authority, the server's and two clients' certificates, a service account key and tokens; the folder. */
function makePki(dir: string): string {
  const pki = join(dir, "pki");
  mkdirSync(pki);
  const openssl = (...args: string[]): void =>
    void execFileSync("openssl", args, { cwd: pki, stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-days", "2", "-subj", "/CN=local-ca", "-keyout", "ca.key", "-out", "ca.crt");
  const names = ["DNS:localhost", "DNS:kubernetes", "DNS:kubernetes.default.svc", "IP:127.0.0.1", "IP:10.0.0.1"];
  const certificates = [
    {
      name: "apiserver",
      subject: "/CN=kube-apiserver",
      extension: `subjectAltName=${names.join()}\nextendedKeyUsage=serverAuth`,
    },
    { name: "admin", subject: "/O=system:masters/CN=admin", extension: "extendedKeyUsage=clientAuth" },
    {
      name: "controller-manager",
      subject: "/CN=system:kube-controller-manager",
      extension: "extendedKeyUsage=clientAuth",
    },
  ];
  for (const { name, subject, extension } of certificates) {
    writeFileSync(join(pki, `${name}.ext`), extension);
    openssl("req", ...key, "-subj", subject, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`];
    openssl("x509", "-req", "-in", `${name}.csr`, ...signing, "-out", `${name}.crt`);
  }
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "sa.key");
  openssl("ec", "-in", "sa.key", "-pubout", "-out", "sa.pub");
  const users = [
    "admin-token,admin,admin,system:masters",
    "alice-token,alice,alice,devs",
    "viewer-token,viewer,viewer,viewers",
  ];
  writeFileSync(join(pki, "tokens.csv"), `${users.join("\n")}\n`, { mode: 0o600 });
  return pki;
}

function kubeconfigOf(url: string, pki: string, user: string): string {
  const data = (file: string): string => readFileSync(join(pki, file)).toString("base64");
  return `apiVersion: v1
kind: Config
clusters:
  - name: real
    cluster:
      server: ${url}
      certificate-authority-data: ${data("ca.crt")}
users:
  - name: ${user}
    user:
      client-certificate-data: ${data(`${user}.crt`)}
      client-key-data: ${data(`${user}.key`)}
contexts:
  - name: real
    context:
      cluster: real
      user: ${user}
current-context: real
`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Asks `/readyz` every 50 ms, a minute at most: the program of another offers no event to wait for. */
async function ready(url: string, ca: string, pki: string, assertAlive: () => void): Promise<void> {
  const credentials = { ca, cert: readFileSync(join(pki, "admin.crt")), key: readFileSync(join(pki, "admin.key")) };
  for (let attempt = 0; attempt < 1_200; attempt++) {
    assertAlive();
    const status = await new Promise<number>((resolve) => {
      const asking = request(`${url}/readyz`, { ...credentials, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asking.on("error", () => resolve(0));
      asking.end();
    });
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("kube-apiserver was not ready within a minute");
}

function lastLines(dir: string): string {
  const tail = (name: string): string => readFileSync(join(dir, `${name}.log`), "utf8").slice(-1_000);
  return `${tail("etcd")}\n${tail("kube-apiserver")}`;
}
