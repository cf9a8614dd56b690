import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Rooms from the top down; a room may import rooms of lower levels only, and itself. */
const LEVELS = [
  ['cli'],
  ['tasks', 'jobs', 'report'],
  ['loop'],
  ['generator', 'correct', 'metrics'],
  ['graph', 'data'],
  ['motion', 'io', 'random'],
];
const levelOf = (room: string) => LEVELS.findIndex((rooms) => rooms.includes(room));
const room = (file: string) => file.split('/')[1];

/** Imports of one source text: static, dynamic and re-exports. */
export function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)['"]([^'"]+)['"]/g)].map(
    (match) => match[1],
  );
}

/** What is wrong with one import, or undefined. */
export function breach(file: string, target: string): string | undefined {
  const within = normalize(join(dirname(file), target));
  if (!target.startsWith('.')) {
    if (target === 'onnxruntime-node' && file !== 'src/generator/runtime/ort-worker.ts')
      return `${file}: only generator/runtime/ort-worker.ts imports onnxruntime-node`;
    if (target.startsWith('@dimforge/') && dirname(file) !== 'src/correct/rapier')
      return `${file}: only correct/rapier/ imports Rapier`;
    return undefined;
  }
  if (room(file) === 'index.ts' || room(file) === room(within)) return undefined;
  const [from, to] = [levelOf(room(file)), levelOf(room(within))];
  if (from < 0) return `${file}: the room ${room(file)} is on no level`;
  if (to <= from) return `${file} imports ${within}, which is not below it`;
  return undefined;
}

test('rooms know only the rooms below them', () => {
  const files = readdirSync('src', { recursive: true })
    .map((file) => `src/${file}`)
    .filter((file) => file.endsWith('.ts'));
  assert.ok(files.length > 8);
  const breaches = files.flatMap((file) =>
    importsOf(readFileSync(file, 'utf8')).flatMap((target) => breach(file, target) ?? []),
  );
  assert.equal(breaches, []);
});

test('the check sees a breach', () => {
  assert.equal(importsOf(`import a from './x.js';\nexport * from "../y.js";\nawait import('../z.js')`), [
    './x.js',
    '../y.js',
    '../z.js',
  ]);
  assert.match(breach('src/loop/engine.ts', '../tasks/motion.js') ?? '', /not below/);
  assert.match(breach('src/metrics/fid.ts', '../correct/correct.js') ?? '', /not below/);
  assert.match(breach('src/generator/diffusion/mdm.ts', 'onnxruntime-node') ?? '', /only generator/);
  assert.match(breach('src/correct/device.ts', '@dimforge/rapier3d-compat') ?? '', /only correct\/rapier/);
  assert.is(breach('src/cli/loop.ts', '../loop/engine.js'), undefined);
});

test('importing the package loads neither onnxruntime nor the addon nor Rapier nor a viewer', () => {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const target of importsOf(readFileSync(file, 'utf8')))
      if (target.startsWith('.')) visit(normalize(join(dirname(file), target)).replace(/\.js$/, '.ts'));
      else assert.match(target, /^node:/, `${file} imports ${target}`);
  };
  visit('src/index.ts');
  assert.not.ok([...seen].some((file) => file.includes('report/') || file.includes('ort-worker')));
});

test.run();
