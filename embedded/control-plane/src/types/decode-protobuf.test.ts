import { assert, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { StatusError } from "../status-error.ts";
import { decodeProtobuf } from "./decode-protobuf.ts";

const bytes = (...parts: (number | string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part))));
/** A length-delimited field. */
const field = (number: number, ...content: (number | string | Uint8Array)[]): Buffer => {
  const inner = bytes(...content);
  return bytes(varint((number << 3) | 2), varint(inner.length), inner);
};
const varint = (value: number): Buffer =>
  value < 128 ? Buffer.from([value]) : Buffer.from([(value & 127) | 128, value >> 7]);
const envelope = (apiVersion: string, kind: string, raw: Uint8Array): Buffer =>
  bytes("k8s\0", field(1, field(1, apiVersion), field(2, kind)), field(2, raw));

test("maps, nested messages and base64", () => {
  const meta = field(1, field(1, "x"), field(11, field(1, "k"), field(2, "v")));
  expect(
    decodeProtobuf(
      envelope(
        "v1",
        "ConfigMap",
        bytes(meta, field(2, field(1, "a"), field(2, "1")), field(3, field(1, "b"), field(2, bytes(255)))),
      ),
    ),
  ).toEqual({
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: "x", labels: { k: "v" } },
    data: { a: "1" },
    binaryData: { b: "/w==" },
  });
});

test("a volume's source is a message of its own in protobuf, and inline in JSON", () => {
  const volume = field(1, field(1, "data"), field(2, field(19, field(1, field(1, "cm")))));
  const pod = field(2, volume);
  expect(decodeProtobuf(envelope("v1", "Pod", pod))).toMatchObject({
    spec: { volumes: [{ name: "data", configMap: { name: "cm" } }] },
  });
});

test("DeleteOptions of any group", () => {
  expect(decodeProtobuf(envelope("apps/v1", "DeleteOptions", field(4, "Foreground")))).toEqual({
    kind: "DeleteOptions",
    apiVersion: "apps/v1",
    propagationPolicy: "Foreground",
  });
});

test.each([
  ["no envelope", Buffer.from("{}")],
  ["unknown kind", envelope("v9", "Nope", bytes())],
  ["cut", envelope("v1", "ConfigMap", bytes(0x0a, 0x50, 1))],
])("%s is a bad request", (_name, body) => {
  expect(() => decodeProtobuf(body)).toThrow(StatusError);
});

test("no bytes do anything but decode or be refused", () => {
  assert(
    property(uint8Array({ maxLength: 200 }), (raw) => {
      try {
        decodeProtobuf(envelope("v1", "Pod", raw));
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
      }
    }),
  );
});
