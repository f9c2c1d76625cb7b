import { HttpError } from "@eddy/http";
import { describe, expect, it } from "vitest";
import { fakePorts, type FakeAnswer } from "../testing/fake-http.ts";
import { sampleProvider, sampleAlert } from "../testing/samples.ts";
import { postMessage } from "./post-message.ts";
import { providerSettings } from "./settings.ts";

const message = { url: "https://chat.example.com/hook", body: { text: "<hi>" } };

/** Posts with answers in order; moves the clock whenever somebody waits. How many were sent, and how it ended. */
async function post(answers: FakeAnswer[]): Promise<{ sent: number; error: string | undefined; waitedMs: number }> {
  let index = 0;
  const { ports, sent, clock } = fakePorts(() => answers[Math.min(index++, answers.length - 1)]);
  const startMs = clock.now();
  const outcome = { done: false, error: undefined as string | undefined };
  const posting = postMessage(message, ports).then(
    () => void (outcome.done = true),
    (error: Error) => void Object.assign(outcome, { done: true, error: error.message }),
  );
  while (!outcome.done) {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    if (!outcome.done) clock.advance(1_000);
  }
  await posting;
  return { sent: sent.length, error: outcome.error, waitedMs: clock.now() - startMs };
}

describe("postMessage()", () => {
  it.each([200, 201, 202, 204, 299])("%d is success", async (status) => {
    expect(await post([{ status }])).toEqual({ sent: 1, error: undefined, waitedMs: 0 });
  });

  it.each([400, 401, 403, 404, 410, 501])("%d is final, and says what the service said", async (status) => {
    expect(await post([{ status, body: "no such hook" }])).toMatchObject({
      sent: 1,
      error: `postMessage failed: request failed with status code ${status}: no such hook`,
    });
  });

  it("tries again when the service is overloaded or down, after 2, 4, 8 and 16 seconds", async () => {
    const { sent, error, waitedMs } = await post([{ status: 500 }, { status: 503 }, { status: 429 }, { status: 502 }]);
    expect([sent, error?.startsWith("postMessage failed: request failed with status code 502")]).toEqual([5, true]);
    expect(waitedMs).toBe(30_000);
  });

  it("a service that comes back gets the message once", async () => {
    expect(await post([{ status: 503 }, { status: 200 }])).toMatchObject({ sent: 2, error: undefined });
  });

  it("waits as long as the service asks", async () => {
    const { waitedMs } = await post([{ status: 429, headers: { "retry-after": "5" } }, { status: 200 }]);
    expect(waitedMs).toBe(5_000);
  });

  it("tries again when the service cannot be reached", async () => {
    const unreachable = new HttpError("unreachable", "connect ECONNREFUSED");
    expect(await post([unreachable, { status: 200 }])).toMatchObject({ sent: 2, error: undefined });
  });
});

describe("providerSettings()", () => {
  const settings = (
    spec: object,
    secret?: Record<string, string>,
    others: object = {},
  ): ReturnType<typeof providerSettings> =>
    providerSettings(
      sampleProvider("generic", spec),
      sampleAlert(),
      { secret, proxy: undefined, certs: undefined, ...others },
      "",
    );

  it("the Secret's address and user win", () => {
    const given = settings(
      { address: "https://a", username: "a" },
      { address: " https://b\n", username: "b", password: "p", token: " t\n" },
    );
    expect(given).toMatchObject({ address: "https://b", username: "b", password: "p", token: "t" });
  });

  it.each<[string, object, Record<string, string> | undefined, object, string]>([
    [
      "an address beyond 2,048",
      {},
      { address: `https://${"a".repeat(2_050)}` },
      {},
      "address exceeds maximum length of 2048 bytes",
    ],
    ["headers that are no map", {}, { headers: "- a" }, {}, "failed to read headers from secret: want a map of texts"],
    ["headers that are no YAML", {}, { headers: "a: [" }, {}, "failed to read headers from secret"],
    ["a proxy that is no URL", {}, { proxy: "::" }, {}, "failed to get proxy URL: the address is no URL"],
    [
      "a proxy Secret without address",
      {},
      undefined,
      { proxy: {} },
      "failed to get proxy URL: the secret has no 'address'",
    ],
    [
      "a certificate Secret with nothing",
      { certSecretRef: { name: "c" } },
      undefined,
      { certs: {} },
      "failed to get TLS config",
    ],
  ])("refuses %s", (_name, spec, secret, others, message) => {
    expect(() => settings(spec, secret, others)).toThrow(message);
  });

  it("no error repeats what a Secret holds", () => {
    const secret = { proxy: "::s3cret", headers: "s3cret: [" };
    const texts = [{ proxy: secret.proxy }, { headers: secret.headers }].map((each) => {
      try {
        settings({}, each);
        return "";
      } catch (error) {
        return String(error);
      }
    });
    expect(texts.filter((text) => text === "" || text.includes("s3cret"))).toEqual([]);
  });

  it("shows a certificate to the service's origin only", () => {
    const given = settings({ address: "https://a.example.com/hook", certSecretRef: { name: "c" } }, undefined, {
      certs: { "ca.crt": "CA", "tls.crt": "C", "tls.key": "K" },
    });
    expect(given.connection).toEqual({
      caCert: "CA",
      identity: { origin: "https://a.example.com", cert: "C", key: "K" },
    });
  });
});
