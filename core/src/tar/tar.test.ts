import { describe, expect, it } from "vitest";
import { encodeTarHeader, readTar, tarEnd, tarPadding } from "./index.ts";

function archive(...entries: { path: string; text?: string; executable?: boolean }[]): Buffer {
  const parts = entries.flatMap(({ path, text, executable = false }) => {
    const body = Buffer.from(text ?? "");
    const kind = text === undefined ? "directory" : "file";
    const head = encodeTarHeader({ path, kind, executable, size: body.length });
    return [head, body, Buffer.alloc(tarPadding(body.length))];
  });
  return Buffer.concat([...parts, tarEnd]);
}

describe("readTar", () => {
  it("reads what was written, long and foreign names too", () => {
    const long = `${"a/".repeat(150)}é.yaml`;
    const data = archive({ path: "d" }, { path: "d/x", text: "one", executable: true }, { path: long, text: "two" });
    const entries = [...readTar(data)].map(({ path, kind, executable, body }) => ({
      path,
      kind,
      executable,
      text: body.toString(),
    }));
    expect(entries).toEqual([
      { path: "d", kind: "directory", executable: true, text: "" },
      { path: "d/x", kind: "file", executable: true, text: "one" },
      { path: long, kind: "file", executable: false, text: "two" },
    ]);
  });

  it.each([
    ["cut off", (data: Buffer) => data.subarray(0, 600), "it is cut off"],
    ["a changed header", (data: Buffer) => Buffer.concat([Buffer.from("X"), data.subarray(1)]), "checksum"],
  ])("refuses %s", (_, damage, message) => {
    const data = damage(archive({ path: "x", text: "x".repeat(300) }));
    expect(() => [...readTar(data)]).toThrow(message);
  });

  it("calls links other", () => {
    const data = archive({ path: "link", text: "" });
    data[156] = "2".charCodeAt(0);
    data.write("        ", 148);
    const sum = data.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    data.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    expect([...readTar(data)].map(({ kind }) => kind)).toEqual(["other"]);
  });
});
