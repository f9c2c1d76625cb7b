import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { makeCertificate } from "./certificate.ts";

const validity = { notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2055, 0, 1) };
const authority = makeCertificate({ commonName: "ca", use: "authority", ...validity });

test("a server certificate is signed by the authority and names its hosts", () => {
  const server = new X509Certificate(
    makeCertificate({
      commonName: "server",
      issuer: { ...authority, commonName: "ca" },
      use: "server",
      hosts: ["127.0.0.1", "localhost"],
      ...validity,
    }).cert,
  );
  const ca = new X509Certificate(authority.cert);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkIssued(ca)).toBe(true);
  expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(server.checkHost("localhost")).toBe("localhost");
  expect(server.checkHost("example.com")).toBeUndefined();
  expect(server.ca).toBe(false);
  expect(ca.ca).toBe(true);
});

test("a client certificate says who and of which groups; times beyond 2049 hold", () => {
  const client = new X509Certificate(
    makeCertificate({
      commonName: "admin",
      organizations: ["system:masters"],
      issuer: { ...authority, commonName: "ca" },
      use: "client",
      ...validity,
    }).cert,
  );
  expect(client.subject).toBe("O=system:masters\nCN=admin");
  expect(new Date(client.validTo).getUTCFullYear()).toBe(2055);
  expect(client.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
});
