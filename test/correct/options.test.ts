import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CorrectOptions, CorrectorError, correctBatch } from '../../src/index.js';

const rejects = async (call: () => Promise<unknown>, code: string, message: RegExp) => {
  try {
    await call();
  } catch (error) {
    assert.instance(error, CorrectorError);
    assert.is((error as CorrectorError).code, code);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable('it did not reject');
};

for (const [options, code, message] of [
  [{ fps: 0 }, 'ERR_RANGE', /^Expected a number from 5 to 240 for fps but received 0$/],
  [{ fps: '20' }, 'ERR_TYPE', /^Expected a number for fps but received "20"$/],
  [{ fps: Number.NaN }, 'ERR_RANGE', /for fps but received NaN/],
  [{ preset: 'movie' }, 'ERR_RANGE', /^Expected 'clip' or 'loop' for preset but received "movie"$/],
  [{ assist: 1 }, 'ERR_TYPE', /for assist but received 1/],
  [{ assist: { force: -1 } }, 'ERR_RANGE', /for assist\.force but received -1/],
  [{ keepPath: 1 }, 'ERR_TYPE', /^Expected true or false for keepPath but received 1$/],
  [{ simulate: 'no' }, 'ERR_TYPE', /^Expected true or false for simulate but received "no"$/],
  [{ gamma: -1 }, 'ERR_RANGE', /for gamma/],
  [{ seed: 1.5 }, 'ERR_RANGE', /an integer for seed but received 1\.5/],
  [{ threads: 0 }, 'ERR_RANGE', /for threads/],
  [{ rate: 10 }, 'ERR_RANGE', /for rate/],
  [
    { output: 'bvh' },
    'ERR_RANGE',
    /^Expected 'same', 'joints', 'rotations' or 'features' for output but received "bvh"$/,
  ],
  [{ signal: {} }, 'ERR_TYPE', /an AbortSignal for signal but received an object of Object/],
  [{ onProgress: 3 }, 'ERR_TYPE', /a function for onProgress/],
  [{ frames: 3 }, 'ERR_TYPE', /for an option name but received "frames"/],
  [null, 'ERR_TYPE', /an object for options but received null/],
] as [unknown, string, RegExp][])
  test(`a bad option is named: ${JSON.stringify(options)}`, () =>
    rejects(() => correctBatch([], options as CorrectOptions), code, message));

for (const [inputs, code, message] of [
  [undefined, 'ERR_TYPE', /an array of motions, or { joints, lengths }, for inputs but received undefined/],
  [[undefined], 'ERR_TYPE', /a Float32Array for inputs\[0\]\.joints but received undefined/],
  [[{ joints: new Float64Array(66) }], 'ERR_TYPE', /but received Float64Array of 66 values/],
  [
    [{ joints: [[0, 1, 2]] }],
    'ERR_SHAPE',
    /a flat Float32Array \[frames x 22 x 3\] for inputs\[0\]\.joints but received an array of 1/,
  ],
] as [never, string, RegExp][])
  test(`a bad input is named: ${message.source.slice(0, 50)}`, () =>
    rejects(() => correctBatch(inputs), code, message));

test.run();
