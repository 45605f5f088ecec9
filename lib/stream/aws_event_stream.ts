/**
 * Amazon's binary event stream, `application/vnd.amazon.eventstream`: frames of a prelude (total length,
 * length of the headers, CRC of both), headers, a payload, and a CRC of everything before it, all
 * big-endian. https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { GatewayError } from "../errors.ts";
import { concatBytes } from "./bytes.ts";
import type { Step } from "./step.ts";

/** One frame. */
export interface AwsMessage {
  /** By name, such as `:event-type`; headers that are no text are left out. */
  headers: ReadonlyMap<string, string>;
  /** Usually JSON. */
  payload: Uint8Array;
}

/** Largest frame: the format's own limits, 24 MiB of payload and 128 KiB of headers. */
export const MAX_FRAME_LENGTH = 24 * 1024 * 1024 + 128 * 1024 + 16;

const PRELUDE = 12;
const OVERHEAD = 16;

/** Bytes in, frames out; works for any way the bytes are cut. Throws 2002 where they are no frames. */
export function awsEventStreamDecoder(): Step<Uint8Array, AwsMessage> {
  return new FrameDecoder();
}

/**
 * What is unfinished is kept in pieces and joined once its frame is complete, so that a stream that arrives
 * one byte at a time costs linear time.
 */
class FrameDecoder implements Step<Uint8Array, AwsMessage> {
  #pieces: Uint8Array[] = [];
  #held = 0;
  #needed = PRELUDE;

  push(bytes: Uint8Array): AwsMessage[] {
    if (bytes.length === 0) return [];
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    const messages: AwsMessage[] = [];
    while (this.#held >= this.#needed) {
      const all = concatBytes(this.#pieces);
      const view = viewOf(all);
      const length = frameLength(all, view);
      this.#pieces = [all];
      if (all.length < length) {
        this.#needed = length;
        break;
      }
      messages.push(readFrame(all.subarray(0, length)));
      this.#hold(all.subarray(length));
    }
    return messages;
  }

  /** A frame that was cut off says nothing: the reader misses the end of the answer. */
  end(): AwsMessage[] {
    return [];
  }

  #hold(rest: Uint8Array): void {
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    this.#needed = PRELUDE;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unreadable(why: string): GatewayError {
  return new GatewayError(2002, `Cannot read the provider's stream: ${why}`);
}

/** Checked before anything is kept for it: a length out of noise could be 4 GiB. */
function frameLength(bytes: Uint8Array, view: DataView): number {
  if (view.getUint32(8) !== crc32(bytes, 0, 8)) {
    throw unreadable("the beginning of a frame is damaged, or this is no event stream");
  }
  const length = view.getUint32(0);
  const headers = view.getUint32(4);
  if (length > MAX_FRAME_LENGTH || length < OVERHEAD + headers) {
    throw unreadable(`a frame claims ${length} bytes with ${headers} of headers`);
  }
  return length;
}

function readFrame(frame: Uint8Array): AwsMessage {
  const view = viewOf(frame);
  const end = frame.length - 4;
  if (view.getUint32(end) !== crc32(frame, 0, end)) throw unreadable("a frame is damaged");
  const payload = PRELUDE + view.getUint32(4);
  return { headers: readHeaders(frame, view, payload), payload: frame.subarray(payload, end) };
}

/** Bytes of a value by its type: true, false, byte, short, integer, long, then bytes, text, time, UUID. */
const VALUE_LENGTHS: readonly (number | undefined)[] = [
  0,
  0,
  1,
  2,
  4,
  8,
  undefined,
  undefined,
  8,
  16,
];
const TEXT = 7;

const utf8 = new TextDecoder();

function readHeaders(frame: Uint8Array, view: DataView, end: number): Map<string, string> {
  const headers = new Map<string, string>();
  const text = (from: number, length: number) => {
    if (from + length > end) throw unreadable("a header is longer than its frame");
    return utf8.decode(frame.subarray(from, from + length));
  };
  let at = PRELUDE;
  while (at < end) {
    const nameLength = frame[at] ?? 0;
    const name = text(at + 1, nameLength);
    at += 1 + nameLength;
    const type = frame[at++] ?? 0;
    if (type >= VALUE_LENGTHS.length) throw unreadable(`a header has the unknown type ${type}`);
    const known = VALUE_LENGTHS[type];
    if (known === undefined && at + 2 > end) throw unreadable("a header is cut off");
    const length = known ?? view.getUint16(at);
    if (known === undefined) at += 2;
    if (type === TEXT) headers.set(name, text(at, length));
    at += length;
  }
  return headers;
}

const utf8Encoder = new TextEncoder();

/** Writes one frame; every header is text of at most 65,535 bytes. */
export function encodeAwsMessage(
  headers: Readonly<Record<string, string>>,
  payload: string,
): Uint8Array {
  const written = Object.entries(headers).map(([name, value]) => encodeHeader(name, value));
  const body = utf8Encoder.encode(payload);
  const headersLength = written.reduce((sum, { length }) => sum + length, 0);
  const frame = new Uint8Array(OVERHEAD + headersLength + body.length);
  const view = viewOf(frame);
  view.setUint32(0, frame.length);
  view.setUint32(4, headersLength);
  view.setUint32(8, crc32(frame, 0, 8));
  frame.set(concatBytes([...written, body]), PRELUDE);
  view.setUint32(frame.length - 4, crc32(frame, 0, frame.length - 4));
  return frame;
}

function encodeHeader(name: string, value: string): Uint8Array {
  const nameBytes = utf8Encoder.encode(name);
  const valueBytes = utf8Encoder.encode(value);
  const header = new Uint8Array(nameBytes.length + valueBytes.length + 4);
  header[0] = nameBytes.length;
  header.set(nameBytes, 1);
  header[nameBytes.length + 1] = TEXT;
  viewOf(header).setUint16(nameBytes.length + 2, valueBytes.length);
  header.set(valueBytes, nameBytes.length + 4);
  return header;
}

/** The remainders of all bytes for the polynomial of ISO 3309, as zlib and Ethernet use it. */
const REMAINDERS: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  }
  return remainder >>> 0;
});

/** CRC-32 of a stretch of bytes. */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffffffff;
  for (let at = from; at < to; at++) {
    crc = (REMAINDERS[(crc ^ bytes[at]!) & 0xff]!) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
