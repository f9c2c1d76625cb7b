import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startReleaseBed, type ReleaseBed } from "../testing/release-bed.ts";

let bed: ReleaseBed;
beforeAll(async () => {
  bed = await startReleaseBed();
});
afterAll(() => bed.stop());

function deployment(name: string, image: string, annotations: Record<string, string> = {}): string {
  const notes = Object.entries(annotations).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`);
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}${notes.length === 0 ? "" : `\n  annotations:\n${notes.join("").trimEnd()}`}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: ${name} # the one
          image: ${image}
`;
}

describe("a release of an image", () => {
  it("is committed, applied and rolled out", async () => {
    const image = `${bed.registry.host}/shop/hello`;
    bed.pushImage("shop/hello", "1.0.0");
    await bed.enter("one", { "hello.yaml": deployment("hello", `${image}:1.0.0`) });
    bed.pushImage("shop/hello", "1.1.0");
    const { status } = await bed.release("one", {
      workloads: ["deployment/hello"],
      image: `${image}:1.1.0`,
      wait: true,
      cause: { user: "Jane <jane@example.org>" },
    });
    expect(status).toMatchObject({
      phase: "Succeeded",
      workloads: [
        {
          id: "one:deployment/hello",
          status: "success",
          containers: [{ container: "hello", current: `${image}:1.0.0`, target: `${image}:1.1.0` }],
        },
      ],
    });
    expect(await bed.file("one", "hello.yaml")).toBe(deployment("hello", `${image}:1.1.0`));
    expect(await bed.head("one")).toMatchObject({
      message: `Release ${image}:1.1.0 to one:deployment/hello`,
      author: "Jane <jane@example.org>",
    });
  });
});
