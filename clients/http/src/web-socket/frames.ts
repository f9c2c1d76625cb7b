import { HttpError } from "../errors.ts";

/** What a frame is. Source: RFC 6455, 5.2. */
export type FrameForm = "continuation" | "text" | "binary" | "close" | "ping" | "pong";

/** A message, or a frame that controls the connection. */
export interface Frame {
  readonly form: FrameForm;
  readonly payload: Buffer;
}

const opcodes: Readonly<Record<FrameForm, number>> = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
};
const forms: ReadonlyMap<number, FrameForm> = new Map(
  Object.entries(opcodes).map(([form, opcode]) => [opcode, form as FrameForm]),
);
const maxControlBytes = 125;

/** One whole frame as a client sends it, under a mask of four random bytes. Pure. */
export function formatFrame(form: FrameForm, payload: Uint8Array, mask: Uint8Array): Buffer {
  const { length } = payload;
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(2 + extra + 4 + length);
  frame[0] = 0x80 | opcodes[form];
  frame[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) frame.writeUInt16BE(length, 2);
  if (extra === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.set(mask, 2 + extra);
  const start = 6 + extra;
  for (let index = 0; index < length; index++)
    frame[start + index] = (payload[index] ?? 0) ^ (mask[index % mask.length] ?? 0);
  return frame;
}

/** Puts frames together from bytes as they come. */
export interface FrameReader {
  /**
   * What is whole by now: messages with their fragments joined, and frames that control.
   * @throws HttpError protocol (RFC 6455 is not kept), tooLarge (a message of more than `maxBytes`, as soon as it is announced)
   */
  push(chunk: Uint8Array): Frame[];
}

interface Head {
  readonly form: FrameForm;
  readonly isLast: boolean;
  readonly start: number;
  readonly length: number;
}

/** A reader of what a server sends, which has read nothing yet. */
export function createFrameReader({ maxBytes }: { maxBytes: number }): FrameReader {
  let chunks: Uint8Array[] = [];
  let [held, wanted] = [0, 2];
  let message: { readonly form: FrameForm; readonly parts: Buffer[]; size: number } | undefined;
  const join = ({ form, isLast }: Head, payload: Buffer): Frame | undefined => {
    if (isControl(form)) return { form, payload };
    if ((form === "continuation") !== (message !== undefined)) throw broken("a fragment is not where one can be");
    message ??= { form, parts: [], size: 0 };
    message.parts.push(payload);
    message.size += payload.length;
    if (!isLast) return undefined;
    const whole = { form: message.form, payload: Buffer.concat(message.parts) };
    message = undefined;
    return whole;
  };
  return {
    push(chunk) {
      chunks.push(chunk);
      held += chunk.length;
      const frames: Frame[] = [];
      // Joined only when there is enough of it: bytes may come one by one.
      while (held >= wanted) {
        const bytes = joined(chunks);
        const head = readHead(bytes);
        if (head && head.length + (message?.size ?? 0) > maxBytes)
          throw new HttpError("tooLarge", `a message is longer than ${maxBytes} bytes`);
        const end = head ? head.start + head.length : bytes.length + 1;
        chunks = [bytes];
        if (!head || bytes.length < end) {
          wanted = end;
          break;
        }
        const frame = join(head, Buffer.from(bytes.subarray(head.start, end)));
        if (frame) frames.push(frame);
        chunks = [bytes.subarray(end)];
        [held, wanted] = [bytes.length - end, 2];
      }
      return frames;
    },
  };
}

function joined(chunks: readonly Uint8Array[]): Buffer {
  const [only] = chunks;
  return only && chunks.length === 1 ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(chunks);
}

/** Undefined while there are too few bytes. */
function readHead(bytes: Buffer): Head | undefined {
  const [first = 0, second = 0] = bytes;
  const form = forms.get(first & 0x0f);
  if (!form || (first & 0x70) !== 0) throw broken("a frame is of no kind that was agreed on");
  if ((second & 0x80) !== 0) throw broken("a server's frame is masked");
  const isLast = (first & 0x80) !== 0;
  const short = second & 0x7f;
  if (isControl(form) && (!isLast || short > maxControlBytes)) throw broken(`a ${form} is too long, or in fragments`);
  if (short < 126) return { form, isLast, start: 2, length: short };
  const start = short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  return { form, isLast, start, length: short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)) };
}

function isControl(form: FrameForm): boolean {
  return form === "close" || form === "ping" || form === "pong";
}

function broken(why: string): HttpError {
  return new HttpError("protocol", why, { doing: "read a WebSocket" });
}
