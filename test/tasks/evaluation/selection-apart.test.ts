import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Files of this package that a file reaches by its imports, types aside. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, target] of text.matchAll(/^(?:import|export)(?! type\b)[^;]*?from '(\.[^']+)'/gms))
    reach(normalize(join(dirname(file), target)).replace(/\.js$/, '.ts'), seen);
  return seen;
}

/** What makes the spaces that metrics live in. */
const SPACES = [
  'src/metrics/kinetic-features.ts',
  'src/metrics/memorisation.ts',
  'src/metrics/classifier.ts',
  'src/metrics/evaluator.ts',
  'src/tasks/motion/evaluation/channels.ts',
  'src/tasks/motion/evaluation/encoder.ts',
  'src/tasks/motion/evaluation/learned-evaluator.ts',
];
/** What looks at the real set to choose or to change samples. */
const SELECTION = 'src/tasks/motion/selection.ts';
const LOOKERS = [SELECTION, 'src/tasks/motion/calibration.ts'];

test('selection is made in a space that no metric uses: it shares the arithmetic of tables, no feature, no weight', () => {
  const used = LOOKERS.flatMap((file) => [...reach(file)]);
  assert.equal(
    SPACES.filter((file) => used.includes(file)),
    [],
  );
  assert.ok(used.includes('src/metrics/table.ts'), 'the search sees imports');
  for (const file of ['src/metrics/evaluator.ts', 'src/tasks/motion/evaluation/judge.ts'])
    for (const looker of LOOKERS) assert.not.ok(reach(file).has(looker), `${file} and ${looker}`);
  const judged = reach('src/tasks/motion/evaluation/judge.ts');
  for (const file of SPACES) assert.ok(judged.has(file), `${file} is what metrics are made from`);
});

test.run();
