/**
 * A second reading of BVH for tests, made another way on purpose: regular expressions, recursion and 4 x 4 matrices, no
 * quaternions, nothing from the package.
 */

type Matrix = number[][];

const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0].map((_, c) => row.reduce((sum, value, k) => sum + value * b[k][c], 0)));

const translation = (x: number, y: number, z: number): Matrix => [
  [1, 0, 0, x],
  [0, 1, 0, y],
  [0, 0, 1, z],
  [0, 0, 0, 1],
];

function rotation(axis: string, degrees: number): Matrix {
  const c = Math.cos((degrees / 180) * Math.PI);
  const s = Math.sin((degrees / 180) * Math.PI);
  const turns: Record<string, Matrix> = {
    X: [
      [1, 0, 0, 0],
      [0, c, -s, 0],
      [0, s, c, 0],
      [0, 0, 0, 1],
    ],
    Y: [
      [c, 0, s, 0],
      [0, 1, 0, 0],
      [-s, 0, c, 0],
      [0, 0, 0, 1],
    ],
    Z: [
      [c, -s, 0, 0],
      [s, c, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ],
  };
  return turns[axis];
}

interface Node {
  name: string;
  offset: number[];
  channels: string[];
  children: Node[];
}

/** World positions of every joint by name, for the chosen frames, in the file's unit. */
export function worldPositions(text: string, frames: readonly number[]): Map<string, number[]>[] {
  const [hierarchy, motion] = text.split(/^MOTION\s*$/m);
  const lines = hierarchy
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  let line = 0;
  const readNode = (): Node => {
    const name = lines[line].replace(/^\S+\s+/, '');
    line += 2;
    const node: Node = { name, offset: [], channels: [], children: [] };
    while (lines[line] !== '}') {
      const words = lines[line].split(/\s+/);
      if (words[0] === 'OFFSET') node.offset = words.slice(1).map(Number);
      else if (words[0] === 'CHANNELS') node.channels = words.slice(2);
      else {
        node.children.push(readNode());
        continue;
      }
      line++;
    }
    line++;
    return node;
  };
  line = 1;
  const root = readNode();
  const rows = motion.trim().split(/\r?\n/).slice(2);
  return frames.map((frame) => {
    const values = rows[frame].trim().split(/\s+/).map(Number);
    const result = new Map<string, number[]>();
    let next = 0;
    const visit = (node: Node, parent: Matrix): void => {
      const place = [...node.offset];
      let turn = translation(0, 0, 0);
      for (const channel of node.channels) {
        const value = values[next++];
        if (channel.endsWith('position')) place['XYZ'.indexOf(channel[0])] = value;
        else turn = multiply(turn, rotation(channel[0], value));
      }
      const world = multiply(multiply(parent, translation(place[0], place[1], place[2])), turn);
      if (!/^Site/.test(node.name)) result.set(node.name, [world[0][3], world[1][3], world[2][3]]);
      for (const child of node.children) visit(child, world);
    };
    visit(root, translation(0, 0, 0));
    return result;
  });
}
