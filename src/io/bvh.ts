import { FormatError } from './format-error.js';

/**
 * Biovision hierarchy (BVH): a tree of joints with rest offsets and the order of their channels, then one line of numbers a
 * frame. Angles are in degrees; the unit of length is whatever the author chose. Channel names are read without regard to
 * case; joint names may contain spaces.
 */

export type BvhChannel = 'Xposition' | 'Yposition' | 'Zposition' | 'Xrotation' | 'Yrotation' | 'Zrotation';

export interface BvhJoint {
  name: string;
  /** Index of the parent, -1 for a root; parents come before their children. */
  parent: number;
  /** Rest offset from the parent. */
  offset: [number, number, number];
  /** In file order: the order in which rotations are multiplied. */
  channels: BvhChannel[];
  /** Offset of the End Site, where the joint has one. */
  end?: [number, number, number];
}

export interface Bvh {
  joints: BvhJoint[];
  /** Seconds between frames. */
  frameTime: number;
  /** `[frame, channel]`, channels in the order of the joints; degrees and the file's unit of length. */
  values: Float64Array;
}

const CHANNELS: readonly BvhChannel[] = [
  'Xposition',
  'Yposition',
  'Zposition',
  'Xrotation',
  'Yrotation',
  'Zrotation',
];
const MAXIMUM_JOINTS = 4096;
const MAXIMUM_DEPTH = 256;
const MAXIMUM_NAME = 256;
/** Longest believable time between frames [s]. */
const MAXIMUM_FRAME_TIME = 1;

function fail(expected: string, what: string, received: unknown): never {
  throw new FormatError('ERR_BVH', expected, what, received);
}

/** Number of channels of all joints, the width of a frame. */
export const channelCount = (bvh: { joints: readonly BvhJoint[] }): number =>
  bvh.joints.reduce((sum, joint) => sum + joint.channels.length, 0);

/** Number of frames. */
export function bvhFrameCount(bvh: Bvh): number {
  const width = channelCount(bvh);
  return width === 0 ? 0 : bvh.values.length / width;
}

/** Words separated by blanks; a line end is a blank except for `rest`. */
class Words {
  at = 0;
  constructor(private readonly text: string) {}

  /** Next word, '' at the end. */
  next(): string {
    const { text } = this;
    while (this.at < text.length && text.charCodeAt(this.at) <= 32) this.at++;
    const start = this.at;
    while (this.at < text.length && text.charCodeAt(this.at) > 32) this.at++;
    return text.slice(start, this.at);
  }

  /** What is left of the line. */
  rest(): string {
    let end = this.at;
    while (end < this.text.length && this.text[end] !== '\n' && this.text[end] !== '\r') end++;
    const rest = this.text.slice(this.at, end).trim();
    this.at = end;
    return rest;
  }

  number(what: string): number {
    const word = this.next();
    const value = Number(word);
    return word !== '' && Number.isFinite(value) ? value : fail('a number', what, word || 'the end');
  }

  expect(word: string, what: string): void {
    const found = this.next();
    if (found.toUpperCase() !== word) fail(word, what, found || 'the end');
  }

  get left(): number {
    return this.text.length - this.at;
  }
}

function readOffset(words: Words, name: string): [number, number, number] {
  const what = `OFFSET of ${name}`;
  return [words.number(what), words.number(what), words.number(what)];
}

function readChannels(words: Words, name: string): BvhChannel[] {
  const count = words.number(`CHANNELS of ${name}`);
  if (!(Number.isInteger(count) && count >= 0 && count <= CHANNELS.length))
    fail('0 to 6', `the number of CHANNELS of ${name}`, count);
  return Array.from({ length: count }, () => {
    const word = words.next();
    const channel = CHANNELS.find((known) => known.toUpperCase() === word.toUpperCase());
    return channel ?? fail(CHANNELS.join(', '), `a channel of ${name}`, word);
  });
}

