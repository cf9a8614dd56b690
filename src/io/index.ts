export {
  type ElementType,
  type NdArray,
  type NumberArray,
  toFloat32,
  toFloat64,
} from './array.js';
export {
  type Bvh,
  type BvhChannel,
  type BvhJoint,
  bvhFrameCount,
  channelCount,
  readBvh,
  writeBvh,
} from './bvh.js';
export { parseCsv } from './csv.js';
export { type FormatCode, FormatError } from './format-error.js';
export { appendJsonl, parseJsonl, readJsonl } from './jsonl.js';
export { readNpy, readNumbers, writeNpy, writeNpyText } from './npy.js';
export { readNpz, readNpzMembers, writeNpz } from './npz.js';
export { PickleArray, type PickleValue, readPickle } from './pickle.js';
export { readSafetensors, type Safetensors, writeSafetensors } from './safetensors.js';
export { writeNpyObject, writePickle } from './write-pickle.js';
export { crc32, readZip, writeZip, type ZipLimits } from './zip.js';
