import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const readme = readFileSync('README.md', 'utf8');
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> })
  .scripts;

test('the examples of the API run as they stand, by the package name', () => {
  const codes = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  const printed = codes.map((code, i) => {
    const file = `dist/readme-example-${i}.mjs`;
    writeFileSync(file, code);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    assert.is(status, 0, stderr);
    return stdout;
  });
  assert.is(printed.length, 2);
  assert.match(printed[0], /^ok \{/);
  assert.is(printed[1].match(/^ok \d+$/gm)?.length, 64);
});

test('every npm script, page and picture that the documents name exists', () => {
  for (const file of [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'docs/loop.md',
    'docs/physics.md',
    'docs/results.md',
    'docs/training.md',
  ]) {
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/npm run ([a-z:-]+)/g))
      assert.type(scripts[name], 'string', `npm run ${name} in ${file}`);
    const prose = text.replace(/```[\s\S]*?```/g, ''); // code has brackets of its own
    for (const [, target] of prose.matchAll(/\]\(([^)#]+)\)/g))
      if (!target.startsWith('https:'))
        assert.ok(existsSync(join(dirname(file), target)), `${target} in ${file}`);
  }
});

test.run();
