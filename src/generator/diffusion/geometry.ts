/** Joints in the world from HumanML3D features, inside a graph: the geometry that a loss can be about. */
import {
  add,
  concat,
  cos,
  cumsum,
  mul,
  neg,
  reshape,
  scale,
  sin,
  slice,
  sub,
  type Value,
} from '../../graph/index.js';

const JOINTS = 22;
const POSITIONS = 4;
const LOCAL = 3 * (JOINTS - 1);

/** Coordinates of all joints, [batch, frames, 22] each, in metres. */
export interface WorldJoints {
  x: Value;
  y: Value;
  z: Value;
}

/**
 * Joints from features [batch, frames, 263] that are not normalised: the same as `decodeFeatures` (HumanML3D's
 * `recover_from_ric`), but differentiable. The heading of a frame is the sum of the half turns before it, the root's place the
 * sum of the steps before it, each turned by the heading that it leads to.
 */
export function worldJoints(features: Value): WorldJoints {
  const [batch, frames] = features.shape;
  const column = (from: number, to = from + 1) => slice(features, 2, from, to);
  const turn = scale(column(0), 2);
  const heading = cumsum(turn, 1, { exclusive: true });
  const next = add(heading, turn);
  /** [x, z] turned by an angle about the vertical axis. */
  const rotate = (angle: Value, x: Value, z: Value): [Value, Value] => {
    const [c, s] = [cos(angle), sin(angle)];
    return [sub(mul(c, x), mul(s, z)), add(mul(c, z), mul(s, x))];
  };
  const [rootX, rootZ] = rotate(next, column(1), column(2)).map((step) =>
    cumsum(step, 1, { exclusive: true }),
  );
  const local = reshape(column(POSITIONS, POSITIONS + LOCAL), [batch, frames, JOINTS - 1, 3]);
  const [localX, y, localZ] = [0, 1, 2].map((axis) =>
    reshape(slice(local, 3, axis, axis + 1), [batch, frames, JOINTS - 1]),
  );
  const [x, z] = rotate(heading, localX, localZ);
  return {
    x: concat([rootX, add(x, rootX)], 2),
    y: concat([column(3), y], 2),
    z: concat([rootZ, add(z, rootZ)], 2),
  };
}

/** Steps from frame to frame of a value [batch, frames, n]: [batch, frames - 1, n]. */
export function differences(x: Value): Value {
  const frames = x.shape[1];
  return add(slice(x, 1, 1, frames), neg(slice(x, 1, 0, frames - 1)));
}
