export { type CorrectResult, correctBatch, type PackedResult } from './correct/correct.js';
export type { Device, RunDevice } from './correct/device.js';
export { CorrectorError, type CorrectorErrorCode } from './correct/errors.js';
export type {
  CorrectInput,
  FeaturesInput,
  JointsInput,
  MotionForm,
  PackedMotions,
  RotationsInput,
} from './correct/inputs.js';
export type { BatchOptions, CorrectOptions, StreamOptions } from './correct/options.js';
export type { CorrectedMotion } from './correct/outputs.js';
export type { CorrectionReport, CorrectionStatus, GroundContact, Plausibility } from './correct/report.js';
export type { SamplingOptions } from './correct/sampling.js';
export { correct, type StreamResult } from './correct/stream.js';
export type { BatchSummary, Percentiles } from './correct/summary.js';
export {
  type LoadedFolder,
  type LoadOptions,
  loadFolder,
  type MotionDataset,
  type MotionFile,
  readMotions,
  writeMotions,
} from './data/index.js';
export { type ProceduralMotion, type ProceduralOptions, proceduralMotions } from './data/procedural/index.js';
export { type DistributionShift, distributionShift } from './metrics/distribution-shift.js';
export { FRAME_SIZE, frameCount, type Motion } from './motion/motion.js';
export { JOINT_COUNT, JOINT_NAMES, MIRROR, PARENTS } from './motion/skeleton.js';
export { Random } from './random/random.js';
