import { createHmac } from "node:crypto";
import { webhookPath } from "@eddy/api";
import { startInbox, type Inbox } from "@eddy/inbox";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { load } from "@eddy/goyaml";
import { runWords } from "../testing/cli-bed.ts";

let inbox: Inbox;
let statuses: number[] = [];

beforeAll(async () => {
  inbox = await startInbox({ answer: () => ({ status: statuses.shift() ?? 200, body: "said" }) });
});
afterAll(() => inbox.stop());
beforeEach(() => {
  inbox.clear();
  statuses = [];
});

const trigger = (words: string): ReturnType<typeof runWords> =>
  runWords(`-n apps trigger receiver hook --url=${inbox.url}/base/ ${words}`.trim().split(" "));

describe("trigger receiver", () => {
  test("calls the path of token, name and namespace", async () => {
    const { code, stderr } = await trigger('--token=t --payload={"a":1}');
    expect([code, stderr]).toEqual([0, "► triggering Receiver apps/hook\n✔ Receiver apps/hook triggered\n"]);
    expect(inbox.messages()).toMatchObject([
      { method: "POST", path: `/base${webhookPath("t", "hook", "apps")}`, body: '{"a":1}' },
    ]);
    expect(inbox.messages()[0]?.headers["content-type"]).toBe("application/json");
  });

  test("signs for generic-hmac", async () => {
    await trigger("--type=generic-hmac --token=t");
    const want = createHmac("sha256", "t").update("{}").digest("hex");
    expect(inbox.messages()[0]?.headers["x-signature"]).toBe(`sha256=${want}`);
  });

  test("shows a token for generic-oidc; its path has none", async () => {
    await trigger("--type=generic-oidc --oidc-token=jwt");
    expect(inbox.messages()[0]).toMatchObject({ path: `/base${webhookPath("", "hook", "apps")}` });
    expect(inbox.messages()[0]?.headers.authorization).toBe("Bearer jwt");
  });

  test("tries again while the path is not known yet", async () => {
    statuses = [404, 503];
    const { code, stderr } = await trigger("--token=t --retry-delay=1ms");
    expect([code, inbox.messages().length]).toEqual([0, 3]);
    expect(stderr).toContain("failed with status 404 Not Found: said; retrying in 1ms (1/10)");
  });

  test("gives up at once when it is refused, and after the tries when it is not", async () => {
    statuses = [400];
    const refused = await trigger("--token=t");
    expect([refused.code, refused.stderr.includes("failed with status 400 Bad Request: said")]).toEqual([1, true]);
    statuses = [500, 500, 500];
    expect((await trigger("--token=t --retries=1 --retry-delay=1ms")).code).toBe(1);
    expect(inbox.messages()).toHaveLength(3);
  });

  test.each([
    ["", "--token is required for --type=generic"],
    ["--type=generic-hmac", "--token is required for --type=generic-hmac"],
    ["--token=t --oidc-token=x", "can only be set for --type=generic-oidc"],
    ["--type=generic-oidc --token=t", "--token must not be set for --type=generic-oidc"],
    ["--type=generic-oidc --oidc-token=x --oidc-provider=github", "mutually exclusive"],
    ["--type=generic-oidc --oidc-audience=x", "--oidc-audience can only be set together with --oidc-provider"],
    ["--type=generic-oidc", "no OIDC token provided"],
    ["--type=github --token=t", "github"],
  ])("refuses %j", async (words, message) => {
    const { code, stderr } = await trigger(words);
    expect([code, stderr.includes(message)]).toEqual([1, true]);
    expect(inbox.messages()).toEqual([]);
  });
});

describe("create secret receiver", () => {
  const created = async (words: string): Promise<{ stringData: Record<string, string>; metadata: object }> => {
    const { stdout } = await runWords(
      `-n my-namespace create secret receiver ${words} --hostname=flux.example.com --export`.split(" "),
    );
    return load(stdout) as never;
  };
  // Source: fluxcd/flux2 cmd/flux/testdata/create_secret/receiver.
  const url = "https://flux.example.com/hook/106120121d366c2f67e93200f6c1dbe938235eb588daa5e8c0516d3a77ac1dee";
  const gcr = "https://flux.example.com/hook/6d6c55e9affb9d1e0d101ce604ae4270880ec1ff24d1bd2d928fcd64243d21a4";

  test("has the token, and the URL as an annotation", async () => {
    expect(await created("receiver-secret --type=github --token=test-token")).toMatchObject({
      metadata: { annotations: { "notification.toolkit.fluxcd.io/webhook": url } },
      stringData: { token: "test-token" },
    });
  });

  test("for Google has who calls, and for whom", async () => {
    const words = "gcr-secret --type=gcr --token=test-token --email-claim=sa@p.iam.gserviceaccount.com";
    const email = "sa@p.iam.gserviceaccount.com";
    expect((await created(words)).stringData).toEqual({ audience: gcr, email, token: "test-token" });
    const audience = "https://custom.example.com";
    expect((await created(`${words} --audience-claim=${audience}`)).stringData).toMatchObject({ audience });
  });

  test("makes a token where none is given", async () => {
    const [first, second] = [await created("auth --type=generic"), await created("auth --type=generic")];
    expect(first.stringData["token"]).toMatch(/^[0-9a-f]{64}$/);
    expect(first.stringData["token"]).not.toBe(second.stringData["token"]);
  });

  test.each([
    ["auth --hostname=x", "--type is required"],
    ["auth --type=github", "--hostname is required"],
    ["auth --type=gcr --hostname=x", "--email-claim is required for gcr receiver type"],
  ])("refuses %s", async (words, message) => {
    const { code, stderr } = await runWords(`create secret receiver ${words} --export`.split(" "));
    expect([code, stderr.includes(message)]).toEqual([1, true]);
  });
});
