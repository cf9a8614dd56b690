/** A camera that circles a point. Angles in radians, lengths in metres. */
export interface Camera {
  yaw: number;
  pitch: number;
  distance: number;
  target: [number, number, number];
}

/** Vertical field of view, radians. */
export const FIELD_OF_VIEW = 0.55;

export function cameraPosition(camera: Camera): [number, number, number] {
  const flat = camera.distance * Math.cos(camera.pitch);
  return [
    camera.target[0] + flat * Math.sin(camera.yaw),
    camera.target[1] + camera.distance * Math.sin(camera.pitch),
    camera.target[2] + flat * Math.cos(camera.yaw),
  ];
}

/** Turns the camera by a drag in pixels and keeps it above the ground. */
export function orbit(camera: Camera, dx: number, dy: number): void {
  camera.yaw -= dx * 0.008;
  camera.pitch = Math.min(1.5, Math.max(0.02, camera.pitch + dy * 0.006));
}

export function zoom(camera: Camera, factor: number): void {
  camera.distance = Math.min(25, Math.max(1.2, camera.distance * factor));
}

/**
 * A function from world to screen for drawing without WebGL: [x, y, depth], pixels from the upper left, depth in metres along
 * the line of sight (nothing at or behind the camera should be drawn: depth <= 0).
 */
export function projector(
  camera: Camera,
  width: number,
  height: number,
): (p: readonly number[]) => [number, number, number] {
  const eye = cameraPosition(camera);
  const [sy, cy] = [Math.sin(camera.yaw), Math.cos(camera.yaw)];
  const [sp, cp] = [Math.sin(camera.pitch), Math.cos(camera.pitch)];
  const focal = height / 2 / Math.tan(FIELD_OF_VIEW / 2);
  return (p) => {
    const [x, y, z] = [p[0] - eye[0], p[1] - eye[1], p[2] - eye[2]];
    const right = x * cy - z * sy;
    const back = x * sy + z * cy;
    const up = y * cp - back * sp;
    const depth = -(back * cp + y * sp);
    return [width / 2 + (focal * right) / depth, height / 2 - (focal * up) / depth, depth];
  };
}
