import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeAngles } from '../../src/data/bvh/angles.js';
import { recogniseFigure } from '../../src/data/bvh/figure.js';
import { fromOwnBvh, ownJoints, toBvh } from '../../src/data/bvh/generic.js';
import { liftToes, standingFloor } from '../../src/data/bvh/ground.js';
import { bvhMotion } from '../../src/data/bvh/motion.js';
import { jointChannels, poseBvh } from '../../src/data/bvh/pose.js';
import { retarget, retargetAll } from '../../src/data/bvh/retarget.js';
import { mapSkeleton, plainName } from '../../src/data/bvh/skeleton-map.js';
import { transfer } from '../../src/data/bvh/transfer.js';
import { type Bvh, type BvhJoint, bvhFrameCount, channelCount, readBvh, writeBvh } from '../../src/io/bvh.js';
import { parseCsv } from '../../src/io/csv.js';
import { FormatError } from '../../src/io/format-error.js';
import { readNumbers } from '../../src/io/npy.js';
import { normalise } from '../../src/motion/heading.js';
import { measure } from '../../src/motion/measure.js';
import { fromRotationVector, multiply, relative, rotate } from '../../src/motion/quaternion.js';
import { resample } from '../../src/motion/resample.js';
import { JOINT_NAMES } from '../../src/motion/skeleton.js';
import { Random } from '../../src/random/random.js';
import { distances, filesOf, shared } from '../io/shared-data.js';
import { randomMotion } from '../motion/random-motion.js';
import { worldPositions } from './independent-bvh.js';

const takes = () => {
  const dir = shared('mocap/bvh');
  return dir ? filesOf(dir, '.bvh') : [];
};

test('forward kinematics of 20 real files agrees with an independent one to a thousandth of a millimetre', () => {
  let largest = 0;
  for (const [name, bytes] of takes()) {
    const bvh = readBvh(bytes);
    const last = bvhFrameCount(bvh) - 1;
    const frames = [0, 1, 7, Math.floor(last / 3), Math.floor(last / 2), last];
    const { positions } = poseBvh(bvh, frames);
    worldPositions(bytes.toString(), frames).forEach((expected, t) => {
      assert.is(expected.size, bvh.joints.length, name);
      bvh.joints.forEach((joint, j) => {
        expected.get(joint.name)!.forEach((value, c) => {
          largest = Math.max(largest, Math.abs(value - positions[3 * (t * bvh.joints.length + j) + c]));
        });
      });
    });
  }
  console.log(`  largest difference ${largest.toExponential(1)} units (about 1 cm)`);
  assert.ok(largest < 1e-4);
});

test('retargeted takes are the clips of the data set', () => {
  const root = shared('mocap');
  if (!root) return;
  const rows = parseCsv(readFileSync(`${root}/manifest.csv`, 'utf8'));
  const worst = { mean: 0, largest: 0 };
  let clips = 0;
  for (const [name, bytes] of takes()) {
    const figure = recogniseFigure(readBvh(bytes));
    const all = retargetAll(figure);
    for (const row of rows.filter(({ source_file }) => source_file === name)) {
      const start = Number(row.source_start);
      const rate = Number(row.source_fps);
      const whole = resample(all.subarray(66 * start), 66, rate, 20);
      const clip = whole.slice(0, 66 * Number(row.frames));
      liftToes(clip, standingFloor(whole, 20));
      const expected = readNumbers(readFileSync(`${root}/joints/${row.id}.npy`)).data as Float32Array;
      const { mean, largest } = distances(normalise(clip), expected);
      assert.ok(mean < 1e-3, `${row.id}: ${mean} m`);
      worst.mean = Math.max(worst.mean, mean);
      worst.largest = Math.max(worst.largest, largest);
      clips++;
    }
  }
  console.log(
    `  ${clips} clips: mean at most ${worst.mean.toFixed(6)} m, single joint ${worst.largest.toFixed(4)} m`,
  );
  assert.is(clips, 24);
  assert.ok(worst.largest < 0.05);
});

test('a take becomes a motion on the floor without its inserted T pose', () => {
  for (const [name, bytes] of takes()) {
    const { joints } = bvhMotion(readBvh(bytes), 20);
    const { penetrate, skate, boneDeviation } = measure(joints);
    assert.ok(penetrate < 6, `${name} penetrate ${penetrate}`);
    assert.ok(skate < 12, `${name} skate ${skate}`);
    assert.ok(boneDeviation < 0.05, `${name} bones ${boneDeviation}`);
    for (let i = 66; i < joints.length; i += 3)
      assert.ok(
        Math.hypot(
          joints[i] - joints[i - 66],
          joints[i + 1] - joints[i - 65],
          joints[i + 2] - joints[i - 64],
        ) < 0.8,
        name,
      );
  }
});

