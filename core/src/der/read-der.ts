/** A tag, its content, and all its bytes. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** The elements that bytes hold one after another; undefined where they are not DER. */
export function readElements(bytes: Uint8Array): DerElement[] | undefined {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const header = readHeader(bytes, at);
    if (header === undefined) return undefined;
    const { start, end } = header;
    elements.push({ tag: bytes[at] as number, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return elements;
}

function readHeader(bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined) return undefined;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 4 || at + 2 + count > bytes.length) return undefined;
  let length = count === 0 ? first : 0;
  for (let index = 0; index < count; index++) length = length * 256 + (bytes[at + 2 + index] as number);
  const start = at + 2 + count;
  return start + length > bytes.length ? undefined : { start, end: start + length };
}

/** The elements within a sequence that is all the bytes. */
export function readSequence(bytes: Uint8Array): DerElement[] | undefined {
  const outer = readElements(bytes);
  const [first] = outer ?? [];
  return first === undefined || outer?.length !== 1 || first.tag !== 0x30 ? undefined : readElements(first.content);
}
