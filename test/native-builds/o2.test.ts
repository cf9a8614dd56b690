// -O2 gives the bytes of -O3.
import { runNativeTests } from '../support/native-test.js';

runNativeTests('o2', { only: ['golden', 'threads', 'sizes', 'order', 'cuda-bytes'] });
