import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const readme = readFileSync('README.md', 'utf8');
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> })
  .scripts;

test('the example of the API runs as it stands, by the package name', () => {
  const [, code] = readme.match(/```ts\n([\s\S]*?)```/) ?? [];
  assert.type(code, 'string');
  writeFileSync('dist/readme-example.mjs', code);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/readme-example.mjs'], {
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  assert.match(stdout, /^ok \{/);
});

test('every npm script, page and picture that the documents name exists', () => {
  for (const file of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/loop.md', 'docs/physics.md']) {
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/npm run ([a-z:-]+)/g))
      assert.type(scripts[name], 'string', `npm run ${name} in ${file}`);
    for (const [, target] of text.matchAll(/\]\(([^)#]+)\)/g))
      if (!target.startsWith('https:')) assert.ok(existsSync(target), `${target} in ${file}`);
  }
});

test.run();
