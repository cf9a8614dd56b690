import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgress, duration, renderBar } from '../../src/cli/progress.js';

test('durations', () => {
  assert.equal([0.4, 42, 185, 3723].map(duration), ['0 s', '42 s', '3:05', '1:02:03']);
});

test('a bar estimates the time left from its own rate', () => {
  const bar = { event: { stage: 'train', done: 30, total: 90, note: 'loss 0.1' }, started: 0, first: 10 };
  // 20 units in 10 s, 60 to go
  assert.match(renderBar(bar, 10_000), /train .* 33 % {2}30 s left {2}loss 0\.1/);
  assert.not.match(renderBar({ ...bar, event: { ...bar.event, done: 90 } }, 10_000), /left/);
});

test('a terminal that does not know its width cuts nothing off', () => {
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: 0 });
  const progress = createProgress(out as unknown as NodeJS.WriteStream);
  progress.update({ stage: 'train', done: 30, total: 90, note: 'loss 0.125' });
  progress.end();
  assert.match((out.read() as Buffer).toString(), /loss 0\.125\n/);
});

test('piped: one JSON object a line, the end of a stage always among them', () => {
  const out = new PassThrough();
  const progress = createProgress(out as unknown as NodeJS.WriteStream);
  for (let done = 0; done <= 100; done++) progress.update({ stage: 'correct', done, total: 100 });
  progress.log('hello', { event: 'result', value: 1 });
  progress.log('plain');
  progress.end();
  const lines = (out.read() as Buffer)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines[0], { event: 'progress', stage: 'correct', done: 0, total: 100 });
  assert.equal(lines.at(-3), { event: 'progress', stage: 'correct', done: 100, total: 100 });
  assert.equal(lines.slice(-2), [
    { event: 'result', value: 1 },
    { event: 'message', text: 'plain' },
  ]);
  assert.ok(lines.length < 10);
});

test('on a terminal bars redraw in place and lines stay', () => {
  const out = new PassThrough() as PassThrough & { isTTY: boolean; columns: number };
  out.isTTY = true;
  out.columns = 60;
  const progress = createProgress(out as unknown as NodeJS.WriteStream);
  progress.update({ stage: 'sample', done: 1, total: 2 });
  progress.log('a line that stays');
  progress.update({ stage: 'sample', done: 2, total: 2 });
  progress.end();
  const text = (out.read() as Buffer).toString();
  assert.match(text, 'a line that stays\n');
  assert.match(text, '\x1b[1A\x1b[J');
  for (const line of text.split('\n'))
    assert.ok(line.replaceAll('\x1b[1A', '').replaceAll('\x1b[J', '').length < 60);
});

test('a new stage takes the bar of the one before it, and a bar can be taken away', () => {
  const out = new PassThrough() as PassThrough & { isTTY: boolean };
  out.isTTY = true;
  const progress = createProgress(out as unknown as NodeJS.WriteStream);
  /** The lines on the screen: what is left after the last jump up. */
  const screen = () => (out.read() as Buffer).toString().split('\x1b[J').at(-1);
  progress.update({ bar: 'corrected 3', stage: 'corrected 3: prepare', done: 0, total: 1 });
  progress.update({ bar: 'corrected 3', stage: 'corrected 3: train', done: 0, total: 100 });
  progress.log('a line');
  const bars = screen();
  assert.match(bars ?? '', 'corrected 3: train');
  assert.not.match(bars ?? '', 'prepare');
  progress.end('corrected 3');
  assert.is(screen(), '');
});

test.run();
