import { existsSync, readFileSync } from 'node:fs';

/** Folder of real motion beside the project; tests of real motion say so when it is missing. */
export const MOCAP = '../shared/data/mocap';
export const GENERATED = '../shared/data/generated';
export const haveMocap = existsSync(MOCAP);

/** A plain reader of version-1 npy float32 files, independent of the product's own codec. */
export function readNpy(path: string): Float32Array {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

/** Ids of the clips of a split. */
export const mocapIds = (split: 'train' | 'val' | 'test'): string[] =>
  readFileSync(`${MOCAP}/${split}.txt`, 'utf8').trim().split(/\s+/);

export const mocapClip = (id: string): Float32Array => readNpy(`${MOCAP}/joints/${id}.npy`);

const POSE = [
  [0, 0.93, 0],
  [0.06, 0.85, -0.01],
  [-0.06, 0.85, -0.01],
  [0, 1.06, -0.01],
  [0.08, 0.46, 0],
  [-0.08, 0.46, 0],
  [0, 1.2, -0.02],
  [0.09, 0.06, -0.03],
  [-0.09, 0.06, -0.03],
  [0, 1.26, -0.01],
  [0.11, 0.0, 0.1],
  [-0.11, 0.0, 0.1],
  [0, 1.47, -0.03],
  [0.08, 1.37, -0.04],
  [-0.08, 1.37, -0.04],
  [0, 1.56, 0.02],
  [0.2, 1.41, -0.05],
  [-0.2, 1.41, -0.05],
  [0.21, 1.15, -0.04],
  [-0.21, 1.15, -0.04],
  [0.22, 0.88, 0],
  [-0.22, 0.88, 0],
];

/** A figure that stands and waves its left arm gently: valid motion that needs no file. */
export function waving(frames: number, phase = 0): Float32Array {
  const joints = new Float32Array(frames * 66);
  for (let t = 0; t < frames; t++) {
    const angle = 0.5 * Math.sin(0.2 * t + phase);
    POSE.forEach(([x, y, z], joint) => {
      const at = t * 66 + joint * 3;
      let [px, py] = [x, y];
      if (joint === 18 || joint === 20) {
        const [sx, sy] = POSE[16];
        px = sx + (x - sx) * Math.cos(angle) - (y - sy) * Math.sin(angle);
        py = sy + (x - sx) * Math.sin(angle) + (y - sy) * Math.cos(angle);
      }
      joints.set([px, py, z], at);
    });
  }
  return joints;
}
