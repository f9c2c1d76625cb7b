import { describe, expect, test } from "vitest";
import { environmentProxy } from "./environment-proxy.ts";

const env = { HTTPS_PROXY: "http://secure.proxy:1", http_proxy: "plain.proxy:2" };

describe("the environment's proxies", () => {
  test.each([
    ["https://git.example/x", "http://secure.proxy:1"],
    ["http://git.example/x", "http://plain.proxy:2"],
    ["http://localhost:8080/", undefined],
    ["https://127.1.2.3/", undefined],
    ["http://[::1]:80/", undefined],
  ])("for %s: %s", (url, want) => expect(environmentProxy(env)(new URL(url))?.address).toBe(want));

  test("are none where none is named", () => {
    expect(environmentProxy({})(new URL("https://git.example"))).toBeUndefined();
    expect(environmentProxy({ HTTP_PROXY: "x" })(new URL("https://git.example"))).toBeUndefined();
  });
});

describe("NO_PROXY", () => {
  const cases: [list: string, url: string, isDirect: boolean][] = [
    ["*", "https://any.example", true],
    ["", "https://any.example", false],
    ["git.example", "https://git.example", true],
    ["git.example", "https://a.git.example", true],
    ["git.example", "https://mygit.example", false],
    [".git.example", "https://a.git.example", true],
    [".git.example", "https://git.example", false],
    ["*.git.example", "https://a.git.example", true],
    ["GIT.example", "https://git.EXAMPLE", true],
    ["git.example:8443", "https://git.example:8443", true],
    ["git.example:443", "https://git.example", true],
    ["git.example:8443", "https://git.example", false],
    ["10.0.0.0/8", "http://10.1.2.3", true],
    ["10.0.0.0/8", "http://11.1.2.3", false],
    ["10.0.0.0/8", "http://host.example", false],
    ["fd00::/8", "http://[fd12::1]", true],
    ["10.1.2.3", "http://10.1.2.3:8080", true],
    ["10.1.2.3", "http://110.1.2.3", false],
    ["1.2.3", "http://10.1.2.3", false],
    ["::5", "http://[::5]", true],
    ["10.0.0.0/99", "http://10.1.2.3", false],
    ["a.example, .svc ,10.0.0.0/8", "http://source-controller.flux-system.svc", true],
  ];
  test.each(cases)("%j and %s", (list, url, isDirect) => {
    expect(environmentProxy({ ...env, NO_PROXY: list })(new URL(url)) === undefined).toBe(isDirect);
  });
});
