import { readFileSync } from "node:fs";
import { ociRepositoryKind, type OCIRepository } from "@eddy/api";
import { startRegistry, type Registry } from "@eddy/registry";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { putImage } from "../testing/registry-content.ts";
import { conditionsOf, settled, startSourceBed, type SourceBed } from "../testing/source-bed.ts";

// Made by notation-go 1.3 for the one image of these tests, with certificates that are valid until 2056.
const fixture = JSON.parse(
  readFileSync(new URL("../../testdata/notation/signatures.json", import.meta.url), "utf8"),
) as {
  target: { mediaType: string; digest: string; size: number };
  signatures: Record<string, { envelope: string; root: string }>;
};
const jws = "application/jose+json";
const verify = { provider: "notation" as const, secretRef: { name: "trust" } };
const layerSelector = { mediaType: "text/plain", operation: "copy" as const };
let bed: SourceBed<OCIRepository>;
let registry: Registry;
let name: string;

beforeAll(async () => {
  bed = await startSourceBed<OCIRepository>(ociRepositoryKind);
  registry = await startRegistry();
});
afterAll(async () => {
  await bed.stop();
  await registry.stop();
});
beforeEach(async () => {
  name = `apps/${await bed.enterNamespace()}`;
});

function push(tag = "latest"): string {
  return putImage(registry, name, tag, [{ mediaType: "text/plain", bytes: Buffer.from("signed by notation\n") }]);
}

function attach(
  mediaType: string,
  bytes = Buffer.from(fixture.signatures[mediaType]?.envelope ?? "", "base64"),
): string {
  const artifactType = "application/vnd.cncf.notary.signature";
  return putImage(registry, name, undefined, [{ mediaType, bytes }], { artifactType, subject: fixture.target });
}

function policy(level: string, trustedIdentities = ["*"], registryScopes = ["*"]): string {
  const statement = {
    name: "all",
    registryScopes,
    signatureVerification: { level },
    trustStores: ["ca:all"],
    trustedIdentities,
  };
  return JSON.stringify({ version: "1.0", trustPolicies: [statement] });
}

async function verified(
  data: Record<string, string>,
  want: "True" | "False",
  more: object = {},
): Promise<OCIRepository> {
  await bed.createSecret("trust", data);
  await bed.create("app", { interval: "1h", url: `oci://${registry.host}/${name}`, layerSelector, verify, ...more });
  return bed.untilObject("app", settled(want));
}

const root = (mediaType = jws): string => fixture.signatures[mediaType]?.root ?? "";
const readyOf = (object: OCIRepository): string => conditionsOf(object).find((text) => text.startsWith("Ready=")) ?? "";
const refusal = (why: string): string =>
  `Ready=False/VerificationError: failed to verify the signature using provider 'notation': ${why}`;

describe("spec.verify.provider: notation", () => {
  it.each([jws, "application/cose"])("accepts whom the policy trusts: %s", async (mediaType) => {
    expect(push()).toBe(fixture.target.digest);
    attach(mediaType);
    const scopes = [`${registry.host}/${name}`];
    const identity = ["x509.subject: C=US, ST=WA, O=Acme"];
    const object = await verified(
      { "trustpolicy.json": policy("strict", identity, scopes), "ca.crt": root(mediaType) },
      "True",
    );
    expect(conditionsOf(object)).toContain(
      `SourceVerified=True/Succeeded: verified signature of revision latest@${fixture.target.digest}`,
    );
  });

  it("tells what the registry and the Secret lack", async () => {
    push();
    const app = `${registry.host}/${name}@${fixture.target.digest}`;
    const none = await verified({ "trustpolicy.json": policy("strict"), "ca.pem": root() }, "False");
    expect(readyOf(none)).toBe(
      refusal(`no signature is associated with "${app}", make sure the artifact was signed successfully`),
    );
    await bed.createSecret("bare", { "ca.crt": root() });
    await bed.createSecret("blind", { "trustpolicy.json": policy("strict") });
    const cases: [string, object, string][] = [
      ["nameless", { provider: "notation" }, `verification secret cannot be empty: '${app}'`],
      [
        "bare",
        { ...verify, secretRef: { name: "bare" } },
        `'trustpolicy.json' not found in secret '${bed.namespace}/bare'`,
      ],
      [
        "blind",
        { ...verify, secretRef: { name: "blind" } },
        `no certificates found in secret '${bed.namespace}/blind'`,
      ],
    ];
    for (const [object, spec, why] of cases) {
      await bed.create(object, {
        interval: "1h",
        url: `oci://${registry.host}/${name}`,
        layerSelector,
        verify: spec as never,
      });
      expect(readyOf(await bed.untilObject(object, settled("False")))).toBe(refusal(why));
    }
  });

  it("refuses whom nobody trusts, and says of each signature why", async () => {
    push();
    const digests = [attach(jws), attach("application/cose", Buffer.from("nonsense"))];
    const object = await verified(
      { "trustpolicy.json": policy("strict"), "ca.crt": root("application/cose") },
      "False",
    );
    expect(readyOf(object)).toContain("signature verification failed\n");
    expect(readyOf(object)).toContain(
      `failed to verify signature with digest ${digests[0]}, the signature's certificate chain does not contain any trusted certificate`,
    );
    expect(readyOf(object)).toContain(`failed to verify signature with digest ${digests[1]}, cbor: `);
  });

  it("looks at three signatures and no more", async () => {
    push();
    for (const text of ["a", "b", "c", "d"]) attach(jws, Buffer.from(text));
    attach(jws);
    const object = await verified({ "trustpolicy.json": policy("strict"), "ca.crt": root() }, "False");
    expect(readyOf(object)).toContain("The configured limit of 3 signatures to verify per artifact exceeded");
  });

  it.each<[string, string, string]>([
    ["skips verification", "skip", jws],
    ["only tells that nobody is trusted", "audit", "application/cose"],
  ])("takes what is not verified where the policy %s", async (_, level, trusted) => {
    push();
    attach(jws);
    const object = await verified({ "trustpolicy.json": policy(level), "ca.crt": root(trusted) }, "True");
    expect(conditionsOf(object).filter((text) => text.startsWith("SourceVerified"))).toEqual([]);
  });
});
