import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const [first, second] = [...readFileSync('docs/training.md', 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code]) => code,
);

function run(name: string, code: string): string {
  const file = `dist/${name}.mjs`;
  writeFileSync(file, code);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  rmSync(file);
  assert.is(status, 0, stderr);
  return stdout;
}

test('a model of 40 lines learns a circle and samples points on it', () => {
  assert.ok(first.trimEnd().split('\n').length <= 48, 'the example must stay short');
  const radii = run('training-example', first)
    .match(/radii (.*)$/m)![1]
    .split(' ')
    .map(Number);
  assert.is(radii.length, 10);
  for (const radius of radii) assert.ok(Math.abs(radius - 1) < 0.15, `${radii}`);
});

test('the motion example runs, with fewer steps and sizes', () => {
  const small = second
    .replace('...MODEL_SIZES.S', 'dModel: 16, layers: 1, heads: 2, ff: 16')
    .replace('frames: 196', 'frames: 12')
    .replace('diffusionSteps: 1000', 'diffusionSteps: 30')
    .replace('20_000', '8')
    .replace('lengths: [120]', 'lengths: [9]')
    .replace("model.save('model.safetensors')", "model.save('dist/example.safetensors')");
  const data = `import { rmSync } from 'node:fs';
const captions = ['a person walks forward', 'a person waves'];
const lengths = [12, 7];
const features = Float32Array.from({ length: 19 * 263 }, (_, i) => Math.sin(i));\n`;
  const end = "\nawait model.close();\nrmSync('dist/example.safetensors');\nconsole.log(drawn.length);\n";
  assert.is(run('motion-example', data + small + end), `${9 * 263}\n`);
});

test.run();