/** Reads the joints up to MOTION. */
function readHierarchy(words: Words): BvhJoint[] {
  const joints: BvhJoint[] = [];
  /** Open braces: a joint's index, or -1 - index for its End Site. */
  const open: number[] = [];
  words.expect('HIERARCHY', 'the start of a BVH file');
  for (;;) {
    const word = words.next();
    const top = open.length > 0 ? open[open.length - 1] : undefined;
    const current = top !== undefined && top >= 0 ? joints[top] : undefined;
    switch (word.toUpperCase()) {
      case 'MOTION':
        if (open.length > 0) fail("'}'", 'the end of the hierarchy', word);
        if (joints.length === 0) fail('a joint', 'the hierarchy', 'none');
        return joints;
      case 'ROOT':
      case 'JOINT': {
        if (word.toUpperCase() === 'ROOT' ? top !== undefined : !current)
          fail('ROOT outside of braces and JOINT inside', 'the hierarchy', word);
        const line = words.rest();
        const name = line.replace(/\s*\{$/, '');
        if (name === '' || name.length > MAXIMUM_NAME)
          fail(`1 to ${MAXIMUM_NAME} characters`, 'a joint name', name);
        if (joints.length === MAXIMUM_JOINTS || open.length === MAXIMUM_DEPTH)
          fail(`at most ${MAXIMUM_JOINTS} joints, ${MAXIMUM_DEPTH} deep`, 'the hierarchy', 'more');
        joints.push({ name, parent: top ?? -1, offset: [0, 0, 0], channels: [] });
        if (!line.endsWith('{')) words.expect('{', `joint ${name}`);
        open.push(joints.length - 1);
        break;
      }
      case 'END':
        if (!current || top === undefined) return fail('a joint around it', 'End Site', word);
        if (!words.rest().endsWith('{')) words.expect('{', `End Site of ${current.name}`);
        open.push(-1 - top);
        break;
      case 'OFFSET':
        if (top === undefined) return fail('a joint around it', 'OFFSET', word);
        if (current) current.offset = readOffset(words, current.name);
        else joints[-1 - top].end = readOffset(words, `End Site of ${joints[-1 - top].name}`);
        break;
      case 'CHANNELS':
        if (!current) return fail('a joint around it', 'CHANNELS', word);
        current.channels = readChannels(words, current.name);
        break;
      case '}':
        if (open.pop() === undefined) fail("'{'", 'the hierarchy', "'}'");
        break;
      default:
        fail('ROOT, JOINT, End Site, OFFSET, CHANNELS, { or }', 'the hierarchy', word || 'the end');
    }
  }
}

/**
 * Reads a BVH file.
 * @param source text or its UTF-8 bytes.
 * @throws FormatError `ERR_BVH` when the hierarchy is not one, a number is missing or not finite, or the number of values
 * is not frames times channels.
 */
export function readBvh(source: string | Uint8Array): Bvh {
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
  const words = new Words(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const joints = readHierarchy(words);
  words.expect('FRAMES:', 'MOTION');
  const frames = words.number('Frames');
  if (!(Number.isSafeInteger(frames) && frames >= 0)) fail('a non-negative integer', 'Frames', frames);
  words.expect('FRAME', 'MOTION');
  words.expect('TIME:', 'MOTION');
  const frameTime = words.number('Frame Time');
  if (!(frameTime > 0 && frameTime <= MAXIMUM_FRAME_TIME))
    fail(`a time above 0 and up to ${MAXIMUM_FRAME_TIME} s`, 'Frame Time', frameTime);
  const width = channelCount({ joints });
  const count = frames * width;
  // a number takes a blank and a digit at least: no more memory than the text can fill
  if (2 * count > words.left) fail(`${frames} x ${width} numbers`, 'MOTION', `${words.left} characters`);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const word = words.next();
    const value = Number(word);
    if (word === '' || !Number.isFinite(value))
      fail(`${frames} x ${width} numbers`, `value ${i} of MOTION`, word || 'the end');
    values[i] = value;
  }
  const more = words.next();
  if (more !== '') fail(`the end after ${frames} x ${width} numbers`, 'MOTION', more);
  return { joints, frameTime, values };
}

/** Numbers with a fixed precision, without trailing zeros. */
const numbers = (values: readonly number[], decimals: number): string =>
  values.map((value) => +value.toFixed(decimals)).join(' ');

/**
 * Writes a BVH file: offsets with nine decimals, values with six (2e-8 rad).
 * @throws RangeError when the values are not whole frames or the joints are not in depth-first order.
 */
export function writeBvh(bvh: Bvh): string {
  const width = channelCount(bvh);
  const frames = bvhFrameCount(bvh);
  if (!Number.isInteger(frames))
    throw new RangeError(
      `Expected a multiple of ${width} values for a BVH but received ${bvh.values.length}`,
    );
  const children: number[][] = bvh.joints.map(() => []);
  const roots: number[] = [];
  bvh.joints.forEach((joint, i) => {
    (joint.parent < 0 ? roots : children[joint.parent]).push(i);
  });
  const lines = ['HIERARCHY'];
  let written = 0;
  const writeJoint = (i: number, indent: string): void => {
    // the order of the values is that of the lines, so joints must come depth first
    if (i !== written++)
      throw new RangeError(
        `Expected joints depth first for a BVH but received ${bvh.joints[i].name} as joint ${i}`,
      );
    const joint = bvh.joints[i];
    lines.push(`${indent}${joint.parent < 0 ? 'ROOT' : 'JOINT'} ${joint.name}`, `${indent}{`);
    lines.push(`${indent}\tOFFSET ${numbers(joint.offset, 9)}`);
    lines.push(`${indent}\tCHANNELS ${[joint.channels.length, ...joint.channels].join(' ')}`);
    for (const child of children[i]) writeJoint(child, `${indent}\t`);
    if (joint.end || children[i].length === 0)
      lines.push(
        `${indent}\tEnd Site`,
        `${indent}\t{`,
        `${indent}\t\tOFFSET ${numbers(joint.end ?? [0, 0, 0], 9)}`,
        `${indent}\t}`,
      );
    lines.push(`${indent}}`);
  };
  for (const root of roots) writeJoint(root, '');
  lines.push('MOTION', `Frames: ${frames}`, `Frame Time: ${+bvh.frameTime.toFixed(8)}`);
  for (let t = 0; t < frames; t++)
    lines.push(numbers(Array.from(bvh.values.subarray(t * width, (t + 1) * width)), 6));
  lines.push('');
  return lines.join('\n');
}
