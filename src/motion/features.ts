export { decodeFeatures, decodeRotations } from './decode-features.js';
export { type EncodeOptions, encodeAllFrames, encodeFeatures } from './encode-features.js';
export { FEATURE_SIZE } from './feature-layout.js';
