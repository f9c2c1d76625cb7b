import { Buffer } from "node:buffer";
import { type FunctionTable, goFunction, type GoFunction } from "../function.ts";
import { int } from "../value/integer.ts";
import { CallError } from "./call-error.ts";
import { randomBelow, type Randomness, randomText } from "./randomness.ts";

const digits = "0123456789";
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");

function shuffle(random: Randomness, text: string): string {
  const chars = Array.from(text.toWellFormed());
  for (let last = chars.length - 1; last > 0; last--) {
    const other = Number(randomBelow(random, BigInt(last + 1)));
    [chars[last], chars[other]] = [chars[other] as string, chars[last] as string];
  }
  return chars.join("");
}

/** A version 4 UUID. Source: RFC 9562. */
function uuid(random: Randomness): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Functions whose results are random. */
export function randomFunctions(random: Randomness): FunctionTable {
  const textOf = (alphabet: string): GoFunction =>
    goFunction(["int"], "string", (context, count) => {
      const length = Math.max(0, count.toNumber());
      context.charge(length);
      return randomText(random, alphabet, length);
    });
  return {
    randAlphaNum: textOf(digits + letters),
    randAlpha: textOf(letters),
    randNumeric: textOf(digits),
    randAscii: textOf(ascii),
    randBytes: goFunction(["int"], "string", (context, count) => {
      if (count.value < 0n) throw new CallError("runtime error: makeslice: len out of range");
      context.charge(count.toNumber());
      return Buffer.from(random.bytes(count.toNumber())).toString("base64");
    }),
    randInt: goFunction(["int", "int"], "int", (_, min, max) => {
      const range = BigInt.asIntN(64, max.value - min.value);
      if (range <= 0n) throw new CallError("invalid argument to Intn");
      return int(randomBelow(random, range) + min.value);
    }),
    shuffle: goFunction(["string"], "string", (_, text) => shuffle(random, text)),
    uuidv4: goFunction([], "string", () => uuid(random)),
  };
}
