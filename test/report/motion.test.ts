import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PARENTS } from '../../src/motion/skeleton.js';
import { BONES } from '../../src/report/client/body.js';
import { type Camera, cameraPosition, orbit, projector, zoom } from '../../src/report/client/camera.js';
import { generationAt } from '../../src/report/client/charts.js';
import { inContact, poseAt, unpackJoints } from '../../src/report/client/codec.js';
import { footContacts } from '../../src/report/contacts.js';
import { packMotion } from '../../src/report/pack.js';
import { stickFigure } from './sample.js';

test('packed joints come back to within half a step', () => {
  const joints = stickFigure(60);
  const packed = packMotion({ group: 'a', label: 'b', fps: 20, joints }, 0, 3);
  const back = unpackJoints(packed.after);
  assert.is(back.length, joints.length);
  assert.ok(packed.after.step < 1e-4, 'finer than 0.1 mm for a clip of 3 m');
  let worst = 0;
  for (let i = 0; i < joints.length; i++) worst = Math.max(worst, Math.abs(back[i] - joints[i]));
  assert.ok(worst <= packed.after.step * 0.51, `${worst} m`);
  assert.ok(packed.after.data.length < joints.length * 2.7, '2 bytes a number in base64');
});

test('what does not fit is refused with its name', () => {
  const joints = stickFigure(10);
  const pack = (change: object) => () =>
    packMotion({ group: 'a', label: 'b', fps: 20, joints, ...change }, 4, 0);
  assert.throws(
    pack({ joints: joints.subarray(1) }),
    /Expected a whole number of frames of 66 values for motions\[4\]\.joints but received 659 values/,
  );
  assert.throws(pack({ before: stickFigure(9) }), /for motions\[4\]\.before but received 594/);
  assert.throws(pack({ fps: 0 }), /a number above 0 for motions\[4\]\.fps but received 0/);
  assert.throws(pack({ contacts: new Uint8Array(3) }), /20 values, two a frame/);
  const broken = joints.slice();
  broken[7] = Number.NaN;
  assert.throws(pack({ joints: broken }), /finite numbers/);
});

test('feet are in contact when low and slow', () => {
  const still = new Float32Array(66 * 3);
  for (let t = 0; t < 3; t++) for (let j = 0; j < 22; j++) still[t * 66 + j * 3 + 1] = 1;
  const foot = (t: number, joint: number) => t * 66 + joint * 3;
  for (let t = 0; t < 3; t++) {
    still[foot(t, 10) + 1] = -0.02; // left: under the ground, at rest
    still[foot(t, 11) + 1] = 0.01; // right: low, but it slides at 2 m/s
    still[foot(t, 11)] = t * 0.1;
  }
  assert.equal([...footContacts(still, 20)], [1, 0, 1, 0, 1, 0]);
  for (let t = 0; t < 3; t++) still[foot(t, 10) + 1] = 0.06;
  assert.equal([...footContacts(still, 20)], [0, 0, 0, 0, 0, 0]);
});

test('contacts given by the caller are kept, side by side', () => {
  const packed = packMotion(
    {
      group: '',
      label: '',
      fps: 20,
      joints: stickFigure(4),
      contacts: Uint8Array.from([0, 0, 1, 0, 0, 1, 1, 1]),
    },
    0,
    0,
  );
  assert.is(packed.contacts, '0123');
  assert.equal(
    [0, 1, 2, 3].map((frame) => [inContact(packed.contacts, frame, 0), inContact(packed.contacts, frame, 1)]),
    [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ],
  );
});

test('a pose between two frames lies between them', () => {
  const joints = new Float32Array(132);
  joints.fill(2, 66);
  const out = new Float32Array(66);
  assert.is(poseAt(joints, 0.25, out)[5], 0.5);
  assert.is(poseAt(joints, 1, out)[5], 2);
  assert.is(poseAt(joints, 7, out)[5], 2);
});

test('the bones drawn are those of the skeleton', () => {
  const bones = PARENTS.flatMap((parent, child) => (parent < 0 ? [] : `${parent}-${child}`)).sort();
  assert.equal(BONES.map(([parent, child]) => `${parent}-${child}`).sort(), bones);
});

test('the flat camera looks at its target, right is right and up is up', () => {
  const camera: Camera = { yaw: 0, pitch: 0, distance: 4, target: [1, 0.8, 2] };
  assert.equal(cameraPosition(camera), [1, 0.8, 6]);
  const [x, y, depth] = projector(camera, 400, 300)(camera.target);
  assert.equal([x, y, depth], [200, 150, 4]);
  const project = projector(camera, 400, 300);
  assert.ok(project([1.5, 0.8, 2])[0] > 200, 'seen from +z, +x is to the right');
  assert.ok(project([1, 1.5, 2])[1] < 150);
  for (const [yaw, pitch] of [
    [0.7, 0.2],
    [2.5, 1.1],
    [-2, 0.5],
  ]) {
    const turned = { ...camera, yaw, pitch };
    const at = projector(turned, 400, 300);
    assert.ok(Math.hypot(at(camera.target)[0] - 200, at(camera.target)[1] - 150) < 1e-9);
    assert.ok(Math.abs(at(cameraPosition(turned))[2]) < 1e-9, 'the eye has depth 0');
    assert.ok(at([1, 1.2, 2])[1] < 150, 'up stays up');
  }
});

test('the camera neither goes under the ground nor away', () => {
  const camera: Camera = { yaw: 0, pitch: 0.2, distance: 4, target: [0, 0.8, 0] };
  orbit(camera, 100, -10000);
  assert.ok(camera.pitch > 0 && camera.yaw < 0);
  for (let i = 0; i < 100; i++) zoom(camera, 1.5);
  assert.is(camera.distance, 25);
});

test('the generation under the pointer is the nearest one', () => {
  const readout = { first: 0, last: 10, x: [0.1, 0.9] as [number, number] };
  assert.equal(
    [0, 0.1, 0.139, 0.141, 0.5, 0.95].map((share) => generationAt(readout, share)),
    [0, 0, 0, 1, 5, 10],
  );
});

test.run();