test('joints written back unchanged leave every value of the file', () => {
  for (const [name, bytes] of takes()) {
    const bvh = readBvh(bytes);
    const figure = recogniseFigure(bvh);
    const frames = Int32Array.from({ length: 60 }, (_, t) => 20 + t);
    const { joints } = retarget(figure, poseBvh(bvh, frames));
    const { values } = transfer(figure, 20, joints);
    let changed = 0;
    for (let i = 0; i < values.length; i++) changed = Math.max(changed, Math.abs(values[i] - bvh.values[i]));
    assert.ok(changed < 1e-6, `${name} ${changed}`);
  }
});

test('changed joints survive the way through the hierarchy they came from', () => {
  for (const [name, bytes] of takes().filter(
    ([, bytes]) => bytes.length < 600_000 || bytes.length === 1_139_020,
  )) {
    const bvh = readBvh(bytes);
    const motion = bvhMotion(bvh, 20);
    // a correction: lower by 2 cm, drift aside, and bend towards a pose half a second later
    const changed = motion.joints.slice();
    for (let i = 0; i < changed.length; i++) {
      const t = Math.floor(i / 66);
      changed[i] += i % 3 === 1 ? -0.02 : i % 3 === 0 ? 0.03 * Math.sin(t / 9) : 0;
    }
    const again = bvhMotion(readBvh(motion.write(changed)), 20);
    assert.is(again.joints.length, changed.length, name);
    // the floor is found anew: compare up to it
    const shift = changed[1] - again.joints[1];
    const placed = again.joints.map((value, i) => (i % 3 === 1 ? value + shift : value));
    const { mean, largest } = distances(placed, changed);
    assert.ok(mean < 2e-3, `${name} mean ${mean}`);
    assert.ok(largest < 0.06, `${name} largest ${largest}`);
  }
});

/** The same motion told with other joint frames: the rest pose is a tangle, the world positions stay. */
function tangled(bvh: Bvh, frames: number[]): Bvh {
  const random = new Random(3, 'frames');
  const count = bvh.joints.length;
  const turns = new Float64Array(4 * count);
  for (let j = 0; j < count; j++)
    fromRotationVector(turns, 4 * j, random.normal(), random.normal(), random.normal());
  const inverses = turns.map((value, i) => (i % 4 === 0 ? value : -value));
  const joints = bvh.joints.map((joint) => {
    const turned = (offset: [number, number, number], frame: number) => {
      const out = new Float64Array(3);
      rotate(out, 0, inverses, 4 * frame, ...offset);
      return [...out] as [number, number, number];
    };
    const self = bvh.joints.indexOf(joint);
    return {
      ...joint,
      offset: joint.parent < 0 ? joint.offset : turned(joint.offset, joint.parent),
      end: joint.end && turned(joint.end, self),
    };
  });
  const width = channelCount(bvh);
  const values = new Float64Array(frames.length * width);
  const { rotations: global } = poseBvh(bvh, frames);
  const columns = jointChannels(bvh);
  const own = new Float64Array(4 * count);
  const local = new Float64Array(4);
  frames.forEach((frame, t) => {
    values.set(bvh.values.subarray(frame * width, frame * width + 3), t * width);
    for (let j = 0; j < count; j++) {
      multiply(own, 4 * j, global, 4 * (t * count + j), turns, 4 * j);
      const { parent, axes, columns: at } = columns[j];
      if (parent < 0) local.set(own.subarray(0, 4));
      else relative(local, 0, own, 4 * parent, own, 4 * j);
      writeAngles(values, t * width, t * width, at, axes, local, 0);
    }
  });
  return { joints, frameTime: bvh.frameTime, values };
}

test('a rest pose that does not stand is read by its bones, and written back', () => {
  for (const [name, bytes] of takes().slice(-3)) {
    const bvh = readBvh(bytes);
    const frames = Array.from({ length: 40 }, (_, t) => 60 + 2 * t);
    const straight = poseBvh(bvh, frames);
    const other = tangled(bvh, frames);
    const pose = poseBvh(other);
    assert.ok(distances(pose.positions, straight.positions).largest < 1e-6, name);
    const figure = recogniseFigure(other);
    const joints = retargetAll(figure);
    const { mean, largest } = distances(joints, retarget(recogniseFigure(bvh), straight).joints);
    console.log(
      `  ${name}: ${mean.toFixed(4)} m from the reading with a rest pose, at most ${largest.toFixed(4)}`,
    );
    assert.ok(mean < 0.03 && largest < 0.15, name);
    const low = joints.map((value, i) => (i % 3 === 1 ? value - 0.03 : value));
    const back = retargetAll(recogniseFigure(transfer(figure, 0, low)));
    assert.ok(distances(back, low).mean < 2e-3, name);
  }
});

