import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { KubeConfig } from "../kubeconfig/kube-config.ts";

/** A request as a test server saw it. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
  /** Number of the connection, from 1. */
  connection: number;
}

/** What a test server is told to do with a request. */
export type Behaviour = (request: SeenRequest, response: ServerResponse, incoming: IncomingMessage) => void;

/** A server of a test; closed when the test ends. */
export interface TestServer {
  url: string;
  config: KubeConfig;
  seen: SeenRequest[];
  connections: number;
  server: Server;
}

/** Text of a file in the folder of test certificates. */
export function testCertificate(name: string): string {
  return readFileSync(new URL(`../transport/testdata/tls/${name}`, import.meta.url), "utf8");
}

/** Starts an HTTP (or, with `tls`, HTTPS) server on loopback that behaves exactly as told. */
export async function startServer(
  behaviour: Behaviour,
  options: { tls?: string; clientCertificates?: boolean } = {},
): Promise<TestServer> {
  const numbers = new WeakMap<object, number>();
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = {
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
        connection: numbers.get(incoming.socket) ?? 0,
      };
      result.seen.push(request);
      behaviour(request, response, incoming);
    });
  };
  const server = options.tls
    ? createTlsServer(
        {
          cert: testCertificate(`${options.tls}.crt`),
          key: testCertificate(`${options.tls}.key`),
          ca: testCertificate("ca.crt"),
          requestCert: options.clientCertificates ?? false,
          rejectUnauthorized: false,
        },
        listener,
      )
    : createServer(listener);
  server.on(options.tls ? "secureConnection" : "connection", (socket: object) =>
    numbers.set(socket, ++result.connections),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `${options.tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const result: TestServer = {
    url,
    config: configFor(url, options.tls !== undefined),
    seen: [],
    connections: 0,
    server,
  };
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return result;
}

function configFor(server: string, tls: boolean): KubeConfig {
  return {
    context: "test",
    namespace: "default",
    cluster: { server, ...(tls ? { caData: testCertificate("ca.crt") } : {}) },
    user: {},
  };
}

/** Answers with JSON. */
export function answer(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** A `Status` of a failure. */
export function failure(code: number, reason: string, message: string = reason): object {
  return { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
}

const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

/** Aggregated discovery of ConfigMaps, Namespaces and Deployments, to be served for `/api` and `/apis`. */
export function serveDiscovery(request: SeenRequest, response: ServerResponse): boolean {
  const resource = (plural: string, kind: string, scope: string): object => ({
    resource: plural,
    responseKind: { group: "", version: "v1", kind },
    scope,
    singularResource: kind.toLowerCase(),
    verbs,
    subresources: [{ subresource: "status" }],
  });
  const core = {
    metadata: { name: "" },
    versions: [
      {
        version: "v1",
        resources: [resource("configmaps", "ConfigMap", "Namespaced"), resource("namespaces", "Namespace", "Cluster")],
      },
    ],
  };
  const apps = {
    metadata: { name: "apps" },
    versions: [
      { version: "v1", resources: [resource("deployments", "Deployment", "Namespaced")] },
      { version: "v1beta1", resources: [resource("deployments", "Deployment", "Namespaced")] },
    ],
  };
  const lease = {
    metadata: { name: "coordination.k8s.io" },
    versions: [{ version: "v1", resources: [resource("leases", "Lease", "Namespaced")] }],
  };
  if (request.url !== "/api" && request.url !== "/apis") return false;
  const items = request.url === "/api" ? [core] : [apps, lease];
  answer(response, { kind: "APIGroupDiscoveryList", items }, 200, {
    "content-type": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
  });
  return true;
}
