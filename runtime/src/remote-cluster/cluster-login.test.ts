import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import type { CloudLogin } from "@eddy/cloud";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { accessCluster, clusterAddress, type ClusterDescription, type ClusterLoginPorts } from "./cluster-login.ts";

let server: Server;
let url: string;
let http: HttpClient;
let asked: { method: string; path: string; authorization: string }[];
const caBase64 = Buffer.from("CA PEM").toString("base64");
const kubeconfig = (address: string): string =>
  Buffer.from(
    `apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{ name: a, context: { cluster: a, user: a } }]\nclusters: [{ name: a, cluster: { server: "${address}", certificate-authority-data: ${caBase64} } }]\nusers: [{ name: a, user: {} }]\n`,
  ).toString("base64");
const answers: Readonly<Record<string, unknown>> = {
  "/clusters/prod": { cluster: { endpoint: "https://eks.example", certificateAuthority: { data: caBase64 } } },
  "/v1/projects/p/locations/l/clusters/c": { endpoint: "10.0.0.1", masterAuth: { clusterCaCertificate: caBase64 } },
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c": {
    properties: { aadProfile: {} },
  },
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c/listClusterUserCredential":
    {
      kubeconfigs: [
        { value: kubeconfig("https://aks.example:443") },
        { value: kubeconfig("https://aks-private.example:443") },
      ],
    },
};

beforeAll(async () => {
  http = createHttpClient();
  server = createServer(({ method = "", url: path = "", headers }, response) => {
    asked.push({ method, path, authorization: headers.authorization ?? "" });
    const answer = answers[path.split("?")[0] ?? ""];
    response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? { message: "no such cluster" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  http.close();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked = [];
});

const account = { namespace: "apps", name: "deployer" };

function ports(): ClusterLoginPorts {
  const token = { value: "cloud-token", expiresAtMs: 5_000 };
  const login: Partial<CloudLogin> = {
    aws: async () => ({ accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "session" }),
    gcp: async () => token,
    azure: async (scope) => ({ ...token, value: `token for ${scope}` }),
  };
  return {
    http,
    clock: fakeClock(Date.UTC(2026, 0, 2)),
    login: login as CloudLogin,
    accounts: { annotations: async () => ({}), requestToken: async (_, audiences) => `jwt for ${audiences.join(",")}` },
    endpoints: { eks: url, sts: "https://sts.eu-west-1.amazonaws.com", container: url, resourceManager: url },
  };
}

const describedAs = (more: Partial<ClusterDescription>): ClusterDescription => ({
  provider: "generic",
  cluster: "",
  address: "",
  caCert: "",
  audiences: [],
  serviceAccount: account,
  ...more,
});

describe("a cluster of", () => {
  it("AWS is looked up by its ARN; the token is a signed request that names it", async () => {
    const found = await accessCluster(
      describedAs({ provider: "aws", cluster: "arn:aws:eks:eu-west-1:1:cluster/prod" }),
      ports(),
    );
    expect(found).toMatchObject({ server: "https://eks.example:443", caData: "CA PEM" });
    expect(asked[0]?.authorization).toContain("/eu-west-1/eks/aws4_request");
    const { token, expiresAtMs } = await found.token();
    const signed = new URL(Buffer.from(token.replace("k8s-aws-v1.", ""), "base64url").toString());
    expect(signed.host).toBe("sts.eu-west-1.amazonaws.com");
    expect(Object.fromEntries(signed.searchParams)).toMatchObject({
      Action: "GetCallerIdentity",
      "X-Amz-Expires": "900",
      "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
      "X-Amz-Security-Token": "session",
      "X-Amz-Signature": expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(expiresAtMs).toBe(Date.UTC(2026, 0, 2) + 900_000);
  });

  it("Google Cloud is looked up by its path", async () => {
    const found = await accessCluster(
      describedAs({ provider: "gcp", cluster: "projects/p/locations/l/clusters/c" }),
      ports(),
    );
    expect(found).toMatchObject({ server: "https://10.0.0.1:443", caData: "CA PEM" });
    expect(await found.token()).toEqual({ token: "cloud-token", expiresAtMs: 5_000 });
  });

  it("Azure is looked up by its resource, and the kubeconfig of the wanted address is taken", async () => {
    const cluster = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c";
    const found = await accessCluster(
      describedAs({ provider: "azure", cluster, address: "https://AKS-private.example" }),
      ports(),
    );
    expect(found).toMatchObject({ server: "https://aks-private.example:443", caData: "CA PEM" });
    expect(asked.map(({ method }) => method)).toEqual(["GET", "POST"]);
    expect((await found.token()).token).toBe("token for 6dae42f8-4368-4678-94ff-3960e28e3630/.default");
    const other = accessCluster(describedAs({ provider: "azure", cluster, address: "https://else.example" }), ports());
    await expect(other).rejects.toThrow(
      /matching the specified address 'https:\/\/else.example'. cluster addresses: \['https:\/\/aks.example/,
    );
  });

  it("nobody is asked where address and authority are given", async () => {
    const given = { address: "https://a.example", caCert: "OWN", cluster: "arn:aws:eks:eu-west-1:1:cluster/prod" };
    expect(await accessCluster(describedAs({ provider: "aws", ...given }), ports())).toMatchObject({ caData: "OWN" });
    expect(asked).toEqual([]);
  });

  it("any other kind takes a token of the own cluster, for the audiences or for the address", async () => {
    const plain = await accessCluster(describedAs({ address: "a.example" }), ports());
    expect([plain.server, (await plain.token()).token]).toEqual(["https://a.example:443", "jwt for a.example"]);
    const named = await accessCluster(describedAs({ address: "a.example", audiences: ["x", "y"] }), ports());
    expect((await named.token()).token).toBe("jwt for x,y");
  });
});

describe("what is refused", () => {
  it.each<[string, Partial<ClusterDescription>, RegExp]>([
    ["an unknown provider", { provider: "other" }, /want "aws", "azure", "gcp" or "generic"/],
    ["no address", {}, /cluster address is required/],
    ["an address without TLS", { address: "http://a.example" }, /must use https scheme/],
    ["nobody to be", { address: "a.example", serviceAccount: undefined }, /serviceAccountName is required/],
    ["an ARN that is none", { provider: "aws", cluster: "prod" }, /invalid EKS cluster ARN: 'prod'/],
    ["a path that leads elsewhere", { provider: "gcp", cluster: "projects/p/../x" }, /invalid GKE cluster ID/],
    ["a resource of another kind", { provider: "azure", cluster: "/subscriptions/s" }, /invalid AKS cluster ID/],
    [
      "a cluster that is not there",
      { provider: "gcp", cluster: "projects/p/locations/l/clusters/none" },
      /status 404: .*no such cluster/,
    ],
  ])("%s", async (_name, description, error) => {
    await expect(accessCluster(describedAs(description), ports())).rejects.toThrow(error);
  });

  it.each([
    ["A.Example", "https://a.example:443"],
    ["https://a.example:6443/", "https://a.example:6443"],
  ])("but %s is an address", (text, want) => {
    expect(clusterAddress(text)).toBe(want);
  });
});