const rotations = ['Zrotation', 'Xrotation', 'Yrotation'] as const;

/** A standing figure from a table of name, parent and offset. */
function figure(table: [string, string, number, number, number][]): Bvh {
  const joints: BvhJoint[] = table.map(([name, parent, x, y, z]) => ({
    name,
    parent: table.findIndex(([other]) => other === parent),
    offset: [x, y, z],
    channels: parent === '' ? ['Xposition', 'Yposition', 'Zposition', ...rotations] : [...rotations],
  }));
  return { joints, frameTime: 1 / 60, values: new Float64Array(3 + 3 * joints.length) };
}

const limbs = (names: string[], leftLimb: boolean): [string, string, number, number, number][] => {
  const side = leftLimb ? 1 : -1;
  const [pelvis, chest, collar, shoulder, elbow, wrist, hip, knee, ankle] = names;
  return [
    [collar, chest, 2 * side, 20, 0],
    [shoulder, collar, 15 * side, 0, 0],
    [elbow, shoulder, 27 * side, 0, 0],
    [wrist, elbow, 25 * side, 0, 0],
    [hip, pelvis, 10 * side, -5, 0],
    [knee, hip, 0, -42, 0],
    [ankle, knee, 0, -42, 0],
  ];
};

test('the hierarchies of other tools are recognised, in any unit and with z up', () => {
  const conventions: Record<string, [string, string[]]> = {
    motionbuilder: ['Hips Spine Spine1 Neck Head', 'Shoulder Arm ForeArm Hand UpLeg Leg Foot'.split(' ')],
    anatomical: ['Hips Chest Chest2 Neck Head', 'Collar Shoulder Elbow Wrist Hip Knee Ankle'.split(' ')],
    upperlower: [
      'Hips Spine Chest Neck Head',
      'Shoulder UpperArm LowerArm Hand UpperLeg LowerLeg Foot'.split(' '),
    ],
    segments: ['Pelvis Spine Spine1 Neck Head', 'Clavicle UpperArm Forearm Hand Thigh Calf Foot'.split(' ')],
  };
  const styles: ((side: string, name: string) => string)[] = [
    (side, name) => `${side}${name}`,
    (side, name) => `mixamorig:${side}${name}`,
    (side, name) => `Bip01 ${side[0]} ${name}`,
    (side, name) => `${name.toLowerCase()}_${side[0].toLowerCase()}`,
    (side, name) => `${side[0].toLowerCase()}${name}`,
  ];
  for (const [convention, [torso, words]] of Object.entries(conventions))
    for (const style of styles) {
      const [pelvis, spine, chest, neck, head] = torso.split(' ');
      const side = (name: string) => [pelvis, chest, ...words.map((word) => style(name, word))];
      const table: [string, string, number, number, number][] = [
        [pelvis, '', 0, 90, 0],
        [spine, pelvis, 0, 12, 0],
        [chest, spine, 0, 12, 0],
        [neck, chest, 0, 25, 0],
        [head, neck, 0, 8, 2],
        ...limbs(side('Left'), true),
        ...limbs(side('Right'), false),
      ];
      const bvh = figure(table);
      assert.is(mapSkeleton(bvh.joints).convention, convention, style('Left', words[0]));
      const recognised = recogniseFigure(bvh);
      assert.ok(Math.abs(recognised.scale - 0.0098) < 5e-4, `scale ${recognised.scale}`);
      const stand = retargetAll(recognised);
      // inches, z up and facing -y, moved: the same stance
      const inches = figure(
        table.map(([name, parent, x, y, z]) => [name, parent, x / 2.54, -z / 2.54, y / 2.54]),
      );
      inches.values.set([100, 50, 90 / 2.54]);
      const other = normalise(retargetAll(recogniseFigure(inches)));
      assert.ok(distances(other, normalise(stand)).largest < 1e-4, style('Left', words[0]));
      assert.ok(stand[3 * 1] > stand[3 * 2], 'left is +x');
    }
});

