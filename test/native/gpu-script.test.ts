// The one call for a GPU machine, tried on the emulated device, and the bench that it runs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const BENCH = 'build/native_bench';
const run = (command: string, args: string[], env: Record<string, string> = {}) =>
  spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } });

if (!existsSync(BENCH) || !existsSync('build/native_test')) {
  const note = `${BENCH} or build/native_test is missing; node native/test/build.mjs o3 builds them`;
  if (process.env.CI) test('the bench without Node is there', () => assert.unreachable(note));
  else console.log(`note: ${note}`);
} else {
  test('on the emulated device it goes through every part, skips those of a GPU with the reason, and says what it is not', () => {
    const out = join(mkdtempSync(join(tmpdir(), 'selfcorrect-gpu-script-')), 'new', 'folder');
    const { status, stdout, stderr } = run('bash', ['native/bench/gpu.sh', '--emulated', out], {
      BUILT: 'build',
    });
    assert.is(status, 0, stdout + stderr);
    const summary = readFileSync(join(out, 'summary.md'), 'utf8');
    assert.match(summary, /^# A trial of the script on the emulated device: no figures of a GPU\n/);
    assert.match(summary, /\| results against the processor \| done in \d+ s \|/);
    assert.match(summary, /\| bench \| done in \d+ s \|/);
    for (const name of ['profile of track', 'memcheck', 'racecheck'])
      assert.ok(summary.includes(`| ${name} | skipped: there is no GPU |`), summary);
    assert.match(summary, /EMULATED:[\s\S]*No figures of a GPU/);
    const [header, ...rows] = readFileSync(join(out, 'bench.csv'), 'utf8').trim().split('\n');
    const names = header.split(',');
    assert.is(rows.length, 2);
    for (const row of rows) {
      const cells = row.split(',');
      assert.is(cells.length, names.length);
      assert.is(cells[0], 'emulated');
      assert.is(cells[names.indexOf('different')], '0');
      for (const name of ['prepare_s', 'shape_s', 'track_s', 'finish_s', 'upload_bytes', 'download_bytes'])
        assert.ok(Number(cells[names.indexOf(name)]) > 0, `${name} of ${row}`);
    }
  });

  test('a trial is never written where results of a GPU are', () => {
    const { status, stderr } = run('bash', ['native/bench/gpu.sh', '--emulated', 'bench/results/h200']);
    assert.is(status, 2);
    assert.match(stderr, /Expected a folder outside bench\/results for --emulated/);
    assert.not.ok(
      existsSync('bench/results/h200/summary.md') &&
        /trial/.test(readFileSync('bench/results/h200/summary.md', 'utf8')),
    );
  });

  test('native_bench names a bad argument', () => {
    for (const [args, message] of [
      [['--device', 'gpu'], /^Expected cuda, emulated or cpu for --device but received gpu$/m],
      [['--motions', '4,,8'], /^Expected a number from 1 to 1048576 for --motions but received $/m],
      [['--rounds'], /^Expected a value for --rounds but received none$/m],
      [['--fast', '1'], /for an option but received --fast$/m],
    ] as const) {
      const { status, stderr } = run(BENCH, [...args]);
      assert.is(status, 2);
      assert.match(stderr, message);
    }
  });
}

test.run();
