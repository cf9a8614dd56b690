/** The part of three.js the viewer uses; the library comes without types of its own. */
export interface Vector {
  set(x: number, y: number, z: number): Vector;
  x: number;
  y: number;
  z: number;
}

export interface Matrix {
  compose(position: Vector, rotation: Rotation, scale: Vector): Matrix;
}

export interface Rotation {
  setFromUnitVectors(from: Vector, to: Vector): Rotation;
  identity(): Rotation;
}

export interface Colour {
  set(css: string): Colour;
  lerp(other: Colour, part: number): Colour;
  clone(): Colour;
}

export interface Material {
  color: Colour;
  opacity: number;
  transparent: boolean;
  depthWrite: boolean;
}

export interface Node3D {
  position: Vector;
  rotation: Vector;
  visible: boolean;
  castShadow: boolean;
  receiveShadow: boolean;
  renderOrder: number;
  frustumCulled: boolean;
  add(...children: Node3D[]): void;
}

export interface Mesh3D extends Node3D {
  material: Material;
}

export interface Instances extends Mesh3D {
  geometry: Geometry;
  count: number;
  setMatrixAt(index: number, matrix: Matrix): void;
  setColorAt(index: number, colour: Colour): void;
  instanceMatrix: { needsUpdate: boolean };
  instanceColor: { needsUpdate: boolean } | null;
}

export interface Scene3D extends Node3D {
  background: Colour | null;
  fog: { color: Colour } | null;
}

export interface Camera3D extends Node3D {
  aspect: number;
  lookAt(x: number, y: number, z: number): void;
  updateProjectionMatrix(): void;
}

export interface Light3D extends Node3D {
  intensity: number;
  color: Colour;
  target: Node3D;
  shadow: {
    mapSize: { set(width: number, height: number): void };
    camera: { left: number; right: number; top: number; bottom: number; near: number; far: number };
    radius: number;
    bias: number;
  };
}

export interface Renderer {
  shadowMap: { enabled: boolean };
  setPixelRatio(ratio: number): void;
  setSize(width: number, height: number, style: boolean): void;
  setViewport(x: number, y: number, width: number, height: number): void;
  setScissor(x: number, y: number, width: number, height: number): void;
  setScissorTest(on: boolean): void;
  render(scene: Scene3D, camera: Camera3D): void;
}

type Geometry = object;

export interface Three {
  Vector3: new (x?: number, y?: number, z?: number) => Vector;
  Matrix4: new () => Matrix;
  Quaternion: new () => Rotation;
  Color: new (css?: string) => Colour;
  Scene: new () => Scene3D;
  Fog: new (colour: string, near: number, far: number) => { color: Colour };
  PerspectiveCamera: new (degrees: number, aspect: number, near: number, far: number) => Camera3D;
  HemisphereLight: new (sky: string, ground: string, intensity: number) => Light3D;
  DirectionalLight: new (colour: string, intensity: number) => Light3D;
  CylinderGeometry: new (
    top: number,
    bottom: number,
    height: number,
    segments: number,
    rings: number,
    open: boolean,
  ) => Geometry;
  SphereGeometry: new (radius: number, segments: number, rings: number) => Geometry;
  CircleGeometry: new (radius: number, segments: number) => Geometry;
  PlaneGeometry: new (width: number, height: number) => Geometry;
  MeshLambertMaterial: new (options: object) => Material;
  MeshBasicMaterial: new (options: object) => Material;
  ShadowMaterial: new (options: object) => Material;
  Mesh: new (geometry: Geometry, material: Material) => Mesh3D;
  InstancedMesh: new (geometry: Geometry, material: Material, count: number) => Instances;
  BoxGeometry: new (width: number, height: number, depth: number) => Geometry;
  WebGLRenderer: new (options: object) => Renderer;
}

/** Text of a gzip that the page carries in base64. */
async function inflate(id: string): Promise<string> {
  const bytes = Uint8Array.from(atob(document.getElementById(id)!.textContent!.trim()), (letter) =>
    letter.charCodeAt(0),
  );
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

const moduleUrl = (source: string): string =>
  URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));

let three: Promise<Three> | undefined;

/** three.js from the page itself: its two files are inflated and imported from memory, once, so that nothing is fetched. */
export function loadThree(): Promise<Three> {
  three ??= importThree();
  return three;
}

async function importThree(): Promise<Three> {
  const [core, module] = await Promise.all([inflate('three-core'), inflate('three-module')]);
  const coreUrl = moduleUrl(core);
  return (await import(moduleUrl(module.replaceAll("'./three.core.js'", `'${coreUrl}'`)))) as Three;
}
