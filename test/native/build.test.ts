// How the addon is built with CUDA, without it, and when that fails; and what it asks of a machine.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ADDON = 'build/Release/selfcorrect.node';
const dir = mkdtempSync(join(tmpdir(), 'selfcorrect-build-'));

/** A program of this name that comes before all others. */
function stub(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

test('the addon needs no NVIDIA library to load', () => {
  const { stdout, error } = spawnSync('readelf', ['--dynamic', ADDON], { encoding: 'utf8' });
  if (error) {
    console.log('note: readelf is missing; what the addon needs is not looked at');
    return;
  }
  const needed = [...stdout.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name);
  assert.ok(needed.length > 0);
  assert.equal(
    needed.filter((name) => /cuda|nvidia|nvrtc/i.test(name)),
    [],
  );
});

/** Runs native/build.mjs with a CMake that only notes what it is asked; `fails` says when a build fails. */
function build(flags: string[], fails: 'with CUDA' | 'always' | 'never', env: Record<string, string> = {}) {
  const bin = mkdtempSync(join(dir, 'bin-'));
  const log = join(bin, 'log');
  stub(
    bin,
    'cmake',
    `case "$*" in
      --version) echo cmake version 3.25.1; exit 0;;
      --help) echo "  Ninja = Ninja"; exit 0;;
      *SELFCORRECT_CUDA=off*) { printf "%s;" "$@"; echo; } >>${log}; rm -f ${bin}/cuda; echo "-- CUDA: off, because"; exit 0;;
      *SELFCORRECT_CUDA=*) { printf "%s;" "$@"; echo; } >>${log}; touch ${bin}/cuda; echo "-- CUDA: on, by nvcc"; exit 0;;
      *--build*) echo build >>${log};;
      *) exit 0;;
    esac
    [ -e ${bin}/cuda ] && why="error: nvcc chokes" || why="error: the compiler chokes"
    case "${fails}" in
      never) exit 0;;
      always) echo "$why"; exit 1;;
      *) [ -e ${bin}/cuda ] && { echo "$why"; exit 1; }; exit 0;;
    esac`,
  );
  const { SELFCORRECT_CUDA: _, SELFCORRECT_CUDA_ARCHS: __, ...inherited } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['native/build.mjs', ...flags], {
    encoding: 'utf8',
    env: { ...inherited, PATH: `${bin}:${process.env.PATH}`, ...env },
  });
  const asked = readFileSync(log, 'utf8').trim().split('\n');
  return {
    status,
    stderr,
    asked: asked.map((line) => line.match(/SELFCORRECT_\w+=[^;]*/g)?.join(', ') ?? line),
  };
}

const DEFAULTS = 'SELFCORRECT_CUDA_ARCHS=default, SELFCORRECT_CUDA_WHY=it was turned off (SELFCORRECT_CUDA)';

test('npm install builds without CUDA where it does not compile, says so, and leaves the reason in the addon', () => {
  const { status, stderr, asked } = build(['--optional'], 'with CUDA');
  assert.is(status, 0);
  assert.match(stderr, /nvcc chokes[\s\S]*building with CUDA failed[\s\S]*without/);
  assert.not.match(stderr, /goes on without it/); // the addon is there
  assert.equal(asked, [
    `SELFCORRECT_CUDA=auto, ${DEFAULTS}`,
    'build',
    'SELFCORRECT_CUDA=off, SELFCORRECT_CUDA_ARCHS=default, SELFCORRECT_CUDA_WHY=building it failed',
    'build',
  ]);
});

test('npm run build does not: it says what turns CUDA off', () => {
  const { status, stderr, asked } = build([], 'with CUDA');
  assert.is(status, 1);
  assert.match(stderr, /nvcc chokes[\s\S]*SELFCORRECT_CUDA=off builds it without/);
  assert.is(asked.length, 2);
});

test('SELFCORRECT_CUDA and SELFCORRECT_CUDA_ARCHS reach CMake; what fails without CUDA is not tried again', () => {
  const off = build([], 'with CUDA', { SELFCORRECT_CUDA: 'off' });
  assert.is(off.status, 0);
  assert.equal(off.asked, [`SELFCORRECT_CUDA=off, ${DEFAULTS}`, 'build']);
  const archs = build([], 'never', { SELFCORRECT_CUDA: 'on', SELFCORRECT_CUDA_ARCHS: '80,90' });
  assert.is(archs.status, 0);
  assert.match(archs.asked[0], /^SELFCORRECT_CUDA=on, SELFCORRECT_CUDA_ARCHS=80,90,/);
  const broken = build(['--optional'], 'always', { SELFCORRECT_CUDA: 'off' });
  assert.is(broken.status, 0);
  assert.match(broken.stderr, /the compiler chokes[\s\S]*building the addon failed[\s\S]*goes on without it/);
  assert.is(broken.asked.length, 2);
});

