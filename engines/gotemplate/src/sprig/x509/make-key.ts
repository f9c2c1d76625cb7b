import { Buffer } from "node:buffer";
import { checkPrimeSync, createECDH, createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { bigintOf, randomBelow, type Randomness } from "../randomness.ts";
import { element, objectId, octets, sequence, bits, unsigned } from "./der.ts";

/** Makes private keys: by the machine's generator, or repeatably from a seeded source. */

const smallPrimes: readonly bigint[] = Array.from({ length: 2_000 }, (_, index) => BigInt(2 * index + 3)).filter(
  (number) => {
    for (let factor = 3n; factor * factor <= number; factor += 2n) if (number % factor === 0n) return false;
    return true;
  },
);

function isPrime(candidate: bigint): boolean {
  return smallPrimes.every((prime) => candidate % prime !== 0n) && checkPrimeSync(candidate);
}

/** A prime with this many bits, the two highest of them set, from `start` on in steps. */
function primeFrom(start: bigint, step: bigint): bigint {
  for (let candidate = start; ; candidate += step) if (isPrime(candidate)) return candidate;
}

function randomPrime(random: Randomness, size: number): bigint {
  const high = 3n << BigInt(size - 2);
  return primeFrom(bigintOf(random.bytes(size / 8)) | high | 1n, 2n);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let factor = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

/** The number that times `value` is 1. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [r, next, x, nextX] = [modulus, value % modulus, 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [x, nextX] = [nextX, x - quotient * nextX];
  }
  return x < 0n ? x + modulus : x;
}

const publicExponent = 65_537n;

function seededRsa(random: Randomness, size: number): KeyObject {
  let [p, q] = [randomPrime(random, size / 2), randomPrime(random, size / 2)];
  if (p < q) [p, q] = [q, p];
  const phi = (p - 1n) * (q - 1n);
  if (p === q || phi % publicExponent === 0n) return seededRsa(random, size);
  const d = inverse(publicExponent, phi);
  const numbers = [0n, p * q, publicExponent, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)];
  return createPrivateKey({ key: sequence(...numbers.map(unsigned)), format: "der", type: "pkcs1" });
}

/** An RSA key. */
export function makeRsaKey(random: Randomness, size: 2048 | 4096): KeyObject {
  return random.isSecret ? generateKeyPairSync("rsa", { modulusLength: size }).privateKey : seededRsa(random, size);
}

const orderOfP256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** An ECDSA key on P-256. */
export function makeEcKey(random: Randomness): KeyObject {
  if (random.isSecret) return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const secret = Buffer.from((randomBelow(random, orderOfP256 - 1n) + 1n).toString(16).padStart(64, "0"), "hex");
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(secret);
  const key = sequence(
    unsigned(1n),
    octets(secret),
    element(0xa0, objectId("1.2.840.10045.3.1.7")),
    element(0xa1, bits(curve.getPublicKey())),
  );
  return createPrivateKey({ key, format: "der", type: "sec1" });
}

/** An Ed25519 key. */
export function makeEd25519Key(random: Randomness): KeyObject {
  const key = sequence(unsigned(0n), sequence(objectId("1.3.101.112")), octets(octets(random.bytes(32))));
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

/** Numbers of a DSA key: p, q, g, y, x. */
export type DsaNumbers = readonly [p: bigint, q: bigint, g: bigint, y: bigint, x: bigint];

/** A DSA key with 2048 and 256 bits. */
export function makeDsaNumbers(random: Randomness): DsaNumbers {
  const q = randomPrime(random, 256);
  const start = bigintOf(random.bytes(256)) | (3n << 2046n);
  const p = primeFrom(start - (start % (2n * q)) + 1n + 2n * q, 2n * q);
  if (p.toString(2).length !== 2_048) return makeDsaNumbers(random);
  let g = 1n;
  for (let base = 2n; g === 1n; base++) g = power(base, (p - 1n) / q, p);
  const x = randomBelow(random, q - 1n) + 1n;
  return [p, q, g, power(g, x, p), x];
}
