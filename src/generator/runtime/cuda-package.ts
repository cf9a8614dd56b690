/** The package whose files make the CUDA provider: which one, and what must be true of its files. */
import { CUDA_FILES, RUNTIME_VERSION } from './providers.js';

export interface CudaPackage {
  /** Name and version in the npm registry. */
  name: string;
  version: string;
  /** The version of onnxruntime-node and the commit of onnxruntime that its files belong to, and no other. */
  runtimeVersion: string;
  commit: string;
  /** Folder of the files within the package. */
  folder: string;
  /** Size in bytes and SHA-256 of each file. */
  files: Record<string, { size: number; sha256: string }>;
  /** Size of the package in bytes. */
  download: number;
}

/**
 * ONNX Runtime for Unity, Linux x64 GPU (MIT licence): the CUDA provider of the very build that onnxruntime-node 1.29.0 has,
 * for CUDA 13 and compute capabilities 7.5, 8.0, 8.6, 8.9, 9.0 and 12.0.
 */
export const CUDA_PACKAGE: CudaPackage = {
  name: 'com.github.asus4.onnxruntime.linux-x64-gpu',
  version: '0.4.9',
  runtimeVersion: RUNTIME_VERSION,
  commit: '2e2543fbe9',
  folder: 'package/Plugins/Linux/x64',
  files: {
    [CUDA_FILES[0]]: {
      size: 14_632,
      sha256: 'c6a12593396095f5670160e284c35d1700b7708cf3037b7042e2a5200ccae772',
    },
    [CUDA_FILES[1]]: {
      size: 229_780_440,
      sha256: '56cf3254b118ad837ccc4ed8f6d1b23504bbf7ef91b34cbc0b289cb7f10b3037',
    },
  },
  download: 179_145_956,
};

export interface CudaLibrary {
  name: string;
  /** Only some operations need it. */
  optional?: true;
  /** Where to get it. */
  source: string;
}

const toolkit = (part: string, wheel: string) =>
  `${part} of CUDA 13, e.g. from the Python package ${wheel}; its folder must be on LD_LIBRARY_PATH`;

/** What the provider loads. The libraries come from NVIDIA; none is in the npm registry. */
export const CUDA_LIBRARIES: readonly CudaLibrary[] = [
  { name: 'libcuda.so.1', source: 'NVIDIA driver 580 or later' },
  { name: 'libcudart.so.13', source: toolkit('the runtime', 'nvidia-cuda-runtime') },
  { name: 'libcublas.so.13', source: toolkit('cuBLAS', 'nvidia-cublas') },
  { name: 'libcublasLt.so.13', source: toolkit('cuBLAS', 'nvidia-cublas') },
  { name: 'libcurand.so.10', source: toolkit('cuRAND', 'nvidia-curand') },
  {
    name: 'libcudnn.so.9',
    optional: true,
    source: toolkit('cuDNN 9', 'nvidia-cudnn-cu13'),
  },
];
