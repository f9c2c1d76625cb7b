import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHmac, scryptSync } from "node:crypto";
import { encodeBase64 as bcryptBase64, hashSync } from "bcryptjs";
import { type CallContext, type FunctionTable, goFunction } from "../function.ts";
import { byteLength, decodeGoString, encodeGoString } from "../value/go-string.ts";
import { decodeBase64 } from "./base-codecs.ts";
import { CallError, outOfRange } from "./call-error.ts";
import type { Randomness } from "./randomness.ts";

/** Templates of passwords by type. Source: sprig 3.3; Master Password's algorithm. */
const templates: Readonly<Record<string, readonly string[]>> = {
  maximum: ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
  long: [
    "CvcvnoCvcvCvcv",
    "CvcvCvcvnoCvcv",
    "CvcvCvcvCvcvno",
    "CvccnoCvcvCvcv",
    "CvccCvcvnoCvcv",
    "CvccCvcvCvcvno",
    "CvcvnoCvccCvcv",
    "CvcvCvccnoCvcv",
    "CvcvCvccCvcvno",
    "CvcvnoCvcvCvcc",
    "CvcvCvcvnoCvcc",
    "CvcvCvcvCvccno",
    "CvccnoCvccCvcv",
    "CvccCvccnoCvcv",
    "CvccCvccCvcvno",
    "CvcvnoCvccCvcc",
    "CvcvCvccnoCvcc",
    "CvcvCvccCvccno",
    "CvccnoCvcvCvcc",
    "CvccCvcvnoCvcc",
    "CvccCvcvCvccno",
  ],
  medium: ["CvcnoCvc", "CvcCvcno"],
  short: ["Cvcn"],
  basic: ["aaanaaan", "aannaaan", "aaannaaa"],
  pin: ["nnnn"],
};

const characters: Readonly<Record<string, string>> = {
  V: "AEIOU",
  C: "BCDFGHJKLMNPQRSTVWXYZ",
  v: "aeiou",
  c: "bcdfghjklmnpqrstvwxyz",
  a: "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
  n: "0123456789",
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
};

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const scope = "com.lyndir.masterpassword";

interface SiteOptions {
  counter: number;
  type: string;
  password: string;
  user: string;
  site: string;
}

function derivePassword({ counter, type, password, user, site }: SiteOptions): string {
  const choices = Object.hasOwn(templates, type) ? templates[type] : undefined;
  if (choices === undefined) return `cannot find password template ${type}`;
  const named = (name: string): Buffer => {
    const bytes = encodeGoString(name);
    return Buffer.concat([Buffer.from(scope), uint32(bytes.length), bytes]);
  };
  const cost = { N: 32_768, r: 8, p: 2, maxmem: 64 * 1024 * 1024 };
  const key = scryptSync(encodeGoString(password), named(user), 64, cost);
  const seed = createHmac("sha256", key).update(named(site)).update(uint32(counter)).digest();
  const template = choices[(seed[0] as number) % choices.length] as string;
  return Array.from(template, (element, index) => {
    const alphabet = characters[element] as string;
    return alphabet[(seed[index + 1] as number) % alphabet.length];
  }).join("");
}

const bcryptCost = 10;
/** A hash takes as long as this many bytes take to make. */
const hashCharge = 4_000_000;

function bcrypt(context: CallContext, random: Randomness, text: string): string {
  if (byteLength(text) > 72) {
    return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
  }
  context.charge(hashCharge);
  const salt = bcryptBase64(Array.from(random.bytes(16)), 16);
  return hashSync(text, `$2a$${bcryptCost}$${salt}`);
}

function aesKey(password: string): Buffer {
  const key = Buffer.alloc(32);
  key.set(encodeGoString(password).subarray(0, 32));
  return key;
}

function encryptAes(random: Randomness, password: string, text: string): string {
  if (text === "") return "";
  const start = random.bytes(16);
  const cipher = createCipheriv("aes-256-cbc", aesKey(password), start);
  return Buffer.concat([start, cipher.update(encodeGoString(text)), cipher.final()]).toString("base64");
}

/** Takes off the padding without a look at it, as sprig does. */
function decryptAes(password: string, encrypted: string): string {
  if (encrypted === "") return "";
  const bytes = decodeBase64(encrypted);
  // Go slices up to what the decoder reserved.
  const reserved = Math.floor(byteLength(encrypted) / 4) * 3;
  if (reserved < 16) throw outOfRange(`[:16] with capacity ${reserved}`);
  if (bytes.length < 16) throw outOfRange(`[16:${bytes.length}]`);
  if (bytes.length % 16 !== 0) throw new CallError("crypto/cipher: input not full blocks");
  if (bytes.length === 16) throw new CallError("runtime error: index out of range [-1]");
  const decipher = createDecipheriv("aes-256-cbc", aesKey(password), bytes.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  const length = plain.length - (plain.at(-1) as number);
  if (length < 0) throw outOfRange(`[:${length}]`);
  return decodeGoString(plain.subarray(0, length));
}

/** Functions on passwords and secrets. */
export function passwordFunctions(random: Randomness): FunctionTable {
  return {
    bcrypt: goFunction(["string"], "string", (context, text) => bcrypt(context, random, text)),
    htpasswd: goFunction(["string", "string"], "string", (context, user, password) =>
      user.includes(":") ? `invalid username: ${user}` : `${user}:${bcrypt(context, random, password)}`,
    ),
    derivePassword: goFunction(
      ["uint32", "string", "string", "string", "string"],
      "string",
      (context, counter, type, password, user, site) => {
        context.charge(hashCharge);
        return derivePassword({ counter: counter.toNumber(), type, password, user, site });
      },
    ),
    encryptAES: goFunction(["string", "string"], "string", (_, password, text) => encryptAes(random, password, text)),
    decryptAES: goFunction(["string", "string"], "string", (_, password, text) => decryptAes(password, text)),
  };
}
