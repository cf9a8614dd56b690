import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../src/random/random.js';
import { CosineTransform } from '../../src/tasks/motion/cosine-transform.js';

const STRIDE = 5;
const CHANNELS = 3;

for (const frames of [1, 2, 3, 8, 9, 60, 61])
  test(`${frames} frames: the plain sum of the definition, and back`, () => {
    const transform = new CosineTransform(frames, CHANNELS);
    const motion = new Random('cosine', frames).normals(new Float32Array(frames * STRIDE));
    const before = 7;
    const coefficients = new Float64Array(before + frames * CHANNELS);
    transform.forward(motion, STRIDE, coefficients, before);
    for (let k = 0; k < frames; k++)
      for (let c = 0; c < CHANNELS; c++) {
        let sum = 0;
        for (let t = 0; t < frames; t++)
          sum += motion[t * STRIDE + c] * Math.cos((Math.PI * (2 * t + 1) * k) / (2 * frames));
        sum *= Math.sqrt((k === 0 ? 1 : 2) / frames);
        const value = coefficients[before + k * CHANNELS + c];
        assert.ok(Math.abs(value - sum) < 1e-12, `${k} ${c}: ${value}, not ${sum}`);
      }
    assert.equal(coefficients.subarray(0, before), new Float64Array(before), 'nothing before its place');
    const back = new Float32Array(frames * STRIDE).fill(9);
    transform.inverse(coefficients, before, back, STRIDE);
    back.forEach((value, i) => {
      const wanted = i % STRIDE < CHANNELS ? motion[i] : 9;
      assert.ok(Math.abs(value - wanted) < 1e-6, `${i}: ${value}, not ${wanted}`);
    });
  });

test.run();