test('arms that hang in the rest pose point down in the result', () => {
  const names = (side: string) => [
    'Hips',
    'Chest',
    ...'Collar Shoulder Elbow Wrist Hip Knee Ankle'.split(' ').map((word) => side + word),
  ];
  const down = (table: [string, string, number, number, number][]) =>
    table.map(([name, parent, x, y, z]): [string, string, number, number, number] =>
      /Elbow|Wrist/.test(name) ? [name, parent, 0, -Math.abs(x), z] : [name, parent, x, y, z],
    );
  const bvh = figure([
    ['Hips', '', 0, 90, 0],
    ['Chest', 'Hips', 0, 24, 0],
    ['Neck', 'Chest', 0, 25, 0],
    ['Head', 'Neck', 0, 8, 2],
    ...down(limbs(names('Left'), true)),
    ...down(limbs(names('Right'), false)),
  ]);
  const recognised = recogniseFigure(bvh);
  assert.is(recognised.armsDown, true);
  const stand = retargetAll(recognised);
  for (const [shoulder, elbow] of [
    [16, 18],
    [17, 19],
  ])
    assert.ok(stand[3 * shoulder + 1] - stand[3 * elbow + 1] > 0.24);
});

test('unknown skeletons are refused with the names of their joints', () => {
  const bvh = figure([
    ['Root', '', 0, 0, 0],
    ['Tentacle1', 'Root', 0, -1, 0],
  ]);
  assert.throws(
    () => mapSkeleton(bvh.joints),
    (error: Error) => error instanceof FormatError && /Root, Tentacle1/.test(error.message),
  );
  assert.equal(plainName('Bip01 L UpperArm'), { side: 'left', word: 'upperarm' });
  assert.equal(plainName('lShldr'), { side: 'left', word: 'shldr' });
  assert.equal(plainName('leg'), { side: '', word: 'leg' });
  assert.equal(plainName('LowerBack'), { side: '', word: 'lowerback' });
  assert.equal(plainName('right_hip'), { side: 'right', word: 'hip' });
});

test('a BVH of our own skeleton is exact for constant bone lengths', () => {
  const { joints } = randomMotion(3, 40, 0.9);
  const clip = Float32Array.from(joints);
  const bvh = readBvh(writeBvh(toBvh(clip, 20)));
  assert.equal(bvh.joints.map((joint) => joint.name).sort(), [...JOINT_NAMES].sort());
  const back = fromOwnBvh(bvh, ownJoints(bvh)!);
  assert.is(back.unitsPerMetre, 100);
  assert.ok(distances(back.joints, clip).largest < 1e-6);
  // curves are smooth: no jumps by full turns
  const width = bvh.values.length / 40;
  for (let i = width; i < bvh.values.length; i++)
    if (i % width > 2) assert.ok(Math.abs(bvh.values[i] - bvh.values[i - width]) < 180);
  const motion = bvhMotion(bvh, 20);
  assert.ok(distances(motion.joints, clip).largest < 1e-6);
  const changed = motion.joints.map((value, i) => (i % 3 === 0 ? value + 0.5 : value));
  assert.ok(distances(bvhMotion(readBvh(motion.write(changed)), 20).joints, changed).largest < 1e-5);
});

test('hips and shoulders that are not rigid get base joints and stay exact', () => {
  const { joints } = randomMotion(4, 30, 0.5);
  const clip = Float32Array.from(joints);
  // the left leg's root swings about the pelvis at constant length
  const [x, y] = [clip[3] - clip[0], clip[4] - clip[1]];
  const radius = Math.hypot(x, y, clip[5] - clip[2]);
  for (let t = 0; t < 30; t++) {
    const at = 66 * t;
    const turn = 0.4 * Math.sin(t / 5);
    const hip = [at + 3, at + 12, at + 21, at + 30];
    const target = [radius * Math.cos(turn), -radius * Math.sin(turn), 0];
    for (let c = 0; c < 3; c++) {
      const shift = clip[at + c] + target[c] - clip[at + 3 + c];
      for (const joint of hip) clip[joint + c] += shift;
    }
  }
  const bvh = readBvh(writeBvh(toBvh(clip, 30, 1)));
  assert.is(bvh.joints.filter((joint) => joint.name.endsWith('_base')).length, 3);
  const back = fromOwnBvh(bvh, ownJoints(bvh)!);
  assert.is(back.unitsPerMetre, 1);
  assert.ok(distances(back.joints, clip).largest < 2e-6);
});

test.run();
