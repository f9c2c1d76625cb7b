const rounds = 16;
const sboxWords = 256;
const subkeys = rounds + 2;
const stateWords = subkeys + 4 * sboxWords;

let initial: Uint32Array | undefined;

/**
 * The subkeys of Blowfish, as `bcrypt` mixes passwords and salts into them. Not a cipher for data.
 * Source: B. Schneier, Fast Software Encryption 1993; N. Provos and D. Mazières, USENIX 1999 (`EksBlowfish`).
 */
export class BlowfishState {
  /** The 18 subkeys, then the four boxes. */
  private readonly words: Uint32Array = (initial ??= fractionOfPi(stateWords)).slice();
  private left = 0;
  private right = 0;

  /** Mixes a key in; with a salt, that too. */
  expand(key: Uint8Array, salt: Uint8Array = new Uint8Array(4)): void {
    const { words } = this;
    let at = 0;
    for (let index = 0; index < subkeys; index++) {
      words[index] = (words[index] as number) ^ wordAt(key, at);
      at = (at + 4) % key.length;
    }
    this.left = this.right = 0;
    let saltAt = 0;
    for (let index = 0; index < stateWords; index += 2) {
      this.left ^= wordAt(salt, saltAt);
      this.right ^= wordAt(salt, (saltAt + 4) % salt.length);
      saltAt = (saltAt + 8) % salt.length;
      this.encryptBlock();
      words[index] = this.left;
      words[index + 1] = this.right;
    }
  }

  /** Encrypts pairs of words in place. */
  encrypt(pairs: Uint32Array): void {
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      this.left = pairs[index] as number;
      this.right = pairs[index + 1] as number;
      this.encryptBlock();
      pairs[index] = this.left;
      pairs[index + 1] = this.right;
    }
  }

  private encryptBlock(): void {
    const { words } = this;
    let left = this.left ^ (words[0] as number);
    let right = this.right;
    for (let round = 1; round <= rounds; round += 2) {
      right ^= this.mix(left) ^ (words[round] as number);
      left ^= this.mix(right) ^ (words[round + 1] as number);
    }
    this.left = right ^ (words[rounds + 1] as number);
    this.right = left;
  }

  private mix(half: number): number {
    const { words } = this;
    const first = words[subkeys + (half >>> 24)] as number;
    const second = words[subkeys + sboxWords + ((half >>> 16) & 0xff)] as number;
    const third = words[subkeys + 2 * sboxWords + ((half >>> 8) & 0xff)] as number;
    const fourth = words[subkeys + 3 * sboxWords + (half & 0xff)] as number;
    return (((first + second) ^ third) + fourth) | 0;
  }
}

function wordAt(bytes: Uint8Array, offset: number): number {
  let word = 0;
  for (let index = 0; index < 4; index++) word = (word << 8) | (bytes[(offset + index) % bytes.length] as number);
  return word;
}

/** Where Blowfish takes its first state from: the digits of pi behind the point. By Machin's formula. */
function fractionOfPi(count: number): Uint32Array {
  const guard = 64n;
  const bits = BigInt(count * 32) + guard;
  const arctangent = (inverse: bigint): bigint => {
    let power = (1n << bits) / inverse;
    let sum = power;
    for (let divisor = 3n, sign = -1n; power !== 0n; divisor += 2n, sign = -sign) {
      power /= inverse * inverse;
      sum += (sign * power) / divisor;
    }
    return sum;
  };
  const pi = 16n * arctangent(5n) - 4n * arctangent(239n);
  const fraction = (pi - (3n << bits)) >> guard;
  const hex = fraction.toString(16).padStart(count * 8, "0");
  return Uint32Array.from({ length: count }, (_, index) => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16));
}
