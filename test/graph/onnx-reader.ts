// Reads back what src/graph/proto.ts writes, field by field, independently of it. Nothing may be left unread.

type Fields = Map<number, (Uint8Array | bigint | number)[]>;

function fields(bytes: Uint8Array): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Fields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let bits = 0n; ; bits += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << bits;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const list = found.get(tag >> 3) ?? [];
    found.set(tag >> 3, list);
    if ((tag & 7) === 0) list.push(varint());
    else if ((tag & 7) === 5) {
      list.push(view.getFloat32(at, true));
      at += 4;
    } else if ((tag & 7) === 2) {
      const length = Number(varint());
      list.push(bytes.subarray(at, at + length));
      at += length;
    } else throw new Error(`Expected a known wire type but received ${tag & 7}`);
  }
  if (at !== bytes.length) throw new Error(`Expected ${bytes.length} bytes but read ${at}`);
  return found;
}

const messages = (from: Fields, field: number) => (from.get(field) ?? []) as Uint8Array[];
const texts = (from: Fields, field: number) =>
  messages(from, field).map((bytes) => new TextDecoder().decode(bytes));
const numbers = (from: Fields, field: number) => (from.get(field) ?? []).map(Number);

export interface ReadValue {
  name: string;
  type: number;
  /** Sizes; a text for an unknown one. */
  shape: (number | string)[];
}
export interface ReadNode {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, ReadAttribute>;
}
export type ReadAttribute = number | string | number[] | { float: number } | ReadGraph;
export interface ReadGraph {
  name: string;
  nodes: ReadNode[];
  initializers: { name: string; type: number; shape: number[]; bytes: Uint8Array }[];
  inputs: ReadValue[];
  outputs: ReadValue[];
}

function readValue(bytes: Uint8Array): ReadValue {
  const info = fields(bytes);
  const tensor = fields(messages(fields(messages(info, 2)[0]), 1)[0]);
  const sizes = messages(fields(messages(tensor, 2)[0]), 1).map(fields);
  return {
    name: texts(info, 1)[0],
    type: numbers(tensor, 1)[0],
    shape: sizes.map((size) => texts(size, 2)[0] ?? numbers(size, 1)[0]),
  };
}

function readAttribute(bytes: Uint8Array): [string, ReadAttribute] {
  const attribute = fields(bytes);
  const values: Record<number, () => ReadAttribute> = {
    1: () => ({ float: numbers(attribute, 2)[0] }),
    2: () => numbers(attribute, 3)[0],
    3: () => texts(attribute, 4)[0],
    5: () => readGraph(messages(attribute, 6)[0]),
    7: () => numbers(attribute, 8),
  };
  return [texts(attribute, 1)[0], values[numbers(attribute, 20)[0]]()];
}

function readGraph(bytes: Uint8Array): ReadGraph {
  const graph = fields(bytes);
  return {
    name: texts(graph, 2)[0],
    nodes: messages(graph, 1).map((node) => {
      const parts = fields(node);
      const attributes = Object.fromEntries(messages(parts, 5).map(readAttribute));
      return { op: texts(parts, 4)[0], inputs: texts(parts, 1), outputs: texts(parts, 2), attributes };
    }),
    initializers: messages(graph, 5).map((tensor) => {
      const parts = fields(tensor);
      return {
        name: texts(parts, 8)[0],
        type: numbers(parts, 2)[0],
        shape: numbers(parts, 1),
        bytes: messages(parts, 9)[0],
      };
    }),
    inputs: messages(graph, 11).map(readValue),
    outputs: messages(graph, 12).map(readValue),
  };
}

export function readModel(bytes: Uint8Array): { ir: number; opset: number; graph: ReadGraph } {
  const model = fields(bytes);
  return {
    ir: numbers(model, 1)[0],
    opset: numbers(fields(messages(model, 8)[0]), 2)[0],
    graph: readGraph(messages(model, 7)[0]),
  };
}
