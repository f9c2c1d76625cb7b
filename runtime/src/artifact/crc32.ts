/** Gzip's polynomial, reflected. */
const polynomial = 0xedb88320;

/** A square matrix over GF(2): what some number of zero bits does to a checksum. */
type Matrix = readonly number[];

const multiply = (matrix: Matrix, vector: number): number => {
  let sum = 0;
  for (let rest = vector, row = 0; rest !== 0; rest >>>= 1, row++) if (rest & 1) sum ^= matrix[row] ?? 0;
  return sum;
};
const square = (matrix: Matrix): Matrix => matrix.map((row) => multiply(matrix, row));

/** Matrices for 1, 2, 4, … zero bytes. */
const zeroBytes: Matrix[] = [];

function matrixFor(power: number): Matrix {
  while (zeroBytes.length <= power) {
    const last = zeroBytes.at(-1);
    if (last) zeroBytes.push(square(last));
    else {
      const oneBit: Matrix = [polynomial, ...Array.from({ length: 31 }, (_, bit) => 2 ** bit)];
      zeroBytes.push(square(square(square(oneBit))));
    }
  }
  return zeroBytes[power] ?? [];
}

/** The CRC-32 of two pieces one after the other, from theirs and the second one's length in bytes. Source: zlib's `crc32_combine`. */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  let shifted = first >>> 0;
  for (let rest = secondLength, power = 0; rest > 0; rest = Math.floor(rest / 2), power++) {
    if (rest % 2 === 1) shifted = multiply(matrixFor(power), shifted) >>> 0;
  }
  return (shifted ^ second) >>> 0;
}
