export { amassJoints, amassPoses } from './amass.js';
export { ownJoints, toBvh } from './bvh/generic.js';
export { type BvhMotion, bvhMotion } from './bvh/motion.js';
export {
  asDataset,
  type DatasetOptions,
  drawSplits,
  type MotionDataset,
  OTHER,
  SPLITS,
  type Split,
} from './dataset.js';
export { listMotionFiles } from './folder-layout.js';
export {
  folderDataset,
  type LoadedFolder,
  type LoadOptions,
  loadFolder,
  type SkippedFile,
} from './load-folder.js';
export {
  MOTION_ENDINGS,
  type MotionFile,
  type MotionFormat,
  parseMotions,
  type ReadOptions,
  readMotions,
  writeMotions,
} from './motion-file.js';
