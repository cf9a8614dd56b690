// A model whose runs take some hundred milliseconds: what blocks a thread shows.
import type { MotionDiffusionConfig } from '../../../src/generator/index.js';
import { Random } from '../../../src/random/random.js';

export const SLOW: MotionDiffusionConfig = {
  frames: 60,
  features: 100,
  condition: { kind: 'action', classes: ['a', 'b', 'c'] },
  dModel: 64,
  layers: 3,
  heads: 4,
  ff: 128,
  diffusionSteps: 50,
};

export function slowData(count = 16) {
  const features = new Random(3, 'data').normals(new Float32Array(count * SLOW.frames * SLOW.features));
  return { features, conditions: Int32Array.from({ length: count }, (_, i) => i % 3) };
}
