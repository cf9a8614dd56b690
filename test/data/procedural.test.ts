import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BONE_LENGTHS, centreOfMass } from '../../src/data/procedural/body.js';
import { PROCEDURAL_ACTIONS, proceduralMotions } from '../../src/data/procedural/index.js';
import { FRAME_SIZE, frameCount } from '../../src/motion/motion.js';
import { PARENTS } from '../../src/motion/skeleton.js';

const motions = proceduralMotions();
const G = 9.81;

/** Distance between two joints of a frame. */
function distance(joints: Float32Array, frame: number, a: number, b: number): number {
  const i = frame * FRAME_SIZE + a * 3;
  const j = frame * FRAME_SIZE + b * 3;
  return Math.hypot(joints[i] - joints[j], joints[i + 1] - joints[j + 1], joints[i + 2] - joints[j + 2]);
}

/** Angle at the joint `b` between the extended bone a-b and the bone b-c, degrees: 0 is a straight limb. */
function flexion(joints: Float32Array, frame: number, a: number, b: number, c: number): number {
  const at = (joint: number) => frame * FRAME_SIZE + joint * 3;
  let dot = 0;
  for (let k = 0; k < 3; k++)
    dot += (joints[at(b) + k] - joints[at(a) + k]) * (joints[at(c) + k] - joints[at(b) + k]);
  return (Math.acos(dot / distance(joints, frame, a, b) / distance(joints, frame, b, c)) * 180) / Math.PI;
}

test('160 clips of 3 to 6 s over at least 10 balanced actions, each named and captioned', () => {
  assert.is(motions.length, 160);
  assert.ok(PROCEDURAL_ACTIONS.length >= 10);
  const counts = new Map<string, number>();
  for (const motion of motions) {
    counts.set(motion.action, (counts.get(motion.action) ?? 0) + 1);
    assert.is(motion.fps, 20);
    assert.ok(frameCount(motion) >= 60 && frameCount(motion) <= 120, `${motion.name}: ${frameCount(motion)}`);
    assert.is(motion.contacts.length, frameCount(motion) * 2);
    assert.match(motion.caption, /^[a-z][^{}]*[a-z]$/);
    assert.not.match(motion.caption, / {2}| ,|undefined/);
    assert.ok(motion.joints.every(Number.isFinite));
  }
  assert.equal([...counts.keys()].sort(), [...PROCEDURAL_ACTIONS].sort());
  assert.ok(Math.max(...counts.values()) - Math.min(...counts.values()) <= 1);
  assert.is(new Set(motions.map(({ name }) => name)).size, motions.length);
  assert.ok(new Set(motions.map(({ caption }) => caption)).size > 130);
});

test('bones keep the lengths of HumanML3D up to the rounding of float32 positions', () => {
  for (const { joints, name } of motions) {
    // Half a unit in the last place for each of two positions and three axes.
    const farthest = joints.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const tolerance = Math.max(1e-6, Math.sqrt(3) * 2 ** (Math.floor(Math.log2(farthest)) - 23));
    for (let frame = 0; frame < joints.length / FRAME_SIZE; frame++)
      for (let joint = 1; joint < 22; joint++) {
        const error = Math.abs(distance(joints, frame, joint, PARENTS[joint]) - BONE_LENGTHS[joint]);
        assert.ok(error < tolerance, `${name} frame ${frame} joint ${joint}: ${error} m off`);
      }
  }
});

test('frame 0 is at the origin facing +z, and the lowest joint of every clip at y = 0', () => {
  for (const { joints, name } of motions) {
    assert.is(joints[0], 0);
    assert.is(joints[2], 0);
    const across = [0, 2].map((k) => joints[6 + k] - joints[3 + k] + joints[51 + k] - joints[48 + k]);
    assert.ok(Math.abs(Math.atan2(across[1], -across[0])) < 1e-5, `${name} faces elsewhere`);
    let lowest = Infinity;
    for (let i = 1; i < joints.length; i += 3) lowest = Math.min(lowest, joints[i]);
    assert.is(lowest, 0, name);
  }
});

