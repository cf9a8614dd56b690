// No data race that a sanitizer sees.
import { runNativeTests } from '../support/native-test.js';

runNativeTests('tsan', {
  only: [
    'golden',
    'threads',
    'together',
    'progress',
    'abort',
    'abort-before',
    'memory-2',
    'few-threads',
    'cuda-together',
    'cuda-interrupted',
    'cuda-lost',
  ],
  small: true,
});
