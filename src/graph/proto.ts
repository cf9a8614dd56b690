/**
 * Writer of the ONNX file format: the part of protobuf and of onnx.proto3 that a graph built here needs.
 * Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
 */

/** Element types a graph may hold, with their code in `TensorProto.DataType`. */
export const DATA_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11, uint64: 13 } as const;
export type DType = keyof typeof DATA_TYPE;

/** The array that holds elements of each type; booleans are one byte each. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Uint8Array;

const encoder = new TextEncoder();
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** A protobuf message under construction: append fields, then take `bytes()`. */
export class Message {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  private append(part: Uint8Array): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }

  private varint(value: number | bigint): this {
    const out: number[] = [];
    if (typeof value === 'number' && value >= 0) {
      let rest = value;
      for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
      out.push(rest);
    } else {
      let rest = BigInt.asUintN(64, BigInt(value)); // negative numbers are written in two's complement
      for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
      out.push(Number(rest));
    }
    return this.append(Uint8Array.from(out));
  }

  private tag(field: number, wire: number): this {
    return this.varint(field * 8 + wire);
  }

  integer(field: number, value: number | bigint): this {
    return this.tag(field, VARINT).varint(value);
  }

  float(field: number, value: number): this {
    return this.tag(field, FIXED32).append(new Uint8Array(Float32Array.of(value).buffer));
  }

  data(field: number, bytes: Uint8Array): this {
    return this.tag(field, BYTES).varint(bytes.length).append(bytes);
  }

  text(field: number, value: string): this {
    return this.data(field, encoder.encode(value));
  }

  message(field: number, message: Message): this {
    this.tag(field, BYTES).varint(message.length);
    this.parts.push(...message.parts);
    this.length += message.length;
    return this;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.length);
    let offset = 0;
    for (const part of this.parts) {
      out.set(part, offset);
      offset += part.length;
    }
    return out;
  }
}

/** `TensorProto`: a constant with its values. */
export function tensorProto(name: string, dtype: DType, shape: readonly number[], data: TensorData): Message {
  const message = new Message();
  for (const size of shape) message.integer(1, size);
  message.integer(2, DATA_TYPE[dtype]).text(8, name);
  return message.data(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** `ValueInfoProto`: name, element type and shape of an input or output; a negative size is written as unknown. */
export function valueInfoProto(name: string, dtype: DType, shape: readonly number[]): Message {
  const sizes = new Message();
  shape.forEach((size, axis) => {
    sizes.message(1, size < 0 ? new Message().text(2, `${name}_${axis}`) : new Message().integer(1, size));
  });
  const tensor = new Message().integer(1, DATA_TYPE[dtype]).message(2, sizes);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** What an attribute may hold. A number is an integer; `{ float }` marks a real one, `{ graph }` a subgraph. */
export type AttributeValue = number | string | readonly number[] | { float: number } | { graph: Message };

function attributeProto(name: string, value: AttributeValue): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.text(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  if ('graph' in value) return message.message(6, value.graph).integer(20, 5);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

/** `NodeProto`: one operation. An empty input name stands for an omitted optional input. */
export function nodeProto(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>>,
): Message {
  const message = new Message();
  for (const name of inputs) message.text(1, name);
  for (const name of outputs) message.text(2, name);
  message.text(4, op);
  for (const [name, value] of Object.entries(attributes)) message.message(5, attributeProto(name, value));
  return message;
}

/** `GraphProto` of encoded nodes, initializers, inputs and outputs. */
export function graphProto(
  name: string,
  nodes: readonly Message[],
  initializers: readonly Message[],
  inputs: readonly Message[],
  outputs: readonly Message[],
): Message {
  const message = new Message();
  for (const node of nodes) message.message(1, node);
  message.text(2, name);
  for (const tensor of initializers) message.message(5, tensor);
  for (const input of inputs) message.message(11, input);
  for (const output of outputs) message.message(12, output);
  return message;
}

/** Opset 20 with IR 9: the oldest pair with Gelu, and the newest that every runtime since ORT 1.17 loads. */
export const OPSET = 20;
const IR_VERSION = 9;

/** `ModelProto`: the bytes a session is created from. */
export function modelBytes(graph: Message): Uint8Array {
  const opset = new Message().text(1, '').integer(2, OPSET);
  return new Message()
    .integer(1, IR_VERSION)
    .text(2, 'selfcorrect')
    .message(7, graph)
    .message(8, opset)
    .bytes();
}