test('a foot in contact does not move over the floor, and is on it', () => {
  let frames = 0;
  let heels = 0;
  for (const { joints, contacts, name } of motions)
    for (let frame = 0; frame < contacts.length / 2; frame++)
      for (const side of [0, 1]) {
        if (!contacts[frame * 2 + side]) continue;
        frames++;
        const ball = frame * FRAME_SIZE + (10 + side) * 3;
        const ankle = frame * FRAME_SIZE + (7 + side) * 3;
        if (frame === 0 || !contacts[frame * 2 - 2 + side]) continue;
        const slip = (joint: number) =>
          Math.hypot(
            joints[joint] - joints[joint - FRAME_SIZE],
            joints[joint + 2] - joints[joint + 2 - FRAME_SIZE],
          );
        // A foot turns about its ball or, in a heel strike until the ball is down, about its ankle.
        const still = slip(ball) < 4e-6;
        if (still)
          assert.ok(joints[ball + 1] < 0.0185, `${name} frame ${frame}: ball at ${joints[ball + 1]}`);
        else heels++;
        assert.ok(still || slip(ankle) < 4e-6, `${name} frame ${frame} side ${side}: slips ${slip(ball)} m`);
      }
  assert.ok(frames > 10_000);
  assert.ok(heels < 0.06 * frames, `${heels} heel strikes`);
});

test('without contact the centre of mass falls freely', () => {
  const mass = new Float64Array(3);
  let flights = 0;
  for (const { joints, contacts, name } of motions) {
    const count = contacts.length / 2;
    const heights = Float64Array.from({ length: count }, (_, frame) => {
      centreOfMass(joints, frame * FRAME_SIZE, mass);
      return mass[1];
    });
    const flying = (frame: number) => !contacts[frame * 2] && !contacts[frame * 2 + 1];
    for (let frame = 1; frame < count - 1; frame++) {
      if (!(flying(frame - 1) && flying(frame) && flying(frame + 1))) continue;
      flights++;
      const fall = (heights[frame + 1] - 2 * heights[frame] + heights[frame - 1]) * 400;
      assert.ok(Math.abs(fall + G) < 0.1, `${name} frame ${frame}: ${fall} m/s2`);
    }
  }
  assert.ok(flights > 50, `${flights}`);
});

test('whoever stands still has the centre of mass over the feet', () => {
  const mass = new Float64Array(3);
  let still = 0;
  for (const { joints, contacts, name } of motions) {
    const count = contacts.length / 2;
    const track = Array.from({ length: count }, (_, frame): Point => {
      centreOfMass(joints, frame * FRAME_SIZE, mass);
      return [mass[0], mass[2]];
    });
    for (let frame = 5; frame < count - 5; frame++) {
      // On the same feet and within 2 cm for half a second.
      const [left, right] = [0, 1].map((side) => contacts[frame * 2 + side]);
      let steps = false;
      for (let k = frame - 5; k <= frame + 5; k++)
        steps ||= contacts[k * 2] !== left || contacts[k * 2 + 1] !== right;
      if (steps) continue;
      const around = track.slice(frame - 5, frame + 6);
      if (around.some((place) => apart(place, track[frame]) > 0.02)) continue;
      const soles = [0, 1].flatMap((side) =>
        contacts[frame * 2 + side] ? sole(joints, frame, side as 0 | 1) : [],
      );
      still++;
      const outside = toHull(track[frame], soles);
      // Soles are some 9 cm wide; the hull here is that of their middle lines.
      assert.ok(outside < 0.05, `${name} frame ${frame}: ${outside} m outside`);
    }
  }
  assert.ok(still > 500, `${still}`);
});

