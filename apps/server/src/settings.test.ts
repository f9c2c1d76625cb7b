import { expect, test } from "vitest";
import { loopbackUrl, parseListenAddress } from "./address.ts";
import type { ServerOptions } from "./options.ts";
import { controllerSettings, leaseName } from "./settings.ts";

const required: ServerOptions = {
  kubeConfig: { context: "c", namespace: "default", cluster: { server: "https://127.0.0.1:1" }, user: {} },
  storagePath: "/data",
};

test.each([
  [":9090", { host: undefined, port: 9090 }, "http://127.0.0.1:9090"],
  ["127.0.0.1:0", { host: "127.0.0.1", port: 0 }, "http://127.0.0.1:0"],
  ["0.0.0.0:80", { host: "0.0.0.0", port: 80 }, "http://127.0.0.1:80"],
  ["[::1]:8080", { host: "::1", port: 8080 }, "http://[::1]:8080"],
])("address %s", (text, want, url) => {
  const address = parseListenAddress(text);
  expect(address).toEqual(want);
  expect(loopbackUrl(address, address.port)).toBe(url);
});

test.each(["9090", "host", "host:99999", "a:b:1", ""])("address %j is refused", (text) => {
  expect(() => parseListenAddress(text)).toThrow(
    `parse the address ${JSON.stringify(text)}: want "<host>:<port>" or ":<port>"`,
  );
});

test("defaults are upstream's", () => {
  expect(controllerSettings(required)).toMatchObject({
    intervalJitterPercentage: 5,
    requeueDependencyMs: 30_000,
    minRetryDelayMs: 750,
    maxRetryDelayMs: 900_000,
    namespace: "",
    noCrossNamespaceRefs: false,
  });
});

test.each([
  { options: { watchAllNamespaces: false }, want: { namespace: "flux-system" } },
  { options: { watchAllNamespaces: false, runtimeNamespace: "own" }, want: { namespace: "own" } },
  { options: { watchLabelSelector: "sharding.fluxcd.io/key=a" }, want: { labelSelector: "sharding.fluxcd.io/key=a" } },
  { options: { noCrossNamespaceRefs: true, concurrent: 2 }, want: { noCrossNamespaceRefs: true, concurrent: 2 } },
])("$options", ({ options, want }) => {
  expect(controllerSettings({ ...required, ...options })).toMatchObject(want);
});

test.each([
  { options: { concurrent: 0 }, want: "concurrent must be 1 or more" },
  { options: { intervalJitterPercentage: 101 }, want: "interval jitter must be between 0 and 100" },
  { options: { watchLabelSelector: "a b c" }, want: "unable to parse requirement" },
])("$options is refused", ({ options, want }) => {
  expect(() => controllerSettings({ ...required, ...options })).toThrow(want);
});

test("shards have Leases of their own", () => {
  expect(leaseName("")).toBe("eddy-leader-election");
  expect(leaseName("sharding.fluxcd.io/key=a")).toMatch(/^eddy-leader-election-[0-9a-f]{8}$/);
});
