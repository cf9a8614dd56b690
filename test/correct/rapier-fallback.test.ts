// Which engine a process loads: the addon alone, Rapier where it is missing, neither.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const data = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

/** Makes every import of Rapier fail, in workers too. */
const HOOK = data(
  'export async function resolve(name, context, next) {' +
    'if (name.includes("rapier3d")) throw new Error("no Rapier here"); return next(name, context); }',
);
const hooked = (hook: string) => [
  '--import',
  data(`import { register } from 'node:module'; register(${JSON.stringify(hook)});`),
];
const WITHOUT_RAPIER = hooked(HOOK);
/** A simulation that ends in the middle of a step, as WebAssembly does that runs into a bug of its own. */
const BREAKING = hooked(
  data(
    'export async function resolve(name, context, next) {' +
      'if (!name.endsWith("/track.js")) return next(name, context);' +
      'return { url: "data:text/javascript,export function track() { throw new Error(`unreachable`); }", shortCircuit: true }; }',
  ),
);
const WITHOUT_ADDON = { SELFCORRECT_ADDON: '/nowhere/selfcorrect.node' };

/** Runs a program that has `correctBatch`, `motions` and `warnings`, and gives what it printed as JSON. */
function run(body: string, { without = [] as string[], env = {} } = {}) {
  const code = `
    import { correctBatch } from ${url('../../src/index.js')};
    import { waving } from ${url('../support/motions.js')};
    const motions = [{ joints: waving(12) }];
    const warnings = [];
    process.on('warning', ({ code, message }) => warnings.push({ code, message }));
    const failure = async (device) => {
      try { return (await correctBatch(motions, { device })).reports[0].status; }
      catch ({ code, message }) { return { code, message }; }
    };
    ${body}`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--no-warnings', ...without, '--input-type=module', '-e', code],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

test('importing the package and correcting with the addon load no Rapier', () => {
  const body = `console.log(JSON.stringify([await failure(), await failure('cpu'), warnings.length]))`;
  assert.equal(run(body, { without: WITHOUT_RAPIER }), ['ok', 'ok', 0]);
  // The hook works: it is what Rapier fails on.
  const { code, message } = run(`console.log(JSON.stringify(await failure('rapier')))`, {
    without: WITHOUT_RAPIER,
  });
  assert.is(code, 'ERR_NATIVE_LOAD');
  assert.match(message, /^Rapier could not be loaded: no Rapier here/);
});

test('without the addon, auto takes Rapier and says so once; cpu fails', () => {
  const body = `
    const ended = [await failure(), await failure('auto'), await failure('cpu')];
    await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify({ ended, warnings }));`;
  const { ended, warnings } = run(body, { env: WITHOUT_ADDON });
  assert.equal(ended.slice(0, 2), ['ok', 'ok']);
  assert.is(ended[2].code, 'ERR_NATIVE_LOAD');
  const mine = warnings.filter(({ code }: { code?: string }) => code === 'SELFCORRECT_NO_ADDON');
  assert.is(mine.length, 1);
  for (const part of [/\/nowhere\/selfcorrect\.node/, /npm run build/, /\d+ times slower/])
    assert.match(mine[0].message, part);
});

test('asking for Rapier is no reason to warn', () => {
  const body = `
    const ended = await failure('rapier');
    console.log(JSON.stringify({ ended, codes: warnings.map(({ code }) => code) }));`;
  const { ended, codes } = run(body, { env: WITHOUT_ADDON });
  assert.is(ended, 'ok');
  assert.not.ok(codes.includes('SELFCORRECT_NO_ADDON'));
});

test('without both the error has both reasons', () => {
  const { code, message } = run('console.log(JSON.stringify(await failure()))', {
    without: WITHOUT_RAPIER,
    env: WITHOUT_ADDON,
  });
  assert.is(code, 'ERR_NATIVE_LOAD');
  assert.match(message, /\/nowhere\/selfcorrect\.node/);
  assert.match(message, /npm run build/);
  assert.match(message, /no Rapier here/);
});

test('an engine that breaks costs no batch: its motions fail, cleaned, and its threads are replaced', () => {
  const body = `
    const batch = [12, 14, 2, 16].map((frames) => ({ joints: waving(frames) }));
    const result = await correctBatch(batch, { device: 'rapier', threads: 1 });
    const finite = result.motions.every(({ joints }) => joints.every(Number.isFinite));
    console.log(JSON.stringify({ finite, statuses: result.reports.map(({ status }) => status) }));`;
  assert.equal(run(body, { without: BREAKING }), {
    finite: true,
    statuses: ['failed', 'failed', 'rejected', 'failed'],
  });
});

test('npm install goes on without tools to build the addon; npm run build does not', () => {
  const build = (...flags: string[]) =>
    spawnSync(process.execPath, ['native/build.mjs', ...flags], {
      encoding: 'utf8',
      env: { PATH: '/nowhere' },
    });
  const optional = build('--optional');
  assert.is(optional.status, 0);
  assert.match(optional.stderr, /needs CMake.*[\s\S]*goes on without it/);
  assert.is(build().status, 1);
});

test.run();