type Point = [x: number, z: number];
const apart = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Heel and toe: 6 cm behind the ankle and before the ball. */
function sole(joints: Float32Array, frame: number, side: 0 | 1): Point[] {
  const at = (joint: number): Point => [
    joints[frame * FRAME_SIZE + joint * 3],
    joints[frame * FRAME_SIZE + joint * 3 + 2],
  ];
  const ankle = at(7 + side);
  const ball = at(10 + side);
  const length = apart(ankle, ball);
  const [dx, dz] = [(ball[0] - ankle[0]) / length, (ball[1] - ankle[1]) / length];
  return [
    [ankle[0] - 0.06 * dx, ankle[1] - 0.06 * dz],
    [ball[0] + 0.06 * dx, ball[1] + 0.06 * dz],
  ];
}

/** Distance of a point from the convex hull of points, 0 inside: the widest gap over all directions. */
function toHull(point: Point, hull: Point[]): number {
  let widest = 0;
  for (let k = 0; k < 72; k++) {
    const [cos, sin] = [Math.cos((k * Math.PI) / 36), Math.sin((k * Math.PI) / 36)];
    const farthest = Math.max(...hull.map(([x, z]) => x * cos + z * sin));
    widest = Math.max(widest, point[0] * cos + point[1] * sin - farthest);
  }
  return widest;
}

test('joints stay in the range of people: knees and elbows bend one way, arms outside the trunk, legs apart', () => {
  for (const { joints, name } of motions)
    for (let frame = 0; frame < joints.length / FRAME_SIZE; frame++) {
      const where = `${name} frame ${frame}`;
      for (const side of [0, 1]) {
        const knee = flexion(joints, frame, 1 + side, 4 + side, 7 + side);
        assert.ok(knee > 3.5 && knee < 151, `${where}: knee ${knee}`);
        const elbow = flexion(joints, frame, 16 + side, 18 + side, 20 + side);
        assert.ok(elbow > 2.5 && elbow < 150, `${where}: elbow ${elbow}`);
        for (const [joint, room] of [
          [18, 0.13],
          [20, 0.1],
        ]) {
          const gap = toTrunk(joints, frame, joint + side);
          assert.ok(gap > room, `${where}: joint ${joint + side} is ${gap} m from the spine`);
        }
      }
      assert.ok(distance(joints, frame, 4, 5) > 0.045, `${where}: knees`);
      assert.ok(distance(joints, frame, 7, 8) > 0.045, `${where}: ankles`);
      assert.ok(distance(joints, frame, 20, 21) > 0.06, `${where}: hands`);
    }
});

/** Distance of a joint from the line between pelvis and neck. */
function toTrunk(joints: Float32Array, frame: number, joint: number): number {
  const at = (j: number, k: number) => joints[frame * FRAME_SIZE + j * 3 + k];
  const axis = [0, 1, 2].map((k) => at(12, k) - at(0, k));
  const away = [0, 1, 2].map((k) => at(joint, k) - at(0, k));
  const square = axis.reduce((sum, x) => sum + x * x, 0);
  const s = Math.min(1, Math.max(0, axis.reduce((sum, x, k) => sum + x * away[k], 0) / square));
  return Math.hypot(...axis.map((x, k) => away[k] - s * x));
}

test('equal seeds give equal bytes; a clip does not depend on how many follow; other seeds differ', () => {
  const again = proceduralMotions({ count: 20 });
  again.forEach((motion, k) => {
    assert.equal(motion, motions[k]);
  });
  const other = proceduralMotions({ count: 20, seed: 1 });
  other.forEach((motion, k) => {
    assert.not.equal(motion.joints, motions[k].joints);
  });
});

test('160 clips take less than 2 s of processor time', () => {
  const start = process.cpuUsage();
  proceduralMotions({ seed: 7 });
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < 2e6, `${(user + system) / 1e3} ms`);
});

test('bad options are refused by name', () => {
  assert.throws(() => proceduralMotions({ count: -1 }), /count but received -1/);
  assert.throws(() => proceduralMotions({ seed: 0.5 }), /seed but received 0.5/);
  assert.throws(() => proceduralMotions({ seconds: [5, 3] }), /seconds but received \[5,3\]/);
});

test.run();
