import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JOINT_COUNT, JOINT_NAMES, MIRROR, PARENTS } from '../../src/motion/skeleton.js';

test('parents come before their children, and mirroring keeps the tree', () => {
  assert.is(JOINT_NAMES.length, JOINT_COUNT);
  for (let joint = 1; joint < JOINT_COUNT; joint++) {
    assert.ok(PARENTS[joint] < joint);
    assert.is(MIRROR[MIRROR[joint]], joint);
    assert.is(PARENTS[MIRROR[joint]], MIRROR[PARENTS[joint]]);
  }
});

test.run();
