// The corrector as it is shipped, without Node.
import { runNativeTests } from '../support/native-test.js';

runNativeTests('o3');