/** What native/cuda/nvcc.cmake decides; `nvcc` is a script that stands in for it. */
function configured(settings: string[], nvcc?: string) {
  const folder = mkdtempSync(join(dir, 'cmake-'));
  const source = join(folder, 'CMakeLists.txt');
  writeFileSync(
    source,
    `cmake_minimum_required(VERSION 3.20)
project(trial LANGUAGES NONE)
set(CMAKE_CXX_COMPILER c++)
include(${process.cwd()}/native/cuda/nvcc.cmake)
message(STATUS "SC_CUDA=\${SC_CUDA} \${SC_NVCC_FLAGS}")`,
  );
  if (nvcc) stub(folder, 'nvcc', nvcc);
  const path = nvcc ? `${folder}:${process.env.PATH}` : process.env.PATH;
  const { status, stdout, stderr } = spawnSync(
    'cmake',
    ['-S', folder, '-B', join(folder, 'build'), ...settings],
    {
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    },
  );
  return { status, text: `${stdout}${stderr}`.replace(/\s+/g, ' ') };
}

/** Knows three GPUs, compiles everything, has its library in the folder that it is in. */
const GOOD = `case "$*" in
  --list-gpu-arch) printf 'compute_80\\ncompute_90\\ncompute_120\\n';;
  *--dryrun*) here=$(dirname "$0"); touch "$here/libcudart_static.a"; echo "#\\$ LIBRARIES= \\"-L$here\\"" >&2;;
esac`;

test('nvcc that works turns CUDA on, for the GPUs asked for', () => {
  const found = configured(['-DSELFCORRECT_CUDA=auto', '-DSELFCORRECT_CUDA_ARCHS=120,80'], GOOD);
  assert.is(found.status, 0, found.text);
  assert.match(found.text, /CUDA: on, by \S+nvcc for GPUs of 80, 120/);
  assert.match(found.text, /SC_CUDA=ON .*-fmad=false/);
  assert.match(found.text, /code=sm_80;.*code=sm_120;.*arch=compute_120,code=compute_120/);
});

test('nvcc that is broken, or goes with another compiler, turns it off with the reason, and is an error where it is on', () => {
  for (const [script, reason] of [
    ['echo "no such thing" >&2; exit 1', /nvcc does not run: no such thing/],
    [
      `case "$*" in *trial.cu*) echo "unsupported GNU version!" >&2; exit 1;; esac\n${GOOD}`,
      /does not work with \S+: unsupported GNU version!/,
    ],
    [`case "$*" in *--dryrun*) exit 0;; esac\n${GOOD}`, /libcudart_static\.a of \S+ was not found/],
  ] as const) {
    const off = configured(['-DSELFCORRECT_CUDA=auto'], script);
    assert.is(off.status, 0, off.text);
    assert.match(off.text, /CUDA: off, /);
    assert.match(off.text, reason);
    assert.match(off.text, /SC_CUDA=OFF/);
    const on = configured(['-DSELFCORRECT_CUDA=on'], script);
    assert.is(on.status, 1);
    assert.match(on.text, /Expected CUDA for SELFCORRECT_CUDA=on but/);
  }
});

test('bad settings are named', () => {
  const archs = configured(['-DSELFCORRECT_CUDA_ARCHS=70'], GOOD);
  assert.is(archs.status, 1);
  assert.match(
    archs.text,
    /Expected of 80, 90, 120, which \S+nvcc compiles for, for SELFCORRECT_CUDA_ARCHS but received 70/,
  );
  const word = configured(['-DSELFCORRECT_CUDA=maybe']);
  assert.is(word.status, 1);
  assert.match(word.text, /Expected auto, on or off for SELFCORRECT_CUDA but received maybe/);
  const off = configured(['-DSELFCORRECT_CUDA=off'], GOOD);
  assert.is(off.status, 0);
  assert.match(off.text, /CUDA: off, it was turned off \(SELFCORRECT_CUDA\).*SC_CUDA=OFF/);
});

test.after(() => rmSync(dir, { recursive: true }));
test.run();
